# SPDX-License-Identifier: GPL-2.0-only
#
# literals.py - checks of what templates must not spell out
#
# Owns and touches nothing.

"""Checks of literals: partitions, regions, accounts, images, hosts."""

import re

from registry import check

DIRECTIONS = ("(?:north|south|east|west|central|northeast|northwest|southeast"
              "|southwest)")

# What ties a template to one partition, region or account.
FORBIDDEN = {
    "a partition": re.compile(r"\baws-(?:cn|us-gov|iso\w*)\b|\barn:aws\b"),
    "a region": re.compile(
        rf"\b(?:us-gov|[a-z]{{2}})-{DIRECTIONS}-\d[a-z]?\b"),
    "an account": re.compile(r"\b\d{12}\b"),
    "an image": re.compile(r"\bami-[0-9a-f]{8,17}\b"),
    "a host's suffix": re.compile(r"amazonaws\.com"),
    "a service's prefix": re.compile(r"\bcom\.amazonaws\b"),
}

# EC2's service principal is accepted in this form in every partition.
ALLOWED = {"ec2.amazonaws.com"}

# Mappings are where such things belong; descriptions are for people.
SPARED = {"Mappings", "Description", "ConstraintDescription",
          "AssertDescription"}


def texts(node, path=()):
    """(path, text) of all that a template says, but for what is spared."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in SPARED:
                yield path, str(key)
                yield from texts(value, path + (str(key),))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from texts(value, path + (str(index),))
    else:
        yield path, str(node)


@check("literals", "tree")
def literals(tree):
    """D2, S11: no template spells out a partition, a region, an account, an
    image or a name that is another one elsewhere, but for its mappings."""
    for architecture, templates in tree.sets.items():
        for name, template in templates.items():
            for path, text in texts(template.body):
                if text in ALLOWED:
                    continue
                for what, pattern in FORBIDDEN.items():
                    match = pattern.search(text)
                    if match:
                        yield (f"{architecture}/{name}: {'.'.join(path)}: "
                               f"{what}: {match[0]}")
