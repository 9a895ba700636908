#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""schema.py [--some] SCHEMAS SAMPLES: checks samples of JSON; prints TAP.

There must be one for each schema, unless only some are wanted.

Each sample must be valid, and must no longer be when any one key is taken
out of it, renamed, or given a value of another type: otherwise its schema
says less than it seems to.
"""

import copy
import json
import pathlib
import sys

import jsonschema

# Keys that may be absent, as the schemas document
OPTIONAL = {"idle", "explain", "id", "group"}
# Schemas that are part of others
PARTS = {"amount", "flow", "health", "traffic"}


def validator(directory, name):
    path = (directory / f"{name}.json").resolve()
    schema = json.loads(path.read_text())
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    resolver = jsonschema.RefResolver(path.as_uri(), schema)
    return cls(schema, resolver=resolver)


def walk(value, path=()):
    """Paths of all keys in all objects."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path + (key,)
            yield from walk(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, path + (index,))


def mutants(sample):
    for path in walk(sample):
        for kind in ("without", "renamed", "type"):
            if kind == "without" and path[-1] in OPTIONAL:
                continue
            mutant = copy.deepcopy(sample)
            holder = mutant
            for step in path[:-1]:
                holder = holder[step]
            if kind == "type":
                holder[path[-1]] = [[]]
            else:
                value = holder.pop(path[-1])
                if kind == "renamed":
                    holder[path[-1] + "x"] = value
            yield f"{kind} {'.'.join(map(str, path))}", mutant


def main():
    some = sys.argv[1] == "--some"
    schemas, samples = map(pathlib.Path, sys.argv[1 + some:])
    commands = {p.stem for p in schemas.glob("*.json")} - PARTS
    seen = set()
    count = failed = 0

    def result(good, text):
        nonlocal count, failed
        count += 1
        failed += not good
        print(f"{'ok' if good else 'not ok'} {count} - {text}")

    for path in sorted(samples.glob("*.json")):
        name = path.stem if path.stem in commands else \
            path.stem.rsplit("-", 1)[0]
        seen.add(name)
        check = validator(schemas, name)
        sample = json.loads(path.read_text())
        errors = [e.message for e in check.iter_errors(sample)]
        result(not errors, f"{path.stem} is valid {errors or ''}")
        missed = [what for what, m in mutants(sample) if check.is_valid(m)]
        result(not missed, f"{path.stem}: mutants are not {missed or ''}")
    missing = seen - commands if some else seen ^ commands
    result(not missing, f"each schema has a sample {missing or ''}")
    print(f"1..{count}")
    return failed != 0


sys.exit(main())
