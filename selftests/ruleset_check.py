#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ruleset_check: what tests of rulesets are made of: requests, ways to ask, and
TAP. Owns a socket.
"""
import os
import struct
import sys
import time

from ruleset import Attr, Client, N, Refused, attrs_of, string, u32

ACCEPT, DROP = N["VERDICT_ACCEPT"], N["VERDICT_DROP"]
REJECT, CONTINUE = N["VERDICT_REJECT"], N["VERDICT_CONTINUE"]

ctl = Client()
tests = failed = 0


def check(what, good, more=""):
    global tests, failed
    tests += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {tests} - {what}")
    if not good and more:
        print(f"# {more}")
    sys.stdout.flush()


def same(what, found, expected):
    check(what, found == expected, f"found {found}, expected {expected}")


# What requests are made of

def rule(*attrs, verdict=ACCEPT, bad=False):
    last = [] if verdict is None else [u32("RULE_VERDICT", verdict)]
    return Attr("RULESET_RULE", list(attrs) + last, bad=bad)


def match(field, *values, bad=False, bad_field=False):
    return Attr("RULE_MATCH", [u32("MATCH_FIELD", N["FIELD_" + field],
                                   bad=bad_field)] + list(values), bad=bad)


def one(field, *values, **kw):
    """A rule with one match."""
    return rule(match(field, *values, **kw))


def set_(name, kind, *attrs, bad=False):
    return Attr("RULESET_SET", [string("SET_NAME", name),
                                u32("SET_TYPE", N["SET_TYPE_" + kind])] +
                list(attrs), bad=bad)


def values(name, *elements, bad=False, bad_name=False):
    return Attr("RULESET_VALUES", [string("VALUES_SET", name, bad=bad_name)] +
                list(elements), bad=bad)


def group(name, *attrs, bad=False):
    return Attr("RULESET_GROUP", [string("GROUP_NAME", name)] + list(attrs),
                bad=bad)


def options(*attrs):
    return Attr("RULESET_OPTIONS", list(attrs))


def port(first, last=None, **kw):
    return range_("VALUES_RANGE", first, first if last is None else last,
                  **kw)


def range_(name, first, last, **kw):
    return u32(name, first << 16 | last, **kw)


# Ways to ask

def refused(what, code, sentence, *attrs, cmd="RULESET_SET", dump=False):
    """@attrs have one that is to be blamed, or none."""
    blame = []
    body = bytearray()
    for attr in attrs:
        attr.encode(body, blame)
    try:
        (ctl.dump if dump else ctl.do)(cmd, *attrs)
    except Refused as r:
        where = blame[0] + 20 if blame else None
        # Before 6.2 the end of a dump has a sentence only.
        if dump and r.offset is None:
            where = None
        check(what, r.errno == code and sentence in r.sentence and
              r.offset == where and r.sentence != "",
              f"{r}, expected {os.strerror(code)}: {sentence} at {where}")
        return
    check(what, False, "was not refused")


def accepted(what, cmd, *attrs):
    try:
        ctl.do(cmd, *attrs)
    except Refused as r:
        check(what, False, str(r))
        return
    check(what, True)


def moved(what, by, cmd, *attrs):
    before = ctl.generation()
    accepted(what, cmd, *attrs)
    same(f"{what}: generation moved by {by}", ctl.generation() - before, by)


def options_now():
    return dict(ctl.do("RULESET_GET")[0])[N["A_RULESET_OPTIONS"]]


def payload(attr):
    body = bytearray()
    attr.encode(body, [])
    return bytes(body[4:struct.unpack_from("=H", body)[0]])


def tallies():
    return [dict(t) for t in ctl.dump("RULE_GET")]


def elements(name):
    found = []
    for message in ctl.dump("ELEMENT_GET"):
        nest = dict(message)[N["A_RULESET_VALUES"]]
        attrs = attrs_of(nest)
        if attrs[0][1].rstrip(b"\0").decode() == name:
            found += [value for _, value in attrs[1:]]
    return found


def count(name):
    nest = dict(ctl.do("SET_GET", string("RULESET_NAME", name))[0])
    attrs = dict(attrs_of(nest[N["A_RULESET_SET"]]))
    return struct.unpack("=I", attrs[N["A_SET_COUNT"]])[0]


def wait_for(seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def done():
    """The exit status"""
    print(f"1..{tests}")
    return 1 if failed else 0
