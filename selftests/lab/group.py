# SPDX-License-Identifier: GPL-2.0-only
"""Security groups as nft rules.

Stateful, as AWS's, for all but what an appliance's load balancer sends: those
packets are the module's, before any connection tracking sees them.
"""

import ipaddress

from host import LabError


def _sources(region, item, subnet):
    """The networks that a rule lets in, IPv4 only, as the lab is."""
    source = item["source"]
    if isinstance(source, dict):
        return _members(region, source["group"], subnet)
    network = ipaddress.ip_network(source)
    return [str(network)] if network.version == 4 else []


def _members(region, group, subnet):
    """Addresses of a group's members, as seen by those in a subnet.

    AWS: a reference to a group holds only for what comes straight from its
    members; behind an endpoint nobody knows any more who sent it.
    """
    top = region.topology
    legs = [(region.subnets[i["subnet"]], region.address[i["id"]])
            for i in top["instances"] if group in i["groups"]]
    if group in top["alb"]["groups"]:
        legs += [(s, a) for _, s, a, _ in region.alb_legs]
    if group in top["fleet"]["groups"]:
        legs += [(s, a) for _, s, a in region.fleet]
    return [str(address) for home, address in legs
            if home.vpc == subnet.vpc and
            region.route(home, subnet.router) is None]


def _ports(item):
    low, high = item["from"], item["to"]
    if low in (-1, None) or (low, high) == (0, 65535):
        return ""
    return f" dport {low}" if low == high else f" dport {low}-{high}"


def _match(item):
    """nft words for protocol and ports, behind the source."""
    protocol = str(item["protocol"]).lower()
    if protocol in ("-1", "all"):
        return ""
    if protocol in ("tcp", "6", "udp", "17"):
        name = {"6": "tcp", "17": "udp"}.get(protocol, protocol)
        ports = _ports(item)
        return f"{name}{ports}" if ports else f"ip protocol {name}"
    if protocol in ("icmp", "1"):
        words = "ip protocol icmp"
        if item["from"] not in (-1, None):
            words += f" icmp type {item['from']}"
            if item["to"] not in (-1, None):
                words += f" icmp code {item['to']}"
        return words
    if protocol in ("icmpv6", "58"):
        return None
    raise LabError(f"security group: protocol {protocol} is unknown")


def rules(region, groups, subnet):
    """nft matches of all that some security groups let in to a subnet."""
    lines = []
    for group in groups:
        for item in region.groups[group]["ingress"]:
            match = _match(item)
            sources = _sources(region, item, subnet)
            if match is None or not sources:
                continue
            lines.append(f"ip saddr {{ {', '.join(sources)} }} {match}"
                         .strip())
    return lines


def stateful(region, groups, subnet):
    """A table for who has a leg in a subnet and is in these groups."""
    allowed = "\n".join(f"\t\t{rule} accept"
                        for rule in rules(region, groups, subnet))
    return f"""
table ip group {{
	counter refused {{ }}
	chain input {{
		type filter hook input priority filter; policy drop;
		iifname lo accept
		ct state established,related accept
{allowed}
		counter name refused
	}}
}}
"""


def tunnel(region, groups, subnet, port):
    """For an appliance: who may send to the tunnel's port, at the door."""
    allowed = "\n".join(f"\t\t{rule} accept"
                        for rule in rules(region, groups, subnet))
    return f"""
table netdev group {{
	counter refused {{ }}
	chain tunnel {{
{allowed}
		counter name refused drop
	}}
	chain ingress {{
		type filter hook ingress device eth0 priority filter; \\
			policy accept;
		udp dport {port} jump tunnel
	}}
}}
"""
