# SPDX-License-Identifier: GPL-2.0-only
"""Web servers and bastion: EC2 instances that run what their user data says.

Their files are those of the user data; the systemd units that its commands
start are what runs, and sshd, which every image brings.
"""

import re

import count
import group
from host import Host, LabError, Leg

SSHD_UNIT = """\
[Service]
RuntimeDirectory=sshd
ExecStart=/usr/sbin/sshd -D -e
"""

SSHD = """\
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PidFile none
"""

# The default key exchange is dear where CPUs are emulated.
SSH = """\
Host *
	KexAlgorithms curve25519-sha256
	User root
	IdentityFile /etc/ssh/key
	IdentitiesOnly yes
	GlobalKnownHostsFile /etc/ssh/known_hosts
	UserKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	BatchMode yes
	ConnectTimeout 60
	LogLevel ERROR
"""


def _words(command):
    return " ".join(command) if isinstance(command, list) else command


def started(files, commands):
    """Units that the commands of user data start, those in scripts too."""
    text = "\n".join(_words(c) for c in commands)
    text += "\n".join(f["content"] for path, f in files.items()
                      if not path.endswith(".service"))
    units = {}
    for path, file in files.items():
        name = path.rpartition("/")[2]
        if name.endswith(".service") and "/systemd/" in path and re.search(
                r"systemctl\b[^\n;&|]*\b(enable|start|restart)\b[^\n;&|]*\b"
                + re.escape(name[:-len(".service")]) + r"\b", text):
            units[name] = file["content"]
    return units


def user_data(files):
    """The files as Host has them."""
    return {path: (file["content"], int(str(file["mode"] or "0644"), 8))
            for path, file in files.items()}


def client(keys, hosts):
    """What it takes to log in to others."""
    known = "".join(f"{','.join(names)} {keys['host.pub']}\n"
                    for names in hosts)
    return {"/etc/ssh/ssh_config": (SSH, 0o644),
            "/etc/ssh/key": (keys["user"], 0o600),
            "/etc/ssh/known_hosts": (known, 0o644)}


def make(region, item, keys):
    """An instance; keys: see keys.py."""
    name = region.instance_name[item["id"]]
    subnet = region.subnets[item["subnet"]]
    host = Host(name, item["role"], region.netns(name), subnet.zone)
    # An MTU as on AWS, 9001: that endpoints carry less is for user data to
    # know.
    leg = Leg("eth0", name, subnet, region.address[item["id"]],
              region.router_of(subnet))
    host.legs = [leg]
    host.batch = leg.batch()
    host.public = region.eips[item["eip"]] if item["eip"] else None
    host.nft = group.stateful(region, item["groups"], subnet) + count.NFT
    host.files = user_data(item["files"])
    host.files |= {
        "/etc/ssh/sshd_config": (SSHD, 0o644),
        "/etc/ssh/ssh_host_ed25519_key": (keys["host"], 0o600),
        # Or else it is this machine's, which does not fit.
        "/etc/ssh/ssh_host_ed25519_key.pub": (keys["host.pub"], 0o644),
        "/etc/ssh/authorized_keys": (keys["user.pub"], 0o644),
        # An account without a password, but not locked.
        "/etc/shadow": ("root:*:19000:0:99999:7:::\n", 0o640),
    }
    host.units = started(item["files"], item["commands"])
    if item["role"] == "web" and not host.units:
        raise LabError(f"{name}: its user data starts no systemd unit")
    host.units["sshd.service"] = SSHD_UNIT
    host.ports = [22]
    alb = region.topology["alb"]
    if item["id"] in alb["targets"]:
        host.ports.append(alb["target_port"])
    return host
