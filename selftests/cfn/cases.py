# SPDX-License-Identifier: GPL-2.0-only
#
# cases.py - the deployments that checks are run over
#
# Owns which regions and parameters are tried. Reads templates, changes none.

"""Cases: both sets, in regions of all partitions, with their parameters."""

import ipaddress
from pathlib import Path

import topology
from expand import MAIN, expand, with_given
from registry import CHECKS, Case, Tree
from template import Template, TemplateError
from world import World

ARCHITECTURES = ("single-vpc", "separated-vpc")

# (partition, region)
REGIONS = (
    ("aws", "us-east-1"),
    ("aws-cn", "cn-north-1"),
    ("aws", "eu-central-1"),
    ("aws-cn", "cn-northwest-1"),
    ("aws-us-gov", "us-gov-west-1"),
)

THREE = {"ZoneCount": "3"}

# {variant: parameters of the main template}. Those that depend on the set
# are made by other_cidrs().
VARIANTS = {
    "default": {},
    "three zones": THREE,
    "cross-zone off": {"GwlbCrossZone": "false"},
    "ALB on 8081": {"AlbListenerPort": "8081"},
    "no SSM endpoints": {"SsmEndpoints": "false"},
    "three zones, no SSM endpoints": {**THREE, "SsmEndpoints": "false"},
    "sticky by 2": {"GwlbStickiness": "source_ip_dest_ip"},
    "sticky by 3": {"GwlbStickiness": "source_ip_dest_ip_proto"},
    "own image": {"ApplianceAmiId": "ami-0123456789abcdef0",
                  "PackageSumsSha256": ""},
    "own image without gwlb": {"ApplianceAmiId": "ami-0123456789abcdef0"},
    "larger fleet": {"FleetSize": "4"},
    "health on 9100": {"HealthPort": "9100"},
}

# Which block the other VPCs are in, and where in its old block each subnet is.
MOVED = {"VPC1": "172.20.0.0/16", "VPC2": "10.77.0.0/16"}


def other_cidrs(template):
    """Other values for all CIDRs of a main template, all differing from the
    defaults in every part: block, place and size."""
    values = {}
    for name, body in template.parameters.items():
        vpc = name[:4]
        if not name.endswith("CIDR") or vpc not in MOVED:
            continue
        new = ipaddress.ip_network(MOVED[vpc])
        old = ipaddress.ip_network(body["Default"])
        if name == vpc + "CIDR":
            values[name] = str(new)
        else:
            # The third byte's distance from 250, and a quarter of the size.
            third = 250 - old.network_address.packed[2]
            start = new.network_address + third * 256 + 64
            values[name] = f"{start}/26"
    return values


PARSED = {}
READ = Template.read


def read_once(template):
    """Template.read(), but hundreds of expansions of the same few files parse
    each of them once, which is most of the time. Nobody changes a body."""
    key = (template.file, template.path.read_bytes()
           if template.path.is_file() else None)
    if key not in PARSED:
        PARSED[key] = READ(template)
    return PARSED[key]


Template.read = read_once


def load_tree(path, top):
    """Both sets, each file read once."""
    sets = {}
    for architecture in ARCHITECTURES:
        sets[architecture] = {
            file.name: Template(file)
            for file in sorted((path / architecture).glob("*.yml"))}
    return Tree(Path(path), Path(top), sets)


def other_zones(partition, region):
    """The zones of a region by name, in another order than GetAZs'."""
    names = World(partition, region).zones[::-1]
    return {f"AvailabilityZone{i}": name for i, name in enumerate(names, 1)}


def variants(tree, architecture, partition, region):
    """{variant: parameters} for a set in a region."""
    moved = other_cidrs(tree.sets[architecture][MAIN])
    found = dict(VARIANTS)
    found["other CIDRs"] = moved
    found["other CIDRs, three zones"] = {**moved, **THREE}
    zones = other_zones(partition, region)
    found["other zones"] = zones
    found["other zones, three zones"] = {**zones, **THREE}
    return found


def plan(tree):
    """(architecture, partition, region, variant, parameters) of all cases."""
    for architecture in tree.sets:
        for partition, region in REGIONS:
            for variant, values in variants(tree, architecture, partition,
                                            region).items():
                yield architecture, partition, region, variant, values


def load_case(tree, architecture, partition, region, variant, values):
    """A Case; raises TemplateError if the templates do not give one."""
    directory = tree.path / architecture
    expansion = expand(directory, partition, region,
                       with_given(directory, values))
    return Case(architecture, variant, values, expansion,
                topology.build(expansion, architecture), tree)


def run(tree, chosen=None):
    """Runs all checks over all cases, or over those that chosen() likes.

    Gives {check: [complaint]}; "expands" stands for the expansion itself.
    The same complaint about several cases is there once, with the first.
    """
    found = {"expands": []}
    found.update({name: [] for name in CHECKS})
    seen = set()

    def note(name, complaint, where):
        if (name, complaint) not in seen:
            seen.add((name, complaint))
            found[name].append(f"{where}: {complaint}")

    count = 0
    for entry in plan(tree):
        if chosen and not chosen(*entry):
            continue
        count += 1
        try:
            case = load_case(tree, *entry)
        except TemplateError as error:
            where = f"{entry[0]}, {entry[2]}, {entry[3]}"
            note("expands", str(error), where)
            continue
        for check in CHECKS.values():
            if check.scope == "case":
                for complaint in check.function(case):
                    note(check.name, complaint, case.name)
    for check in CHECKS.values():
        if check.scope == "tree":
            for complaint in check.function(tree):
                note(check.name, complaint, "the sets")
    return count, found
