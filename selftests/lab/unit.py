# SPDX-License-Identifier: GPL-2.0-only
"""As much of systemd's service files as the lab's hosts need.

Programs, environment, restarts, and with which user and capabilities; what
else sandboxes a service is systemd's own matter and skipped. A type that the
lab cannot play is refused. Touches nothing but environment files.
"""

import os
import re
import shlex

SETPRIV = "/usr/bin/setpriv"
# A user that nobody is, from where systemd takes its own for DynamicUser=.
DYNAMIC = "61184"
TYPES = ("simple", "exec", "oneshot")


class UnitError(ValueError):
    """A unit that cannot be run here."""


def _seconds(text):
    """systemd's time spans, as far as they are numbers of ms, s or min."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|min)?", text)
    if not found:
        raise UnitError(f"not a time: {text}")
    scale = {"ms": 0.001, "min": 60}.get(found[2], 1)
    return float(found[1]) * scale


def _settings(text):
    """The [Service] section: key -> list of values, "" empties a list."""
    section, found = "", {}
    for line in re.sub(r"\\\n", " ", text).splitlines():
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            section = line
        elif section == "[Service]":
            key, _, value = line.partition("=")
            values = found.setdefault(key.strip(), [])
            if value.strip():
                values.append(value.strip())
            else:
                values.clear()
    return found


class Unit:
    """One service as its file describes it."""

    def __init__(self, name, text):
        found = _settings(text)
        last = {key: values[-1] for key, values in found.items() if values}
        self.name = name
        self.type = last.get("Type", "simple")
        if self.type not in TYPES:
            raise UnitError(f"{name}: Type={self.type} is not played here")
        self.before = found.get("ExecStartPre", [])
        self.start = found.get("ExecStart", [])
        self.reload = found.get("ExecReload", [])
        self.stop = found.get("ExecStop", [])
        self.after = found.get("ExecStopPost", [])
        self.restart = last.get("Restart", "no")
        self.delay = _seconds(last.get("RestartSec", "100ms"))
        self.directory = last.get("WorkingDirectory", "/")
        self.runtime = last.get("RuntimeDirectory", "").split()
        self.oneshot = self.type == "oneshot"
        self.remains = last.get("RemainAfterExit", "no") in ("yes", "true")
        self._user = last.get("User", "")
        if not self._user and last.get("DynamicUser") in ("yes", "true"):
            self._user = DYNAMIC
        self._ambient = " ".join(found.get("AmbientCapabilities", []))
        self._bounding = " ".join(found.get("CapabilityBoundingSet", []))
        self._no_new = last.get("NoNewPrivileges") in ("yes", "true")
        self._environment = found.get("Environment", [])
        self._files = found.get("EnvironmentFile", [])
        if not self.start or (not self.oneshot and len(self.start) > 1):
            raise UnitError(f"{name}: {len(self.start)} ExecStart= lines")

    def environment(self, base):
        """base, and what the unit adds; files are read now."""
        env = dict(base)
        for line in self._environment:
            for word in shlex.split(line):
                key, _, value = word.partition("=")
                env[key] = value
        for name in self._files:
            path = name.lstrip("-")
            if name.startswith("-") and not os.path.exists(path):
                continue
            with open(path, encoding="utf-8") as file:
                for line in file:
                    key, equal, value = line.strip().partition("=")
                    if equal and key[0] not in "#;":
                        env[key] = " ".join(shlex.split(value))
        return env

    def wants_restart(self, status):
        """Whether it is started again after it has ended by itself."""
        if self.restart == "always":
            return True
        return self.restart == "on-failure" and status != 0

    def command(self, line, env):
        """(argv, whether it may fail) of an Exec line."""
        flags = re.match(r"[-@:+!]*", line)[0]
        if set(flags) - set("-+"):
            raise UnitError(f"{self.name}: not played here: {line}")
        words = [] if "+" in flags else self._privileges()
        for word in shlex.split(line[len(flags):]):
            if re.fullmatch(r"\$\w+", word):
                words += env.get(word[1:], "").split()
            else:
                words.append(re.sub(r"\$\{(\w+)\}",
                                    lambda m: env.get(m[1], ""),
                                    word).replace("$$", "$"))
        return words, "-" in flags

    def _privileges(self):
        """What has to come before a command that is not to have them all."""
        words = []
        if self._user:
            words += [f"--reuid={self._user}", f"--regid={self._user}",
                      "--clear-groups", f"--inh-caps={_set(self._ambient)}",
                      f"--ambient-caps={_set(self._ambient)}"]
        if self._bounding:
            words.append(f"--bounding-set={_set(self._bounding)}")
        if self._no_new:
            words.append("--no-new-privs")
        return [SETPRIV, *words] if words else []


def _set(names):
    """setpriv's words for these capabilities and no others."""
    if "~" in names:
        raise UnitError(f"not played here: {names}")
    return ",".join(["-all"] + [f"+{name.lower().removeprefix('cap_')}"
                                for name in names.split()])
