# SPDX-License-Identifier: GPL-2.0-only
"""The first process of a host: starts its services and minds them.

Owns every process of its PID namespace: when it ends, the kernel ends them
all. Obeys one-line commands on a socket: "start UNIT", "stop UNIT", "restart
UNIT", "reload UNIT", "status"; answers each with a line of JSON. It answers
only after boot, so the first answer says that boot is over.
"""

import json
import os
import select
import signal
import time

import unit as units

# Until a service that was asked to end is made to.
PATIENCE = 10
# As systemd's StartLimit: so often in so many seconds.
BURST, INTERVAL = 5, 10

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Service:
    """A unit and what became of it."""

    def __init__(self, unit):
        self.unit = unit
        self.state = "inactive"
        self.pid = None
        self.status = None
        self.wanted = False
        self.again_at = None
        self.starts = []
        self.restarts = 0

    def told(self):
        """As JSON."""
        return {"state": self.state, "pid": self.pid,
                "status": self.status, "restarts": self.restarts}


class Init:
    """The services of this host."""

    def __init__(self, listener, texts, logs):
        self.listener = listener
        self.logs = logs
        self.ended = {}
        self.services = {name: Service(units.Unit(name, text))
                         for name, text in texts.items()}
        self.base = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/root"}
        self.wake, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)

    def run(self, boot):
        """Start what is in boot, then mind everything for ever."""
        for name in boot:
            self.start(self.services[name])
        while True:
            self._mind()
            self._wait(self._next(), [self.listener])

    # Processes

    def _wait(self, seconds, others=()):
        """Sleep until a child ends or another file is readable."""
        ready, _, _ = select.select([self.wake, *others], [], [], seconds)
        if self.wake in ready:
            os.read(self.wake, 4096)
        self._reap()
        if self.listener in ready:
            self._obey()

    def _reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self.ended[pid] = os.waitstatus_to_exitcode(status)

    def _spawn(self, service, line, env):
        """Return: pid and whether it may fail."""
        argv, lenient = service.unit.command(line, env)
        log = os.path.join(self.logs,
                           service.unit.name.removesuffix(".service")
                           + ".log")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.chdir(service.unit.directory)
        try:
            pid = os.posix_spawn(
                argv[0], argv, env, setsid=True,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, log, flags, 0o644),
                    (os.POSIX_SPAWN_DUP2, 1, 2)])
        except OSError as bad:
            with open(log, "a", encoding="utf-8") as file:
                file.write(f"{argv[0]}: {bad.strerror}\n")
            return None, lenient
        return pid, lenient

    def _finished(self, pid, seconds):
        """Wait for a process; Return: its status, or None if it goes on."""
        end = time.monotonic() + seconds
        while pid not in self.ended:
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._wait(left)
        return self.ended.pop(pid)

    def _each(self, service, lines, env):
        """Run commands one by one; Return: status of the first to fail."""
        for line in lines:
            pid, lenient = self._spawn(service, line, env)
            status = 203 if pid is None else self._finished(pid, 90)
            if status is None:
                os.killpg(pid, signal.SIGKILL)
                self._finished(pid, PATIENCE)
                status = 124
            if status and not lenient:
                return status
        return 0

    # Services

    def start(self, service):
        """Start it if it does not run."""
        unit = service.unit
        if service.state == "active":
            return
        service.wanted, service.again_at = True, None
        service.starts.append(time.monotonic())
        for name in unit.runtime:
            os.makedirs(os.path.join("/run", name), exist_ok=True)
        try:
            env = unit.environment(self.base)
        except OSError as bad:
            self._over(service, 203, str(bad))
            return
        status = self._each(service, unit.before, env)
        if not status and unit.oneshot:
            status = self._each(service, unit.start, env)
            if not status:
                service.status = 0
                service.state = "active" if unit.remains else "inactive"
        elif not status:
            service.pid, _ = self._spawn(service, unit.start[0], env)
            service.state, service.status = "active", None
            status = 0 if service.pid else 203
        if status:
            self._over(service, status)

    def _over(self, service, status, why=""):
        """It has ended, and nobody has asked it to."""
        if why:
            print(f"{service.unit.name}: {why}", flush=True)
        if service.pid:
            # What it has left behind would be in the next one's way.
            self._signal(service.pid, signal.SIGKILL)
        service.pid, service.status = None, status
        service.state = "failed" if status else "inactive"
        now = time.monotonic()
        service.starts = [t for t in service.starts if now - t < INTERVAL]
        if service.wanted and service.unit.wants_restart(status) and \
           len(service.starts) < BURST:
            service.again_at = now + service.unit.delay

    def stop(self, service):
        """End it if it runs, gently at first."""
        service.wanted, service.again_at = False, None
        unit, pid = service.unit, service.pid
        env = unit.environment(self.base)
        status = 0
        if service.state == "active":
            status = self._each(service, unit.stop, env)
        if pid:
            # Meanwhile it is nobody's business to restart it.
            service.pid = None
            self._signal(pid, signal.SIGTERM)
            status = self._finished(pid, PATIENCE)
            if status is None:
                self._signal(pid, signal.SIGKILL)
                status = self._finished(pid, PATIENCE)
        self._each(service, unit.after, env)
        # To end when one is asked to is no failure.
        service.status = 0 if status == -signal.SIGTERM else status
        service.state = "inactive"

    @staticmethod
    def _signal(pid, number):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            pass

    def _mind(self):
        """Take note of what has ended, and start again what is to run."""
        for service in self.services.values():
            if service.pid in self.ended:
                self._over(service, self.ended.pop(service.pid))
            if service.again_at and time.monotonic() >= service.again_at:
                service.restarts += 1
                self.start(service)
        # The rest were orphans that nobody waits for.
        mine = {service.pid for service in self.services.values()}
        for pid in self.ended.keys() - mine:
            del self.ended[pid]

    def _next(self):
        at = [s.again_at for s in self.services.values() if s.again_at]
        return max(0, min(at) - time.monotonic()) if at else None

    # Commands

    def _obey(self):
        connection, _ = self.listener.accept()
        with connection:
            connection.settimeout(5)
            try:
                words = connection.recv(4096).decode().split()
                connection.sendall(json.dumps(self._answer(words))
                                   .encode() + b"\n")
            except OSError:
                pass

    def _answer(self, words):
        if words == ["status"]:
            return {name: s.told() for name, s in self.services.items()}
        if len(words) != 2 or words[0] not in ("start", "stop", "restart",
                                               "reload"):
            return {"error": f"not understood: {' '.join(words)}"}
        verb, name = words
        service = self.services.get(name) or \
            self.services.get(name + ".service")
        if not service:
            return {"error": f"there is no {name}, only "
                             f"{', '.join(self.services) or 'nothing'}"}
        if verb == "reload":
            if not service.unit.reload:
                return {"error": f"{name} cannot be reloaded"}
            env = service.unit.environment(self.base)
            env["MAINPID"] = str(service.pid)
            status = self._each(service, service.unit.reload, env)
            return service.told() | {"status": status}
        if verb in ("stop", "restart"):
            self.stop(service)
        if verb in ("start", "restart"):
            self.start(service)
        return service.told()
