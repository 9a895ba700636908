#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""check_text.py GWLBCTL: what "gwlbctl import geneve-proxy" prints does what
geneve-proxy did, flow by flow, as far as its rules are read here. Prints TAP.
t_import.sh tries the same with the module and packets.
"""

import ipaddress
import subprocess
import sys

import cases
import rules


def subject(ruleset, case, state):
    return {"proto": case.proto, "dport": case.dport, "family": "ipv4",
            "direction": ruleset.direction(case.src), "state": state}


def verdict_of(ruleset, case):
    """True if the first packet of a flow is accepted, or an error is."""
    if not case.quotes:
        return ruleset.ask(subject(ruleset, case, "new")) == "accept"
    related = ruleset.ask(subject(ruleset, case, "related"), related=True)
    if related:
        return related == "accept"
    return verdict_of(ruleset, case.quotes)


def wrong(number, ruleset, flows, errors):
    for case in flows + errors:
        if verdict_of(ruleset, case) != case.passes:
            yield f"configuration {number}: {case}: {case.why}"
    # An error about a flow that nobody knows has a rule to go by as well.
    for case in errors:
        verdict = ruleset.ask(subject(ruleset, case, "invalid"))
        if (verdict == "accept") != case.passes:
            yield f"configuration {number}: {case}, unknown: {case.why}"
    # geneve-proxy dropped IPv6, and what is neither ICMP nor TCP nor UDP.
    for case in flows:
        packet = subject(ruleset, case, "new")
        packet["family"] = "ipv6"
        if ruleset.ask(packet) == "accept":
            yield f"configuration {number}: IPv6: {case}"


def private_is_inside(ruleset):
    """Around every border that Python or the rules know.

    Newer Pythons see some addresses in 192.0.0.0/24 otherwise.
    """
    nets = ruleset.inside + [
        ipaddress.ip_network(net)
        for net in ("100.64.0.0/10", "224.0.0.0/4", "192.88.99.0/24")]
    disputed = ipaddress.ip_network("192.0.0.0/24")
    for net in nets:
        for edge in (int(net[0]), int(net[-1])):
            for value in range(edge - 300, edge + 300):
                if not 0 <= value < 1 << 32:
                    continue
                address = ipaddress.ip_address(value)
                if address in disputed and not any(
                        address in net for net in ruleset.inside):
                    continue
                inside = ruleset.direction(address) == "out"
                if inside != address.is_private:
                    yield f"{address} is private: {address.is_private}"


def main():
    count, bad, seen, last = 0, [], set(), None
    for number, text, flows, errors in cases.table():
        run = subprocess.run([sys.argv[1], "import", "geneve-proxy", "-"],
                             input=text, text=True, capture_output=True)
        if run.returncode:
            bad.append(f"configuration {number}: {run.stderr}")
            continue
        last = rules.Ruleset(run.stdout)
        if last.policy != "drop" or last.refused != "remember":
            bad.append(f"configuration {number}: policy or refused")
        bad += wrong(number, last, flows, errors)
        count += len(flows + errors)
        seen.update(case.why for case in flows + errors)

    results = [
        (not bad, f"{count} flows have the verdict that geneve-proxy gave",
         bad),
        (count >= 2000, "these are enough", [str(count)]),
        # Two sections; each can pass ICMP or ports, or drop for six reasons.
        (len(seen) == 16, "for every reason that there is", sorted(seen)),
    ]
    borders = list(private_is_inside(last))
    results.append((not borders, "inside is what Python calls private",
                    borders))
    for i, (good, what, notes) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {i} - {what}")
        if not good:
            for note in notes[:20]:
                print(f"# {note}")
    print(f"1..{len(results)}")
    return not all(good for good, _, _ in results)


if __name__ == "__main__":
    sys.exit(main())
