#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Says which conversations of a topology are not inspected as they should be.

Reads topology JSON on stdin and takes a packet of each conversation through
the route tables, there and back: the reason for what the lab measures. A line
for each conversation that passes no endpoint in one direction, or another one
than in the other; nothing if all is well. Touches no file.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cfn"))

import walk  # noqa: E402  pylint: disable=wrong-import-position


def told(network, endpoints):
    """Endpoints for people."""
    return " and ".join(network.endpoints[e]["name"] for e in endpoints) \
        or "nobody"


def main():
    """The command."""
    network, pairs = walk.pairs(json.load(sys.stdin))
    lines = {}
    for pair in pairs:
        there, back = pair.there.endpoints, pair.back.endpoints
        if len(there) == len(back) == pair.inspected and \
           there == back[::-1]:
            continue
        # Hosts of one subnet are all alike.
        name = " ".join(word for word in pair.name.split()
                        if word[0] != "(")
        lines[f"{name}: inspected by {told(network, there)}, "
              f"back by {told(network, back)}"] = True
    print("".join(f"{line}\n" for line in lines), end="")


if __name__ == "__main__":
    main()
