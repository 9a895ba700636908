# SPDX-License-Identifier: GPL-2.0-only
"""How an expanded template writes what only a deployment can know.

Owns the text form of a reference: "@{Stack/LogicalId}" is what Ref of that
resource would give, "@{Stack/LogicalId.Attribute}" what GetAtt would. They are
plain text, so that they survive Sub, Join and user data. "!" and what follows
it inside the braces is what was done to a value not known (Split, Select).
"""
import re
from typing import NamedTuple, Optional

FORM = re.compile(r"@\{([A-Za-z0-9]+(?:/[A-Za-z0-9]+)*)"
                  r"(?:\.([A-Za-z0-9.]+))?((?:![^{}]*)?)\}")


class Reference(NamedTuple):
    """A resource by its id, and the attribute: None is what Ref gives."""

    id: str
    attribute: Optional[str]


def token(resource, attribute=None):
    """The text that stands for a resource or for an attribute of it."""
    return "@{" + resource + ("." + attribute if attribute else "") + "}"


def reference(value):
    """The Reference that a value is as a whole, or None."""
    match = FORM.fullmatch(value) if isinstance(value, str) else None
    if match and not match[3]:
        return Reference(match[1], match[2])
    return None


def derived(value, what):
    """What an operation on an unknown value gives: unknown, but stable."""
    # no comma: the text may become an item of a list parameter
    what = what.replace(",", "%2C")
    return value[:-1] + ("" if "!" in value else "!") + what + "}"


def is_unknown(value):
    """Is the value as a whole one that a deployment would give?"""
    return isinstance(value, str) and FORM.fullmatch(value) is not None


def mentions(value):
    """Every Reference in a value, however deep, in order, each once."""
    found = {}
    if isinstance(value, str):
        for match in FORM.finditer(value):
            found[Reference(match[1], match[2])] = True
    elif isinstance(value, dict):
        for item in value.values():
            found.update(dict.fromkeys(mentions(item)))
    elif isinstance(value, list):
        for item in value:
            found.update(dict.fromkeys(mentions(item)))
    return list(found)
