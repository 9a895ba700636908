#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Says as JSON which network a set of templates makes.

Reads an expansion (expand.py) and writes subnets, route tables, gateways,
load balancers, instances and security groups, with all addresses literal and
all references as ids: what the lab builds, the checks walk and the picture
shows. topology.schema.json is its form. Fails if something is missing that a
packet needs. Touches no file.
"""
import argparse
import hashlib
import json
import sys
from pathlib import Path

from compute import (read_alb, read_fleet, read_groups, read_gwlb,
                     read_instances, read_targets)
from expand import add_arguments, expand, with_given
from resources import Set
from template import Place, TemplateError

SETS = Path(__file__).resolve().parents[2] / "cloudformation"
# Which property of a route names its target, and what it may refer to.
TARGETS = {
    "GatewayId": {"AWS::EC2::InternetGateway": "igw"},
    "NatGatewayId": {"AWS::EC2::NatGateway": "nat"},
    "VpcEndpointId": {"AWS::EC2::VPCEndpoint": "endpoint"},
    "CarrierGatewayId": {}, "CoreNetworkArn": {},
    "EgressOnlyInternetGatewayId": {}, "InstanceId": {},
    "LocalGatewayId": {}, "NetworkInterfaceId": {}, "TransitGatewayId": {},
    "VpcPeeringConnectionId": {},
}
GATEWAY_LB = "GatewayLoadBalancer"


def read_vpcs(found):
    """The VPCs, and whether each has a way to the Internet."""
    open_vpcs = {found.id_in(one, "VpcId")
                 for one in found.of("AWS::EC2::VPCGatewayAttachment")
                 if "InternetGatewayId" in one.properties}
    return [{"id": one.id, "name": found.name(one),
             "cidr": found.cidr(one, "CidrBlock"),
             "igw": one.id in open_vpcs}
            for one in found.of("AWS::EC2::VPC")]


def read_subnets(found):
    """The subnets, each with the one table it is associated with."""
    tables = {}
    for one in found.of("AWS::EC2::SubnetRouteTableAssociation"):
        subnet = found.id_in(one, "SubnetId", "AWS::EC2::Subnet")
        if subnet in tables:
            found.place(one).fail(f"{subnet} has a route table already")
        tables[subnet] = found.id_in(one, "RouteTableId",
                                     "AWS::EC2::RouteTable")
    result = []
    for one in found.of("AWS::EC2::Subnet"):
        if one.id not in tables:
            found.place(one).fail("a subnet without a route table")
        result.append({
            "id": one.id, "name": found.name(one),
            "vpc": found.id_in(one, "VpcId", "AWS::EC2::VPC"),
            "cidr": found.cidr(one, "CidrBlock"),
            "zone": found.text(one, "AvailabilityZone"),
            "table": tables[one.id]})
    return result


def read_tables(found):
    """The route tables; what goes to the VPC itself is implied."""
    tables = {one.id: {"id": one.id, "name": found.name(one),
                       "vpc": found.id_in(one, "VpcId", "AWS::EC2::VPC"),
                       "routes": []}
              for one in found.of("AWS::EC2::RouteTable")}
    for one in found.of("AWS::EC2::Route"):
        table = tables[found.id_in(one, "RouteTableId",
                                   "AWS::EC2::RouteTable")]
        route = read_route(found, one)
        if route["to"] in [other["to"] for other in table["routes"]]:
            found.place(one).fail(f"{table['id']} has a route to "
                                  f"{route['to']} already")
        table["routes"].append(route)
    return list(tables.values())


def read_route(found, one):
    """One route: where to, and by what."""
    keys = [key for key in TARGETS if key in one.properties]
    if len(keys) != 1:
        found.place(one).fail("a route has one target, not "
                              + (" and ".join(keys) or "none"))
    target = found.id_in(one, keys[0])
    kind = TARGETS[keys[0]].get(found.get(target).type, "other")
    if kind == "endpoint" and not is_gateway_lb(found.get(target)):
        kind = "other"
    where = [key for key in ("DestinationCidrBlock",
                             "DestinationIpv6CidrBlock")
             if key in one.properties]
    if len(where) != 1:
        found.place(one).fail("a route has one destination")
    return {"to": found.cidr(one, where[0]), "kind": kind, "target": target}


def read_nats(found):
    """The NAT gateways, each with its public address."""
    return [{"id": one.id, "name": found.name(one),
             "subnet": found.id_in(one, "SubnetId", "AWS::EC2::Subnet"),
             "eip": found.id_in(one, "AllocationId", "AWS::EC2::EIP")}
            for one in found.of("AWS::EC2::NatGateway")]


def is_gateway_lb(one):
    """Is an endpoint one of a Gateway Load Balancer?"""
    return one.properties.get("VpcEndpointType") == GATEWAY_LB


def read_endpoints(found, service):
    """The endpoints of our own service, each in one subnet."""
    result = []
    for one in found.of("AWS::EC2::VPCEndpoint"):
        if not is_gateway_lb(one):
            continue
        subnets = found.ids(one, "SubnetIds", "AWS::EC2::Subnet")
        if len(subnets) != 1:
            found.place(one).at("SubnetIds").fail(
                f"an endpoint has one subnet, not {len(subnets)}")
        if service not in found.mentioned(one, "ServiceName"):
            found.place(one).at("ServiceName").fail(
                f"is not the service {service}")
        digest = hashlib.sha256(one.id.encode()).hexdigest()
        result.append({"id": one.id, "name": found.name(one),
                       "subnet": subnets[0], "vpce": "vpce-0" + digest[:16]})
    return result


def read_access(found):
    """The endpoints of AWS's own services."""
    return [{"id": one.id, "service": found.text(one, "ServiceName"),
             "kind": one.properties.get("VpcEndpointType", "Gateway"),
             "subnets": found.ids(one, "SubnetIds", "AWS::EC2::Subnet", []),
             "tables": found.ids(one, "RouteTableIds",
                                 "AWS::EC2::RouteTable", [])}
            for one in found.of("AWS::EC2::VPCEndpoint")
            if not is_gateway_lb(one)]


def build(expansion, architecture):
    """The topology of an expansion."""
    found = Set(expansion)
    subnets = read_subnets(found)
    gwlb, group = read_gwlb(found, subnets)
    alb = read_alb(found)
    return {
        "architecture": architecture,
        "partition": expansion.partition,
        "region": expansion.region,
        "zones": sorted({one["zone"] for one in subnets}),
        "vpcs": read_vpcs(found),
        "subnets": subnets,
        "tables": read_tables(found),
        "nats": read_nats(found),
        "eips": [{"id": one.id} for one in found.of("AWS::EC2::EIP")],
        "endpoints": read_endpoints(found, gwlb["service"]),
        "access": read_access(found),
        "gwlb": gwlb,
        "targets": read_targets(found, group),
        "fleet": read_fleet(found, group),
        "alb": alb,
        "instances": read_instances(found, alb["targets"]),
        "groups": read_groups(found),
    }


def original_routes(topology):
    """The same network with the routes of the original quickstart.

    There an app subnet sends all that leaves the VPC to its zone's endpoint,
    but answers a load balancer node directly; and a public subnet sends only
    what is for the app subnet of its own zone to the endpoint.
    """
    subnets = {one["id"]: one for one in topology["subnets"]}
    endpoints = {subnets[one["subnet"]]["zone"]: one["id"]
                 for one in topology["endpoints"]}
    apps = {subnets[one["subnet"]]["zone"]: subnets[one["subnet"]]
            for one in topology["instances"] if one["role"] == "web"}
    public = {subnets[one]["zone"]: subnets[one]
              for one in topology["alb"]["subnets"]}
    tables = {one["id"]: one for one in topology["tables"]}
    for zone, endpoint in endpoints.items():
        if zone not in apps or zone not in public:
            Place(topology["architecture"]).at(zone).fail(
                "a zone with an endpoint, but no app or no public subnet")
        outside = tables[public[zone]["table"]]
        outside["routes"] = [
            one for one in outside["routes"] if one["kind"] == "igw"
        ] + [{"to": apps[zone]["cidr"], "kind": "endpoint",
              "target": endpoint}]
        tables[apps[zone]["table"]]["routes"] = [
            {"to": "0.0.0.0/0", "kind": "endpoint", "target": endpoint}]
    return topology


def directory_of(architecture):
    """Where the templates of an architecture are; a path is one itself."""
    if "/" in architecture:
        return Path(architecture).resolve()
    return SETS / architecture


def load(architecture, partition="aws", region=None, values=None):
    """The topology of an architecture, by name or directory."""
    directory = directory_of(architecture)
    expansion = expand(directory, partition, region,
                       with_given(directory, values or {}))
    return build(expansion, directory.name)


def main():
    """The command: prints the topology as JSON."""
    parser = argparse.ArgumentParser(
        description="Print the network that a set of templates makes.")
    parser.add_argument("architecture",
                        help="single-vpc, separated-vpc, or a directory "
                        "with a slash in its name")
    add_arguments(parser)
    parser.add_argument("--original-routes", action="store_true",
                        help="with the routes of the original quickstart")
    options = parser.parse_args()
    try:
        topology = load(options.architecture, options.partition,
                        options.region, dict(options.values))
        if options.original_routes:
            topology = original_routes(topology)
    except TemplateError as error:
        print(f"topology.py: {error}", file=sys.stderr)
        return 1
    json.dump(topology, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
