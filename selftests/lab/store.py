# SPDX-License-Identifier: GPL-2.0-only
"""What is kept of a lab: /run/gwlb-lab/NAME.

    topology.json     what it was built from
    reflector         exists if appliances are reflectors
    module            exists if the module was loaded for it
    exec              script: exec HOST COMMAND..., quicker than lab.py exec
    keys/             SSH keys
    gwlb.control      gwlbsim's control socket; gwlb.stats its statistics
    hosts/HOST/pid    the host's first process
    hosts/HOST/init   its socket (see init.py)
    hosts/HOST/log/   its /var/log
    hosts/HOST/layer/ what its files are other than this machine's

Owns that directory, and knows who is alive.
"""

import json
import pathlib
import re
import shutil
import time

import namespace
from host import LabError

BASE = pathlib.Path("/run/gwlb-lab")

EXEC = """\
#!/bin/sh
# exec HOST COMMAND [ARG]... - runs a command in a host of this lab
read -r pid <%s/hosts/"$1"/pid || exit 125
shift
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
	exec nsenter --target "$pid" --net --mount --pid --uts -- "$@"
"""


class Store:
    """The directory of one lab."""

    def __init__(self, name):
        # Without a hyphen, so that a namespace's name has one reading.
        if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", name):
            raise LabError(f"{name}: a lab's name is up to 16 lower case "
                           "letters and digits")
        self.name = name
        self.root = BASE / name
        self.control = self.root / "gwlb.control"
        self.stats = self.root / "gwlb.stats"
        self.keys = self.root / "keys"
        self.exec = self.root / "exec"

    def exists(self):
        """Whether there is such a lab, whole or not."""
        return self.root.is_dir()

    def create(self, topology, reflector):
        """A new lab's directory, before anything of it is there."""
        BASE.mkdir(mode=0o755, exist_ok=True)
        try:
            self.root.mkdir(mode=0o755)
        except FileExistsError:
            raise LabError(f"lab {self.name} exists; "
                           f"lab.py down {self.name} removes it") from None
        (self.root / "topology.json").write_text(json.dumps(topology))
        if reflector:
            (self.root / "reflector").touch()
        self.exec.write_text(EXEC % self.root)
        self.exec.chmod(0o755)

    def topology(self):
        """What it was built from."""
        try:
            return json.loads((self.root / "topology.json").read_text())
        except FileNotFoundError:
            raise LabError(f"there is no lab {self.name}") from None

    @property
    def reflector(self):
        """Whether appliances are reflectors."""
        return (self.root / "reflector").exists()

    def place(self, host):
        """The directory of a host."""
        return self.root / "hosts" / host

    def prepare(self, host):
        """A host's directory, with nothing of an earlier life but logs."""
        place = self.place(host)
        for old in "layer", "work":
            shutil.rmtree(place / old, ignore_errors=True)
        for old in "pid", "init":
            (place / old).unlink(missing_ok=True)
        (place / "log").mkdir(parents=True, exist_ok=True)
        return place

    def hosts(self):
        """Names of hosts that were built, or begun."""
        places = self.root / "hosts"
        return sorted(p.name for p in places.iterdir()) \
            if places.is_dir() else []

    def netns(self, host):
        """The name of a host's network namespace."""
        return f"{self.name}-{host}"

    def pid(self, host):
        """The host's first process, or None if it is not alive."""
        try:
            pid = int((self.place(host) / "pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        # Not somebody else who has got the number.
        mine = namespace.inode(f"{namespace.NETNS}/{self.netns(host)}")
        if mine is None or namespace.inode(f"/proc/{pid}/ns/net") != mine:
            return None
        return pid

    def others(self):
        """Other labs that there are."""
        return [Store(p.name) for p in BASE.iterdir()
                if p.name != self.name] if BASE.is_dir() else []

    def remove(self):
        """Everything that is kept of it."""
        shutil.rmtree(self.root)
        try:
            BASE.rmdir()
        except OSError:
            # Another lab's, too.
            pass


def until(seconds, what, condition):
    """Wait until a condition is neither None nor False; Return: what it is."""
    end = time.monotonic() + seconds
    pause = 0.01
    while True:
        found = condition()
        if found is not None and found is not False:
            return found
        if time.monotonic() >= end:
            raise LabError(f"{what}: not within {seconds} seconds")
        time.sleep(pause)
        pause = min(2 * pause, 0.2)
