#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ruleset_scale: rulesets that are too long for one message of an answer, and
the largest that there can be. Owns the ruleset of the namespace it is run in.
"""
import errno
import os
import struct
import time

from ruleset import Client, N, prefix, string, u32, u64
from ruleset_check import (DROP, accepted, check, count, ctl, elements, group,
                           match, payload, port, range_, refused, rule, same,
                           set_, tallies, values)


def test_interrupted_dumps():
    many = [rule(string("RULE_COMMENT", f"rule {i}" + "x" * 100))
            for i in range(2000)]
    ports = [values("ports", *[port(2 * i) for i in range(k, k + 6000)])
             for k in (0, 6000)]
    accepted("long lists", "RULESET_SET", *many, set_("ports", "PORT"),
             *ports)
    for cmd in ("RULE_GET", "ELEMENT_GET"):
        other = Client()
        other.send(other.family, N["CMD_" + cmd], 0x300, b"")
        other.receive()
        ctl.do("ELEMENT_DEL", values("ports", port(0)))
        ctl.do("ELEMENT_ADD", values("ports", port(0)))
        done = False
        while not done:
            _, done = other.receive()
        check(f"{cmd}: a dump says that there was a change meanwhile",
              other.interrupted)
        ctl.dump(cmd)
        check(f"{cmd}: and only then", not ctl.interrupted)
        # Nobody reads on: the socket goes with the dump half done.
        other = Client()
        other.send(other.family, N["CMD_" + cmd], 0x300, b"")
        other.receive()
        other.sock.close()
    same("all rules", len(tallies()), 2001)
    same("all elements", len(elements("ports")), 12000)


def test_large():
    wide = rule(*[match(f, *[range_("MATCH_RANGE", i, i)
                             for i in range(256)])
                  for f in ("SOURCE_PORT", "DESTINATION_PORT", "ICMP",
                            "ICMPV6", "PROTOCOL")],
                *[match(f, *[prefix("MATCH_PREFIX", f"2001:db8:{i:x}::/48")
                             for i in range(256)])
                  for f in ("SOURCE", "DESTINATION", "NODE")])
    full = group("full", *[u64("GROUP_ENDPOINT", i) for i in range(5000)])
    accepted("a rule and a group as large as can be", "RULESET_SET", rule(),
             wide, full, rule(verdict=DROP))
    rules = tallies()
    same("the rule is read back", rules[1].get(N["A_TALLY_RULE"]),
         payload(wide))
    same("with what comes before and after", len(rules), 5)
    same("alone, too", dict(ctl.do("RULE_GET", u32("TALLY_INDEX", 2))[0])
         [N["A_TALLY_RULE"]], payload(wide))
    groups = ctl.dump("GROUP_GET")
    same("so is the group", dict(groups[0])[N["A_RULESET_GROUP"]],
         payload(full))


def timed(what, seconds, function):
    seconds *= int(os.environ.get("SLOW", "1"))
    start = time.monotonic()
    function()
    took = time.monotonic() - start
    print(f"# {what}: {took:.2f} s")
    check(f"{what} takes seconds, not minutes", took < seconds)


def encoded(attrs):
    body = bytearray()
    for attr in attrs:
        attr.encode(body, [])
    return bytes(body)


def million(n):
    """Nests of a set's elements, put together fast."""
    head = encoded([string("VALUES_SET", "big")])
    one_element = bytearray(encoded([prefix("VALUES_PREFIX",
                                            "1.2.3.4/32")]))
    at = one_element.index(bytes([1, 2, 3, 4]))
    left, right = bytes(one_element[:at]), bytes(one_element[at + 4:])
    body = []
    for start in range(0, n, 3000):
        some = head + b"".join(
            left + struct.pack(">I", 0x0b000000 + 3 * i) + right
            for i in range(start, min(start + 3000, n)))
        body.append(struct.pack("=HH", len(some) + 4,
                                N["A_RULESET_VALUES"] | 0x8000) + some)
    return b"".join(body)


def test_scale():
    rules = encoded([rule(string("RULE_NAME", f"r{i}"),
                          match("SOURCE", prefix(
                              "MATCH_PREFIX",
                              f"10.{i >> 8}.{i & 255}.0/24")),
                          match("DESTINATION_PORT",
                                range_("MATCH_RANGE", 443, 443)))
                     for i in range(10000)])
    timed("10,000 rules", 60, lambda: ctl.request("RULESET_SET", rules))
    same("all of them", len(tallies()), 10001)
    timed("and once more", 60, lambda: ctl.request("RULESET_SET", rules))
    n = 1000000
    big = million(n)
    empty = encoded([set_("big", "ADDRESS")])
    timed("a set of 1,000,000 elements", 120,
          lambda: ctl.request("RULESET_SET", empty + big))
    same("all of them", count("big"), n)
    timed("the same again", 120,
          lambda: ctl.request("RULESET_SET", empty + big))
    timed("to remove them", 120, lambda: ctl.request("ELEMENT_DEL", big))
    same("none is left", count("big"), 0)
    timed("to add them", 120, lambda: ctl.request("ELEMENT_ADD", big))
    same("all of them again", count("big"), n)
    timed("to read them", 120, lambda: same("as many are read", len(
        elements("big")), n))
    more = [prefix("VALUES_PREFIX", f"12.0.{i >> 8}.{i & 255}/32")
            for i in range(48577)]
    more[-1].bad = True
    refused("not more than 1,048,576", errno.E2BIG, "full",
            *[values("big", *more[i:i + 3000])
              for i in range(0, len(more), 3000)], cmd="ELEMENT_ADD")
    same("none of these", count("big"), n)
    timed("to flush them", 60,
          lambda: ctl.do("SET_FLUSH", string("RULESET_NAME", "big")))
    same("none", count("big"), 0)
