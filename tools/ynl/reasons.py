#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print the counters of uapi/gwlb.yaml as a C list, one X() a counter.

The kernel takes names and classes from it, gwlbctl the sentences: YNL's own
generator puts those into comments only. With --markdown: the README's table.
"""

import sys

import yaml

HEAD = """\
/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/gwlb.yaml */

#ifndef _GWLB_REASONS_H
#define _GWLB_REASONS_H

/* X(number, name, class, sentence), in the order of the numbers */
#define GWLB_REASONS(X) \\"""


def entries(path):
    with open(path, encoding="utf-8") as spec:
        for definition in yaml.safe_load(spec)["definitions"]:
            if definition["name"] == "reason":
                return definition["entries"]
    raise SystemExit(f"{path}: no definition called reason")


def rows(path):
    for entry in entries(path):
        name = entry["name"]
        kind = name.split("-")[0]
        if kind not in ("returned", "pass", "drop"):
            raise SystemExit(f"{path}: {name}: unknown class")
        doc = " ".join(entry["doc"].split()).replace('"', '\\"')
        const = name.upper().replace("-", "_")
        yield (f'\tX(GWLB_REASON_{const}, "{name}", '
               f'GWLB_CLASS_{kind.upper()}, \\\n\t  "{doc}")')


def markdown(path):
    for entry in entries(path):
        yield f"| `{entry['name']}` | {' '.join(entry['doc'].split())} |"


if sys.argv[1] == "--markdown":
    print("\n".join(markdown(sys.argv[2])))
else:
    print(HEAD)
    print(" \\\n".join(rows(sys.argv[1])))
    print("\n#endif /* _GWLB_REASONS_H */")
