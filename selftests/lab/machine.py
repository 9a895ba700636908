# SPDX-License-Identifier: GPL-2.0-only
"""A host as a small machine: network, mounts, processes and name of its own.

Its files are this machine's with a layer of its own over the directories that
it changes; that layer, its logs and the socket of its first process are under
the lab's directory. Owns them, and the processes until they are killed.
"""

import os
import pathlib
import shutil
import signal
import socket
import sys
import traceback

import namespace
from init import Init

LAYERS = ("etc", "usr", "srv", "opt", "var", "root", "home")


def write_files(host, place):
    """The files that a host has of its own, into its layer."""
    layer = place / "layer"
    for path, (content, mode) in host.files.items():
        file = _inside(layer, path)
        file.write_text(content)
        file.chmod(mode)
    for path, source in host.copies.items():
        # Not a link: the tree may be where only root may go.
        shutil.copy(source, _inside(layer, path))


def _inside(layer, path):
    parts = pathlib.PurePosixPath(path).parts
    if len(parts) < 3 or ".." in parts or parts[1] not in LAYERS:
        raise OSError(f"{path}: a host of the lab has files of its own "
                      f"under {', '.join('/' + d for d in LAYERS)} only")
    file = layer.joinpath(*parts[1:])
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def boot(host, place, names):
    """Start the host; its first process writes its pid to place/pid."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        # Before it is in the host's namespace nobody would find it.
        namespace.die_with_parent()
        os.setsid()
        namespace.enter(host.netns)
        namespace.unshare(namespace.CLONE_NEWPID)
        first = os.fork()
        if first:
            # Whole, or not there: somebody may be waiting for it.
            draft = place / "pid.new"
            draft.write_text(f"{first}\n")
            draft.rename(place / "pid")
            os._exit(0)
        _first_process(host, place, names)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def _first_process(host, place, names):
    null = os.open("/dev/null", os.O_RDWR)
    log = os.open(place / "log/init.log",
                  os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for fd, was in ((0, null), (1, log), (2, log)):
        os.dup2(was, fd)
    os.closerange(3, 1 << 16)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    sys.stdout = open(1, "w", closefd=False, encoding="utf-8")
    sys.stderr = sys.stdout
    os.umask(0o022)
    namespace.set_name(f"lab:{host.name}")
    namespace.unshare(namespace.CLONE_NEWNS | namespace.CLONE_NEWUTS)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(place / "init"))
    socket.sethostname(host.name)
    _mounts(host, place)
    os.chdir("/")
    init = Init(listener, host.units, "/var/log")
    listener.listen(16)
    init.run(names)


def _mounts(host, place):
    """Its own view of the files. What others mount later is seen, what it
    mounts is not: so a namespace that is deleted outside is gone here."""
    namespace.mount("none", "/", None,
                    namespace.MS_REC | namespace.MS_SLAVE)
    quiet = namespace.MS_NOSUID | namespace.MS_NODEV | namespace.MS_NOEXEC
    namespace.mount("proc", "/proc", "proc", quiet)
    namespace.mount("sysfs", "/sys", "sysfs", quiet)
    # /var for /var/log, where each host has its logs.
    changed = {pathlib.PurePosixPath(path).parts[1]
               for path in (*host.files, *host.copies)} | {"var"}
    for name in sorted(changed):
        upper, work = place / "layer" / name, place / "work" / name
        upper.mkdir(parents=True, exist_ok=True)
        work.mkdir(parents=True, exist_ok=True)
        namespace.mount("overlay", f"/{name}", "overlay", 0,
                        f"lowerdir=/{name},upperdir={upper},workdir={work}")
    namespace.mount(str(place / "log"), "/var/log", None, namespace.MS_BIND)
    if host.own_run:
        namespace.mount("tmpfs", "/run", "tmpfs",
                        namespace.MS_NOSUID | namespace.MS_NODEV,
                        "mode=755")


def ask(place, text, seconds):
    """One command to the first process; Return: its line of JSON."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        connection.connect(str(place / "init"))
        connection.sendall(text.encode())
        answer = b""
        while not answer.endswith(b"\n"):
            more = connection.recv(65536)
            if not more:
                raise OSError("no answer")
            answer += more
    return answer.decode()
