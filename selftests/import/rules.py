#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads what "gwlbctl import" prints, and asks those rules in the plainest way.

Knows only the words that it prints. For tests: neither the parser of gwlbctl
nor the classifier of the module has a part in it.
"""

import ipaddress
import re

TOKEN = re.compile(r'#[^\n]*|"(?:\\.|[^"\\])*"|[{},;\n]|[^\s{},;#"]+')
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}
FIELDS = {"proto", "dport", "family", "direction", "state"}
VERDICTS = {"accept", "drop", "reject"}


class Ruleset:
    """Policy, inside prefixes, sets and rules."""

    def __init__(self, text):
        self.policy = "accept"
        self.refused = "forget"
        self.inside, self.sets, self.rules = [], {}, []
        for words in statements(text):
            getattr(self, "take_" + words[0])(words[1:])

    def take_policy(self, words):
        (self.policy,) = words

    def take_refused(self, words):
        (self.refused,) = words

    def take_inside(self, words):
        self.inside = [ipaddress.ip_network(word) for word in words]

    def take_set(self, words):
        name, kind = words[:2]
        assert kind == "port" and name not in self.sets, words
        self.sets[name] = words[2:]

    def take_rule(self, words):
        matches = {}
        assert words[0].endswith(":") and words[-1] in VERDICTS, words
        field = None
        for word in words[1:-1]:
            # A value may have the name of a field, but not its place.
            if word in FIELDS and (field is None or matches[field]):
                assert word not in matches, words
                field = word
                matches[field] = []
            else:
                matches[field].append(word)
        self.rules.append((matches, words[-1]))

    def direction(self, source):
        address = ipaddress.ip_address(source)
        return "out" if any(address in net for net in self.inside) else "in"

    def holds(self, field, values, packet):
        if field == "proto":
            return packet["proto"] in [PROTOCOLS[v] for v in values]
        if field == "dport":
            if packet["dport"] is None:
                return False
            return any(self.has_port(value, packet["dport"])
                       for value in values)
        return packet[field] in values

    def has_port(self, value, port):
        if value.startswith("@"):
            return any(self.has_port(inner, port)
                       for inner in self.sets[value[1:]])
        first, _, last = value.partition("-")
        return int(first) <= port <= int(last or first)

    def ask(self, packet, related=False):
        """The verdict; None if no rule for errors decides about an error."""
        for matches, verdict in self.rules:
            if related and "related" not in matches.get("state", []):
                continue
            if all(self.holds(field, values, packet)
                   for field, values in matches.items()):
                return verdict
        return None if related else self.policy


def statements(text):
    """Lists of words, without braces and commas."""
    words, depth, comma = [], 0, False
    for token in TOKEN.findall(text):
        if token.startswith("#"):
            continue
        if token in "\n;":
            if words and not depth and not comma:
                yield words
                words = []
            continue
        comma = token == ","
        depth += (token == "{") - (token == "}")
        if token not in "{},":
            words.append(token)
    if words:
        yield words
