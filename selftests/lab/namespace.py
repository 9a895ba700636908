# SPDX-License-Identifier: GPL-2.0-only
"""The system calls behind namespaces and mounts.

Owns nothing; touches namespaces and mounts of the calling process only. Done
here rather than by ip(8), unshare(1) and mount(8), because starting a program
is what takes time in an emulated guest.
"""

import contextlib
import ctypes
import os
import signal

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_SLAVE = 1 << 19

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15

NETNS = "/run/netns"

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result, what):
    if result:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def unshare(flags):
    """Part from the parent's namespaces."""
    _checked(_libc.unshare(flags), "unshare")


def set_name(name):
    """What ps(1) shows as the program's name, up to 15 characters."""
    _libc.prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def die_with_parent():
    """Be killed when the parent ends; its children are not told."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def mount(source, target, kind=None, flags=0, options=None):
    """mount(2)."""
    _checked(_libc.mount(source.encode(), target.encode(),
                         kind and kind.encode(), ctypes.c_ulong(flags),
                         options and options.encode()),
             f"mount {source} on {target}")


def enter(netns):
    """Make a named network namespace the caller's own."""
    fd = os.open(f"{NETNS}/{netns}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _checked(_libc.setns(fd, CLONE_NEWNET), f"setns {netns}")
    finally:
        os.close(fd)


@contextlib.contextmanager
def inside(netns):
    """Be in a network namespace for a while: /proc/sys/net is its own."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter(netns)
        try:
            yield
        finally:
            _checked(_libc.setns(home, CLONE_NEWNET), "setns back")
    finally:
        os.close(home)


def inode(path):
    """What tells one namespace from another, or None if there is none."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return None
