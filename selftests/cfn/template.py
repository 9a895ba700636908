# SPDX-License-Identifier: GPL-2.0-only
"""One CloudFormation template file: read it, and say where it is wrong.

Owns the YAML dialect (short forms of the intrinsic functions, no duplicate
keys, nothing that CloudFormation's own reader refuses), the sections a
template may have and the wording of a complaint. Reads files, changes none.
"""
import re

import yaml

SECTIONS = {
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters",
    "Rules", "Mappings", "Conditions", "Resources", "Outputs",
}
RESOURCE_KEYS = {
    "Type", "Properties", "DependsOn", "Condition", "Metadata",
    "CreationPolicy", "UpdatePolicy", "DeletionPolicy",
    "UpdateReplacePolicy",
}
OUTPUT_KEYS = {"Value", "Description", "Condition", "Export"}
LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")
TAGS = (
    "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAZs", "If",
    "ImportValue", "Join", "Not", "Or", "Select", "Split", "Sub",
    "Transform",
)


class TemplateError(Exception):
    """What is wrong, and where: "FILE: PATH: MESSAGE"."""

    def __init__(self, place, message):
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class Place:
    """A spot in a template, for messages: its file and the keys to it."""

    def __init__(self, file, path=()):
        self.file = file
        self.path = path

    def at(self, *keys):
        """The spot further in."""
        return Place(self.file, self.path + keys)

    def fail(self, message):
        """Give up here."""
        raise TemplateError(self, message)

    def __str__(self):
        if not self.path:
            return self.file
        return self.file + ": " + ".".join(str(key) for key in self.path)


class Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it."""

    def compose_node(self, parent, index):
        """Refuse aliases: CloudFormation does not know them."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.constructor.ConstructorError(
                None, None, "a YAML alias, which CloudFormation refuses",
                event.start_mark)
        return super().compose_node(parent, index)

    def flatten_mapping(self, node):
        """PyYAML would merge here, before anybody has seen the keys."""

    def construct_mapping(self, node, deep=False):
        """Refuse what PyYAML lets pass: a key given twice, a merge.

        A number as a key is its text, as in JSON.
        """
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag in ("tag:yaml.org,2002:int",
                                "tag:yaml.org,2002:float"):
                key_node.tag = "tag:yaml.org,2002:str"
            key = self.construct_object(key_node, deep=True)
            if key == "<<":
                complaint = "a YAML merge, which CloudFormation refuses"
            elif not isinstance(key, str):
                complaint = f"a key that YAML reads as {key!r}; quote it"
            elif key in seen:
                complaint = f"duplicate key {key}"
            else:
                seen.add(key)
                continue
            raise yaml.constructor.ConstructorError(
                None, None, complaint, key_node.start_mark)
        return super().construct_mapping(node, deep)


def construct_plain(loader, node):
    """The value below a short form's tag, whatever its shape."""
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


def construct_get_att(loader, node):
    """!GetAtt A.B.C names resource A and its attribute B.C."""
    value = construct_plain(loader, node)
    if isinstance(value, str):
        value = value.split(".", 1)
    return {"Fn::GetAtt": value}


def long_form(name):
    """A constructor that turns a short form into the long one."""
    return lambda loader, node: {name: construct_plain(loader, node)}


def teach():
    """Make the loader know the short forms, and dates as plain text."""
    for tag in TAGS:
        Loader.add_constructor("!" + tag, long_form("Fn::" + tag))
    Loader.add_constructor("!Ref", long_form("Ref"))
    Loader.add_constructor("!Condition", long_form("Condition"))
    Loader.add_constructor("!GetAtt", construct_get_att)
    Loader.add_constructor("tag:yaml.org,2002:timestamp",
                           yaml.SafeLoader.construct_yaml_str)
    # "<<" stays a key like any other, so that it is seen and refused
    Loader.add_constructor("tag:yaml.org,2002:merge",
                           yaml.SafeLoader.construct_yaml_str)


teach()


class Template:
    """A template file with its sections, checked as far as one file goes."""

    def __init__(self, path):
        self.path = path
        self.file = path.name
        self.place = Place(self.file)
        self.body = self.read()
        for name in self.body:
            if name not in SECTIONS:
                self.place.at(name).fail("unknown section")
        self.parameters = self.section("Parameters")
        self.rules = self.section("Rules")
        self.mappings = self.section("Mappings")
        self.conditions = self.section("Conditions")
        self.resources = self.section("Resources")
        self.outputs = self.section("Outputs")
        self.metadata = self.section("Metadata")
        self.check_resources()
        self.check_outputs()
        self.check_interface()

    def read(self):
        """The file as a dictionary."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except OSError as error:
            self.place.fail(f"{self.path}: {error.strerror}")
        try:
            # Loader is a SafeLoader: it makes plain values only
            body = yaml.load(text, Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f"line {mark.line + 1}" if mark else "somewhere"
            problem = getattr(error, "problem", None) or str(error)
            self.place.at(line).fail(problem)
        if not isinstance(body, dict):
            self.place.fail("not a mapping of sections")
        return body

    def section(self, name):
        """A section; one that is missing is empty."""
        value = self.body.get(name, {})
        if not isinstance(value, dict):
            self.place.at(name).fail("not a mapping")
        return value

    def check_resources(self):
        """Every resource has a type and no attribute that does not exist."""
        if not self.resources:
            self.place.at("Resources").fail("no resources")
        for name, body in self.resources.items():
            place = self.place.at("Resources", name)
            if not LOGICAL_ID.fullmatch(str(name)):
                place.fail("a logical id has letters and digits only")
            if name in self.parameters:
                place.fail("is a parameter, too")
            if not isinstance(body, dict) or "Type" not in body:
                place.fail("has no Type")
            for key in body:
                if key not in RESOURCE_KEYS:
                    place.at(key).fail("unknown attribute of a resource")
            if not isinstance(body.get("Properties", {}), dict):
                place.at("Properties").fail("not a mapping")
            self.check_condition(body.get("Condition"), place)
            self.check_depends_on(name, body, place.at("DependsOn"))

    def check_depends_on(self, name, body, place):
        """DependsOn names resources of this template."""
        for other in as_list(body.get("DependsOn", [])):
            if other not in self.resources:
                place.fail(f"no such resource: {other}")
            if other == name:
                place.fail("depends on itself")

    def check_outputs(self):
        """Every output has a value."""
        for name, body in self.outputs.items():
            place = self.place.at("Outputs", name)
            if not isinstance(body, dict) or "Value" not in body:
                place.fail("has no Value")
            for key in body:
                if key not in OUTPUT_KEYS:
                    place.at(key).fail("unknown attribute of an output")
            self.check_condition(body.get("Condition"), place)

    def check_condition(self, name, place):
        """A condition that is used exists."""
        if name is not None and name not in self.conditions:
            place.at("Condition").fail(f"no such condition: {name}")

    def check_interface(self):
        """What the console shows of parameters names parameters we have."""
        key = "AWS::CloudFormation::Interface"
        place = self.place.at("Metadata", key)
        interface = self.metadata.get(key, {})
        named = list(interface.get("ParameterLabels", {}))
        for group in interface.get("ParameterGroups", []):
            named += group.get("Parameters", [])
        for name in named:
            if name not in self.parameters:
                place.fail(f"no such parameter: {name}")


def as_list(value):
    """CloudFormation takes one value where a list of one is meant."""
    return value if isinstance(value, list) else [value]
