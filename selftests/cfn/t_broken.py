#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# t_broken.py - shows that the checks can fail, each for its reason
#
# Runs them over copies of the templates, each with one small edit, as
# broken/*.yml say:
#
#   name     what is wrong
#   file     which file of the copy; a "*" is both sets
#   in       only there: a resource, or SECTION/NAME
#   from, to text that has to be there, and what takes its place
#   remove   the whole of what "in" names
#   append   text that follows it
#   rename   another name for the file; copy: a second one
#   edits    a list of these, if one is not enough
#   variant, region   where it shows: cases.py; else the default, in us-east-1
#   check    the check that has to reject it; says: what its complaint matches
#   also     all other checks that do, and no more: one that complains of
#            everything proves nothing
#
# Owns copies in a directory of its own; changes nothing else. In TAP. With
# arguments: only entries whose name contains one of them.

"""Tests of the checks."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import yaml

import checks
from cases import load_tree, run
from registry import CHECKS
from scripts import build_gwlbctl
from template import TemplateError

HERE = Path(__file__).resolve().parent


class StaleEntry(Exception):
    """An edit that does not apply."""


def span(text, name):
    """Where a part of a template begins and ends."""
    section, slash, name = name.rpartition("/")
    section = section if slash else "Resources"
    inside = False
    begin = None
    position = 0
    for line in text.splitlines(keepends=True):
        if re.match(r"\S", line) and not line.startswith("#"):
            if begin is not None:
                return begin, position
            inside = line.startswith(section + ":")
        elif inside and re.match(r"  [^\s#]", line):
            if begin is not None:
                return begin, position
            if line.startswith(f"  {name}:"):
                begin = position
        position += len(line)
    if begin is None:
        raise StaleEntry(f"no {section} {name}")
    return begin, position


def edited(text, edit):
    """The text with an edit."""
    begin, end = span(text, edit["in"]) if "in" in edit else (0, len(text))
    part = text[begin:end]
    if edit.get("remove"):
        part = ""
    if "from" in edit:
        if edit["from"] not in part:
            raise StaleEntry(f"'{edit['from']}' is not there")
        part = part.replace(edit["from"], edit["to"])
        # "@N@" stands for N characters.
        part = re.sub(r"@(\d+)@", lambda m: "x" * int(m[1]), part)
    part += edit.get("append", "")
    return text[:begin] + part + text[end:]


def apply(edit, copy):
    """Makes an edit in all files that it is for."""
    paths = sorted(copy.glob(edit["file"]))
    if not paths:
        raise StaleEntry(f"no {edit['file']}")
    for path in paths:
        if "rename" in edit:
            path.rename(path.with_name(edit["rename"]))
        elif "copy" in edit:
            shutil.copy(path, path.with_name(edit["copy"]))
        else:
            text = path.read_text(encoding="utf-8")
            path.write_text(edited(text, edit), encoding="utf-8")


def complaints(tree_path, entry):
    """{check: complaints} about a copy, where an entry says that it shows."""
    region = entry.get("region", "us-east-1")
    variant = entry.get("variant", "default")

    def chosen(_architecture, _partition, where, name, _values):
        return (where, name) == (region, variant)

    try:
        count, found = run(load_tree(tree_path, checks.TOP), chosen)
    except TemplateError as error:
        return {"expands": [str(error)]}
    if not count:
        raise StaleEntry(f"no variant {variant} in {region}")
    return found


def verdict(entry, templates, known):
    """What is wrong with the checks, if anything: a list of lines.

    `known` are complaints about the templates as they are, which say nothing
    about the edit.
    """
    with tempfile.TemporaryDirectory() as where:
        copy = Path(where) / "templates"
        shutil.copytree(templates, copy)
        try:
            for edit in entry.get("edits") or [entry]:
                apply(edit, copy)
            found = complaints(copy, entry)
        except StaleEntry as error:
            return [f"the edit does not apply: {error}"]
    said = {name: [c for c in lines if c not in known.get(name, [])]
            for name, lines in found.items()}
    failed = {name for name, lines in said.items() if lines}
    wanted = {entry["check"], *entry.get("also", [])}
    lines = []
    if failed != wanted:
        lines.append(f"rejected by {sorted(failed)}, not by {sorted(wanted)}")
    if not any(re.search(entry["says"], c)
               for c in said.get(entry["check"], [])):
        lines.append(f"{entry['check']} says nothing like {entry['says']}")
    if lines:
        for name in sorted(failed):
            lines += [f"{name}: {' '.join(c.split())}" for c in said[name][:3]]
    return lines


def entries():
    """All entries of all tables."""
    found = []
    for path in sorted((HERE / "broken").glob("*.yml")):
        found += yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def main(words):
    """The command."""
    build_gwlbctl(checks.TOP)
    templates = checks.TOP / "cloudformation"
    table = entries()
    known = {}
    for region, variant in {(e.get("region", "us-east-1"),
                             e.get("variant", "default")) for e in table}:
        for name, lines in complaints(templates, {
                "region": region, "variant": variant}).items():
            known.setdefault(name, []).extend(lines)
    number = failed = 0

    def say(what, lines):
        nonlocal number, failed
        number += 1
        failed += bool(lines)
        print(f"{'not ok' if lines else 'ok'} {number} - {what}", flush=True)
        for line in lines:
            print(f"# {line}")

    for entry in table:
        if not words or any(word in entry["name"] for word in words):
            say(f"broken: {entry['name']} ({entry['check']})",
                verdict(entry, templates, known))
    if not words:
        missing = {"expands", *CHECKS} - {e["check"] for e in table}
        say("each check has something that it rejects",
            [f"{name} has not" for name in sorted(missing)])
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
