#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""rules.py N first|last - prints a ruleset of N rules, always the same.

It looks like those that people have: prefixes of all lengths, single ports,
lists and ranges of them, protocols, both families, some sets. What sender.c
sends, from 10.1.0.0/24 to port 443 of 10.2.0.1 over TCP and UDP, is accepted
by the first or the last rule and by no other; the same to port 23 is refused
by the rule in the middle. Many other rules meet it in part, and each fails in
the last field that is compared or in the first, as it happens.
"""

import random
import sys

PORTS = [22, 25, 53, 80, 110, 123, 143, 161, 389, 445, 465, 514, 587, 636,
         993, 995, 1433, 1521, 3128, 3306, 3389, 5044, 5432, 5671, 5900, 6379,
         8080, 8443, 9090, 9092, 9200, 11211, 27017]
SETS = {'offices': 'address', 'partners': 'address', 'blocked': 'address',
        'databases': 'port', 'management': 'port'}
# The sender's packets are in these, and in none that prefix() draws.
CLIENTS = ['10.1.0.0/24', '10.1.0.0/16', '10.0.0.0/13', '10.0.0.0/8']
SERVERS = ['10.2.0.1', '10.2.0.0/24', '10.2.0.0/16', '10.0.0.0/8']


def prefix(draw):
    """An IPv4 prefix that the sender's packets are not in."""
    first = draw.choice(['10', '172', '192.168', 'public'])
    if first == '10':
        head = [10, draw.randint(16, 255)]
    elif first == '172':
        head = [172, draw.randint(16, 31)]
    elif first == '192.168':
        head = [192, 168]
    else:
        head = [draw.randint(20, 99), draw.randint(0, 255)]
    length = draw.choice([16, 18, 20, 22, 23, 24, 24, 24, 26, 28, 29, 32, 32])
    number = (head[0] << 24 | head[1] << 16 | draw.getrandbits(16))
    number &= ~((1 << 32 - length) - 1)
    text = '.'.join(str(number >> s & 255) for s in (24, 16, 8, 0))
    return text if length == 32 else f'{text}/{length}'


def prefix6(draw):
    """An IPv6 prefix."""
    words = [draw.getrandbits(16) for _ in range(2)]
    return f'2001:db8:{words[0]:x}:{words[1]:x}::/64'


def prefixes(draw):
    """One or some of them, or a set."""
    if draw.random() < 0.1:
        return '@' + draw.choice(['offices', 'partners', 'blocked'])
    n = draw.choice([1, 1, 1, 1, 2, 3])
    return ', '.join(sorted({prefix(draw) for _ in range(n)}))


def ports(draw):
    """Ports, none of which is the sender's."""
    kind = draw.random()
    if kind < 0.1:
        return '@' + draw.choice(['databases', 'management'])
    if kind < 0.25:
        low = draw.randint(1024, 50000)
        return f'{low}-{low + draw.choice([1, 9, 99, 999])}'
    n = draw.choice([1, 1, 1, 2, 3, 5])
    return ', '.join(str(p) for p in sorted(draw.sample(PORTS, n)))


def matches(draw):
    """What a rule holds against a packet."""
    kind = draw.random()
    proto = draw.choice(['tcp', 'tcp', 'tcp', 'udp', 'tcp, udp'])
    if kind < 0.35:
        return (f'from {prefixes(draw)} to {draw.choice(SERVERS)} '
                f'proto {proto} dport {draw.choice([443, ports(draw)])}')
    if kind < 0.55:
        return (f'from {draw.choice(CLIENTS)} to {prefixes(draw)} '
                f'proto {proto} dport {ports(draw)}')
    if kind < 0.70:
        return (f'from {draw.choice(CLIENTS)} to {draw.choice(SERVERS)} '
                f'proto {proto} dport {ports(draw)}')
    if kind < 0.85:
        return (f'from {prefixes(draw)} to {prefixes(draw)} '
                f'proto {proto} dport {ports(draw)}')
    if kind < 0.90:
        return f'from {prefixes(draw)}'
    if kind < 0.95:
        return (f'from {prefix6(draw)} to {prefix6(draw)} proto {proto} '
                f'dport {ports(draw)}')
    return (f'to {draw.choice(SERVERS)} '
            f'proto {draw.choice(["icmp", "esp", "gre", "sctp"])}')


def elements(draw, name):
    """What is in a set."""
    if SETS[name] == 'port':
        return sorted(draw.sample(PORTS, 8))
    return sorted({prefix(draw) for _ in range(100)})


def settings():
    """What comes before the rules."""
    print('policy drop')
    print('flow-max 2000000')
    print('flow-max-endpoint 2000000')
    # Time flies in a guest that counts instructions while it waits.
    for what in ('tcp-syn', 'tcp-established', 'udp'):
        print(f'timeout {what} 24h')


def main():
    n, where = int(sys.argv[1]), sys.argv[2]
    draw = random.Random(n)
    settings()
    for name, kind in SETS.items():
        listed = ', '.join(str(e) for e in elements(draw, name))
        print(f'set {name} {kind} {{ {listed} }}')
    rules = [f'{matches(draw)} {draw.choice(["accept", "accept", "drop"])}'
             for _ in range(n - 1)]
    rules[n // 2] = 'proto tcp, udp dport 23 drop'
    rules.insert(0 if where == 'first' else n - 1,
                 'from 10.0.0.0/8 to 10.2.0.0/16 proto tcp, udp dport 443 '
                 'accept')
    for i, rule in enumerate(rules):
        print(f'rule r{i}: {rule}')


if __name__ == '__main__':
    main()
