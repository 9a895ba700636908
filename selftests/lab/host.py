# SPDX-License-Identifier: GPL-2.0-only
"""What a host of the lab is made of.

Data only: the nouns of the region (router, nat, alb, ...) fill it in, build.py
makes it real. Touches nothing.
"""

import dataclasses
import ipaddress

# What AWS gives instances, and what the lab's links inside of a VPC can carry.
VPC_MTU = 9001


class LabError(Exception):
    """Something that the user has to be told in one sentence."""


@dataclasses.dataclass
class Subnet:
    """A subnet of the topology, and the bridge that is it."""

    id: str
    name: str
    vpc: str
    network: ipaddress.IPv4Network
    zone: str
    table: str
    bridge: str
    taken: int = 3

    @property
    def router(self):
        """The address of the VPC's router in it."""
        return self.network[1]

    def allocate(self):
        """The next address; the first four and the last are AWS's own."""
        self.taken += 1
        if self.taken >= self.network.num_addresses - 1:
            raise LabError(f"subnet {self.name} has no address left")
        return self.network[self.taken]


@dataclasses.dataclass
class Leg:
    """A network interface of a host in a subnet, and the router's port for it.

    checked: AWS's source/destination check, which holds for everything but
    NAT gateways.
    """

    dev: str
    port: str
    subnet: Subnet
    address: ipaddress.IPv4Address
    router: str
    checked: bool = True

    def batch(self, default=True):
        """Lines for ip -batch in the host's namespace."""
        lines = [f"address add {self.address}/{self.subnet.network.prefixlen}"
                 f" dev {self.dev}",
                 # One segment at a time, so that what is counted, checked
                 # against MTUs and seen by tcpdump are packets of the wire.
                 f"link set dev {self.dev} gso_max_segs 1 up"]
        if default:
            lines.append(f"route add default via {self.subnet.router}")
        return lines


@dataclasses.dataclass
class Host:
    """One namespace with what runs in it.

    batch: lines for ip -batch in it, behind those that make its devices
    early: lines for ip -batch in the lab's own namespace that make its devices
    nft: rules for nft -f
    files: path -> (text, mode), its own view of them
    copies: path -> this machine's file that it is a copy of
    units: name -> text of systemd services that run, in this order
    ports: TCP ports that listen when it is ready
    own_run: whether /run is its own; not where others' namespaces are needed
    """

    name: str
    role: str
    netns: str
    zone: str = ""
    legs: list = dataclasses.field(default_factory=list)
    early: list = dataclasses.field(default_factory=list)
    batch: list = dataclasses.field(default_factory=list)
    sysctl: dict = dataclasses.field(default_factory=dict)
    nft: str = ""
    files: dict = dataclasses.field(default_factory=dict)
    copies: dict = dataclasses.field(default_factory=dict)
    units: dict = dataclasses.field(default_factory=dict)
    ports: list = dataclasses.field(default_factory=list)
    own_run: bool = True
    public: object = None

    @property
    def address(self):
        """Its private address, if it has just one leg."""
        return self.legs[0].address if self.legs else None
