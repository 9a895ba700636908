# SPDX-License-Identifier: GPL-2.0-only
"""The parameters of one template: which value each gets, and is it allowed.

Owns the types, the constraints and the defaults. A value that refers to a
resource (see reference.py) is not known before a deployment: its text cannot
be checked, but that the resource is of the kind the type asks for can.
"""
import re

from reference import mentions, reference

KEYS = {
    "Type", "Default", "Description", "NoEcho", "ConstraintDescription",
    "AllowedValues", "AllowedPattern", "MinLength", "MaxLength", "MinValue",
    "MaxValue",
}
# Types that name a thing which has to exist: what the literal looks like
# (None: no form of its own), and the resource a reference has to be of.
EXISTING = {
    "AWS::EC2::AvailabilityZone::Name": (r"[a-z]{2}(-[a-z]+)+-\d[a-z]", None),
    "AWS::EC2::Image::Id": (r"ami-[0-9a-f]{8,17}", None),
    "AWS::EC2::Instance::Id": (r"i-[0-9a-f]{8,17}", "AWS::EC2::Instance"),
    "AWS::EC2::KeyPair::KeyName": (None, "AWS::EC2::KeyPair"),
    "AWS::EC2::SecurityGroup::GroupName": (None, "AWS::EC2::SecurityGroup"),
    "AWS::EC2::SecurityGroup::Id": (r"sg-[0-9a-f]{8,17}",
                                    "AWS::EC2::SecurityGroup"),
    "AWS::EC2::Subnet::Id": (r"subnet-[0-9a-f]{8,17}", "AWS::EC2::Subnet"),
    "AWS::EC2::Volume::Id": (r"vol-[0-9a-f]{8,17}", "AWS::EC2::Volume"),
    "AWS::EC2::VPC::Id": (r"vpc-[0-9a-f]{8,17}", "AWS::EC2::VPC"),
}
SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
LIST = re.compile(r"List<(.+)>")
SSM_NAME = re.compile(r"/?[A-Za-z0-9_.\-/]+(:\d+)?")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def text(value, place):
    """A parameter's value as CloudFormation passes it: a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    place.fail("a parameter's value is a string")


def is_known_type(kind):
    """Does CloudFormation know this type of parameter?"""
    for wrapped in (SSM_VALUE.fullmatch(kind), LIST.fullmatch(kind)):
        if wrapped:
            return is_known_type(wrapped[1])
    return (kind in ("String", "Number", "CommaDelimitedList")
            or kind == "AWS::SSM::Parameter::Name" or kind in EXISTING)


def check_item(kind, value, place, type_of):
    """One value, or one item of a list, against the type."""
    found = reference(value)
    if found:
        wanted = EXISTING.get(kind, (None, None))[1]
        have = type_of(found.id)
        if wanted and not found.attribute and have != wanted:
            place.fail(f"a {kind} is wanted, {found.id} is a {have}")
        if kind == "Number" and not found.attribute:
            place.fail(f"a Number is wanted, {found.id} is a {have}")
        return
    if mentions(value) or value.startswith("{{resolve:"):
        return
    pattern = EXISTING.get(kind, (None, None))[0]
    if kind == "Number":
        pattern = NUMBER
    if pattern and not re.fullmatch(pattern, value):
        place.fail(f"'{value}' is no {kind}")
    if kind in EXISTING and not value:
        place.fail(f"empty, but a {kind} is wanted")


def check_constraints(body, value, items, place):
    """The template's own rules for the value."""
    why = body.get("ConstraintDescription")
    hint = f" ({why})" if why else ""

    def refuse(message):
        place.fail(f"'{value}' {message}{hint}")

    for item in items:
        if "AllowedValues" in body:
            allowed = [text(one, place) for one in body["AllowedValues"]]
            if item not in allowed:
                refuse("is not one of " + ", ".join(allowed))
        pattern = body.get("AllowedPattern")
        if pattern is not None and not re.fullmatch(pattern, item):
            refuse(f"does not match {pattern}")
        if len(item) < int(body.get("MinLength", 0)):
            refuse(f"is shorter than {body['MinLength']}")
        if len(item) > int(body.get("MaxLength", len(item))):
            refuse(f"is longer than {body['MaxLength']}")
        if "MinValue" in body and float(item) < float(body["MinValue"]):
            refuse(f"is less than {body['MinValue']}")
        if "MaxValue" in body and float(item) > float(body["MaxValue"]):
            refuse(f"is more than {body['MaxValue']}")


def check_declaration(body, place):
    """The declaration by itself."""
    if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
        place.fail("has no Type")
    for key in body:
        if key not in KEYS:
            place.at(key).fail("unknown attribute of a parameter")
    if not is_known_type(body["Type"]):
        place.at("Type").fail(f"unknown type {body['Type']}")
    if "AllowedPattern" in body:
        try:
            re.compile(body["AllowedPattern"])
        except re.error as error:
            place.at("AllowedPattern").fail(str(error))


def resolve(body, value, place, type_of):
    """What Ref gives for a parameter with this declaration and value.

    A string, or a list of strings. type_of tells a resource's type by its id.
    """
    kind = body["Type"]
    value = text(value, place)
    stored = SSM_VALUE.fullmatch(kind)
    if stored:
        if not SSM_NAME.fullmatch(value):
            place.fail(f"'{value}' is no name of an SSM parameter")
        check_constraints(body, value, [value], place)
        # the very form that a template uses to say the same in place
        return "{{resolve:ssm:" + value + "}}"
    wrapped = LIST.fullmatch(kind)
    if wrapped or kind == "CommaDelimitedList":
        items = [item.strip() for item in value.split(",")]
        kind = wrapped[1] if wrapped else "String"
    else:
        items = None
    for item in [value] if items is None else items:
        check_item(kind, item, place, type_of)
    plain = [item for item in ([value] if items is None else items)
             if not mentions(item) and not item.startswith("{{resolve:")]
    check_constraints(body, value, plain, place)
    return value if items is None else items
