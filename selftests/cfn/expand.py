#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Expands a set of CloudFormation templates as a deployment would.

Loads the main template and the nested ones beside it, gives every parameter
its value, and resolves all functions. Refuses, with file and place, what
CloudFormation would refuse late. Works offline, and the same input gives the
same output. Reads templates, changes nothing.

The result is a flat list of resources. An id is "LogicalId", or
"Stack/LogicalId" in a nested stack; reference.py has the form of references.
"""
import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from reference import mentions
from stack import Stack
from template import Place, Template, TemplateError
from world import PARTITIONS, World

MAIN = "CN-GWLB.yml"
STACK_NAME = "gwlb"
# What a user has to give. Only parameters without a default take it.
GIVEN = {
    "EC2KEY": "test",
    "JumpServerAllowList": "198.51.100.0/24",
    "TemplateBucket": "gwlb-templates",
}


@dataclass
class Expansion:
    """All that a set of templates says for one region."""

    partition: str
    region: str
    zones: list
    parameters: dict
    outputs: dict
    stacks: list
    resources: list

    def of_type(self, *types):
        """The resources of these types, in the templates' order."""
        return [one for one in self.resources if one.type in types]

    def get(self, identity):
        """The resource with this id, or None."""
        for one in self.resources:
            if one.id == identity:
                return one
        return None


def stacks_of(stack):
    """What each nested stack was made of, in order."""
    result = [{
        "id": stack.prefix.rstrip("/"),
        "template": stack.template.file,
        "parameters": {name: stack.parameter(name)
                       for name in stack.template.parameters},
        # a value that the parent does not pass is one it cannot change
        "defaulted": [name for name in stack.template.parameters
                      if name not in stack.given],
        "conditions": {name: stack.values["condition", name]
                       for name in stack.template.conditions},
    }]
    for kind, name in list(stack.values):
        if kind == "stack":
            result += stacks_of(stack.values[kind, name])
    return result


def expand(directory, partition="aws", region=None, values=None):
    """Expand the set in a directory; values are the main's parameters."""
    world = World(partition, region)
    template = Template(Path(directory) / MAIN)
    values = dict(values or {})
    for name in values:
        if name not in template.parameters:
            Place("command line").at(name).fail(
                f"{template.file} has no such parameter")
    stack = Stack(world, template, "", STACK_NAME, values)
    resources = stack.expand()
    check_references(resources, world.types)
    outputs = {name: stack.values["output", name]
               for name in template.outputs
               if ("output", name) in stack.values}
    stacks = stacks_of(stack)
    return Expansion(
        partition=world.partition, region=world.region, zones=world.zones,
        parameters=stacks[0]["parameters"], outputs=outputs,
        stacks=stacks, resources=resources)


def check_references(resources, types):
    """Every reference that is left leads to a resource."""
    there = {one.id for one in resources}
    for one in resources:
        for found in mentions(one.properties):
            if found.id not in there:
                Place(one.template).at(one.id).fail(
                    f"refers to {found.id}, which is "
                    + ("not created" if found.id in types else "unknown"))


def with_given(directory, values):
    """Values, completed by what a user has to give."""
    declared = Template(Path(directory) / MAIN).parameters
    given = {name: value for name, value in GIVEN.items()
             if name in declared and "Default" not in declared[name]}
    return {**given, **values}


def add_arguments(parser):
    """The options that choose an expansion."""
    parser.add_argument("--partition", default="aws",
                        choices=sorted(PARTITIONS))
    parser.add_argument("--region", help="default: one of the partition")
    parser.add_argument("--set", action="append", default=[], dest="values",
                        metavar="PARAMETER=VALUE", type=assignment,
                        help="a parameter of the main template")


def assignment(argument):
    """PARAMETER=VALUE as a pair."""
    name, equals, value = argument.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("PARAMETER=VALUE is wanted")
    return name, value


def main():
    """The command: prints the expansion as JSON."""
    parser = argparse.ArgumentParser(
        description="Expand a set of CloudFormation templates, offline. "
        "What a user has to give is made up unless it is set.")
    parser.add_argument("directory", help=f"where {MAIN} is")
    add_arguments(parser)
    options = parser.parse_args()
    try:
        result = expand(options.directory, options.partition, options.region,
                        with_given(options.directory, dict(options.values)))
    except TemplateError as error:
        print(f"expand.py: {error}", file=sys.stderr)
        return 1
    json.dump(asdict(result), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
