# SPDX-License-Identifier: GPL-2.0-only
"""Reads properties of expanded resources, and refuses what is not there.

Owns how a property becomes an id, a list of ids, a CIDR, a number or a text.
Touches nothing.
"""
import ipaddress

from reference import mentions, reference
from template import Place, as_list

REQUIRED = object()


class Set:
    """The resources of an expansion, with readers for their properties."""

    def __init__(self, expansion):
        self.expansion = expansion
        self.by_id = {one.id: one for one in expansion.resources}

    def of(self, *types):
        """The resources of these types."""
        return self.expansion.of_type(*types)

    def get(self, identity):
        """The resource with an id."""
        return self.by_id[identity]

    def only(self, kind, what, choose=lambda one: True):
        """The one resource of a type that a network has."""
        chosen = [one for one in self.of(kind) if choose(one)]
        if len(chosen) != 1:
            Place("the set").fail(f"one {what} is wanted, there are "
                                  f"{len(chosen)}")
        return chosen[0]

    @staticmethod
    def place(one):
        """Where a resource is, for messages."""
        return Place(one.template).at(one.id)

    def value(self, one, key, default=REQUIRED):
        """A property as it is."""
        if key in one.properties:
            return one.properties[key]
        if default is REQUIRED:
            self.place(one).fail(f"has no {key}")
        return default

    def text(self, one, key, default=REQUIRED):
        """A property that is text."""
        value = self.value(one, key, default)
        if not isinstance(value, str) or (not value and
                                          default is REQUIRED):
            self.place(one).at(key).fail("text is wanted")
        return value

    def number(self, one, key, default=REQUIRED):
        """A property that is a whole number, whether written as text."""
        value = self.value(one, key, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            self.place(one).at(key).fail(f"'{value}' is no number")

    def flag(self, one, key, default=REQUIRED):
        """A property that is true or false, whether written as text."""
        value = str(self.value(one, key, default)).lower()
        if value not in ("true", "false"):
            self.place(one).at(key).fail(f"'{value}' is not true or false")
        return value == "true"

    def cidr(self, one, key):
        """A property that is a block of addresses."""
        value = self.text(one, key)
        try:
            return str(ipaddress.ip_network(value))
        except ValueError as error:
            self.place(one).at(key).fail(str(error))

    def id_of(self, value, place, *types):
        """The id that a value refers to, whether by Ref or by GetAtt."""
        found = reference(value)
        if not found or found.id not in self.by_id:
            place.fail(f"{value!r} is no resource of the set")
        kind = self.by_id[found.id].type
        if types and kind not in types:
            place.fail(f"{found.id} is a {kind}, not a "
                       + " or a ".join(types))
        return found.id

    def id_in(self, one, key, *types):
        """The id that a property refers to."""
        return self.id_of(self.value(one, key), self.place(one).at(key),
                          *types)

    def ids(self, one, key, kind=None, default=REQUIRED):
        """The ids that a property refers to, which is a list.

        A list that has to be there must not be empty, either.
        """
        place = self.place(one).at(key)
        if default is REQUIRED and self.value(one, key) == []:
            place.fail("is empty")
        result = [self.id_of(value, place.at(index), *([kind] if kind else
                                                       []))
                  for index, value in enumerate(
                      as_list(self.value(one, key, default)))]
        if len(set(result)) != len(result):
            place.fail("names something twice")
        return result

    def mentioned(self, one, key):
        """All ids that a property speaks of, in whatever form."""
        return [found.id for found in mentions(one.properties.get(key))]

    def name(self, one):
        """What people call it: the tag Name, or the last part of its id."""
        for tag in one.properties.get("Tags", []):
            if tag.get("Key") == "Name":
                return str(tag.get("Value"))
        return one.id.rsplit("/", 1)[-1]

    def attributes(self, one, key):
        """A list of {Key, Value} as a mapping, all as text."""
        result = {}
        for item in self.value(one, key, []):
            if item["Key"] in result:
                self.place(one).at(key).fail(f"{item['Key']} twice")
            value = item["Value"]
            # a bare true in YAML is sent as what JSON calls it
            result[item["Key"]] = (str(value).lower()
                                   if isinstance(value, bool)
                                   else str(value))
        return result
