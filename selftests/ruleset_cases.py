#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ruleset_cases: what becomes of rulesets that the module is given, good and bad
ones. Speaks TAP; owns the ruleset of the namespace it is run in.
"""
import errno
import os
import struct
import sys
import time

from ruleset import (Attr, Client, N, Refused, flag, prefix, string, u32, u64)
from ruleset_check import (ACCEPT, CONTINUE, DROP, REJECT, accepted, check,
                           count, ctl, done, elements, group, match, moved,
                           one, options, options_now, payload, port, range_,
                           refused, rule, same, set_, tallies, values,
                           wait_for)
from ruleset_scale import test_interrupted_dumps, test_large, test_scale


def test_empty():
    same("a namespace starts with generation 0", ctl.generation(), 0)
    rules = tallies()
    same("no rule, only the general policy", len(rules), 1)
    same("which accepts", rules[0][N["A_TALLY_POLICY"]],
         struct.pack("=I", ACCEPT))
    same("no group", ctl.dump("GROUP_GET"), [])
    same("no set", ctl.dump("SET_GET"), [])
    same("no element", ctl.dump("ELEMENT_GET"), [])
    before = options_now()
    moved("nothing is the same again", 0, "RULESET_SET", options())
    moved("defaults are the same, too", 0, "RULESET_SET", options(
        u32("OPTIONS_POLICY", ACCEPT), u32("OPTIONS_TIMEOUT_UDP", 120),
        u32("OPTIONS_FLOW_MAX", 1048576),
        *[prefix("OPTIONS_INSIDE", p) for p in (
            "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12",
            "192.168.0.0/16", "fc00::/7")]))
    moved("options", 1, "RULESET_SET", options(
        u32("OPTIONS_POLICY", DROP), flag("OPTIONS_NO_INSIDE"),
        u32("OPTIONS_FLOW_MAX", 7), u32("OPTIONS_REFUSED", 1)))
    check("they are different", options_now() != before)
    moved("and back", 1, "RULESET_SET", options())
    same("they are what they were", options_now(), before)


GOOD_RULES = [
    rule(string("RULE_NAME", "first"), string("RULE_COMMENT", "gr\u00fcn"),
         match("SOURCE", prefix("MATCH_PREFIX", "10.0.0.0/8"),
               prefix("MATCH_PREFIX", "2001:db8::/32"),
               string("MATCH_SET", "hosts")),
         match("DESTINATION_PORT", range_("MATCH_RANGE", 443, 443),
               string("MATCH_SET", "ports"), flag("MATCH_INVERT")),
         match("PROTOCOL", range_("MATCH_RANGE", 6, 6))),
    rule(match("TCP_FLAGS", u32("MATCH_BITS", 2), u32("MATCH_MASK", 0x17)),
         match("ENDPOINT", u64("MATCH_ID", 5), string("MATCH_SET", "vpces")),
         u32("RULE_LIMIT_RATE", 10), u32("RULE_LIMIT_UNIT", 1),
         u32("RULE_LIMIT_BURST", 1000000),
         flag("RULE_LOG"), string("RULE_LOG_TEXT", "seen"), verdict=None),
    rule(match("GROUP", string("MATCH_GROUP", "blue")),
         match("CONNECTION", u32("MATCH_BITS", 4)),
         match("FRAGMENT", u32("MATCH_BITS", 0)),
         match("ICMP", range_("MATCH_RANGE", 0x300, 0x3ff)), verdict=REJECT),
    rule(match("NODE"), verdict=DROP),
    rule(verdict=DROP),
    rule(verdict=DROP),
]

GOOD = [
    *GOOD_RULES,
    group("blue", u64("GROUP_ENDPOINT", 1), u64("GROUP_ENDPOINT", 2),
          u32("GROUP_POLICY", DROP), prefix("GROUP_INSIDE", "10.1.0.0/16")),
    group("red", u64("GROUP_ENDPOINT", 3), flag("GROUP_NO_INSIDE")),
    group("Empty_.-9"),
    values("hosts", prefix("VALUES_PREFIX", "192.0.2.0/24"),
           prefix("VALUES_PREFIX", "192.0.2.0/25")),
    set_("hosts", "ADDRESS"),
    set_("ports", "PORT"),
    set_("vpces", "ENDPOINT"),
    values("hosts", prefix("VALUES_PREFIX", "::/0"),
           prefix("VALUES_PREFIX", "192.0.2.1/32")),
    values("ports", range_("VALUES_RANGE", 0, 79),
           range_("VALUES_RANGE", 80, 80),
           range_("VALUES_RANGE", 60000, 65535)),
    values("vpces", u64("VALUES_ID", 7), u64("VALUES_ID", 1 << 63)),
    options(u32("OPTIONS_POLICY", REJECT)),
]


def test_load():
    moved("a ruleset with everything", 1, "RULESET_SET", *GOOD)
    rules = tallies()
    same("rules and policies", len(rules), len(GOOD_RULES) + 4)
    same("rules are what was loaded",
         [r[N["A_TALLY_RULE"]] for r in rules[:len(GOOD_RULES)]],
         [payload(r) for r in GOOD_RULES])
    same("numbered from 1", [struct.unpack("=I", r[N["A_TALLY_INDEX"]])[0]
                             for r in rules[:len(GOOD_RULES)]],
         list(range(1, len(GOOD_RULES) + 1)))
    same("policies of groups in order, then the general one",
         [(r.get(N["A_TALLY_GROUP"]),
           struct.unpack("=I", r[N["A_TALLY_POLICY"]])[0])
          for r in rules[len(GOOD_RULES):]],
         [(b"blue\0", DROP), (b"red\0", REJECT), (b"Empty_.-9\0", REJECT),
          (None, REJECT)])
    same("one rule", dict(ctl.do("RULE_GET", u32("TALLY_INDEX", 2))[0])
         [N["A_TALLY_RULE"]], payload(GOOD_RULES[1]))
    same("groups are what was loaded",
         [dict(g)[N["A_RULESET_GROUP"]] for g in ctl.dump("GROUP_GET")],
         [payload(g) for g in GOOD if g.type == N["A_RULESET_GROUP"]])
    same("one group", dict(ctl.do("GROUP_GET", string("RULESET_NAME", "red"))
                           [0])[N["A_RULESET_GROUP"]],
         payload(GOOD[len(GOOD_RULES) + 1]))
    same("elements in the order given",
         [len(e) for e in elements("hosts")], [16, 16, 28, 16])
    same("ranges", elements("ports"), [struct.pack("=I", r) for r in (
        79, 80 << 16 | 80, 60000 << 16 | 65535)])
    same("endpoints", elements("vpces"),
         [struct.pack("=Q", 7), struct.pack("=Q", 1 << 63)])
    moved("the same again changes nothing", 0, "RULESET_SET", *GOOD)
    Attr.padding = b"x"
    moved("nor does it with other bytes between attributes", 0,
          "RULESET_SET", *GOOD)
    Attr.padding = b"\0"
    moved("nor does it if elements are in another order", 0, "RULESET_SET",
          *[a for a in GOOD if a.type != N["A_RULESET_VALUES"]],
          *[a for a in GOOD if a.type == N["A_RULESET_VALUES"]][::-1])


def kinds():
    """Each kind of value, with the fields that it fits."""
    return [
        (prefix("MATCH_PREFIX", "10.0.0.0/8", bad=True),
         ("NODE", "SOURCE", "DESTINATION")),
        (range_("MATCH_RANGE", 1, 1, bad=True),
         ("PROTOCOL", "SOURCE_PORT", "DESTINATION_PORT", "ICMP", "ICMPV6")),
        (u64("MATCH_ID", 1, bad=True), ("ENDPOINT",)),
        (string("MATCH_GROUP", "blue", bad=True), ("GROUP",)),
    ]


FIELDS = ("ENDPOINT", "GROUP", "NODE", "SOURCE", "DESTINATION", "PROTOCOL",
          "SOURCE_PORT", "DESTINATION_PORT", "ICMP", "ICMPV6", "TCP_FLAGS",
          "FAMILY", "DIRECTION", "CONNECTION", "FRAGMENT")
FLAGS = {"TCP_FLAGS": 256, "FAMILY": 4, "DIRECTION": 4, "CONNECTION": 16,
         "FRAGMENT": 8}


def flags_of(field):
    bits = [u32("MATCH_BITS", 1)] if field in FLAGS else []
    return bits + ([u32("MATCH_MASK", 1)] if field == "TCP_FLAGS" else [])


def test_refused_values():
    blue = group("blue")
    for field in FIELDS:
        for value, fits in kinds():
            if field not in fits:
                refused(f"attribute {value.type} in {field}", errno.EINVAL,
                        "does not fit the field", blue,
                        one(field, *flags_of(field), value))
        if field not in FLAGS:
            refused(f"bits in {field}", errno.EINVAL, "fields of flags",
                    one(field, u32("MATCH_BITS", 1, bad=True)))
        else:
            refused(f"no bits in {field}", errno.EINVAL, "fields of flags",
                    one(field, bad=True))
            refused(f"unknown bits in {field}", errno.EINVAL, "unknown bits",
                    one(field, u32("MATCH_BITS", FLAGS[field], bad=True),
                        *flags_of(field)[1:]))
    for name, kind, fits in (
            ("hosts", "ADDRESS", ("NODE", "SOURCE", "DESTINATION")),
            ("ports", "PORT", ("SOURCE_PORT", "DESTINATION_PORT")),
            ("vpces", "ENDPOINT", ("ENDPOINT",))):
        for field in ("ENDPOINT", "NODE", "SOURCE", "DESTINATION",
                      "SOURCE_PORT", "DESTINATION_PORT"):
            if field not in fits:
                refused(f"a set of {kind} in {field}", errno.EINVAL,
                        "type that does not fit", set_(name, kind),
                        one(field, string("MATCH_SET", name, bad=True)))
    for field in ("GROUP", "PROTOCOL", "ICMP", "ICMPV6", "FAMILY"):
        refused(f"a set in {field}", errno.EINVAL, "does not fit the field",
                set_("ports", "PORT"), one(field, *flags_of(field), string(
                    "MATCH_SET", "ports", bad=True)))
    refused("TCP flags without a mask", errno.EINVAL, "fields of flags",
            one("TCP_FLAGS", u32("MATCH_BITS", 1, bad=True)))
    refused("a mask with unknown bits", errno.EINVAL, "unknown bits",
            one("TCP_FLAGS", u32("MATCH_BITS", 1),
                u32("MATCH_MASK", 0x101, bad=True)))
    refused("TCP flags that are not in the mask", errno.EINVAL, "in the mask",
            one("TCP_FLAGS", u32("MATCH_BITS", 3, bad=True),
                u32("MATCH_MASK", 1)))
    refused("a mask for a family", errno.EINVAL, "fields of flags",
            one("FAMILY", u32("MATCH_BITS", 1),
                u32("MATCH_MASK", 1, bad=True)))
    refused("an unknown set", errno.ENOENT, "no such set",
            one("SOURCE", string("MATCH_SET", "hosts", bad=True)))
    refused("an unknown group", errno.ENOENT, "no such group",
            one("GROUP", string("MATCH_GROUP", "green", bad=True)))
    refused("a range backwards", errno.EINVAL, "ends before it begins",
            one("SOURCE_PORT", range_("MATCH_RANGE", 2, 1, bad=True)))
    refused("protocol 256", errno.EINVAL, "too large",
            one("PROTOCOL", range_("MATCH_RANGE", 255, 256, bad=True)))
    for cidr in ("10.0.0.1/31", "10.0.0.0/6", "128.0.0.0/0", "::1/127",
                 "2001:db8::/16", "8000::/0", "0:0:0:1::/63"):
        refused(f"{cidr} has host bits", errno.EINVAL, "below its length",
                one("SOURCE", prefix("MATCH_PREFIX", cidr, bad=True)))
    refused("a length of 33", errno.EINVAL, "exceeds",
            one("SOURCE", prefix("MATCH_PREFIX", "10.0.0.0/33",
                                 bad_len=True)))
    refused("a length of 129", errno.ERANGE, "",
            one("SOURCE", prefix("MATCH_PREFIX", "::/129", bad_len=True)))
    refused("an address of 5 bytes", errno.EINVAL, "4 or 16",
            one("SOURCE", Attr("MATCH_PREFIX", [
                Attr("PREFIX_ADDRESS", b"12345", bad=True),
                Attr("PREFIX_PREFIX_LEN", b"\0")])))
    refused("a prefix without length", errno.EINVAL, "needs",
            one("SOURCE", Attr("MATCH_PREFIX", [
                Attr("PREFIX_ADDRESS", b"1234")], bad=True)))
    many = [range_("MATCH_RANGE", i, i) for i in range(256)]
    refused("257 values", errno.E2BIG, "256 values",
            one("SOURCE_PORT", *many,
                range_("MATCH_RANGE", 9, 9, bad=True)))


def test_refused_rules():
    refused("a rule that does nothing", errno.EINVAL, "neither decides",
            rule(verdict=None, bad=True))
    refused("nor does one that says so", errno.EINVAL, "neither decides",
            rule(verdict=CONTINUE, bad=True))
    refused("an unknown verdict", errno.ERANGE, "", Attr(
        "RULESET_RULE", [u32("RULE_VERDICT", 4, bad=True)]))
    refused("an unknown field", errno.ERANGE, "", rule(Attr("RULE_MATCH", [
        u32("MATCH_FIELD", 15, bad=True)])))
    refused("a match without field", errno.EINVAL, "which field",
            rule(Attr("RULE_MATCH", [], bad=True)))
    refused("a field twice", errno.EINVAL, "once at most",
            rule(match("SOURCE"), match("NODE"),
                 match("SOURCE", bad_field=True)))
    for name in ("9a", "", "a b", "a/b", "-a", "\u00e4", "a\n"):
        refused(f"a name like {name!r}", errno.EINVAL, "begins with a letter",
                rule(string("RULE_NAME", name, bad=True)))
    refused("a name of 32 bytes", errno.EINVAL, "",
            rule(string("RULE_NAME", "a" * 32, bad=True)))
    refused("a unit without a rate", errno.EINVAL, "needs a rate",
            rule(u32("RULE_LIMIT_UNIT", 0, bad=True)))
    refused("a burst without a rate", errno.EINVAL, "needs a rate",
            rule(u32("RULE_LIMIT_BURST", 9, bad=True)))
    for rate in (0, 1000001):
        refused(f"a rate of {rate}", errno.ERANGE, "",
                rule(u32("RULE_LIMIT_RATE", rate, bad=True)))
        refused(f"a burst of {rate}", errno.ERANGE, "",
                rule(u32("RULE_LIMIT_RATE", 1),
                     u32("RULE_LIMIT_BURST", rate, bad=True)))
    refused("a text without a log", errno.EINVAL, "no log",
            rule(string("RULE_LOG_TEXT", "x", bad=True)))
    refused("a text with a line end", errno.EINVAL, "control characters",
            rule(flag("RULE_LOG"), string("RULE_LOG_TEXT", "x\n", bad=True)))
    refused("a comment with an escape", errno.EINVAL, "control characters",
            rule(string("RULE_COMMENT", "a\x1b[2J", bad=True)))
    refused("a comment of 128 bytes", errno.EINVAL, "",
            rule(string("RULE_COMMENT", "a" * 128, bad=True)))
    refused("an unknown attribute", errno.EINVAL, "",
            rule(Attr(77, b"", bad=True)))
    refused("a nest that does not say so", errno.EINVAL, "",
            Attr("RULESET_RULE", [u32("RULE_VERDICT", 1)], bad=True, flags=0))
    refused("65,537 rules", errno.E2BIG, "65536 rules",
            *[rule() for _ in range(65536)], rule(bad=True))


def test_refused_parts():
    refused("a policy that continues", errno.EINVAL, "drop or reject",
            options(u32("OPTIONS_POLICY", CONTINUE, bad=True)))
    refused("inside and not", errno.EINVAL, "or none",
            options(prefix("OPTIONS_INSIDE", "10.0.0.0/8"),
                    flag("OPTIONS_NO_INSIDE", bad=True)))
    refused("an inside prefix with host bits", errno.EINVAL, "below",
            options(prefix("OPTIONS_INSIDE", "10.0.0.1/8", bad=True)))
    many = [prefix("OPTIONS_INSIDE", f"10.0.{i}.0/24") for i in range(64)]
    refused("65 inside prefixes", errno.E2BIG, "64 prefixes", options(
        *many, prefix("OPTIONS_INSIDE", "11.0.0.0/24", bad=True)))
    refused("a timeout of 0", errno.ERANGE, "",
            options(u32("OPTIONS_TIMEOUT_UDP", 0, bad=True)))
    refused("no flow at all", errno.ERANGE, "",
            options(u32("OPTIONS_FLOW_MAX", 0, bad=True)))

    refused("a group without name", errno.EINVAL, "needs a name",
            Attr("RULESET_GROUP", [u64("GROUP_ENDPOINT", 1)], bad=True))
    refused("a group with a bad name", errno.EINVAL, "begins with a letter",
            Attr("RULESET_GROUP", [string("GROUP_NAME", "1", bad=True)]))
    refused("a group twice", errno.EEXIST, "of this name", group("b"),
            group("a"), group("c"), group("a", bad=True))
    refused("an endpoint in two groups", errno.EEXIST, "in a group already",
            group("a", u64("GROUP_ENDPOINT", 1), u64("GROUP_ENDPOINT", 2)),
            group("b", u64("GROUP_ENDPOINT", 3),
                  u64("GROUP_ENDPOINT", 2, bad=True)))
    refused("an endpoint twice in a group", errno.EEXIST, "already",
            group("a", u64("GROUP_ENDPOINT", 2),
                  u64("GROUP_ENDPOINT", 2, bad=True)))
    refused("a group whose policy continues", errno.EINVAL, "drop or reject",
            group("a", u32("GROUP_POLICY", CONTINUE, bad=True)))
    refused("a group with inside and not", errno.EINVAL, "or none",
            group("a", prefix("GROUP_INSIDE", "10.0.0.0/8"),
                  flag("GROUP_NO_INSIDE", bad=True)))
    refused("4,097 groups", errno.E2BIG, "4096 groups",
            *[group(f"g{i}") for i in range(4096)], group("x", bad=True))

    refused("a set without type", errno.EINVAL, "a name and a type",
            Attr("RULESET_SET", [string("SET_NAME", "a")], bad=True))
    refused("a set without name", errno.EINVAL, "a name and a type",
            Attr("RULESET_SET", [u32("SET_TYPE", 0)], bad=True))
    refused("a set of an unknown type", errno.ERANGE, "", Attr(
        "RULESET_SET", [string("SET_NAME", "a"),
                        u32("SET_TYPE", 3, bad=True)]))
    refused("a set twice", errno.EEXIST, "of this name",
            set_("b", "PORT"), set_("a", "PORT"),
            set_("b", "ADDRESS", bad=True))
    refused("1,025 sets", errno.E2BIG, "1024 sets",
            *[set_(f"s{i}", "PORT") for i in range(1024)],
            set_("x", "PORT", bad=True))
    refused("elements of no set", errno.EINVAL, "which set",
            Attr("RULESET_VALUES", [u64("VALUES_ID", 1)], bad=True))
    refused("elements of an unknown set", errno.ENOENT, "no such set",
            values("hosts", bad_name=True))
    refused("elements of a set that keeps its own", errno.EINVAL, "keeps",
            set_("a", "PORT", flag("SET_KEEP")),
            values("a", range_("VALUES_RANGE", 1, 1), bad=True))
    for kind, element in (
            ("PORT", prefix("VALUES_PREFIX", "10.0.0.0/8", bad=True)),
            ("PORT", u64("VALUES_ID", 1, bad=True)),
            ("ADDRESS", u64("VALUES_ID", 1, bad=True)),
            ("ADDRESS", range_("VALUES_RANGE", 1, 1, bad=True)),
            ("ENDPOINT", range_("VALUES_RANGE", 1, 1, bad=True))):
        refused(f"attribute {element.type} in a set of {kind}", errno.EINVAL,
                "something else", set_("a", kind), values("a", element))
    refused("an element with host bits", errno.EINVAL, "below",
            set_("a", "ADDRESS"),
            values("a", prefix("VALUES_PREFIX", "10.0.0.1/8", bad=True)))
    refused("an element twice", errno.EEXIST, "already",
            set_("a", "ADDRESS"),
            values("a", prefix("VALUES_PREFIX", "10.0.0.0/8")),
            values("a", prefix("VALUES_PREFIX", "10.0.0.0/9"),
                   prefix("VALUES_PREFIX", "10.0.0.0/8", bad=True)))
    for first, last in ((5, 5), (1, 100), (10, 20), (0, 5), (10, 10)):
        refused(f"ports {first}-{last} beside 5-10", errno.EEXIST, "overlaps",
                set_("a", "PORT"),
                values("a", range_("VALUES_RANGE", 5, 10),
                       range_("VALUES_RANGE", first, last, bad=True)))
    refused("a range of ports backwards", errno.EINVAL, "before it begins",
            set_("a", "PORT"),
            values("a", range_("VALUES_RANGE", 9, 8, bad=True)))


def test_refused_questions():
    refused("another generation", errno.ESTALE, "somebody else",
            u32("RULESET_EXPECT_GENERATION", 999, bad=True), rule())
    refused("another generation of a set", errno.ESTALE, "somebody else",
            u32("RULESET_EXPECT_GENERATION", 999, bad=True),
            values("ports", range_("VALUES_RANGE", 1, 1)), cmd="ELEMENT_ADD")
    refused("when asking", errno.ESTALE, "somebody else",
            u32("RULESET_EXPECT_GENERATION", 999, bad=True),
            cmd="RULESET_GET")
    for seconds in (0, 86401):
        refused(f"to confirm within {seconds} seconds", errno.ERANGE, "",
                rule(), u32("RULESET_CONFIRM", seconds, bad=True))
    refused("nothing to confirm", errno.ENOENT, "nothing to confirm",
            cmd="RULESET_CONFIRM")
    refused("which rule", errno.EINVAL, "which rule", cmd="RULE_GET")
    for number in (0, len(GOOD_RULES) + 1, 0xffffffff):
        refused(f"rule {number}", errno.ENOENT, "no such rule",
                u32("TALLY_INDEX", number, bad=True), cmd="RULE_GET")
    for cmd, thing in (("GROUP_GET", "group"), ("SET_GET", "set"),
                       ("SET_FLUSH", "set")):
        refused(f"{cmd}: which?", errno.EINVAL, f"which {thing}", cmd=cmd)
        refused(f"{cmd}: unknown", errno.ENOENT, f"no such {thing}",
                string("RULESET_NAME", "nobody", bad=True), cmd=cmd)
    refused("a filter for rules", errno.EINVAL, "no filter",
            u32("TALLY_INDEX", 1, bad=True), cmd="RULE_GET", dump=True)
    refused("a filter for sets", errno.EINVAL, "no filter",
            string("RULESET_NAME", "a", bad=True), cmd="SET_GET", dump=True)
    refused("a filter for groups", errno.EINVAL, "no filter",
            string("RULESET_NAME", "a", bad=True), cmd="GROUP_GET",
            dump=True)
    refused("a filter for elements", errno.EINVAL, "no filter",
            values("ports", bad=True), cmd="ELEMENT_GET", dump=True)
    for cmd in ("ELEMENT_ADD", "ELEMENT_DEL", "ELEMENT_GET"):
        refused(f"{cmd}: which?", errno.EINVAL, "which elements", cmd=cmd)
        refused(f"{cmd}: of nothing", errno.EINVAL, "which elements",
                values("ports"), cmd=cmd)
        refused(f"{cmd}: of an unknown set", errno.ENOENT, "no such set",
                values("nobody", range_("VALUES_RANGE", 1, 1),
                       bad_name=True), cmd=cmd)
    refused("two questions at once", errno.EINVAL, "at a time",
            values("ports", range_("VALUES_RANGE", 0, 79),
                   range_("VALUES_RANGE", 80, 80)), cmd="ELEMENT_GET")


# What everybody may ask for, and what he may not, as gwlbctl(8) has it
FOR_ALL = ("CONFIG_GET", "COUNTER_GET", "NODE_GET", "ENDPOINT_GET",
           "RULESET_GET")
FOR_ADMIN = ("CONFIG_SET", "RULESET_SET", "RULESET_CONFIRM", "RULE_GET",
             "GROUP_GET", "SET_GET", "ELEMENT_GET", "ELEMENT_ADD",
             "ELEMENT_DEL", "SET_FLUSH", "FLOW_GET", "FLOW_FLUSH")
DUMPED = ("COUNTER_GET", "NODE_GET", "ENDPOINT_GET", "RULE_GET", "GROUP_GET",
          "SET_GET", "ELEMENT_GET", "FLOW_GET")


def permitted(ask, cmd):
    """Whatever else may be wrong with it"""
    try:
        ask(cmd)
    except Refused as r:
        return r.errno != errno.EPERM
    return True


def test_nobody():
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        code = 0
        for cmd, attrs in (
                ("RULESET_SET", [rule()]), ("RULESET_CONFIRM", []),
                ("SET_FLUSH", [string("RULESET_NAME", "ports")]),
                ("ELEMENT_ADD", [values("ports", u32("VALUES_RANGE", 9))])):
            try:
                Client().do(cmd, *attrs)
                code = 1
            except Refused as r:
                code |= r.errno != errno.EPERM
        # The state and counters are for everybody.
        code |= Client().generation() == 0
        for cmds, may in ((FOR_ALL, True), (FOR_ADMIN, False)):
            for cmd in cmds:
                if permitted(Client().do, cmd) != may:
                    print(f"# {cmd}: permitted: {not may}", flush=True)
                    code = 1
                if cmd in DUMPED and permitted(Client().dump, cmd) != may:
                    print(f"# dump of {cmd}: permitted: {not may}", flush=True)
                    code = 1
        os._exit(code)
    same("who is not privileged may read what is for all, and not change",
         os.waitpid(child, 0)[1], 0)
    same("that are all commands", set(FOR_ALL + FOR_ADMIN),
         {name[4:] for name in N if name.startswith("CMD_") and
          not name.endswith("_EVENT")})


def test_elements():
    name = string("RULESET_NAME", "ports")
    moved("elements are added", 1, "ELEMENT_ADD",
          values("ports", port(100), port(101, 110)),
          values("vpces", u64("VALUES_ID", 8)))
    same("they are there", count("ports"), 5)
    same("in the other set, too", count("vpces"), 3)
    accepted("and can be asked for", "ELEMENT_GET",
             values("ports", port(101, 110)))
    refused("part of a range is no element", errno.ENOENT, "no such element",
            values("ports", port(102, bad=True)), cmd="ELEMENT_GET")
    before = ctl.generation(), elements("ports"), elements("vpces")
    refused("one that is there", errno.EEXIST, "already",
            values("vpces", u64("VALUES_ID", 9)),
            values("ports", port(200), port(110, 120, bad=True), port(201)),
            cmd="ELEMENT_ADD")
    refused("one that is in the request twice", errno.EEXIST, "already",
            values("ports", port(200), port(200, bad=True)),
            cmd="ELEMENT_ADD")
    refused("one that does not fit", errno.EINVAL, "something else",
            values("ports", port(200), u64("VALUES_ID", 1, bad=True)),
            cmd="ELEMENT_ADD")
    refused("one that is not there", errno.ENOENT, "no such element",
            values("ports", port(100), port(101, 110), port(99, bad=True)),
            cmd="ELEMENT_DEL")
    refused("one that is removed twice", errno.ENOENT, "no such element",
            values("ports", port(100), port(100, bad=True)),
            cmd="ELEMENT_DEL")
    same("nothing of that was done",
         (ctl.generation(), elements("ports"), elements("vpces")), before)
    accepted("and so can be done now", "ELEMENT_ADD",
             values("ports", port(200), port(111, 120)),
             values("vpces", u64("VALUES_ID", 9)))
    moved("elements are removed", 1, "ELEMENT_DEL",
          values("ports", port(200), port(111, 120), port(0, 79)),
          values("vpces", u64("VALUES_ID", 9)))
    same("they are gone", [e for e in elements("ports")],
         [struct.pack("=I", r) for r in (80 << 16 | 80, 60000 << 16 | 65535,
                                         100 << 16 | 100, 101 << 16 | 110)])
    moved("and can be added again", 1, "ELEMENT_ADD",
          values("ports", port(0, 79), port(200)))
    moved("a set that has changed is reset by its ruleset", 1, "RULESET_SET",
          *GOOD)
    same("to what it was", count("ports"), 3)
    moved("a set is flushed", 1, "SET_FLUSH", name)
    same("it is empty", (count("ports"), elements("ports")), (0, []))
    moved("once is enough", 0, "SET_FLUSH", name)
    moved("and filled again", 1, "ELEMENT_ADD", values("ports", port(79)))


def test_keep():
    keep = [a for a in GOOD if a.type != N["A_RULESET_VALUES"] and
            a.type != N["A_RULESET_SET"]]
    keep += [set_(n, k, flag("SET_KEEP")) for n, k in (
        ("hosts", "ADDRESS"), ("ports", "PORT"), ("vpces", "ENDPOINT"))]
    moved("sets are kept, all is as it was", 0, "RULESET_SET", *keep)
    moved("kept under other rules", 1, "RULESET_SET", rule(), *keep[-3:])
    same("with their elements", (count("hosts"), count("ports")), (4, 1))
    moved("not under another type", 1, "RULESET_SET",
          set_("ports", "ENDPOINT", flag("SET_KEEP")),
          set_("hosts", "ADDRESS", flag("SET_KEEP")))
    same("the type tells", (count("hosts"), count("ports")), (4, 0))
    moved("what is not kept is gone", 1, "RULESET_SET",
          set_("hosts", "ADDRESS"))
    same("and empty", count("hosts"), 0)


def seconds_left():
    answer = dict(ctl.do("RULESET_GET")[0])
    left = answer.get(N["A_RULESET_CONFIRM"])
    return None if left is None else struct.unpack("=I", left)[0]


def n_rules():
    answer = dict(ctl.do("RULESET_GET")[0])
    return struct.unpack("=I", answer[N["A_RULESET_RULES"]])[0]


def test_confirm():
    moved("a ruleset to come back", 1, "RULESET_SET", *GOOD)
    moved("one on trial", 1, "RULESET_SET", rule(),
          u32("RULESET_CONFIRM", 1000))
    same("it is in force", n_rules(), 1)
    check("it says for how long", 990 <= (seconds_left() or 0) <= 1000)
    refused("nothing else may be loaded meanwhile", errno.EBUSY, "confirmed",
            rule(), rule())
    moved("it is confirmed", 0, "RULESET_CONFIRM")
    same("and stays", (n_rules(), seconds_left()), (1, None))
    moved("another on trial", 1, "RULESET_SET", *GOOD,
          u32("RULESET_CONFIRM", 1000))
    moved("is rolled back", 1, "RULESET_CONFIRM", flag("RULESET_ROLLBACK"))
    same("the old one is in force", (n_rules(), seconds_left()), (1, None))
    moved("the same again is no trial", 0, "RULESET_SET", rule(),
          u32("RULESET_CONFIRM", 1))
    same("so there is nothing to confirm", seconds_left(), None)
    before = ctl.generation()
    accepted("a trial that nobody confirms", "RULESET_SET", *GOOD,
             u32("RULESET_CONFIRM", 1))
    check("ends by itself", wait_for(20, lambda: n_rules() == 1))
    same("as two changes", ctl.generation() - before, 2)
    accepted("a short trial", "RULESET_SET", *GOOD, u32("RULESET_CONFIRM", 2))
    until = time.monotonic() + 2.5
    accepted("is confirmed", "RULESET_CONFIRM")
    accepted("a long one begins", "RULESET_SET", rule(),
             u32("RULESET_CONFIRM", 1000))
    wait_for(20, lambda: time.monotonic() > until)
    check("which the timer of the short one does not end",
          (seconds_left() or 0) > 900)
    accepted("it is confirmed, with the generation that is expected",
             "RULESET_CONFIRM",
             u32("RULESET_EXPECT_GENERATION", before + 4))
    same("and stays", n_rules(), 1)


def main():
    test_empty()
    test_load()
    before = ctl.generation()
    test_refused_values()
    test_refused_rules()
    test_refused_parts()
    test_refused_questions()
    test_nobody()
    same("none of this changed anything", ctl.generation(), before)
    same("not even a rule", len(tallies()), len(GOOD_RULES) + 4)
    test_elements()
    test_keep()
    test_confirm()
    test_interrupted_dumps()
    test_large()
    test_scale()
    return done()


if __name__ == "__main__":
    sys.exit(main())
