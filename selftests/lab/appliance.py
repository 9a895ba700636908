# SPDX-License-Identifier: GPL-2.0-only
"""An appliance: the module in a namespace, started as on a real one.

It has the files of the launch template, and this tree's programs where the
packages put them; its units are those of packaging/systemd. With reflector,
selftests/gwlbsim/reflector.py is in the module's place, for machines on which
no module can be loaded.
"""

import pathlib

import group
from host import Host, LabError, Leg
from instance import user_data

TOP = pathlib.Path(__file__).resolve().parents[2]
UNITS = TOP / "packaging/systemd"

PROGRAMS = {
    "/usr/sbin/gwlbctl": TOP / "tools/gwlbctl/gwlbctl",
    "/usr/sbin/gwlb-healthd": TOP / "tools/gwlb-healthd/gwlb-healthd",
    "/usr/lib/gwlb/gwlb-service": UNITS / "gwlb-service",
}

# What a box lacks whose start-up failed.
SERVICE = "gwlb.service"

REFLECTOR = f"""\
[Service]
ExecStart=/usr/bin/python3 {TOP}/selftests/gwlbsim/reflector.py eth0
"""
HEALTH = """\
[Service]
ExecStart=/usr/bin/python3 -m http.server --directory /srv/health {port}
"""


def _real():
    """The programs, which have to be built, and the units."""
    units = {}
    for path in PROGRAMS.values():
        if not path.exists():
            raise LabError(f"{path} is missing: it has to be built first")
    for name in SERVICE, "gwlb-healthd.service":
        path = UNITS / name
        if not path.exists():
            raise LabError(f"{path} is missing")
        units[name] = path.read_text()
    return dict(PROGRAMS), units


def make(region, name, subnet, address, reflector=False):
    """The appliance of that name."""
    fleet = region.topology["fleet"]
    targets = region.topology["targets"]
    port = targets["health"]["port"]
    host = Host(name, "appliance", region.netns(name), subnet.zone)
    leg = Leg("eth0", name, subnet, address, region.router_of(subnet))
    host.legs = [leg]
    host.batch = leg.batch()
    host.nft = group.tunnel(region, fleet["groups"], subnet,
                            targets["port"])
    host.nft += group.stateful(region, fleet["groups"], subnet)
    host.files = user_data(fleet["files"])
    host.ports = [port]
    if reflector:
        host.files["/srv/health/index.html"] = ("reflector\n", 0o644)
        host.units = {SERVICE: REFLECTOR,
                      "health.service": HEALTH.format(port=port)}
        # What it reflects is the kernel's, too, which has no socket for it
        # and would say so.
        host.nft += f"""
table ip raw {{
	chain prerouting {{
		type filter hook prerouting priority raw; policy accept;
		udp dport {targets['port']} drop
	}}
}}
"""
    else:
        host.copies, host.units = _real()
    return host
