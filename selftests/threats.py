#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds docs/threat-model.md against the tree, whose top is given.

Each row of a table that has a column "tests" names at least one test, as
`FILE`: `NAME`, `NAME`; FILE is there, below selftests/, and has NAME: a
function, a row of a table, or a description; of a test both what it does and
who calls it. Each test of t_evasion.sh is named. Says what is wrong, if
anything is.
"""

import pathlib
import re
import sys

NAMED = re.compile(r"`([^`]+)`: ((?:`[^`]+`(?:, )?)+)")


def rows(text):
    """The last cell of each row of tables that end in "tests" """
    within = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            within = False
        elif cells[-1] == "tests":
            within = True
        elif within and not set(line) <= set("|-"):
            yield cells[0], cells[-1]


def lines_of(source, name):
    """Those that have @name as a whole word, or words, and are no comment"""
    return re.findall(r"^(?!\s*(?:#|\*|/\*)).*(?<![\w-])" + re.escape(name) +
                      r"(?![\w-]).*", source, re.M)


def has(path, name):
    """Does @path have @name? A test has to be there itself, not only its name,
    and somebody calls it, there or in a file beside it."""
    lines = lines_of(path.read_text(), name)
    if not re.match(r"\w+_test$|test_\w+$", name):
        return bool(lines)
    made = [line for line in lines if
            re.match(r"(static \w+ |def )?" + name + r"\(", line)]
    called = len(lines) > 1 or any(
        lines_of(other.read_text(), name + "()")
        for other in path.parent.glob("*" + path.suffix) if other != path)
    # Or by a macro that has the rest of its name
    rest = name.removeprefix("test_")
    called = called or any(f"({rest})" in line for line in
                           lines_of(path.read_text(), rest))
    return len(made) == 1 and called


def main():
    top = pathlib.Path(sys.argv[1])
    wrong, named, count = [], set(), 0
    text = (top / "docs/threat-model.md").read_text()
    for what, cell in rows(text):
        count += 1
        found = NAMED.findall(cell)
        if not found or NAMED.sub("", cell).strip("; "):
            wrong.append(f"{what}: not understood: {cell}")
        for path, names in found:
            path = top / "selftests" / path
            if not path.is_file():
                wrong.append(f"{what}: no file {path}")
                continue
            for name in re.findall(r"`([^`]+)`", names):
                named.add((path.name, name))
                if not has(path, name):
                    wrong.append(f"{what}: {path} has no {name}")
    evasion = (top / "selftests/t_evasion.sh").read_text()
    for name in re.findall(r"^(test_\w+)\(\)", evasion, re.M):
        if ("t_evasion.sh", name) not in named:
            wrong.append(f"t_evasion.sh: {name} is not in the page")
    if not count:
        wrong.append("no tables")
    print("\n".join(wrong) or f"{count} lines, {len(named)} tests")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
