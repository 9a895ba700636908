#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""hot.py DIR - puts copies of what tests start all the time below DIR

A guest asks the host for each file by messages, some ten when a program is
started, and that takes as long as what the program does then. What is in its
memory need not be asked for. Nothing depends on what is here and what is not.
Prints which directories are there as a whole.

Owns: DIR. May touch: nothing else.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig

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

# Of Python's own modules, what no test imports. The others are the guest's as a
# whole, as Python reads directories, and such of two layers are slow.
UNUSED = shutil.ignore_patterns(
    "config-*", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test",
    "tkinter", "turtledemo")


def programs():
    for name in PROGRAMS:
        if found := shutil.which(name, path=PATH):
            yield found
    for name in OURS:
        if (TOP / name).exists():
            yield str(TOP / name)


def libraries(names):
    """What ldd says behind arrows, and the loader."""
    told = subprocess.run(["ldd", *names], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    for line in told.stdout.splitlines():
        for word in line.split():
            if line.startswith("\t") and word.startswith("/"):
                yield word


def links(path):
    """It by the name that no link is on the way to, and where it leads to."""
    while True:
        path = os.path.join(os.path.realpath(os.path.dirname(path)),
                            os.path.basename(path))
        yield path
        if not os.path.islink(path):
            return
        path = os.path.join(os.path.dirname(path), os.readlink(path))


def make_parents(path, below):
    """A directory of two layers is as the upper one says."""
    parent = os.path.dirname(path)
    if os.path.exists(below + parent):
        return
    make_parents(parent, below)
    os.mkdir(below + parent)
    shutil.copystat(parent, below + parent)
    os.chown(below + parent, os.stat(parent).st_uid, os.stat(parent).st_gid)


def copy(path, below):
    make_parents(path, below)
    shutil.copy2(path, below + path, follow_symlinks=False)
    owner = os.lstat(path)
    os.chown(below + path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    if not os.path.islink(path):
        # After the owner, which takes away what sets it
        os.chmod(below + path, owner.st_mode & 0o7777)


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit("Usage: hot.py DIR")
    below = os.path.realpath(sys.argv[1])
    found = list(programs())
    found += ["/etc/ld.so.cache", *libraries(found)]
    paths = {path for name in found if os.path.isfile(name)
             for path in links(os.path.abspath(name))}
    for path in sorted(paths):
        copy(path, below)
    python = sysconfig.get_path("stdlib")
    make_parents(python, below)
    shutil.copytree(python, below + python, symlinks=True, ignore=UNUSED)
    print(python)


main()
