# SPDX-License-Identifier: GPL-2.0-only
#
# walk.py - takes packets through the route tables of a topology
#
# Owns and touches nothing. It knows what a VPC does with a packet and nothing
# of what it should: a table's longest prefix decides, "local" is a prefix like
# any other, a NAT gateway has a place of its own in a subnet, and what comes
# back from an endpoint is routed by the table of the endpoint's subnet.

"""Walks through a topology, as topology.py prints it."""

import ipaddress
from typing import NamedTuple

# Nobody in a VPC; RFC 5737.
OUTSIDE = "198.51.100.7"

# A packet that has passed so many tables is in a loop.
MAX_HOPS = 16


class Host(NamedTuple):
    """Who sends or receives: a name for people, an address, its subnet."""

    name: str
    address: str
    subnet: str
    public: bool


class Trip(NamedTuple):
    """What became of a packet.

    `end` is the id of the subnet that it was delivered in, "internet", or
    "lost"; `why` says more of the latter.  `endpoints` are those it passed,
    in order, `nat` the NAT gateway that gave it its source.
    """

    end: str
    endpoints: tuple
    nat: str
    why: str


class Network:
    """A topology with indices."""

    def __init__(self, topology):
        self.topology = topology
        self.vpcs = {v["id"]: v for v in topology["vpcs"]}
        self.subnets = {s["id"]: s for s in topology["subnets"]}
        self.tables = {t["id"]: t for t in topology["tables"]}
        self.endpoints = {e["id"]: e for e in topology["endpoints"]}
        self.nats = {n["id"]: n for n in topology["nats"]}

    def zone(self, thing):
        """The zone of an endpoint, a NAT gateway or a host."""
        subnet = thing.subnet if isinstance(thing, Host) else thing["subnet"]
        return self.subnets[subnet]["zone"]

    def routes(self, subnet):
        """All routes of a subnet's table, with the one that is implied."""
        subnet = self.subnets[subnet]
        vpc = self.vpcs[subnet["vpc"]]
        table = self.tables.get(subnet["table"], {"routes": []})
        local = {"to": vpc["cidr"], "kind": "local", "target": ""}
        return [local] + table["routes"]

    def lookup(self, subnet, address):
        """The route that a packet from a subnet takes, or None.

        Of two equal prefixes the table's own is taken: AWS lets a route
        replace "local" for a subnet, never hide behind it.
        """
        address = ipaddress.ip_address(address)
        best = None
        length = -1
        for route in self.routes(subnet):
            prefix = ipaddress.ip_network(route["to"])
            if address in prefix and prefix.prefixlen >= length:
                best, length = route, prefix.prefixlen
        return best

    def subnet_of(self, vpc, address):
        """The subnet of a VPC that an address is in, or None."""
        address = ipaddress.ip_address(address)
        for subnet in self.subnets.values():
            if (subnet["vpc"] == vpc and
                    address in ipaddress.ip_network(subnet["cidr"])):
                return subnet["id"]
        return None

    def _igw(self, host, subnet, endpoints, nat):
        """Out by the Internet gateway, which wants a public address."""
        vpc = self.vpcs[self.subnets[subnet]["vpc"]]
        if not vpc["igw"]:
            return Trip("lost", endpoints, nat, "no Internet gateway")
        if not nat and not host.public:
            return Trip("lost", endpoints, nat,
                        f"{host.name} has no public address")
        return Trip("internet", endpoints, nat, "")

    def trip(self, host, to, start=None):
        """Sends a packet of a host to an address.

        It begins in the host's own subnet, or in `start` if it is a packet
        that a NAT gateway there has just given its old destination back.
        """
        subnet = start or host.subnet
        endpoints = ()
        nat = ""
        for _ in range(MAX_HOPS):
            route = self.lookup(subnet, to)
            where = self.subnets[subnet]["name"]
            if route is None:
                return Trip("lost", endpoints, nat,
                            f"no route to {to} in {where}")
            kind = route["kind"]
            if kind == "local":
                vpc = self.subnets[subnet]["vpc"]
                end = self.subnet_of(vpc, to)
                if end is None:
                    return Trip("lost", endpoints, nat, f"nobody is {to}")
                return Trip(end, endpoints, nat, "")
            if kind == "igw":
                return self._igw(host, subnet, endpoints, nat)
            if kind == "endpoint" and route["target"] in self.endpoints:
                endpoints += (route["target"],)
                subnet = self.endpoints[route["target"]]["subnet"]
            elif kind == "nat" and route["target"] in self.nats:
                nat = route["target"]
                subnet = self.nats[nat]["subnet"]
            else:
                return Trip("lost", endpoints, nat,
                            f"{where} sends {to} to {kind} {route['target']}")
        return Trip("lost", endpoints, nat, f"a loop at {where}")


def addresses(cidr):
    """The ends of a subnet: where a route to half of it would show.

    AWS keeps the first four addresses and the last one to itself.
    """
    prefix = ipaddress.ip_network(cidr)
    return [str(prefix[4]), str(prefix[-2])]


def hosts(network, subnet, name, public):
    """Stand-ins for a host of a subnet: its address is not known yet."""
    cidr = network.subnets[subnet]["cidr"]
    return [Host(name, a, subnet, public) for a in addresses(cidr)]


def outer_hosts(network):
    """Who stands outside of the inspection: ALB nodes and bastions."""
    found = []
    alb = network.topology["alb"]
    for subnet in alb["subnets"]:
        name = "ALB node in " + network.subnets[subnet]["name"]
        found += hosts(network, subnet, name, True)
    for instance in network.topology["instances"]:
        if instance["role"] == "bastion":
            found += hosts(network, instance["subnet"], instance["name"],
                           bool(instance["eip"]))
    return found


def web_hosts(network):
    """The web servers."""
    found = []
    for instance in network.topology["instances"]:
        if instance["role"] == "web":
            found += hosts(network, instance["subnet"], instance["name"],
                           bool(instance["eip"]))
    return found


class Pair(NamedTuple):
    """A conversation: two trips, and what has to hold for both.

    `outer` is the host whose zone decides which endpoint is right: the one
    that is not inspected, or the NAT gateway's stand-in.
    """

    name: str
    there: Trip
    back: Trip
    want_there: str
    want_back: str
    zone: str
    inspected: int
    nat: str


def _inside(network, outer, web):
    """An ALB node or a bastion asks a web server."""
    there = network.trip(outer, web.address)
    back = network.trip(web, outer.address)
    name = f"{outer.name} ({outer.address}) -> {web.name} ({web.address})"
    return Pair(name, there, back, web.subnet, outer.subnet,
                network.zone(outer), 1, "")


def _outward(network, web):
    """A web server asks the Internet; the answer comes to the NAT gateway."""
    there = network.trip(web, OUTSIDE)
    name = f"{web.name} ({web.address}) -> Internet"
    if there.nat:
        start = network.nats[there.nat]["subnet"]
        back = network.trip(web, web.address, start)
    elif there.end == "internet":
        # It has a public address: the Internet gateway delivers by "local".
        back = Trip(web.subnet, (), "", "")
    else:
        back = Trip("lost", (), "", "no NAT gateway to come back to")
    # In the web server's own zone there is all that it needs.
    return Pair(name, there, back, "internet", web.subnet, network.zone(web),
                1, "one")


def _entry(network, outer):
    """The Internet asks an ALB node or a bastion by its public address.

    On the way in the Internet gateway delivers by "local"; the answer must go
    the way it came, or it has the wrong source.
    """
    back = network.trip(outer, OUTSIDE)
    vpc = network.subnets[outer.subnet]["vpc"]
    end = outer.subnet if network.vpcs[vpc]["igw"] else "lost"
    there = Trip(end, (), "", "" if end != "lost" else "no Internet gateway")
    name = f"Internet -> {outer.name} ({outer.address})"
    return Pair(name, there, back, outer.subnet, "internet",
                network.zone(outer), 0, "")


def pairs(topology):
    """All conversations that the quickstart's architecture is there for."""
    network = Network(topology)
    web = web_hosts(network)
    outer = outer_hosts(network)
    found = [_inside(network, o, w) for o in outer for w in web]
    found += [_outward(network, w) for w in web]
    found += [_entry(network, o) for o in outer]
    return network, found
