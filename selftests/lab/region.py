# SPDX-License-Identifier: GPL-2.0-only
"""From topology JSON to names and addresses.

Owns the numbering: which host, device and address stands for which resource
of the templates. A pure function of topology and lab name, so that the same
lab can be thought up again at any time. Touches nothing.
"""

import ipaddress
import re

from host import LabError, Subnet

CLIENTS = ipaddress.ip_network("198.51.100.0/24")
PUBLIC = ipaddress.ip_network("203.0.113.0/24")
FIRST_CLIENT = 10
CLIENT_COUNT = 4
FIRST_EIP = 10
# The ALB's addresses belong to its service, they are none of the account's.
FIRST_ALB = 200
# Routing tables of the kernel: one for each table of the topology, and one
# for what comes from the Internet gateway.
FIRST_TABLE = 100
EDGE_TABLE = 99


def index(items):
    """id -> item; an id that is used twice is a mistake."""
    found = {}
    for item in items:
        if item["id"] in found:
            raise LabError(f"topology: id {item['id']} is used twice")
        found[item["id"]] = item
    return found


def slug(text):
    """A name that a device can have."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


class Region:
    """A topology with names and addresses for everything in it."""

    def __init__(self, topology, lab):
        self.topology = topology
        self.lab = lab
        try:
            self._resolve()
        except (KeyError, TypeError, IndexError) as bad:
            raise LabError(f"topology: {type(bad).__name__}: {bad}") from bad
        except ValueError as bad:
            raise LabError(f"topology: {bad}") from bad

    def _resolve(self):
        top = self.topology
        self.vpcs = index(top["vpcs"])
        self.tables = index(top["tables"])
        self.groups = index(top["groups"])
        self.nats = index(top["nats"])
        self.routers = {vpc: f"vpc{n}" for n, vpc in enumerate(self.vpcs, 1)}
        self.table_number = {table: FIRST_TABLE + n
                             for n, table in enumerate(self.tables)}
        self.subnets = {
            item["id"]: Subnet(
                item["id"], item["name"], item["vpc"],
                ipaddress.ip_network(item["cidr"]), item["zone"],
                item["table"], f"s{n}.{slug(item['name'])}"[:15])
            for n, item in enumerate(index(top["subnets"]).values(), 1)}
        for subnet in self.subnets.values():
            if subnet.table not in self.tables:
                raise LabError(f"subnet {subnet.name} has no route table")
        self.eips = {item["id"]: PUBLIC[FIRST_EIP + n]
                     for n, item in enumerate(top["eips"])}
        self.clients = [CLIENTS[FIRST_CLIENT + n]
                        for n in range(CLIENT_COUNT)]
        self._allocate()

    def _allocate(self):
        """Private addresses, to all that has a network interface."""
        top = self.topology
        self.address = {}
        for item in top["nats"]:
            self._take(item["id"], item["subnet"])
        self.alb_legs = [(f"alb{n}", self.subnets[subnet],
                          self._take((top["alb"]["id"], subnet), subnet),
                          PUBLIC[FIRST_ALB + n])
                         for n, subnet in enumerate(top["alb"]["subnets"], 1)]
        self.instance_name = {}
        count = {}
        for item in top["instances"]:
            self._take(item["id"], item["subnet"])
            role = item["role"]
            count[role] = count.get(role, 0) + 1
            name = f"{role}{count[role]}"
            # There is one bastion, and people call it that.
            self.instance_name[item["id"]] = \
                role if name == "bastion1" else name
        for item in top["endpoints"]:
            self._take(item["id"], item["subnet"])
        for item in top["access"]:
            for subnet in item["subnets"]:
                self._take((item["id"], subnet), subnet)
        self.node_legs = [(f"gwlb{n}", self.subnets[subnet],
                           self._take((top["gwlb"]["id"], subnet), subnet))
                          for n, subnet in
                          enumerate(top["gwlb"]["subnets"], 1)]
        fleet = top["fleet"]
        spread = fleet["subnets"]
        self.fleet = []
        for n in range(fleet["size"]):
            subnet = self.subnets[spread[n % len(spread)]]
            self.fleet.append((f"appliance{n + 1}", subnet,
                               subnet.allocate()))
        self.tuns = {item["id"]: f"gwlbe{n}"
                     for n, item in enumerate(top["endpoints"], 1)}

    def _take(self, owner, subnet):
        self.address[owner] = self.subnets[subnet].allocate()
        return self.address[owner]

    def netns(self, host):
        """The name of a host's network namespace."""
        return f"{self.lab}-{host}"

    def router_of(self, subnet):
        """The name of the host that routes for a subnet."""
        return self.routers[subnet.vpc]

    def of_vpc(self, vpc):
        """The subnets of a VPC."""
        return [s for s in self.subnets.values() if s.vpc == vpc]

    def translations(self, vpc):
        """What a VPC's Internet gateway translates: private -> public."""
        top = self.topology
        pairs = {}
        for item in top["nats"] + top["instances"]:
            if item.get("eip") and \
               self.subnets[item["subnet"]].vpc == vpc:
                pairs[self.address[item["id"]]] = self.eips[item["eip"]]
        for _, subnet, private, public in self.alb_legs:
            if subnet.vpc == vpc:
                pairs[private] = public
        return pairs

    def route(self, subnet, address):
        """The route that a packet from a subnet takes, None for local."""
        best, length = None, -1
        for other in self.of_vpc(subnet.vpc):
            if address in other.network:
                length = ipaddress.ip_network(
                    self.vpcs[subnet.vpc]["cidr"]).prefixlen
        for route in self.tables[subnet.table]["routes"]:
            to = ipaddress.ip_network(route["to"])
            if address in to and to.prefixlen > length:
                best, length = route, to.prefixlen
        return best
