#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""lines.py DIR - says which cache lines both CPUs write, and where.

Prints the lines that each of the two CPUs has written at least for every tenth
of its packets, case by case, with the functions that did so, and adds their
number to DIR/values. What both write without an appliance, or when there is
only the floor, is not the case's.
"""

import bisect
import os
import sys

# Of each CPU: one number of packets, once more, and six times that
PACKETS = 500 * (1 + 1 + 6)
COMMON = ('drop', 'floor')


def read_symbols(path):
    """Addresses and names of functions, in order."""
    with open(path, encoding='ascii') as file:
        words = [line.split() for line in file]
    found = sorted((int(w[0], 16), ' '.join([w[2], *w[3:]])) for w in words)
    return [f[0] for f in found], [f[1] for f in found]


def read_lines(path):
    """Lines that both CPUs write again and again, and who does."""
    found = {}
    with open(path, encoding='ascii') as file:
        for text in file:
            line, first, second, *writers = text.split()
            if min(int(first), int(second)) * 10 >= PACKETS:
                found[line] = (int(first), int(second),
                               [int(w, 16) for w in writers])
    return found


def main():
    where = sys.argv[1]
    with open(os.path.join(where, 'order'), encoding='ascii') as file:
        order = file.read().split()
    common = set()
    for i, case in enumerate(order):
        lines = read_lines(os.path.join(where, f'lines.{i}'))
        addresses, names = read_symbols(os.path.join(where, f'symbols.{i}'))
        own = [line for line in lines if line not in common]
        print(f'{case}: {len(lines)} cache lines written by both CPUs, '
              f'{len(own)} of its own')
        for line in own:
            first, second, writers = lines[line]
            functions = {names[bisect.bisect(addresses, w) - 1]
                         for w in writers}
            print(f'  {line} {first} + {second} times: '
                  f'{", ".join(sorted(functions))}')
        if case in COMMON:
            common |= set(lines)
        with open(os.path.join(where, 'values'), 'a',
                  encoding='ascii') as file:
            print(f'lines-{case}', len(own), 'cache lines', file=file)


if __name__ == '__main__':
    main()
