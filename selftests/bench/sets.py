#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sets.py N - prints a ruleset with a set of N prefixes; without one for 0.

What sender.c sends is in none of them, so each packet asks the set in vain and
is refused by the rule after it. The prefixes are like those of rules.py, but
for one that begins like the sender's addresses, so that one look is not enough.
"""

import random
import sys

from rules import prefix, settings


def main():
    n = int(sys.argv[1])
    draw = random.Random(n)
    found = {'10.1.128.0/24'} if n else set()
    while len(found) < n:
        found.add(prefix(draw))
    settings()
    if n:
        print('set listed address {', ', '.join(sorted(found)), '}')
        print('rule from @listed proto tcp, udp dport 443 accept')
    print('rule from 10.0.0.0/8 to 10.2.0.0/16 proto tcp, udp dport 443 drop')


if __name__ == '__main__':
    main()
