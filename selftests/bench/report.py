#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py DIR - makes a table, and DIR/bench.json, of what measure.sh left.

What a packet costs in a case is what the runs say, less what those of the case
"drop" say; of all runs the median counts. The spread is the
range of the middle half of the runs, in parts of the cost. Exits with 1 if a
bar is not met.
"""

import json
import os
import statistics
import sys

NOTHING = 'drop'
CONFIGURATION = ('veth, one CPU, QEMU TCG, icount shift=0, no rep movs; '
                 'GWLB packets, inner 64 bytes, half TCP, half UDP, both ways')

# What is compared: the case, with which one, and how many times its cost it
# may have, if there is such a bar. A case without a line is not shown.
BARS = [
    ('floor', 'floor', None),
    ('xdp-native', 'floor', None),
    ('xdp-generic', 'floor', None),
    ('hairpin', 'floor', None),
    ('established', 'floor', 1.15),
    ('established', 'xdp-generic', 0.95),
    ('established', 'hairpin', 0.6),
    ('established-route', 'floor', None),
    ('established-1m-flows', 'established', 1.05),
    ('established-10k-rules', 'established', 1.05),
    ('new', 'established', 4),
    ('new-10k-rules', 'new', 2),
    ('denied', 'established', 0.5),
]


def read_runs(path):
    """What a packet costs in each run of each case."""
    slopes = {}
    with open(path, encoding='ascii') as file:
        for line in file:
            name, slope = line.split()
            slopes.setdefault(name, []).append(float(slope))
    return slopes


def spread(slopes, cost):
    """How far the middle half of the runs is apart."""
    low, _, high = statistics.quantiles(slopes, n=4, method='inclusive')
    return (high - low) / cost


def rows(slopes, kernel):
    """An object for each line of BARS whose two cases were measured."""
    nothing = statistics.median(slopes[NOTHING])
    costs = {name: statistics.median(s) - nothing
             for name, s in slopes.items()}
    for case, baseline, bar in BARS:
        if case not in costs or baseline not in costs:
            continue
        ratio = costs[case] / costs[baseline]
        yield {
            'case': case,
            'baseline': baseline,
            'instructions': round(costs[case]),
            'ratio': round(ratio, 3),
            'bar': bar,
            'met': None if bar is None else ratio <= bar,
            'runs': [round(s - nothing, 1) for s in slopes[case]],
            'spread': round(spread(slopes[case], costs[case]), 5),
            'kernel': kernel,
            'configuration': CONFIGURATION,
        }


def show(row):
    """A line of the table."""
    bar = '' if row['bar'] is None else f'<= {row["bar"]}'
    met = {None: '', True: 'met', False: 'MISSED'}[row['met']]
    return (f'{row["case"]:24}{row["instructions"]:12,}'
            f'{row["spread"]:9.2%}{row["ratio"]:9.3f} x {row["baseline"]:14}'
            f'{bar:9}{met}').rstrip()


def main():
    where = sys.argv[1]
    slopes = read_runs(os.path.join(where, 'runs'))
    with open(os.path.join(where, 'kernel'), encoding='ascii') as file:
        kernel = file.read().strip()
    table = list(rows(slopes, kernel))
    with open(os.path.join(where, 'bench.json'), 'w',
              encoding='ascii') as file:
        json.dump(table, file, indent=1)
        file.write('\n')

    print(f'instructions per packet in the appliance, Linux {kernel}')
    print(f'{"case":24}{"instructions":>12}{"spread":>9}{"ratio":>9}'
          f'   {"of":14}{"bar":9}'.rstrip())
    for row in table:
        print(show(row))
    if any(row['met'] is False for row in table):
        sys.exit(1)


if __name__ == '__main__':
    main()
