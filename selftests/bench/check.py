#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""check.py BENCH FIGURES - compares a run's bench.json with committed figures.

Says which rows are more than 3 % away, or more than they were apart from run
to run, and exits with 1 then: whoever makes a packet cheaper or dearer says so
by a commit of new figures. A row that is missing in the run is one that was
not valid, or not asked for; rows of a guest that counts no instructions are
not compared, as they depend on the machine.
"""

import json
import sys

TOLERANCE = 0.03
UNITS = ('instructions', 'bytes', 'percent', 'packets', 'milliseconds',
         'kilobytes a second', 'cache lines')


def read(path):
    """Value and spread of each case."""
    with open(path, encoding='ascii') as file:
        rows = json.load(file)
    return {row['case']: (next(row[u] for u in UNITS if u in row),
                          row['spread'] or 0)
            for row in rows if 'invalid' not in row
            and not row['case'].startswith('plain-')}


def compare(case, new, old):
    """What is to be said about a case, if anything."""
    if case not in new:
        return 'was not measured'
    if case not in old:
        return f'is new: {new[case][0]:,}'
    value, spread = new[case]
    before, spread_before = old[case]
    allowed = max(TOLERANCE, spread, spread_before)
    if abs(value - before) <= allowed * before:
        return None
    by = f', {value / before - 1:+.1%}' if before else ''
    return f'was {before:,} and is {value:,}{by}'


def main():
    new, old = (read(path) for path in sys.argv[1:])
    wrong = 0
    for case in dict.fromkeys([*old, *new]):
        said = compare(case, new, old)
        if said:
            print(f'{case} {said}')
            wrong += 1
    print(f'{len(old)} figures, {wrong} not as they were')
    sys.exit(wrong > 0)


if __name__ == '__main__':
    main()
