# SPDX-License-Identifier: GPL-2.0-only
"""What there is in a lab, for people and for programs. Touches nothing."""

import balancer
from region import Region
from router import ENDPOINT_MTU


def _host(store, host):
    told = {
        "role": host.role,
        "zone": host.zone,
        "netns": host.netns,
        "pid": store.pid(host.name),
        "addresses": {leg.dev: str(leg.address) for leg in host.legs},
        "subnets": {leg.dev: leg.subnet.name for leg in host.legs},
        "ports": {leg.dev: leg.port for leg in host.legs},
        "public": str(host.public) if host.public else None,
        "units": list(host.units),
        "log": str(store.place(host.name) / "log"),
    }
    return told


def describe(store, hosts):
    """Everything as one object."""
    region = Region(store.topology(), store.name)
    top = region.topology

    def of(role):
        return [h for h in hosts if h.role == role]

    return {
        "name": store.name,
        "architecture": top["architecture"],
        "region": top["region"],
        "zones": top["zones"],
        "exec": str(store.exec),
        "hosts": {h.name: _host(store, h) for h in hosts},
        "alb": {"port": top["alb"]["port"],
                "public": [str(h.public) for h in of("alb")]},
        "nat": [{"host": h.name, "zone": h.zone, "public": str(h.public),
                 "private": str(h.address)} for h in of("nat")],
        "bastion": next((str(h.public) for h in of("bastion")), None),
        "web": [str(h.address) for h in of("web")],
        "appliances": [str(h.address) for h in of("appliance")],
        "endpoints": [
            {"vpce": item["vpce"], "tun": region.tuns[item["id"]],
             "zone": region.subnets[item["subnet"]].zone,
             "mtu": ENDPOINT_MTU,
             "netns": region.netns(region.router_of(
                 region.subnets[item["subnet"]]))}
            for item in top["endpoints"]],
        "gwlb": {
            "nodes": [{"address": str(address), "dev": dev,
                       "zone": subnet.zone}
                      for dev, subnet, address in region.node_legs],
            "control": str(store.control),
            "stats": str(store.stats),
            "unit": balancer.UNIT,
            "log": str(store.place("gwlb") / "log/gwlbsim.log")},
        "internet": {
            "addresses": [str(a) for a in region.clients],
            "access_log": str(store.place("internet") / "log/access.log"),
            "files": str(store.place("internet") / "layer/var/www")},
    }


def text(told):
    """The same for people."""
    lines = [f"lab {told['name']}: {told['architecture']} in "
             f"{told['region']}, {len(told['zones'])} zones", "",
             f"{'HOST':12} {'ZONE':15} {'PRIVATE':16} {'PUBLIC':15} "
             "SUBNET"]
    for name, host in told["hosts"].items():
        legs = list(host["addresses"]) or [None]
        for n, leg in enumerate(legs):
            state = "" if host["pid"] else "  (dead)"
            lines.append(
                f"{'' if n else name:12} {host['zone']:15} "
                f"{host['addresses'].get(leg, ''):16} "
                f"{host['public'] or '':15} "
                f"{host['subnets'].get(leg, '')}{state}".rstrip())
    lines.append("")
    for end in told["endpoints"]:
        lines.append(f"{end['vpce']}  {end['zone']}  device {end['tun']} "
                     f"in {end['netns']}")
    web = told["internet"]
    lines += ["", f"clients        {' '.join(web['addresses'])}",
              f"what they saw  {web['access_log']}",
              f"load balancer  {told['gwlb']['control']}",
              f"               {told['gwlb']['log']}", "",
              "Try:"]
    lines += [f"  {told['exec']} internet curl http://{a}/"
              for a in told["alb"]["public"]]
    lines += [f"  {told['exec']} web1 ping -c 3 {web['addresses'][0]}",
              f"  {told['exec']} bastion ssh web1 hostname",
              f"  {told['exec']} appliance1 tcpdump -nvvi eth0 port 6081"]
    return "\n".join(lines)
