# SPDX-License-Identifier: GPL-2.0-only
"""The Gateway Load Balancer: gwlbsim, with a leg in each of its subnets."""

import json
import pathlib
import shlex
import socket

from host import Host, Leg

SIM = pathlib.Path(__file__).resolve().parents[1] / "gwlbsim/gwlbsim"
UNIT = "gwlbsim.service"
# Own routing tables, so that what leaves from a node's address leaves by the
# node's leg.
FIRST_TABLE = 200


def command(region, store):
    """gwlbsim's command line for a region."""
    top = region.topology
    targets = top["targets"]
    health = targets["health"]
    words = [str(SIM), "--wire", region.node_legs[0][0]]
    for dev, subnet, address in region.node_legs:
        words += ["--gwlb", f"{address},dev={dev},zone={subnet.zone},"
                  f"via={subnet.router}"]
    for _, subnet, address in region.fleet:
        words += ["--appliance", f"{address},zone={subnet.zone}"]
    for item in top["endpoints"]:
        subnet = region.subnets[item["subnet"]]
        netns = region.netns(region.router_of(subnet))
        words += ["--endpoint",
                  f"{item['vpce']}={region.tuns[item['id']]},"
                  f"zone={subnet.zone},netns={netns}"]
    kind = health["protocol"].lower()
    path = health["path"] if kind == "http" else ""
    words += ["--cross-zone", "on" if top["gwlb"]["cross_zone"] else "off",
              "--stickiness", targets["stickiness"] or "5-tuple",
              "--failover", targets["failover"],
              "--deregistration-delay",
              str(1000 * targets["deregistration_delay"]),
              "--health", f"{kind}:{health['port']}{path}",
              "--health-interval", str(1000 * health["interval"]),
              "--health-timeout", str(1000 * health["timeout"]),
              "--healthy", str(health["healthy"]),
              "--unhealthy", str(health["unhealthy"]),
              "--control", str(store.control), "--answers",
              "--stats", str(store.stats), "--verbose"]
    return words


def make(region, store):
    """All nodes of the load balancer."""
    host = Host("gwlb", "gwlb", region.netns("gwlb"), own_run=False)
    for n, (dev, subnet, address) in enumerate(region.node_legs):
        leg = Leg(dev, dev, subnet, address, region.router_of(subnet))
        host.legs.append(leg)
        table = FIRST_TABLE + n
        host.batch += leg.batch(default=n == 0)
        host.batch += [f"route add default via {subnet.router} dev {dev} "
                       f"table {table}",
                       f"rule add from {address} lookup {table}"]
    # Each node answers ARP for its own address only.
    host.sysctl = {"net/ipv4/conf/all/arp_ignore": 1,
                   "net/ipv4/conf/all/rp_filter": 0,
                   "net/ipv4/conf/default/rp_filter": 0}
    host.units = {UNIT: "[Service]\nExecStart=" +
                  shlex.join(command(region, store)) + "\n"}
    return host


def targets(store):
    """address -> state, as the load balancer sees its targets."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        control.settimeout(5)
        control.connect(str(store.control))
        control.sendall(b"targets\n")
        with control.makefile(encoding="ascii") as lines:
            told = json.loads(lines.readline())
    return {one["address"]: one["state"] for one in told["targets"]}
