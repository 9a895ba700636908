# SPDX-License-Identifier: GPL-2.0-only
#
# registry.py - the list of checks, and what each of them is given
#
# Owns the list and nothing else. A check is a generator of complaints: good
# templates give none. Its docstring says what it holds.

"""Named checks of template sets."""

from pathlib import Path
from typing import Any, Callable, NamedTuple


class Case(NamedTuple):
    """A set as one deployment of it would be.

    `variant` names the parameters that differ from the defaults, `values` has
    them. `tree` is the Tree that the set is in.
    """

    architecture: str
    variant: str
    values: dict
    expansion: Any
    topology: dict
    tree: Any

    @property
    def name(self):
        """For people."""
        return f"{self.architecture}, {self.expansion.region}, {self.variant}"

    def of(self, kind):
        """The resources of a type, which is given without its "AWS::"."""
        return self.expansion.of_type("AWS::" + kind)


class Tree(NamedTuple):
    """The directory that has both sets, and the project that it is in.

    `sets` is {architecture: {file name: Template}}.
    """

    path: Path
    top: Path
    sets: dict


class Check(NamedTuple):
    """A check: `function` takes a Case, or the Tree if `scope` says so."""

    name: str
    scope: str
    function: Callable


CHECKS = {}


def check(name, scope="case"):
    """Makes a generator of complaints a check with a name."""
    def add(function):
        assert name not in CHECKS and function.__doc__
        CHECKS[name] = Check(name, scope, function)
        return function
    return add
