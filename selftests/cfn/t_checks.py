#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# t_checks.py - the checks find nothing in our templates, and what is wrong
# with the original's routes
#
# In TAP. The second half takes our topology with the routes that the
# quickstart's own templates make, of which is known by hand which conversations
# they break: those between ALB nodes or bastion and web servers, all of them;
# what web servers send out is in order. Builds gwlbctl if that is not there, as
# it says whether the appliances' rules are rules. Changes nothing else.

"""Tests of the template sets."""

import sys

import checks
import topology
from cases import ARCHITECTURES, load_tree, run
from registry import CHECKS, Case
from scripts import build_gwlbctl
from walk import pairs


def verdicts(found):
    """{pair: is it symmetric, and inspected once each way?}"""
    return {pair.name: pair.there.endpoints == pair.back.endpoints[::-1] and
            len(pair.there.endpoints) == len(pair.back.endpoints) == 1
            for pair in found if pair.inspected}


def original(architecture):
    """What is unexpected about the original's routes: a list of lines."""
    network = topology.original_routes(topology.load(architecture))
    lines = []
    there = verdicts(pairs(network)[1])
    for name, good in there.items():
        if good != name.endswith("-> Internet"):
            lines.append(f"{name}: {'good' if good else 'bad'}")
    # Two ALB nodes and a bastion, two web servers, the way out of each; each
    # host at both ends of its subnet.
    if len(there) != 3 * 2 * 2 * 2 + 2 * 2:
        lines.append(f"{len(there)} pairs")
    return lines


def bites(architecture, tree):
    """The checks themselves see it: a list of lines."""
    network = topology.original_routes(topology.load(architecture))
    case = Case(architecture, "the original's routes", {}, None,
                       network, tree)
    return [f"{name} sees nothing" for name in
            ("walk-symmetric", "walk-inspected")
            if not list(CHECKS[name].function(case))]


def main():
    """The command."""
    build_gwlbctl(checks.TOP)
    tree = load_tree(checks.TOP / "cloudformation", checks.TOP)
    count, found = run(tree)
    results = [(f"{name} ({count} cases)", lines,
                checks.purpose(name)) for name, lines in found.items()]
    for architecture in ARCHITECTURES:
        results.append((f"{architecture} with the original's routes: "
                        "ALB and bastion to web servers are not inspected",
                        original(architecture), ""))
        results.append((f"{architecture} with the original's routes: "
                        "the checks say so", bites(architecture, tree), ""))
    return 1 if checks.report(results) else 0


if __name__ == "__main__":
    sys.exit(main())
