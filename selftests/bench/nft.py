#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""nft.py - translates rules of rules.py into nftables', to measure against.

Reads gwlb rules, prints an nft file: a chain for forwarded packets that first
accepts what belongs to a connection, as everybody's does, and then has the
same rules, in the same order and in one table for both families. It knows the
words that rules.py uses and stops at any other.
"""

import re
import sys

SET_TYPES = {'address': 'ipv4_addr', 'port': 'inet_service'}
WORDS = {'from', 'to', 'proto', 'dport', 'accept', 'drop'}
# What gwlb needs to be told, and nft does not
SETTINGS = {'flow-max', 'flow-max-endpoint', 'timeout'}


def values(text):
    """One or several values, as nft writes them."""
    listed = [v.strip() for v in text.split(',')]
    if len(listed) == 1:
        return listed[0]
    return '{ ' + ', '.join(listed) + ' }'


def fields(text):
    """The words of a rule, each with what follows it."""
    found, word = {}, None
    for token in text.split():
        if token in WORDS:
            word = token
            found[word] = ''
        elif word:
            found[word] = f'{found[word]} {token}'.strip()
        else:
            sys.exit(f'nft.py: unknown word {token}: {text}')
    return found


def ports(field):
    """Protocol and port."""
    proto = field.get('proto')
    if 'dport' in field:
        head = proto
        if ',' in proto:
            head = f'meta l4proto {values(proto)} th'
        return [f'{head} dport {values(field["dport"])}']
    return [f'meta l4proto {values(proto)}'] if proto else []


def rule(text):
    """One rule."""
    field = fields(text)
    family = 'ip6' if '::' in text else 'ip'
    line = [f'{family} {side} {values(field[word])}'
            for word, side in (('from', 'saddr'), ('to', 'daddr'))
            if word in field]
    line += ports(field)
    line.append('accept' if 'accept' in field else 'drop')
    return ' '.join(line)


def named_set(text):
    """A set, which may hold prefixes and overlap."""
    name, kind, elements = re.fullmatch(r'(\S+) (\S+) { (.*) }',
                                        text).groups()
    flags = 'flags interval; auto-merge; ' if kind == 'address' else ''
    return (f'set {name} {{ type {SET_TYPES[kind]}; {flags}'
            f'elements = {{ {elements} }}; }}')


def main():
    sets, rules, policy = [], [], None
    for line in sys.stdin:
        word, rest = line.rstrip('\n').split(' ', 1)
        if word == 'policy':
            policy = rest
        elif word == 'set':
            sets.append(named_set(rest))
        elif word == 'rule':
            rules.append(rule(rest.split(': ', 1)[1]))
        elif word not in SETTINGS:
            sys.exit(f'nft.py: unknown word {word}')
    print('table inet bench {')
    print('\n'.join(sets))
    print('chain forward {')
    print(f'type filter hook forward priority filter; policy {policy};')
    print('ct state established,related accept')
    print('ct state invalid drop')
    print('\n'.join(rules))
    print('}')
    print('}')


if __name__ == '__main__':
    main()
