# SPDX-License-Identifier: GPL-2.0-only
"""A VPC: its router, its subnets, and what AWS's fabric enforces.

One bridge for each subnet with the address x.x.x.1, one routing table of the
kernel for each route table of the topology, chosen by where a packet comes
from. There is no other table, so a packet takes a way of the templates or
none. The router itself says nothing but ARP: AWS's sends no ICMP errors, its
endpoints drop what is too large in silence.
"""

import ipaddress

from host import Host, LabError, VPC_MTU
from region import EDGE_TABLE

ENDPOINT_MTU = 8500
# The link to the Internet gateway. Not link-local: ICMP errors that the
# gateway sends have such a source, and have to pass endpoints.
ROUTER_END = "100.64.255.1"
GATEWAY_END = "100.64.255.2"

SYSCTL = {
    "net/ipv4/ip_forward": 1,
    # Nothing is for the router, and the way back is another table's matter.
    "net/ipv4/conf/all/rp_filter": 0,
    "net/ipv4/conf/default/rp_filter": 0,
    "net/ipv4/conf/all/send_redirects": 0,
    "net/ipv4/conf/default/send_redirects": 0,
    # Only where br_netfilter is there: a subnet is no firewall.
    "net/bridge/bridge-nf-call-iptables": 0,
    "net/bridge/bridge-nf-call-arptables": 0,
}

NFT = f"""
table inet router {{
	counter too_big {{ }}
	chain forward {{
		type filter hook forward priority filter; policy accept;
		oifname "gwlbe*" meta length > {ENDPOINT_MTU} \\
			counter name too_big drop
	}}
	chain input {{
		type filter hook input priority filter; policy drop;
	}}
	chain output {{
		type filter hook output priority filter; policy drop;
	}}
}}
table netdev fabric {{
	counter spoofed {{ }}
	counter astray {{ }}
}}
"""


def _target(region, vpc, route):
    """The kernel's words for where a route leads."""
    kind, target = route["kind"], route["target"]
    if kind == "igw":
        return f"via {GATEWAY_END} dev igw onlink"
    if kind == "endpoint":
        return f"dev {region.tuns[target]}"
    if kind == "nat":
        subnet = region.subnets[region.nats[target]["subnet"]]
        if subnet.vpc != vpc:
            raise LabError(f"route to {route['to']}: NAT gateway {target} "
                           "is in another VPC")
        return f"via {region.address[target]} dev {subnet.bridge} onlink"
    # A prefix list, a peering: nothing of the lab is behind it.
    return None


def _table(region, vpc, number, routes):
    lines = [f"route add {subnet.network} dev {subnet.bridge} table {number}"
             for subnet in region.of_vpc(vpc)]
    for route in routes:
        target = _target(region, vpc, route)
        if target:
            # It may be as long as a local one, and is then in its place.
            to = ipaddress.ip_network(route["to"])
            lines.append(f"route replace {to} {target} table {number}")
    return lines


def _devices(region, vpc):
    lines = []
    for subnet in region.of_vpc(vpc):
        dev = subnet.bridge
        lines += [f"link add {dev} mtu {VPC_MTU} type bridge stp_state 0"
                  " forward_delay 0 mcast_snooping 0",
                  f"address add {subnet.router}/{subnet.network.prefixlen}"
                  f" dev {dev} noprefixroute",
                  f"link set {dev} up"]
    for item in region.topology["endpoints"]:
        if region.subnets[item["subnet"]].vpc == vpc:
            dev = region.tuns[item["id"]]
            # It outlives gwlbsim, so that routes do: what nobody reads is
            # lost, as with an endpoint whose load balancer is gone.
            lines += [f"tuntap add dev {dev} mode tun",
                      f"link set {dev} mtu {ENDPOINT_MTU} up"]
    if region.vpcs[vpc]["igw"]:
        lines += [f"address add {ROUTER_END}/30 dev igw",
                  "link set dev igw up"]
    return lines


def _rules(region, vpc):
    # Not the table main, and no default: what has no table has no way.
    lines = ["rule del pref 32766", "rule del pref 32767"]
    for subnet in region.of_vpc(vpc):
        number = region.table_number[subnet.table]
        lines.append(f"rule add iif {subnet.bridge} lookup {number}")
    for item in region.topology["endpoints"]:
        subnet = region.subnets[item["subnet"]]
        if subnet.vpc == vpc:
            lines.append(f"rule add iif {region.tuns[item['id']]} "
                         f"lookup {region.table_number[subnet.table]}")
    if region.vpcs[vpc]["igw"]:
        lines.append(f"rule add iif igw lookup {EDGE_TABLE}")
        lines += _table(region, vpc, EDGE_TABLE, [])
    for table in region.tables.values():
        if table["vpc"] == vpc:
            lines += _table(region, vpc, region.table_number[table["id"]],
                            table["routes"])
    return lines


def make(region, vpc):
    """The router of a VPC."""
    name = region.routers[vpc]
    host = Host(name, "router", region.netns(name))
    host.sysctl = SYSCTL
    host.batch = _devices(region, vpc) + _rules(region, vpc)
    host.nft = NFT
    if region.vpcs[vpc]["igw"]:
        igw = region.netns(f"igw{name[3:]}")
        host.early = [f"link add igw netns {host.netns} mtu {VPC_MTU} "
                      f"type veth peer name vpc netns {igw} mtu {VPC_MTU}"]
    return host


def port_batch(leg):
    """Lines for ip -batch in the router that plug a host in."""
    return [f"link set dev {leg.port} master {leg.subnet.bridge}",
            f"link set dev {leg.port} up"]


def port_nft(leg):
    """A host sends from its own address only, and gets what is for it.

    A NAT gateway is exempt from both, but not from being who it is in ARP.
    """
    own = f"ip saddr {leg.address}" if leg.checked else "ether type ip"
    its = f"ip daddr {leg.address}" if leg.checked else "ether type ip"
    return f"""
table netdev fabric {{
	chain from_{leg.port} {{
		type filter hook ingress device {leg.port} priority filter; \\
			policy drop;
		{own} accept
		arp saddr ip {leg.address} accept
		counter name spoofed
	}}
	chain to_{leg.port} {{
		type filter hook egress device {leg.port} priority filter; \\
			policy drop;
		{its} accept
		arp daddr ip {leg.address} accept
		ether type ip counter name astray
	}}
}}
"""
