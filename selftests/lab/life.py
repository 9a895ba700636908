# SPDX-License-Identifier: GPL-2.0-only
"""A lab from beginning to end: up, down, kill, restart.

Owns the order of things, and the module if nobody else has loaded it.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess

import alb
import appliance
import balancer
import igw
import instance
import internet
import keys
import machine
import namespace
import nat
import plumbing
import router
from host import LabError
from region import Region
from store import until

MODULE = pathlib.Path("/sys/module/gwlb")
# Many times what an emulated guest takes, with others beside it.
BOOT, LISTEN, HEALTHY, GONE = 120, 120, 180, 30


def hosts_of(region, store):
    """All hosts of a lab, in the order in which they are built."""
    known = keys.load(store.keys)
    try:
        return _hosts(region, store, known)
    except KeyError as bad:
        raise LabError(f"topology: there is no {bad}") from bad


def _hosts(region, store, known):
    top = region.topology
    hosts = [internet.make(region)]
    hosts += [igw.make(region, vpc) for vpc in region.vpcs
              if region.vpcs[vpc]["igw"]]
    hosts += [router.make(region, vpc) for vpc in region.vpcs]
    hosts += [nat.make(region, n, item)
              for n, item in enumerate(top["nats"], 1)]
    hosts += [alb.make(region, *leg) for leg in region.alb_legs]
    hosts += [instance.make(region, item, known)
              for item in top["instances"]]
    hosts += [appliance.make(region, *leg, store.reflector)
              for leg in region.fleet]
    hosts.append(balancer.make(region, store))
    _acquaint(hosts, known)
    return hosts


def _acquaint(hosts, known):
    """Everybody knows the others' names; some may log in to others."""
    private = [(h.name, h.address) for h in hosts if h.legs]
    public = [(h.name, h.public) for h in hosts if h.public]
    servers = [h for h in hosts if h.role in ("web", "bastion")]
    login = instance.client(
        known, [[h.name, *map(str, filter(None, (h.address, h.public)))]
                for h in servers])
    for host in hosts:
        names = public if host.role == "internet" else private
        host.files["/etc/hosts"] = ("127.0.0.1 localhost\n" + "".join(
            f"{address} {name}\n" for name, address in names), 0o644)
        if host.role in ("internet", "bastion"):
            host.files |= login


# The module

def _load_module(store):
    if MODULE.is_dir():
        return
    path = pathlib.Path(os.environ.get("GWLB_KO", appliance.TOP / "gwlb.ko"))
    if not path.exists():
        raise LabError(f"{path} is missing: the module has to be built first")
    # insmod does not load what a module needs, and a kernel may have it.
    subprocess.run(["modprobe", "-aq", "nf_reject_ipv4", "nf_reject_ipv6"],
                   check=False)
    done = subprocess.run(["insmod", str(path)], check=False, text=True,
                          capture_output=True)
    if done.returncode:
        raise LabError(done.stderr.strip() + " (a lab without the module, "
                       "on any machine: --reflector)")
    (store.root / "module").touch()


def _unload_module(store):
    mark = store.root / "module"
    if not mark.exists():
        return
    for other in store.others():
        if not other.reflector:
            # It is still in use, and now that lab's to unload.
            (other.root / "module").touch()
            return
    subprocess.run(["rmmod", "gwlb"], check=True)


# Up

def _start(hosts, store, without=()):
    for host in hosts:
        machine.write_files(host, store.place(host.name))
    # First those whose health takes time to be believed in.
    for host in sorted(hosts, key=lambda h: h.role not in ("appliance",
                                                           "gwlb")):
        machine.boot(host, store.place(host.name),
                     [name for name in host.units if name not in without])
    for host in hosts:
        _booted(host, store, without)
    for host in hosts:
        _listens(host, store)


def _tail(place, name):
    try:
        text = (place / "log" / f"{name}.log").read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return "".join(f"\n  {line}" for line in text.splitlines()[-10:])


def _booted(host, store, without):
    """Wait for the first answer of its first process."""
    place = store.place(host.name)

    def answer():
        with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
            return json.loads(machine.ask(place, "status", BOOT))
        if (place / "pid").exists() and store.pid(host.name) is None:
            raise LabError(f"{host.name} died at boot:"
                           + _tail(place, "init"))
        return None

    try:
        services = until(BOOT, f"{host.name} boots", answer)
    except OSError as bad:
        raise LabError(f"{host.name} does not boot: {bad}") from bad
    for name, service in services.items():
        if service["state"] == "failed" and name not in without:
            raise LabError(f"{host.name}: {name} failed, status "
                           f"{service['status']}:"
                           + _tail(place, name.removesuffix(".service")))


def _listeners(pid):
    """TCP ports that somebody listens on in a process's namespace."""
    ports = set()
    for name in "tcp", "tcp6":
        with contextlib.suppress(FileNotFoundError), \
                open(f"/proc/{pid}/net/{name}", encoding="ascii") as table:
            for line in table.readlines()[1:]:
                words = line.split()
                if words[3] == "0A":
                    ports.add(int(words[1].rpartition(":")[2], 16))
    return ports


def _listens(host, store):
    place = store.place(host.name)
    pid = store.pid(host.name)
    for port in host.ports:
        try:
            until(LISTEN, f"{host.name} listens on port {port}",
                  lambda port=port: port in _listeners(pid))
        except LabError as bad:
            logs = "".join(_tail(place, name.removesuffix(".service"))
                           for name in host.units)
            raise LabError(f"{bad}{logs}") from None


def up(topology, store, reflector):
    """Build a lab, and wait until the load balancer has targets."""
    region = Region(topology, store.name)
    store.create(topology, reflector)
    try:
        hosts = hosts_of(region, store)
    except LabError:
        # Nothing is there yet, and nothing shall be left.
        store.remove()
        raise
    if not reflector:
        _load_module(store)
    for host in hosts:
        store.prepare(host.name)
    plumbing.build(store.name, hosts)
    _start(hosts, store)
    in_service(region, store, [name for name, _, _ in region.fleet])


def _states(region, store):
    """host -> state, as the load balancer sees its targets."""
    states = balancer.targets(store)
    return {name: states.get(str(address), "unused")
            for name, _, address in region.fleet}


def targets(store):
    """The same for a lab that stands."""
    return _states(Region(store.topology(), store.name), store)


def in_service(region, store, names, state="healthy", seconds=HEALTHY):
    """Wait until the load balancer finds some targets in a state."""
    def reached():
        try:
            states = _states(region, store)
        except OSError:
            if store.pid("gwlb") is None:
                raise LabError("gwlb is dead") from None
            return False
        return all(states[name] == state for name in names)

    try:
        until(seconds, f"{', '.join(names)}: {state}", reached)
    except LabError as bad:
        raise LabError(str(bad) + _tail(store.place("gwlb"),
                                        "gwlbsim")) from None


# Down

def _inhabitants(inodes):
    """Processes in network namespaces."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid() and \
           namespace.inode(f"/proc/{entry.name}/ns/net") in inodes:
            yield int(entry.name)


def _depopulate(names):
    """Kill everything in some network namespaces, whoever started it."""
    inodes = {namespace.inode(f"{namespace.NETNS}/{name}")
              for name in names} - {None}

    killed = set()

    def none_left():
        pids = set(_inhabitants(inodes))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed.update(pids)
        return not pids

    if inodes:
        until(GONE, "the lab's processes end", none_left)
    # What is left of them is somebody else's to collect, and soon will be.
    with contextlib.suppress(LabError):
        until(2, "zombies", lambda: not any(
            os.path.exists(f"/proc/{pid}") for pid in killed))


def down(store):
    """Remove a lab, whole or not."""
    if not store.exists():
        raise LabError(f"there is no lab {store.name}")
    names = [store.netns(host) for host in store.hosts()]
    _depopulate(names)
    plumbing.delete(names)
    _unload_module(store)
    store.remove()


def _one(store, name):
    """A host of a lab that can be parted from it."""
    region = Region(store.topology(), store.name)
    for host in hosts_of(region, store):
        if host.name == name:
            if host.legs:
                return host
            raise LabError(f"{name} cannot be taken away")
    raise LabError(f"there is no host {name} in lab {store.name}")


def kill(store, name):
    """A host dies, at once and with everything."""
    host = _one(store, name)
    if namespace.inode(f"{namespace.NETNS}/{host.netns}") is None:
        raise LabError(f"{name} is dead already")
    plumbing.unplug(store.name, host)
    _depopulate([host.netns])
    plumbing.delete([host.netns])


def restart(store, name, broken):
    """A host boots anew; if it is alive, it dies before."""
    host = _one(store, name)
    if broken and host.role != "appliance":
        raise LabError("only appliances come back broken")
    if namespace.inode(f"{namespace.NETNS}/{host.netns}") is not None:
        kill(store, name)
    store.prepare(name)
    plumbing.build(store.name, [host])
    _start([host], store, (appliance.SERVICE,) if broken else ())
