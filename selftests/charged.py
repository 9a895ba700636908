#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
charged: adds elements to a set, and loads the longest list of rules and then
one that differs in a rule, and says what the kernel charges for that to the
cgroup (a directory that is not there yet) of the process that does it:

  elements N  bytes of the kernel's that are charged for each element
  request N   bytes that were sent
  kept N      bytes of the kernel's that are charged when it is done
  spare N     bytes more that were charged for a while

What counts rules is taken over, so it is none of this: it is the last that is
allocated, and more than what was needed for a while before.

Owns that cgroup and the ruleset of the namespace it is run in.
"""
import os
import sys

from ruleset import Attr, Client, N, prefix, string, u32

ELEMENTS = 50000


def rules(first):
    """A request's attributes: all rules, none of which is like another"""
    body = bytearray()
    for n in range(N["MAX_RULES"]):
        source = f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}/32"
        verdict = N["VERDICT_ACCEPT"] if n else first
        Attr("RULESET_RULE", [
            Attr("RULE_MATCH", [u32("MATCH_FIELD", N["FIELD_SOURCE"]),
                                prefix("MATCH_PREFIX", source)]),
            u32("RULE_VERDICT", verdict)]).encode(body, [])
    return bytes(body)


def empty_set():
    body = bytearray()
    Attr("RULESET_SET", [string("SET_NAME", "many"),
                         u32("SET_TYPE", N["SET_TYPE_ADDRESS"])]).encode(body,
                                                                         [])
    return bytes(body)


def elements():
    """A request's attributes: those of a set, a few thousand in a nest"""
    body = bytearray()
    for first in range(0, ELEMENTS, 2500):
        Attr("RULESET_VALUES", [string("VALUES_SET", "many")] + [
            prefix("VALUES_PREFIX", f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}/32")
            for n in range(first, first + 2500)]).encode(body, [])
    return bytes(body)


def number(path, key=None):
    """What is in that file of the cgroup's; with a key, in that line of it"""
    with open(path, encoding="ascii") as file:
        if key is None:
            return int(file.read())
        return int(dict(line.split() for line in file)[key])


def within(cgroup, function):
    """Calls it in a child, as memory stays with the cgroup that it was first
    used in: of Python's there is next to nothing in the new one."""
    os.mkdir(cgroup)
    child = os.fork()
    if child == 0:
        with open(f"{cgroup}/cgroup.procs", "w", encoding="ascii") as procs:
            procs.write("0")
        function()
        sys.stdout.flush()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    os.rmdir(cgroup)
    if status:
        sys.exit(f"{function.__name__}: {os.waitstatus_to_exitcode(status)}")


def main():
    cgroup = sys.argv[1]
    client = Client()
    many = elements()
    before = rules(N["VERDICT_DROP"])
    after = rules(N["VERDICT_ACCEPT"])

    def add_elements():
        begin = number(f"{cgroup}/memory.stat", "kernel")
        client.request("ELEMENT_ADD", many)
        more = number(f"{cgroup}/memory.stat", "kernel") - begin
        print(f"elements {more // ELEMENTS}")

    def load_rules():
        client.request("RULESET_SET", after)
        print(f"request {len(after)}")
        print("kept", number(f"{cgroup}/memory.stat", "kernel"))
        print("spare", number(f"{cgroup}/memory.peak") -
              number(f"{cgroup}/memory.current"))

    client.request("RULESET_SET", empty_set())
    within(cgroup, add_elements)
    client.request("RULESET_SET", before)
    within(cgroup, load_rules)


main()
