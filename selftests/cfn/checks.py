#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# checks.py - runs all checks over all cases, and says in TAP what they say
#
# Owns the list of the modules that have checks. Reads templates, changes none.

"""Checks of the template sets, offline."""

import argparse
import sys
from pathlib import Path

# Each of these adds its checks to the registry.
import elbv2  # noqa: F401  pylint: disable=unused-import
import fleet  # noqa: F401  pylint: disable=unused-import
import groups  # noqa: F401  pylint: disable=unused-import
import literals  # noqa: F401  pylint: disable=unused-import
import machines  # noqa: F401  pylint: disable=unused-import
import network  # noqa: F401  pylint: disable=unused-import
import routing  # noqa: F401  pylint: disable=unused-import
import scripts  # noqa: F401  pylint: disable=unused-import
import tree  # noqa: F401  pylint: disable=unused-import
from cases import load_tree, run
from registry import CHECKS
from template import TemplateError

TOP = Path(__file__).resolve().parents[2]

# Longer lists of complaints say nothing more.
SHOWN = 12


def purpose(name):
    """What a check holds, in one line."""
    if name == "expands":
        return ("S6, S7, S11, S13: with key pair and allow-list alone, and "
                "with each other parameter, all stacks expand")
    return " ".join(CHECKS[name].function.__doc__.split())


def report(results):
    """TAP for a list of (name, complaints, purpose); gives the number of
    those that failed."""
    failed = 0
    for number, (name, complaints, why) in enumerate(results, 1):
        word = "not ok" if complaints else "ok"
        failed += bool(complaints)
        print(f"{word} {number} - {name}")
        if complaints and why:
            print(f"# {why}")
        for line in complaints[:SHOWN]:
            print("# " + " ".join(line.split()))
        if len(complaints) > SHOWN:
            print(f"# and {len(complaints) - SHOWN} more")
    print(f"1..{len(results)}")
    return failed


def main():
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--templates", type=Path, default=TOP /
                        "cloudformation", help="the directory of both sets")
    parser.add_argument("--list", action="store_true",
                        help="say which checks there are, and what they hold")
    options = parser.parse_args()
    if options.list:
        for name in ["expands", *CHECKS]:
            print(f"{name}: {purpose(name)}")
        return 0
    try:
        count, found = run(load_tree(options.templates, TOP))
    except TemplateError as error:
        return report([("expands", [str(error)], purpose("expands"))])
    return 1 if report([(f"{name} ({count} cases)", lines, purpose(name))
                        for name, lines in found.items()]) else 0


if __name__ == "__main__":
    sys.exit(main())
