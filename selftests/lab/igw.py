# SPDX-License-Identifier: GPL-2.0-only
"""An Internet gateway: translates private to public addresses, one to one.

What has no public address gets no further, in either direction.
"""

from host import Host
from router import GATEWAY_END, ROUTER_END

# What the Internet carries.
INTERNET_MTU = 1500


def make(region, vpc):
    """The Internet gateway of a VPC."""
    number = region.routers[vpc][3:]
    name = f"igw{number}"
    host = Host(name, "igw", region.netns(name))
    outside = region.netns("internet")
    host.early = [f"link add outside netns {host.netns} mtu {INTERNET_MTU} "
                  f"type veth peer name igw{number} netns {outside} "
                  f"mtu {INTERNET_MTU}"]
    host.sysctl = {"net/ipv4/ip_forward": 1,
                   "net/ipv4/conf/all/send_redirects": 0,
                   "net/ipv4/conf/default/send_redirects": 0}
    host.batch = [
        f"address add 100.64.{number}.2/30 dev outside",
        "link set dev outside up",
        f"address add {GATEWAY_END}/30 dev vpc",
        "link set dev vpc up",
        f"route add {region.vpcs[vpc]['cidr']} via {ROUTER_END}",
        f"route add default via 100.64.{number}.1",
    ]
    host.nft = _nft(region.translations(vpc))
    return host


def _nft(pairs):
    """pairs: private -> public"""
    if not pairs:
        return ""
    to_public = ", ".join(f"{a} : {b}" for a, b in pairs.items())
    to_private = ", ".join(f"{b} : {a}" for a, b in pairs.items())
    private = ", ".join(str(a) for a in pairs)
    return f"""
table ip igw {{
	chain inward {{
		type nat hook prerouting priority dstnat;
		dnat to ip daddr map {{ {to_private} }}
	}}
	chain outward {{
		type nat hook postrouting priority srcnat;
		snat to ip saddr map {{ {to_public} }}
	}}
	chain forward {{
		type filter hook forward priority filter; policy drop;
		iifname outside ip daddr {{ {private} }} accept
		iifname vpc ip saddr {{ {private} }} accept
	}}
	chain input {{
		type filter hook input priority filter; policy drop;
	}}
}}
"""
