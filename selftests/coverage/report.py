#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py --least PERCENT --missing FILE COUNTS DIRECTORY

How much of module/ was run. COUNTS is what counts.c wrote, each time that the
module went; DIRECTORY is where build.sh built it. A line counts once, whatever
objects it is in, and was run if it was in any. A branch counts for each object,
as a function that is inlined has branches of its own in each place.

Prints a table and, as TAP, whether lines are enough. FILE gets the lines that
were not run.
"""

import argparse
import collections
import json
import os
import struct
import subprocess
import sys

GCOV = os.environ.get('GCOV', 'gcov-12')

MAGIC, FUNCTION, ARCS = 0x67636461, 0x01000000, 0x01a10000


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--least', type=float, required=True)
    parser.add_argument('--missing', required=True)
    parser.add_argument('counts')
    parser.add_argument('directory')
    return parser.parse_args()


def read_counts(path):
    """By file and the rest of its head, by function: the sum of what it
    counted"""
    objects = collections.defaultdict(dict)
    with open(path, encoding='ascii') as file:
        for line in file:
            kind, *words = line.split()
            if kind == 'object':
                version, stamp, checksum = (int(w, 16) for w in words[:3])
                functions = objects[words[3], version, stamp, checksum]
                continue
            key = tuple(int(word, 16) for word in words[:3])
            values = [int(word, 16) for word in words[3:]]
            before = functions.get(key, [0] * len(values))
            functions[key] = [a + b for a, b in
                              zip(before, values, strict=True)]
    return objects


def write_gcda(head, functions):
    """What gcov reads, where it looks for it"""
    path, version, stamp, checksum = head
    with open(path, 'wb') as file:
        file.write(struct.pack('=4I', MAGIC, version, stamp, checksum))
        for key, values in functions.items():
            file.write(struct.pack('=5I', FUNCTION, 12, *key))
            file.write(struct.pack(f'=2I{len(values)}Q', ARCS,
                                   8 * len(values), *values))
    return path


def gcov(path):
    """What it has to say about an object, file by file"""
    said = subprocess.run([GCOV, '--json-format', '--stdout',
                           '--branch-probabilities', path],
                          check=True, capture_output=True, text=True)
    # It goes on if counts are not those of this build, with none.
    if said.stderr:
        sys.exit(said.stderr)
    return json.loads(said.stdout)['files']


class Coverage:
    def __init__(self, directory):
        self.directory = directory
        # By file, then by line: how often it was run
        self.lines = collections.defaultdict(collections.Counter)
        # By file, then by object, line and number: how often it was taken
        self.branches = collections.defaultdict(collections.Counter)

    def add(self, of_object):
        for file in gcov(of_object):
            path = os.path.normpath(os.path.relpath(file['file'],
                                                    self.directory))
            path = path.removeprefix('coverage/../')
            if not path.startswith('module/'):
                continue
            seen = collections.Counter()
            for line in file['lines']:
                number = line['line_number']
                self.lines[path][number] += line['count']
                for branch in line['branches']:
                    key = of_object, number, seen[number]
                    seen[number] += 1
                    self.branches[path][key] += branch['count']

    def missing(self):
        for path in sorted(self.lines):
            with open(path, encoding='utf-8') as file:
                text = file.read().splitlines()
            for number in sorted(self.lines[path]):
                if not self.lines[path][number]:
                    yield f'{path}:{number}: {text[number - 1].strip()}'


def part(counts):
    """How many there are, how many of them are not 0, and their part"""
    run = sum(1 for count in counts if count)
    return len(counts), run, 100 * run / len(counts) if counts else 100


def table(coverage):
    """Prints it; the part of the lines that were run, in percent."""
    all_lines, all_branches = [], []

    print(f'# {"file":28}{"lines":>7}{"run":>7}{"%":>7}'
          f'{"branches":>10}{"taken":>7}{"%":>7}')

    def row(name, lines, branches):
        total, run, percent = part(lines)
        of_branches = part(branches)
        print(f'# {name:28}{total:7}{run:7}{percent:7.1f}'
              f'{of_branches[0]:10}{of_branches[1]:7}{of_branches[2]:7.1f}')
        return percent

    for path in sorted(coverage.lines):
        lines = list(coverage.lines[path].values())
        branches = list(coverage.branches[path].values())
        row(path, lines, branches)
        all_lines += lines
        all_branches += branches
    return row('module/', all_lines, all_branches)


def main():
    args = arguments()
    coverage = Coverage(args.directory)

    for head, functions in read_counts(args.counts).items():
        coverage.add(write_gcda(head, functions))
    percent = table(coverage)
    with open(args.missing, 'w', encoding='utf-8') as file:
        file.writelines(line + '\n' for line in coverage.missing())
    print(f'# what was not run: {args.missing}')
    result = 'ok' if percent >= args.least else 'not ok'
    print(f'{result} 1 - {percent:.1f} % of the lines are run, '
          f'at least {args.least:g}')
    print('1..1')
    return result != 'ok'


if __name__ == '__main__':
    sys.exit(main())
