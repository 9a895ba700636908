# SPDX-License-Identifier: GPL-2.0-only
"""Counts what a host receives and sends, at its interface.

In bytes of IP packets, as the module counts what is inside of its tunnels; at
the device's hooks, where fragments are what they are on the wire and nothing
has been refused yet. ARP and link-local addresses are not the VPC's.
"""

import json
import subprocess

ETHERNET = 14

NFT = """
table netdev count {
	counter received { }
	counter sent { }
	chain ingress {
		type filter hook ingress device eth0 priority -500;
		ether type ip ip daddr != 169.254.0.0/16 counter name received
	}
	chain egress {
		type filter hook egress device eth0 priority 500;
		ether type ip ip daddr != 169.254.0.0/16 counter name sent
	}
}
"""


def read(netns):
    """{"in": {"packets", "bytes"}, "out": ...} of a host."""
    out = subprocess.run(
        ["ip", "netns", "exec", netns, "nft", "-j", "list", "counters",
         "table", "netdev", "count"],
        check=True, capture_output=True, text=True).stdout
    found = {c["counter"]["name"]: c["counter"]
             for c in json.loads(out)["nftables"] if "counter" in c}
    into, outof = found["received"], found["sent"]
    return {"in": {"packets": into["packets"], "bytes": into["bytes"]},
            "out": {"packets": outof["packets"],
                    # On its way out a packet has its link header on.
                    "bytes": outof["bytes"] - ETHERNET * outof["packets"]}}
