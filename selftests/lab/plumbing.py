# SPDX-License-Identifier: GPL-2.0-only
"""Namespaces, links, addresses, routes and nft rules of hosts.

Few processes, as starting one is dear in an emulated guest: one ip and one
nft for each namespace, side by side. Owns the network namespaces.
"""

import functools
import re
import subprocess

import namespace
import router
from host import LabError, VPC_MTU

# The lab is IPv4, and a quiet wire makes captures readable and counts exact.
QUIET = {"net/ipv6/conf/all/disable_ipv6": 1,
         "net/ipv6/conf/default/disable_ipv6": 1}
# What not every kernel has.
OPTIONAL = ("net/ipv6/", "net/bridge/")
# More than a guest has CPUs are slower together than one by one.
AT_ONCE = 2


def _start(argv, text, netns):
    # Entering here saves a program that does it.
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
        preexec_fn=netns and functools.partial(namespace.enter, netns))
    process.stdin.write(text)
    process.stdin.close()
    return process


def _run(jobs):
    """Run programs; jobs: (argv, what they read, namespace or None)."""
    running = []
    for argv, text, netns in jobs:
        while len(running) >= AT_ONCE:
            _finish(*running.pop(0))
        running.append((_start(argv, text, netns), argv, text, netns))
    for job in running:
        _finish(*job)


def _finish(process, argv, text, netns):
    out = process.stdout.read()
    if process.wait():
        # ip says which line it was, nft shows it.
        at = re.search(r"Command failed -:(\d+)", out)
        line = f": {text.splitlines()[int(at[1]) - 1]}" if at else ""
        raise LabError(f"{netns or ''}: {' '.join(argv)}: "
                       f"{out.strip()}{line}")


def _ip(netns, lines):
    return ["ip", "-batch", "-"], "".join(f"{x}\n" for x in lines), netns


def _nft(netns, text):
    return ["nft", "-f", "-"], text, netns


def _sysctl(host):
    with namespace.inside(host.netns):
        for name, value in (QUIET | host.sysctl).items():
            try:
                with open(f"/proc/sys/{name}", "w",
                          encoding="ascii") as file:
                    file.write(f"{value}\n")
            except FileNotFoundError:
                if not name.startswith(OPTIONAL):
                    raise


def _link(lab, host, leg):
    # An address tells the hardware address, so that a host that boots anew
    # is the same one to its neighbours, as on AWS.
    mac = ":".join(f"{byte:02x}" for byte in b"\2\0" + leg.address.packed)
    return (f"link add {leg.port} netns {lab}-{leg.router} mtu {VPC_MTU} "
            f"type veth peer name {leg.dev} netns {host.netns} "
            f"address {mac} mtu {VPC_MTU}")


def build(lab, hosts):
    """Hosts' namespaces with all that is in them but processes.

    hosts: some of the lab's; the routers that they are plugged into are
    among them, or were built earlier.
    """
    _run([_ip(None, [f"netns add {h.netns}" for h in hosts])])
    for host in hosts:
        # Before there are devices, as these begin with the defaults.
        _sysctl(host)
    _run([_ip(None, [line for h in hosts for line in h.early] +
              [_link(lab, h, leg) for h in hosts for leg in h.legs])])
    batch = {h.netns: ["link set dev lo up", *h.batch] for h in hosts}
    nft = {h.netns: h.nft for h in hosts}
    for host in hosts:
        for leg in host.legs:
            name = f"{lab}-{leg.router}"
            batch.setdefault(name, []).extend(router.port_batch(leg))
            nft[name] = nft.get(name, "") + router.port_nft(leg)
    # The rules first: nobody is to talk before they hold.
    _run([_nft(name, text) for name, text in nft.items() if text])
    _run([_ip(name, lines) for name, lines in batch.items()])


def unplug(lab, host):
    """As if the cable was cut: from here on nothing of it is heard."""
    for leg in host.legs:
        subprocess.run(["ip", "-n", f"{lab}-{leg.router}", "link", "del",
                        leg.port], check=False, stderr=subprocess.DEVNULL)


def delete(names):
    """Network namespaces, if they are there."""
    there = [name for name in names
             if namespace.inode(f"{namespace.NETNS}/{name}") is not None]
    if there:
        _run([_ip(None, [f"netns del {name}" for name in there])])
