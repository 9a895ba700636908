# SPDX-License-Identifier: GPL-2.0-only
#
# routing.py - checks of the ways that packets take
#
# Owns and touches nothing; walk.py does the walking.

"""Checks of route tables and of walks through them."""

import ipaddress

from registry import check
from walk import Network, pairs


def trips(case, lost=False):
    """(network, pair, direction, trip, where it should end), each way of each
    pair; of those that are lost on the way there is nothing more to say."""
    network, found = pairs(case.topology)
    for pair in found:
        if lost or "lost" not in (pair.there.end, pair.back.end):
            yield network, pair, "there", pair.there, pair.want_there
            yield network, pair, "back", pair.back, pair.want_back


@check("walk-complete")
def complete(case):
    """S4, S5, S15, S16: every packet of every conversation arrives, with
    nothing configured after the deployment."""
    for _, pair, way, trip, wanted in trips(case, lost=True):
        if trip.end != wanted:
            reason = trip.why or f"ends in {trip.end}, not in {wanted}"
            yield f"{pair.name}, {way}: {reason}"


@check("walk-symmetric")
def symmetric(case):
    """D1, 2.2: packets and replies pass the same endpoint, so that one
    appliance sees both."""
    for _, pair, way, _, _ in trips(case):
        if way == "there" and pair.there.endpoints != pair.back.endpoints[::-1]:
            yield (f"{pair.name}: by {list(pair.there.endpoints)}, back by "
                   f"{list(pair.back.endpoints)}")


@check("walk-inspected")
def inspected(case):
    """D1, finding 1: all between inside and outside is inspected exactly
    once in each direction, what stays outside is not."""
    for _, pair, way, trip, _ in trips(case):
        if len(trip.endpoints) != pair.inspected:
            yield (f"{pair.name}, {way}: inspected {len(trip.endpoints)} "
                   f"times, not {pair.inspected}")


@check("walk-zone")
def zonal(case):
    """2.2, 2.3: the endpoint is in the zone of the outer side (ALB node, NAT
    gateway, bastion) in both directions, and so is the NAT gateway."""
    for network, pair, way, trip, _ in trips(case):
        things = [network.endpoints[e] for e in trip.endpoints]
        if trip.nat:
            things.append(network.nats[trip.nat])
        for thing in things:
            zone = network.zone(thing)
            if zone != pair.zone:
                yield (f"{pair.name}, {way}: {thing['id']} is in {zone}, "
                       f"not in {pair.zone}")


@check("walk-nat")
def nat(case):
    """S4: what goes out has a NAT gateway's EIP as its source, once."""
    eips = {eip["id"] for eip in case.topology["eips"]}
    for network, pair, _, trip, wanted in trips(case):
        if wanted == "internet" and bool(trip.nat) != bool(pair.nat):
            yield f"{pair.name}: NAT gateway '{trip.nat}'"
        if trip.nat and network.nats[trip.nat]["eip"] not in eips:
            yield f"{pair.name}: {trip.nat} has no EIP"


@check("default-routes")
def default_routes(case):
    """S2: each app subnet's default route is the endpoint of its zone."""
    network = Network(case.topology)
    for instance in case.topology["instances"]:
        if instance["role"] != "web":
            continue
        subnet = network.subnets[instance["subnet"]]
        routes = [r for r in network.routes(subnet["id"])
                  if r["to"] == "0.0.0.0/0"]
        zones = [network.zone(network.endpoints[r["target"]])
                 for r in routes if r["target"] in network.endpoints]
        if zones != [subnet["zone"]] or len(routes) != 1:
            yield f"{subnet['name']}: its default routes: {routes}"


@check("whole-subnets")
def whole_subnets(case):
    """2.1: a route more specific than "local" is a whole subnet's CIDR, and
    goes to an endpoint; AWS refuses others."""
    network = Network(case.topology)
    for table in case.topology["tables"]:
        vpc = ipaddress.ip_network(network.vpcs[table["vpc"]]["cidr"])
        whole = {s["cidr"] for s in case.topology["subnets"]
                 if s["vpc"] == table["vpc"]}
        for route in table["routes"]:
            to = ipaddress.ip_network(route["to"])
            if not to.overlaps(vpc) or to.prefixlen < vpc.prefixlen:
                continue
            if route["to"] not in whole:
                yield f"{table['name']}: {to} is no subnet's CIDR"
            elif route["kind"] != "endpoint":
                yield f"{table['name']}: {to} goes to {route['kind']}"


@check("own-tables")
def own_tables(case):
    """2.2: each subnet has a table of its own; with the VPC's main table it
    would have whatever that has, and a shared one cannot be zonal."""
    tables = {t["id"]: t for t in case.topology["tables"]}
    users = {}
    for subnet in case.topology["subnets"]:
        table = tables.get(subnet["table"])
        if table is None:
            yield f"{subnet['name']}: no table"
            continue
        if table["vpc"] != subnet["vpc"]:
            yield f"{subnet['name']}: the table of another VPC"
        if table["id"] in users:
            yield f"{subnet['name']}: shares the table of {users[table['id']]}"
        users[table["id"]] = subnet["name"]
    for table in tables.values():
        if table["id"] not in users:
            yield f"{table['name']}: nobody's table"
