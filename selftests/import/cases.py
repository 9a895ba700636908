#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Configurations of geneve-proxy, and flows to try on each of them.

Always the same ones. Each two values of two keys meet in some configuration;
every flow has a peer address that no other flow has, so that all of them can
be in one table.
"""

import ipaddress
import itertools
import random

import oracle

TCP, UDP, ICMP, GRE = 6, 17, 1, 47

MISSING = object()
NOTHING = object()

# More ranges than a rule lists, so that a set is needed
MANY_PORTS = list(range(3, 2000, 3)) + [443]

# The values of each key that make a difference
VALUES = {
    "drop_all_traffic": [MISSING, False, True, NOTHING, False, False],
    "allowed_transport_protocols": [
        MISSING, [], [TCP, UDP], [ICMP, TCP, UDP], [UDP, GRE], [ICMP],
        list(range(256))],
    "blocked_transport_protocols": [
        MISSING, NOTHING, [], [ICMP], [UDP], [TCP, ICMP], [GRE]],
    "allowed_application_ports": [
        MISSING, NOTHING, [], [443], [443, 80], [0, 1, 53, 65535],
        MANY_PORTS],
    "blocked_application_ports": [
        MISSING, [], [53], [80, 443], MANY_PORTS,
        list(range(1100))[::-1]],
}
KEYS = list(VALUES)

# Where a list begins and ends, and what is on either side of it
PRIVATE = [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "127.0.0.1",
    "127.255.255.255", "169.254.0.0", "169.254.255.255", "172.16.0.0",
    "172.31.255.255", "192.0.0.0", "192.0.0.7", "192.0.0.170",
    "192.0.0.171", "192.0.2.0", "192.0.2.255", "192.168.0.0",
    "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.0",
    "198.51.100.255", "203.0.113.0", "203.0.113.255", "240.0.0.0",
    "255.255.255.254", "255.255.255.255",
]
PUBLIC = [
    "1.0.0.0", "9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
    "191.255.255.255", "192.0.1.255", "192.0.3.0", "192.167.255.255",
    "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
    "198.51.101.0", "203.0.112.255", "203.0.114.0", "239.255.255.255",
    "100.64.0.1", "8.8.8.8",
]
PORTS = [1, 53, 80, 443, 8080]

FIRST_PEER = {True: int(ipaddress.ip_address("10.64.0.0")),
              False: int(ipaddress.ip_address("20.0.0.0"))}


def sections():
    """Sections in which each two values of two keys meet, few of them."""
    rng = random.Random(6081)
    left = set()
    for a, b in itertools.combinations(range(len(KEYS)), 2):
        for x in range(len(VALUES[KEYS[a]])):
            for y in range(len(VALUES[KEYS[b]])):
                left.add((a, x, b, y))

    def pairs(choice):
        return {(a, choice[a], b, choice[b])
                for a, b in itertools.combinations(range(len(KEYS)), 2)}

    while left:
        # One of those that are left is in each try, so this ends.
        a, x, b, y = min(left)
        best = None
        for _ in range(30):
            choice = [rng.randrange(len(VALUES[key])) for key in KEYS]
            choice[a], choice[b] = x, y
            if not best or len(pairs(choice) & left) > len(pairs(best) & left):
                best = choice
        left -= pairs(best)
        yield {key: VALUES[key][best[i]] for i, key in enumerate(KEYS)}


def configs():
    """As dicts of sections; each section is outbound once, and inbound."""
    every = list(sections())
    half = len(every) // 2
    for i, section in enumerate(every):
        yield {"outbound": section, "inbound": every[(i + half) % len(every)]}


def number_text(number, style):
    return f"0x{number:04x}" if style % 3 == 1 else str(number)


def value_text(value, style):
    """One of the ways to write it."""
    if value is NOTHING:
        return ["", " ~", " null"][style % 3]
    if isinstance(value, bool):
        return " " + [["no", "False", "false"],
                      ["yes", "True", "true"]][value][style % 3]
    numbers = [number_text(number, style) for number in value]
    if style % 2 and numbers:
        return "".join(f"\n    - {number} # {i}"
                       for i, number in enumerate(numbers))
    return " [" + ", ".join(numbers) + "]"


def text(config, style):
    """As a file."""
    lines = []
    for name in ("outbound", "inbound")[::1 - 2 * (style % 2)]:
        lines.append(f"{name}:")
        keys = [key for key in KEYS if config[name][key] is not MISSING]
        if not keys:
            # A section that is there, but empty, is not what is meant.
            lines[-1] += " {}"
        for key in keys[::1 - 2 * (style % 2)]:
            lines.append(f"  {key}:" + value_text(config[name][key], style))
    return "\n".join(lines) + "\n"


def plain(config):
    """As the proxy had it."""
    return {name: {key: None if value in (MISSING, NOTHING) else value
                   for key, value in section.items()}
            for name, section in config.items()}


class Case:
    """One flow: its first packet, and what the proxy thought of it.

    @quotes is the flow that an ICMP error quotes, for those.
    """

    def __init__(self, config, src, dst, proto, sport, dport, quotes=None):
        self.src, self.dst, self.proto = src, dst, proto
        self.sport, self.dport = sport, dport
        self.quotes = quotes
        self.passes, self.why = oracle.decide(config, src, proto, dport)

    def __str__(self):
        ports = f" ports {self.sport}, {self.dport}" if self.dport is not None \
            else " quoting a flow" if self.quotes else ""
        return f"{self.src} > {self.dst} protocol {self.proto}{ports}"


class Cases:
    """Makes the cases of one configuration after another."""

    def __init__(self):
        self.count = 0

    def peer(self, private):
        self.count += 1
        return str(ipaddress.ip_address(FIRST_PEER[private] + self.count))

    def make(self, config, private, proto, dport):
        pool = PRIVATE if private else PUBLIC
        src = pool[self.count % len(pool)]
        # Mostly to the other side, but some stay on theirs.
        dst = self.peer(private if self.count % 7 == 0 else not private)
        sport = 1024 + self.count % 50000 if proto in (TCP, UDP) else None
        return Case(config, src, dst, proto, sport, dport)

    def error(self, config, private, flows):
        """An ICMP error about a flow that lives, if there is one."""
        alive = [flow for flow in flows
                 if flow.proto in (TCP, UDP) and flow.passes] or flows
        flow = alive[self.count % len(alive)]
        return Case(config, self.peer(private), flow.src, ICMP, None, None,
                    quotes=flow)

    def of(self, config):
        flows = []
        for private in (True, False):
            odd = (self.count * 7919) % 65536
            for port in PORTS + [odd, odd % 2000]:
                flows.append(self.make(config, private, TCP, port))
                flows.append(self.make(config, private, UDP, port))
            flows.append(self.make(config, private, ICMP, None))
            flows.append(self.make(config, private, GRE, None))
        errors = [self.error(config, private, flows)
                  for private in (True, False) for _ in range(2)]
        return flows, errors


def table():
    """Yields (number, text of a file, flows, errors)."""
    cases = Cases()
    for number, config in enumerate(configs()):
        flows, errors = cases.of(plain(config))
        yield number, text(config, number), flows, errors


def main():
    reasons = {}
    count = 0
    for _number, _text, flows, errors in table():
        for case in flows + errors:
            count += 1
            reasons[case.why] = reasons.get(case.why, 0) + 1
    for why in sorted(reasons):
        print(f"{reasons[why]:6} {why}")
    print(f"{count:6} in all")


if __name__ == "__main__":
    main()
