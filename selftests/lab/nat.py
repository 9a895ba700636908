# SPDX-License-Identifier: GPL-2.0-only
"""A NAT gateway: one leg; all that it forwards leaves with its address."""

from host import Host, Leg


def make(region, number, item):
    """The NAT gateway that has that number, from one."""
    name = f"nat{number}"
    subnet = region.subnets[item["subnet"]]
    address = region.address[item["id"]]
    host = Host(name, "nat", region.netns(name), subnet.zone)
    leg = Leg("eth0", name, subnet, address, region.router_of(subnet),
              checked=False)
    host.legs = [leg]
    host.batch = leg.batch()
    host.sysctl = {"net/ipv4/ip_forward": 1,
                   # In and out by one leg is its trade.
                   "net/ipv4/conf/all/send_redirects": 0,
                   "net/ipv4/conf/default/send_redirects": 0}
    host.public = region.eips[item["eip"]]
    host.nft = f"""
table ip nat {{
	chain source {{
		type nat hook postrouting priority srcnat;
		snat to {address}
	}}
	chain forward {{
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		ct state new ip saddr {region.vpcs[subnet.vpc]['cidr']} accept
	}}
	chain input {{
		type filter hook input priority filter; policy drop;
	}}
}}
"""
    return host
