#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""profile.py DIR CASE - says which functions a case's instructions are of.

What a function costs is its part of the samples, times what a packet costs
altogether. The sender's and the wire's part is that of the case "drop". Where
interrupts are off, what is sampled is the end of that. What is inlined counts
as the function that it is in.
"""

import os
import statistics
import sys

from report import NOTHING, read_runs

# Instructions a packet; less is noise
LEAST = 3


def functions(where, case, cost):
    """Instructions of each function."""
    samples = {}
    with open(os.path.join(where, f'profile-{case}'),
              encoding='ascii') as file:
        for line in file:
            count, name = line.split()
            samples[name] = samples.get(name, 0) + int(count)
    everything = sum(samples.values())
    return {name: n * cost / everything for name, n in samples.items()}


def main():
    where, case = sys.argv[1:]
    slopes = read_runs(os.path.join(where, 'runs'))
    costs = {name: statistics.median(s) for name, s in slopes.items()}
    found = functions(where, case, costs[case])
    nothing = functions(where, NOTHING, costs[NOTHING])

    more = {name: found.get(name, 0) - nothing.get(name, 0)
            for name in found.keys() | nothing.keys()}
    print(f'instructions per packet, {case}: {costs[case]:,.0f}, '
          f'{costs[case] - costs[NOTHING]:,.0f} more than {NOTHING}')
    print(f'{"more":>8}{"here":>8}{NOTHING:>8}  function')
    for name in sorted(more, key=lambda n: -more[n]):
        if abs(more[name]) >= LEAST:
            print(f'{more[name]:8.0f}{found.get(name, 0):8.0f}'
                  f'{nothing.get(name, 0):8.0f}  {name}')


if __name__ == '__main__':
    main()
