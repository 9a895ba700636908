# SPDX-License-Identifier: GPL-2.0-only
#
# network.py - checks of VPCs, subnets, addresses and endpoints
#
# Owns and touches nothing.

"""Checks of what a network is made of."""

import ipaddress
import re
from itertools import combinations

from reference import reference
from registry import check
from walk import Network, addresses

# AWS keeps five addresses of each subnet and wants eight for a GWLB.
KEPT = 5
GWLB_NEEDS = 8


def prefix(thing):
    """The CIDR of a VPC or a subnet."""
    return ipaddress.ip_network(thing["cidr"])


def inhabitants(case):
    """What is in which subnet: pairs of (subnet id, kind)."""
    top = case.topology
    found = [(n["subnet"], "nat") for n in top["nats"]]
    found += [(e["subnet"], "endpoint") for e in top["endpoints"]]
    found += [(s, "access") for a in top["access"] for s in a["subnets"]]
    found += [(s, "gwlb") for s in top["gwlb"]["subnets"]]
    found += [(s, "appliance") for s in top["fleet"]["subnets"]]
    found += [(s, "alb") for s in top["alb"]["subnets"]]
    found += [(i["subnet"], i["role"]) for i in top["instances"]]
    return found


# Which kinds of things may live together in a subnet.
TOGETHER = (
    {"nat", "alb", "bastion"},
    {"endpoint", "access"},
    {"web"},
    {"gwlb"},
    {"appliance", "access"},
)


@check("subnets-inside")
def inside(case):
    """D4: each subnet is inside of its VPC, with default CIDRs and others."""
    network = Network(case.topology)
    for subnet in case.topology["subnets"]:
        vpc = network.vpcs[subnet["vpc"]]
        if not prefix(subnet).subnet_of(prefix(vpc)):
            yield f"{subnet['name']}: {subnet['cidr']} not in {vpc['cidr']}"


@check("subnets-apart")
def apart(case):
    """No two subnets of a VPC overlap."""
    for one, two in combinations(case.topology["subnets"], 2):
        if one["vpc"] == two["vpc"] and prefix(one).overlaps(prefix(two)):
            yield f"{one['name']} and {two['name']}: {two['cidr']}"


@check("zones")
def zones(case):
    """ZoneCount zones, and in each one subnet of each kind."""
    wanted = case.topology["zones"]
    count = int(case.expansion.parameters.get("ZoneCount", 0))
    if len(wanted) != count or len(set(wanted)) != count:
        yield f"{wanted}, but ZoneCount is {count}"
    kinds = {}
    for subnet, kind in inhabitants(case):
        kinds.setdefault(kind, set()).add(subnet)
    network = Network(case.topology)
    for kind, subnets in kinds.items():
        have = sorted(network.subnets[s]["zone"] for s in subnets)
        if kind not in ("bastion", "access") and have != sorted(wanted):
            yield f"{kind}: in {have}, not in {wanted}"
    used = {subnet for subnet, _ in inhabitants(case)}
    for subnet in case.topology["subnets"]:
        if subnet["id"] not in used:
            yield f"{subnet['name']}: empty"


@check("zones-chosen")
def zones_chosen(case):
    """Whatever has a number is in the zone of that number: the one that was
    given, else the region's."""
    given = case.expansion.parameters
    for subnet in case.topology["subnets"]:
        number = int(subnet["name"].split()[-1])
        wanted = given.get(f"AvailabilityZone{number}") or \
            case.expansion.zones[number - 1]
        if subnet["zone"] != wanted:
            yield f"{subnet['name']}: in {subnet['zone']}, not in {wanted}"


@check("subnets-of-one-kind")
def one_kind(case):
    """2.2: endpoints have subnets of their own, with at most other endpoints
    beside them, and so does the GWLB: peers and security groups name its
    subnets and mean nobody else."""
    kinds = {}
    for subnet, kind in inhabitants(case):
        kinds.setdefault(subnet, set()).add(kind)
    network = Network(case.topology)
    for subnet, found in kinds.items():
        if not any(found <= together for together in TOGETHER):
            name = network.subnets[subnet]["name"]
            yield f"{name}: {' and '.join(sorted(found))}"


@check("gwlb-room")
def gwlb_room(case):
    """2.1: a GWLB's subnet has at least eight free addresses."""
    network = Network(case.topology)
    for identity in case.topology["gwlb"]["subnets"]:
        subnet = network.subnets[identity]
        room = prefix(subnet).num_addresses - KEPT
        if room < GWLB_NEEDS:
            yield f"{subnet['name']}: room for {room} addresses"


@check("appliances-shut")
def appliances_shut(case):
    """2.2: appliances and the GWLB's nodes have no way out, not even a route
    that leads nowhere: what they need comes by AWS's own endpoints."""
    network = Network(case.topology)
    shut = case.topology["fleet"]["subnets"] + case.topology["gwlb"]["subnets"]
    for identity in dict.fromkeys(shut):
        for route in network.routes(identity):
            if route["kind"] != "local":
                yield (f"{network.subnets[identity]['name']}: {route['to']} "
                       f"to {route['kind']} {route['target']}")


@check("eips")
def eips(case):
    """S9: a NAT gateway's in each zone and the bastion's, no more, so that
    the default quota of five is enough for both sets."""
    wanted = len(case.topology["zones"]) + 1
    have = case.of("EC2::EIP")
    if len(have) != wanted or len(case.topology["eips"]) != wanted:
        yield f"{len(have)} EIPs, not {wanted}: {[e.id for e in have]}"
    for eip in have:
        if eip.properties.get("Domain") != "vpc":
            yield f"{eip.id}: Domain is {eip.properties.get('Domain')}"
    for association in case.of("EC2::EIPAssociation"):
        if "EIP" in association.properties:
            yield f"{association.id}: EIP is deprecated (D13)"


@check("no-public-addresses")
def public_addresses(case):
    """Only NAT gateways, ALB nodes and the bastion can be reached from
    outside: no subnet gives public addresses away."""
    for subnet in case.of("EC2::Subnet"):
        if subnet.properties.get("MapPublicIpOnLaunch", False) not in (
                False, "false"):
            yield f"{subnet.id}: gives public addresses"
    for instance in case.topology["instances"]:
        if instance["role"] == "web" and instance["eip"]:
            yield f"{instance['name']}: has an EIP"
    for resource in case.of("EC2::Instance") + case.of("EC2::LaunchTemplate"):
        body = resource.properties.get("LaunchTemplateData",
                                       resource.properties)
        for interface in body.get("NetworkInterfaces", []):
            if interface.get("AssociatePublicIpAddress"):
                yield f"{resource.id}: asks for a public address"


@check("vpcs")
def vpcs(case):
    """S6, S7: one VPC, or two that only PrivateLink connects: applications
    and endpoints in the first, the GWLB and its appliances in the second."""
    network = Network(case.topology)
    where = {}
    for subnet, kind in inhabitants(case):
        where.setdefault(kind, set()).add(network.subnets[subnet]["vpc"])
    outer = set().union(*(where.get(kind, set()) for kind in
                          ("nat", "endpoint", "alb", "web", "bastion")))
    inner = where.get("gwlb", set()) | where.get("appliance", set())
    count = {"single-vpc": 1, "separated-vpc": 2}[case.architecture]
    if len(outer) != 1 or len(inner) != 1 or len(network.vpcs) != count:
        yield f"{sorted(network.vpcs)}: {sorted(outer)}, {sorted(inner)}"
    elif (outer == inner) != (count == 1):
        yield f"applications in {outer}, appliances in {inner}"
    for group in case.of("ElasticLoadBalancingV2::TargetGroup"):
        found = reference(group.properties.get("VpcId"))
        gateway = group.properties.get("Protocol") == "GENEVE"
        if found is None or found.id not in (inner if gateway else outer):
            yield f"{group.id}: in VPC {group.properties.get('VpcId')}"
    if case.topology["gwlb"]["vpc"] not in inner:
        yield f"the GWLB is in {case.topology['gwlb']['vpc']}"


@check("no-other-ways")
def other_ways(case):
    """S7: nothing connects the VPCs but the endpoints, and no VPC has an
    Internet gateway that it does not need."""
    for resource in case.expansion.resources:
        if re.match("AWS::(EC2::(VPCPeering|TransitGateway|VPN|EgressOnly|"
                    "LocalGateway|CustomerGateway|CarrierGateway)|"
                    "NetworkManager::|VpcLattice::)", resource.type):
            yield f"{resource.id}: {resource.type}"
    network = Network(case.topology)
    needed = {network.subnets[s]["vpc"] for s in case.topology["alb"]
              ["subnets"]}
    for vpc in case.topology["vpcs"]:
        if vpc["igw"] != (vpc["id"] in needed):
            yield f"{vpc['name']}: Internet gateway: {vpc['igw']}"


# What these checks, and the lab, know the meaning of.
KNOWN = {
    "AWS::AutoScaling::": ("AutoScalingGroup", "LifecycleHook"),
    "AWS::CloudFormation::": ("Stack",),
    "AWS::EC2::": (
        "EIP", "EIPAssociation", "Instance", "InternetGateway",
        "LaunchTemplate", "NatGateway", "Route", "RouteTable",
        "SecurityGroup", "Subnet", "SubnetRouteTableAssociation", "VPC",
        "VPCEndpoint", "VPCEndpointService", "VPCGatewayAttachment"),
    "AWS::ElasticLoadBalancingV2::": ("Listener", "LoadBalancer",
                                      "TargetGroup"),
    "AWS::IAM::": ("InstanceProfile", "Role"),
}


@check("known-types")
def known_types(case):
    """2.2: nothing that the walks do not see: no network ACL, no table for
    the Internet gateway, no IPv6, no rule of a group apart from the group.
    Whoever needs another type teaches it to the checks first."""
    there = {prefix + name for prefix, names in KNOWN.items()
             for name in names}
    for resource in case.expansion.resources:
        if resource.type not in there:
            yield f"{resource.id}: {resource.type} is not known"


@check("endpoint-service")
def endpoint_service(case):
    """2.1: one endpoint in each zone, all of the set's own service, which
    accepts them by itself: nothing is left to be done by hand (S15)."""
    services = case.of("EC2::VPCEndpointService")
    if len(services) != 1:
        yield f"{len(services)} endpoint services"
    for service in services:
        if service.properties.get("AcceptanceRequired") not in (
                False, "false"):
            yield f"{service.id}: waits for acceptance"
        arns = service.properties.get("GatewayLoadBalancerArns", [])
        found = [reference(arn) for arn in arns]
        if [f and f.id for f in found] != [case.topology["gwlb"]["id"]]:
            yield f"{service.id}: of {arns}"
    for endpoint in case.of("EC2::VPCEndpoint"):
        if endpoint.properties.get("VpcEndpointType") != \
                "GatewayLoadBalancer":
            continue
        if len(endpoint.properties.get("SubnetIds", [])) != 1:
            yield f"{endpoint.id}: not in one subnet"


# What a service's name begins with, where it is not plain "com.amazonaws".
# In China that is so for some services and not for others: 2.1.
CHINESE = {"cloudformation", "autoscaling", "sts", "ec2", "monitoring"}


def service_name(partition, region, service):
    """The name of AWS's own service for endpoints."""
    name = f"com.amazonaws.{region}.{service}"
    if partition == "aws-cn" and service in CHINESE:
        return "cn." + name
    return name


@check("service-names")
def service_names(case):
    """D2, S11: endpoint services have the right names in each partition."""
    partition, region = case.expansion.partition, case.expansion.region
    for endpoint in case.of("EC2::VPCEndpoint"):
        name = endpoint.properties.get("ServiceName", "")
        if endpoint.properties.get("VpcEndpointType") == \
                "GatewayLoadBalancer":
            service = case.of("EC2::VPCEndpointService")[0].id
            start = "cn." if partition == "aws-cn" else ""
            wanted = f"{start}com.amazonaws.vpce.{region}.@{{{service}}}"
        else:
            wanted = service_name(partition, region, name.split(".")[-1])
        if name != wanted:
            yield f"{endpoint.id}: {name}, not {wanted}"


@check("aws-endpoints")
def aws_endpoints(case):
    """D10, 2.6: S3 by a gateway endpoint in the appliances' tables, signals
    to CloudFormation by an interface endpoint where appliances are; Session
    Manager has its three wherever SsmEndpoints asks for them."""
    network = Network(case.topology)
    access = case.topology["access"]
    tables = {t for a in access if a["kind"] == "Gateway"
              and a["service"].endswith(".s3") for t in a["tables"]}
    subnets = case.topology["fleet"]["subnets"]
    for subnet in subnets:
        if network.subnets[subnet]["table"] not in tables:
            yield f"{network.subnets[subnet]['name']}: no way to S3"
    home = {network.subnets[s]["vpc"] for s in subnets}
    there = {}
    for one in access:
        if one["kind"] == "Interface":
            vpc = {network.subnets[s]["vpc"] for s in one["subnets"]}
            name = one["service"].split(".")[-1]
            there.setdefault(name, []).append(vpc)
    if home not in there.get("cloudformation", []):
        yield "appliances cannot signal: no endpoint for cloudformation"
    wanted = case.expansion.parameters.get("SsmEndpoints") == "true"
    vpcs_with_hosts = len(network.vpcs)
    for name in ("ssm", "ssmmessages", "ec2messages"):
        have = len(there.get(name, []))
        if have != (vpcs_with_hosts if wanted else 0):
            yield f"{have} endpoints for {name}, SsmEndpoints: {wanted}"
    for endpoint in case.of("EC2::VPCEndpoint"):
        body = endpoint.properties
        if body.get("VpcEndpointType") != "Interface":
            continue
        if body.get("PrivateDnsEnabled") not in (True, "true"):
            yield f"{endpoint.id}: no private DNS name"
    for vpc in case.of("EC2::VPC"):
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            if vpc.properties.get(name) not in (True, "true"):
                yield f"{vpc.id}: {name} is off: private DNS names need it"


@check("aws-endpoints-local")
def aws_endpoints_local(case):
    """2.2, D10: who uses an endpoint of AWS's services gets there, and the
    answer back, by "local" alone: an appliance on the way would drop it, or
    would have to work for it."""
    network = Network(case.topology)
    clients = dict.fromkeys(
        subnet for subnet, kind in inhabitants(case)
        if kind in ("web", "bastion", "alb", "nat", "appliance"))
    for one in case.topology["access"]:
        if one["kind"] != "Interface":
            continue
        for goal in one["subnets"]:
            for client in clients:
                if network.subnets[client]["vpc"] == \
                        network.subnets[goal]["vpc"]:
                    yield from not_local(network, one, client, goal)


def not_local(network, access, client, goal):
    """Complaints about the ways between a client and an endpoint."""
    for start, end in ((client, goal), (goal, client)):
        cidr = network.subnets[end]["cidr"]
        for address in addresses(cidr):
            route = network.lookup(start, address)
            if route["kind"] != "local":
                names = [network.subnets[s]["name"] for s in (start, end)]
                yield (f"{access['id']}: from {names[0]} to {names[1]} "
                       f"({address}) by {route['kind']} {route['target']}")
