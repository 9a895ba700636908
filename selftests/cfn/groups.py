# SPDX-License-Identifier: GPL-2.0-only
#
# groups.py - checks of security groups
#
# Owns and touches nothing. Security groups are the second lock: what passes an
# endpoint is inspected, what a group refuses never gets that far.

"""Checks of security groups."""

import ipaddress

from reference import mentions, reference
from registry import check
from walk import Network, OUTSIDE, hosts

ANYWHERE = ("0.0.0.0/0", "::/0")


def rules(case, groups):
    """All rules for what comes in of some groups, as (group, rule)."""
    return [(group, rule) for group in case.topology["groups"]
            if group["id"] in groups for rule in group["ingress"]]


def is_cidr(source):
    """A source is a CIDR or {"group": id}."""
    return isinstance(source, str)


def admits(case, groups, protocol, port, address, sender=()):
    """Would one of these groups let this in, by an address or by one of the
    groups of the sender?"""
    address = ipaddress.ip_address(address)
    for _, rule in rules(case, groups):
        if rule["protocol"] not in (protocol, "-1"):
            continue
        if rule["protocol"] != "-1" and not (
                int(rule["from"]) <= port <= int(rule["to"])):
            continue
        if not is_cidr(rule["source"]):
            if rule["source"]["group"] in sender:
                return True
            continue
        source = ipaddress.ip_network(rule["source"])
        if address.version == source.version and address in source:
            return True
    return False


def text(group, rule):
    """A rule for people."""
    return (f"{group['name']}: {rule['protocol']} "
            f"{rule['from']}-{rule['to']} from {rule['source']}")


def instances(case, role):
    """The instances of a role."""
    return [i for i in case.topology["instances"] if i["role"] == role]


def subnets(case, identities):
    """The CIDRs of subnets."""
    network = Network(case.topology)
    return {network.subnets[identity]["cidr"] for identity in identities}


@check("group-anywhere")
def anywhere(case):
    """2.6: the whole Internet may ask the ALB on its port, and nobody else
    for anything; the bastion least of all."""
    alb = case.topology["alb"]
    port = int(alb["port"])
    for group in case.topology["groups"]:
        for rule in group["ingress"]:
            if str(rule["source"]) not in ANYWHERE:
                continue
            if group["id"] not in alb["groups"] or rule["protocol"] != "tcp" \
                    or (int(rule["from"]), int(rule["to"])) != (port, port):
                yield text(group, rule)


@check("group-bastion")
def bastion(case):
    """S14: from outside of the VPC the bastion is reached from the allow-list
    only, and by SSH only."""
    allowed = case.expansion.parameters["JumpServerAllowList"]
    for instance in instances(case, "bastion"):
        for group, rule in rules(case, instance["groups"]):
            if (rule["protocol"], str(rule["from"]), str(rule["to"]),
                    rule["source"]) != ("tcp", "22", "22", allowed):
                yield text(group, rule)


@check("group-appliance")
def appliance(case):
    """2.5: appliances hear Geneve and health checks from the GWLB's subnets
    and nothing else: no SSH, no ping."""
    fleet = case.topology["fleet"]
    sources = subnets(case, case.topology["gwlb"]["subnets"])
    health = str(case.topology["targets"]["health"]["port"])
    wanted = {(p, port, port, s) for s in sources
              for p, port in (("udp", "6081"), ("tcp", health))}
    have = {(r["protocol"], str(r["from"]), str(r["to"]), str(r["source"]))
            for _, r in rules(case, fleet["groups"])}
    for rule in sorted(have - wanted):
        yield f"appliances hear too much: {rule}"
    for rule in sorted(wanted - have):
        yield f"appliances do not hear {rule}"


@check("group-web")
def web(case):
    """S16, S18: web servers hear the ALB's and the bastion's subnets, on the
    ports that these ask for, and nothing else but ping."""
    port = int(case.topology["alb"]["target_port"])
    outer = case.topology["alb"]["subnets"] + [
        i["subnet"] for i in instances(case, "bastion")]
    known = subnets(case, outer)
    for instance in instances(case, "web"):
        for group, rule in rules(case, instance["groups"]):
            ports = (rule["from"], rule["to"])
            if str(rule["source"]) not in known or not (
                    rule["protocol"] == "icmp" or rule["protocol"] == "tcp"
                    and ports in ((port, port), (22, 22))):
                yield text(group, rule)


def clients(case, network, endpoint):
    """Who an interface endpoint of AWS's services has to hear: its private
    name takes all who are managed in its VPC to it, but only appliances
    signal."""
    vpc = reference(endpoint.properties["VpcId"]).id
    fleet = case.topology["fleet"]
    found = [(s, "an appliance", fleet["groups"]) for s in fleet["subnets"]]
    if not endpoint.properties["ServiceName"].endswith(".cloudformation"):
        found += [(i["subnet"], i["name"], i["groups"])
                  for i in case.topology["instances"]]
    return [(host, groups) for subnet, name, groups in found
            if network.subnets[subnet]["vpc"] == vpc
            for host in hosts(network, subnet, name, False)]


@check("group-admits-clients")
def clients_admitted(case):
    """D10: endpoints of AWS's services hear those who need them."""
    network = Network(case.topology)
    for endpoint in case.of("EC2::VPCEndpoint"):
        if endpoint.properties.get("VpcEndpointType") != "Interface":
            continue
        groups = [m.id for m in
                  mentions(endpoint.properties.get("SecurityGroupIds", []))]
        for host, own in clients(case, network, endpoint):
            if not admits(case, groups, "tcp", 443, host.address, own):
                yield (f"{endpoint.id} does not hear {host.name} "
                       f"({host.address})")


@check("group-admits")
def admitted(case):
    """S5, S14, S16: groups let in what the architecture is there for."""
    network = Network(case.topology)
    alb = case.topology["alb"]
    allowed = case.expansion.parameters["JumpServerAllowList"]

    def wanted():
        yield "Internet", OUTSIDE, alb, alb["port"], "ALB"
        for jump in instances(case, "bastion"):
            for host in hosts(network, jump["subnet"], jump["name"], True):
                for one in instances(case, "web"):
                    yield host.name, host.address, one, 22, one["name"]
            first = str(ipaddress.ip_network(allowed)[0])
            yield "allow-list", first, jump, 22, jump["name"]
        for subnet in alb["subnets"]:
            for host in hosts(network, subnet, "ALB", True):
                for one in instances(case, "web"):
                    yield (host.name, host.address, one, alb["target_port"],
                           one["name"])

    for source, address, thing, port, name in wanted():
        if not admits(case, thing["groups"], "tcp", int(port), address):
            yield f"{name} does not hear {source} ({address}) on {port}"


NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp"}


def lets_out(case, groups, protocol, port, address):
    """Would one of these groups let this out? Without a rule all goes out."""
    address = ipaddress.ip_address(address)
    for identity in groups:
        rules_out = case.expansion.get(identity).properties.get(
            "SecurityGroupEgress", [{"IpProtocol": "-1",
                                     "CidrIp": "0.0.0.0/0"}])
        for rule in rules_out:
            kind = str(rule["IpProtocol"])
            if kind != "-1" and (
                    NUMBERS.get(kind, kind) != protocol or not
                    int(rule["FromPort"]) <= port <= int(rule["ToPort"])):
                continue
            block = rule.get("CidrIp")
            if block and address in ipaddress.ip_network(block):
                return True
    return False


@check("group-egress")
def egress(case):
    """S3, S5, S16: groups let out what their members have to send. What an
    appliance gives back is no answer to a group, as ports are not swapped."""
    network = Network(case.topology)
    alb, fleet = case.topology["alb"], case.topology["fleet"]

    def wanted():
        for subnet in case.topology["gwlb"]["subnets"]:
            for node in hosts(network, subnet, "a GWLB node", False):
                yield "an appliance", fleet, "udp", 6081, node
        for one in instances(case, "web"):
            target = hosts(network, one["subnet"], one["name"], False)
            for host in target:
                yield "the ALB", alb, "tcp", int(alb["target_port"]), host
                for jump in instances(case, "bastion"):
                    yield jump["name"], jump, "tcp", 22, host
            outside = target[0]._replace(name="Internet", address=OUTSIDE)
            yield one["name"], one, "tcp", 443, outside

    for name, thing, protocol, port, goal in wanted():
        if not lets_out(case, thing["groups"], protocol, port, goal.address):
            yield (f"{name} may not send {protocol} {port} to {goal.name} "
                   f"({goal.address})")


def members(case):
    """{group id: subnets that have somebody who is in the group}."""
    found = {}
    things = [(case.topology["alb"]["groups"], case.topology["alb"]["subnets"])]
    things += [(i["groups"], [i["subnet"]])
               for i in case.topology["instances"]]
    things += [(case.topology["fleet"]["groups"],
                case.topology["fleet"]["subnets"])]
    access = {a["id"]: a["subnets"] for a in case.topology["access"]}
    for endpoint in case.of("EC2::VPCEndpoint"):
        ids = [m.id for m in
               mentions(endpoint.properties.get("SecurityGroupIds", []))]
        things.append((ids, access.get(endpoint.id, [])))
    for groups, where in things:
        for group in groups:
            found.setdefault(group, set()).update(where)
    return found


@check("group-references")
def references(case):
    """2.2: a group as a source does not work for what comes through an
    endpoint: there it has to be CIDRs."""
    network = Network(case.topology)
    there = members(case)
    for group in case.topology["groups"]:
        for rule in group["ingress"]:
            if is_cidr(rule["source"]):
                continue
            for source in there.get(rule["source"]["group"], ()):
                for end in there.get(group["id"], ()):
                    start = hosts(network, source, "", False)[0]
                    goal = hosts(network, end, "", False)[0]
                    trip = network.trip(start, goal.address)
                    if trip.endpoints or trip.end != end:
                        yield text(group, rule)


@check("group-used")
def used(case):
    """A group that nobody is in locks nothing; what is in none has the VPC's
    default group, which lets its members talk."""
    there = members(case)
    for group in case.topology["groups"]:
        if not there.get(group["id"]):
            yield f"{group['name']}: nobody is in it"
    for thing in case.topology["instances"] + [case.topology["alb"],
                                               case.topology["fleet"]]:
        if not thing["groups"]:
            yield f"{thing['id']}: in no group"
    for endpoint in case.of("EC2::VPCEndpoint"):
        if endpoint.properties.get("VpcEndpointType") == "Interface" and \
                not endpoint.properties.get("SecurityGroupIds"):
            yield f"{endpoint.id}: in no group"
