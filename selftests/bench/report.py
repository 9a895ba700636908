#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py DIR - makes a table, and DIR/bench.json, of what measure.sh left.

Each boot has left a directory. What a packet costs in a case is what the runs
say, less what those of the case say that has everything but the appliance; of
all runs of a boot the median counts, and of all boots their median. The spread
is the range of the middle half of the runs, or of all boots if there are
several, in parts of the cost. Values that are no instructions are taken as
they are. Exits with 1 if a bar is not met.
"""

import json
import operator
import os
import statistics
import sys

NOTHING = 'drop'
CONFIGURATION = ('QEMU TCG, icount shift=0, no rep movs; veth and one CPU if '
                 'the case does not say other; GWLB packets, inner 64 bytes, '
                 'half TCP, half UDP, both ways')
INSTRUCTIONS = 'instructions'
CYCLES = 'cycles of the host'

# What is taken off from a case, if not the case "drop" of the same guest
NOTHINGS = {
    'forward': 'drop-plain',
    'nft-established': 'drop-plain',
    'nft-new': 'drop-plain',
    'floor-drop': 'nowhere',
    'denied': 'nowhere',
    'denied-remembered': 'nowhere',
    'ingress-floor-drop': 'nowhere',
    'ingress-denied': 'nowhere',
    'ingress-denied-remembered': 'nowhere',
    'set-100': 'set-none',
    'set-1m': 'set-none',
}

# What is compared: the case, with which one, or with none, and the bar for
# how many times as much, or how much, it may be, if there is such a bar. A
# case without a line is not shown.
BARS = [
    ('floor', 'floor', None),
    ('xdp-native', 'floor', None),
    ('xdp-generic', 'floor', None),
    ('hairpin', 'floor', None),
    ('reflector', 'floor', None),
    ('established', 'floor', '<= 1.15'),
    ('established', 'xdp-generic', '<= 0.95'),
    ('established', 'hairpin', '<= 0.6'),
    ('established-route', 'floor', None),
    ('established-1m-flows', 'established', '<= 1.05'),
    ('established-10k-rules', 'established', '<= 1.05'),
    ('ingress', 'floor', '<= 1.0'),
    ('ingress-floor', 'floor', None),
    ('ingress', 'ingress-floor', None),
    ('new', 'established', '<= 4'),
    ('new-10k-rules', 'new', '<= 2'),
    ('floor-drop', 'established', None),
    ('denied', 'established', '<= 0.5'),
    ('denied-remembered', 'established', '<= 0.5'),
    ('ingress-floor-drop', 'established', None),
    ('ingress-floor-drop', 'ingress', None),
    ('ingress-denied', 'established', None),
    ('ingress-denied', 'ingress', None),
    ('ingress-denied-remembered', 'established', None),
    ('ingress-denied-remembered', 'ingress', None),
    ('forward', 'floor', None),
    ('nft-established', 'floor', None),
    ('nft-new', 'nft-established', None),
    ('established', 'nft-established', None),
    ('new', 'nft-new', '< 1'),
    ('set-100', None, None),
    ('set-1m', 'set-100', '<= 1.5'),
    ('full-new', 'established', None),
    ('full-young', None, '>= 90'),
    ('full-old', None, '>= 90'),
    ('gso-forward', None, None),
    ('gso', 'gso-forward', '>= 0.95'),
    ('replace-check', None, None),
    ('replace-system', None, None),
    ('replace', None, '<= 100'),
    ('replace-lost', None, '<= 0'),
    ('plain-replace-check', None, None),
    ('plain-replace-system', None, None),
    ('plain-replace', None, '<= 100'),
    ('plain-replace-lost', None, '<= 0'),
    ('memory-flow', None, '<= 256'),
    ('memory-10k-rules', None, '<= 4194304'),
    # Twice the CPUs, 1.9 times the packets
    ('two-floor-2', 'two-floor-1', None),
    ('two-established-2', 'two-established-1', '<= 1.053'),
    ('two-new-2', 'two-new-1', '<= 1.053'),
    ('lines-floor', None, None),
    ('lines-established', None, '<= 0'),
    ('lines-new', None, None),
    ('plain-established-2', 'plain-established-1', None),
    ('virtio-floor', 'virtio-floor', None),
    ('virtio-xdp-native', 'virtio-floor', None),
    ('virtio-established', 'virtio-floor', None),
]

COMPARE = {'<': operator.lt, '<=': operator.le, '>=': operator.ge}


def lines(path):
    """The words of each line."""
    with open(path, encoding='ascii') as file:
        return [line.split(maxsplit=2) for line in file]


def read_runs(path):
    """What a packet costs in each run of each case."""
    slopes = {}
    for name, slope in lines(path):
        slopes.setdefault(name, []).append(float(slope))
    return slopes


def nothing_of(case):
    """What everything but the appliance costs."""
    if case in NOTHINGS:
        return NOTHINGS[case]
    guest, _, rest = case.partition('-')
    if guest in ('two', 'plain'):
        return f'{guest}-drop-{rest[-1]}'
    return 'virtio-drop' if guest == 'virtio' else NOTHING


class Case:
    """What was found out about a case.

    unit: of all numbers here
    boots: for each boot, what was found in its runs
    """

    def __init__(self, unit):
        self.unit = unit
        self.boots = []

    def value(self):
        """What counts."""
        return statistics.median(map(statistics.median, self.boots))

    def spread(self):
        """How far they are apart, in parts of the value."""
        found = self.boots[0]
        if len(self.boots) > 1:
            found = list(map(statistics.median, self.boots))
            low, high = min(found), max(found)
        elif len(found) > 1:
            low, _, high = statistics.quantiles(found, n=4,
                                                method='inclusive')
        else:
            return None
        return (high - low) / self.value() if self.value() else None

    def add(self, found):
        """The runs of another boot."""
        self.boots.append(found)


def read_boot(cases, where):
    """Adds what a boot has left."""
    slopes = read_runs(os.path.join(where, 'runs'))
    for name, found in slopes.items():
        # Only its cache lines matter.
        if name.startswith('lines-'):
            continue
        nothing = nothing_of(name)
        if nothing not in slopes:
            continue
        less = statistics.median(slopes[nothing])
        unit = CYCLES if name.startswith('plain-') else INSTRUCTIONS
        cases.setdefault(name, Case(unit)).add(
            [slope - less for slope in found])
    values = {}
    for name, number, unit in lines(os.path.join(where, 'values')):
        values.setdefault((name, unit.strip()), []).append(int(number))
    for (name, unit), found in values.items():
        cases.setdefault(name, Case(unit)).add(found)


def invalid_row(case, baseline, bar):
    """One whose packets were not all where they should be."""
    return {'case': case, 'baseline': baseline, 'bar': bar, 'met': False,
            'invalid': True}


def row(cases, kernel, case, baseline, bar):
    """An object of the report."""
    value = cases[case].value()
    ratio = spread = met = None
    if baseline and cases[baseline].value():
        ratio = round(value / cases[baseline].value(), 3)
    if bar:
        sense, limit = bar.split()
        met = COMPARE[sense](ratio if baseline else value, float(limit))
    spread = cases[case].spread()
    return {
        'case': case,
        'baseline': baseline,
        cases[case].unit: round(value),
        'ratio': ratio,
        'bar': bar,
        'met': met,
        'runs': [[round(v, 1) for v in boot] for boot in cases[case].boots],
        'spread': spread if spread is None else round(spread, 5),
        'kernel': kernel,
        'configuration': CONFIGURATION,
    }


def show(cases, found):
    """A line of the table."""
    if 'invalid' in found:
        return f'{found["case"]:24}{"INVALID":>12}'
    unit = cases[found['case']].unit
    ratio = '' if found['ratio'] is None else \
        f'{found["ratio"]:9.3f} x {found["baseline"]}'
    spread = '' if found['spread'] is None else f'{found["spread"]:.2%}'
    unit = '' if unit == INSTRUCTIONS else unit
    met = {None: '', True: 'met', False: 'MISSED'}[found['met']]
    value = found[unit or INSTRUCTIONS]
    return (f'{found["case"]:24}{value:12,} {unit:18}{spread:>8}'
            f'{ratio:31} {found["bar"] or "":11}{met}').rstrip()


def main():
    where = sys.argv[1]
    cases, invalid, kernel = {}, set(), None
    for name in sorted(os.listdir(where)):
        boot = os.path.join(where, name)
        if os.path.isfile(os.path.join(boot, 'runs')):
            read_boot(cases, boot)
            invalid |= {n for n, in lines(os.path.join(boot, 'invalid'))}
            with open(os.path.join(boot, 'kernel'), encoding='ascii') as file:
                kernel = file.read().strip()
    table = []
    for case, baseline, bar in BARS:
        if invalid & {case, baseline}:
            table.append(invalid_row(case, baseline, bar))
        elif case in cases and (not baseline or baseline in cases):
            table.append(row(cases, kernel, case, baseline, bar))
    with open(os.path.join(where, 'bench.json'), 'w',
              encoding='ascii') as file:
        json.dump(table, file, indent=1)
        file.write('\n')

    print('Instructions per packet in the appliance, if there is no other '
          f'unit; Linux {kernel}')
    print(f'{"case":24}{"cost":>12} {"unit":18}{"spread":>8}{"ratio":>9}'
          f'   {"of":20}{"bar":11}'.rstrip())
    for found in table:
        print(show(cases, found))
    if any(found['met'] is False for found in table):
        sys.exit(1)


if __name__ == '__main__':
    main()
