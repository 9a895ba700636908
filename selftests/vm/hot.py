#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""hot.py DIR [ROOT] - puts copies of what tests start all the time below DIR

A guest asks the host for each file by messages, some ten when a program is
started, and that takes as long as what the program does then. What is in its
memory need not be asked for. Nothing depends on what is here and what is not.
Prints which directories are there as a whole. ROOT has the files of a machine
that is not like this one, see root.sh.

Owns: DIR. May touch: nothing else.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# As run.sh says in the guest
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

TOP = pathlib.Path(__file__).resolve().parents[2]

# The most frequent of a run of all tests
PROGRAMS = """
ip jq cat sleep bash sysctl python3 dirname grep modprobe rmmod insmod sed date
rm nc nft ss tail sort mktemp mkfifo head mawk tr cut wc ping timeout tc env
mount umount mkdir cp mv cmp diff seq kill curl unshare nsenter setpriv setsid
flock ethtool stat touch uniq tee xargs basename readlink
""".split()
OURS = """
tools/gwlbctl/gwlbctl tools/gwlb-healthd/gwlb-healthd
selftests/gwlbsim/gwlbsim selftests/flowgen/flowgen
""".split()

# The loader, and what it reads first
LOADER = """
/lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /etc/ld.so.cache
""".split()

# Of Python's own modules, what no test imports. The others are the guest's as a
# whole, as Python reads directories, and such of two layers are slow.
UNUSED = shutil.ignore_patterns(
    "config-*", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test",
    "tkinter", "turtledemo")


class Root:
    """Files by the names that they have for who has no other files."""

    def __init__(self, path):
        self.path = path.rstrip("/")

    def here(self, name):
        return self.path + name

    def links(self, name):
        """Yields name, if no link is on the way to it, or else the links, and
        last what it is. That need not be there."""
        done = ""
        for part in name.split("/")[1:]:
            path = f"{done}/{part}"
            if not os.path.islink(self.here(path)):
                done = path
                continue
            yield path
            target = os.path.join(done or "/", os.readlink(self.here(path)))
            *others, done = self.links(os.path.normpath(target))
            yield from others
        yield done

    def real(self, name):
        return list(self.links(name))[-1]


def programs(root):
    for name in PROGRAMS:
        for directory in PATH.split(":"):
            if os.path.isfile(root.here(root.real(f"{directory}/{name}"))):
                yield f"{directory}/{name}"
                break


def needed(paths):
    """Names of the libraries that these files want."""
    told = subprocess.run(["readelf", "-d", *paths], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", told.stdout))


def libraries(root, paths):
    """Those, and what they want, where a loader looks by itself."""
    found = {}
    while paths:
        names = needed(paths) - found.keys()
        for name in names:
            found[name] = None
            for directory in pathlib.Path(root.here("/usr/lib")).glob("*-gnu"):
                if (directory / name).exists():
                    found[name] = f"/usr/lib/{directory.name}/{name}"
        paths = [root.here(root.real(found[name])) for name in names
                 if found[name]]
    return [name for name in found.values() if name]


def make_parents(root, name, below):
    """A directory of two layers is as the upper one says."""
    parent = os.path.dirname(name)
    if os.path.exists(below + parent):
        return
    make_parents(root, parent, below)
    os.mkdir(below + parent)
    shutil.copystat(root.here(parent), below + parent)


def copy(root, name, below):
    make_parents(root, name, below)
    shutil.copy2(root.here(name), below + name, follow_symlinks=False)


def main():
    if not 2 <= len(sys.argv) <= 3 or not os.path.isdir(sys.argv[1]):
        sys.exit("Usage: hot.py DIR [ROOT]")
    below = os.path.realpath(sys.argv[1])
    root, host = Root(sys.argv[2] if len(sys.argv) == 3 else "/"), Root("/")
    names = list(programs(root))
    ours = [str(TOP / name) for name in OURS if (TOP / name).exists()]
    wanted = [root.here(root.real(name)) for name in names] + ours
    names += LOADER + libraries(root, wanted)
    paths = {path for name in names for path in root.links(name)
             if os.path.lexists(root.here(path))}
    for name in sorted(paths):
        copy(root, name, below)
    for name in ours:
        copy(host, name, below)
    python = os.path.dirname(os.__file__)
    if os.path.isdir(root.here(python)):
        make_parents(root, python, below)
        shutil.copytree(root.here(python), below + python, symlinks=True,
                        ignore=UNUSED)
        print(python)


main()
