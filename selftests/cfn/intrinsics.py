# SPDX-License-Identifier: GPL-2.0-only
"""The intrinsic functions of CloudFormation.

Owns what each function takes and gives. What a name means (parameters,
resources, conditions, mappings) belongs to the scope, which is a Stack of
expand.py. Every function is called with the scope, its argument as written
and the place of it, and gives the value; what is wrong is refused there.

Fn::Base64 stays as it is, with its argument resolved: who reads user data
wants the text.
"""
import ipaddress
import re

from reference import derived, is_unknown
from template import LOGICAL_ID, as_list

NO_VALUE = object()
VARIABLE = re.compile(r"\$\{([^}]*)\}")
CONDITIONS = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or", "Condition")


def is_call(node):
    """Is a node of a template a call of an intrinsic function?"""
    return isinstance(node, dict) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in node)


def evaluate(scope, node, place):
    """The value of a node: functions called, AWS::NoValue taken out."""
    if is_call(node):
        return call(scope, node, place)
    if isinstance(node, dict):
        pairs = ((key, evaluate(scope, item, place.at(key)))
                 for key, item in node.items())
        return {key: item for key, item in pairs if item is not NO_VALUE}
    if isinstance(node, list):
        items = (evaluate(scope, item, place.at(index))
                 for index, item in enumerate(node))
        return [item for item in items if item is not NO_VALUE]
    return node


def call(scope, node, place):
    """Call the one function that a node names."""
    if len(node) != 1:
        place.fail("a function next to other keys: "
                   + ", ".join(str(key) for key in node))
    name, argument = next(iter(node.items()))
    place = place.at(name)
    if name in CONDITIONS:
        place.fail("only a condition can say this")
    if name not in FUNCTIONS:
        place.fail("unknown intrinsic function")
    return FUNCTIONS[name](scope, argument, place)


def call_ref(scope, argument, place):
    """Ref: a parameter's value, a pseudo parameter's or a resource."""
    if not isinstance(argument, str):
        place.fail("takes a name")
    return scope.ref(argument, place)


def call_get_att(scope, argument, place):
    """Fn::GetAtt: an attribute of a resource or an output of a stack."""
    if isinstance(argument, str):
        argument = argument.split(".", 1)
    if not isinstance(argument, list) or len(argument) != 2:
        place.fail("takes a resource and an attribute")
    name = argument[0]
    attribute = evaluate(scope, argument[1], place.at(1))
    if not isinstance(name, str) or not isinstance(attribute, str):
        place.fail("takes a resource and an attribute")
    return scope.get_att(name, attribute, place)


def plain(value, place):
    """A value as text, as Sub and Join insert it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    place.fail("text is wanted, not a list or a mapping")


def sub_parts(argument, place):
    """The text of a Fn::Sub and the variables it brings with it."""
    if isinstance(argument, str):
        return argument, {}
    if (isinstance(argument, list) and len(argument) == 2
            and isinstance(argument[0], str)
            and isinstance(argument[1], dict)):
        return argument[0], argument[1]
    place.fail("takes a text, or a list of a text and a mapping")


def call_sub(scope, argument, place):
    """Fn::Sub: ${Name} and ${Name.Attribute} in a text; ${!X} is ${X}."""
    text, own = sub_parts(argument, place)
    used = set()

    def insert(match):
        name = match[1]
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        here = place.at("${" + name + "}")
        if name in own:
            used.add(name)
            value = evaluate(scope, own[name], place.at(1, name))
        elif "." in name:
            value = scope.get_att(*name.split(".", 1), here)
        else:
            value = scope.ref(name, here)
        return plain(value, here)

    result = VARIABLE.sub(insert, text)
    for name in own:
        if name not in used:
            place.at(1, name).fail("a variable that the text does not use")
    return result


def call_join(scope, argument, place):
    """Fn::Join: a list as text with something between."""
    if (not isinstance(argument, list) or len(argument) != 2
            or not isinstance(argument[0], str)):
        place.fail("takes a delimiter and a list")
    items = evaluate(scope, argument[1], place.at(1))
    if is_unknown(items):
        return derived(items, f"join({argument[0]})")
    if not isinstance(items, list):
        place.at(1).fail("takes a list")
    return argument[0].join(plain(item, place.at(1, index))
                            for index, item in enumerate(items))


def call_split(scope, argument, place):
    """Fn::Split: a text as a list."""
    if (not isinstance(argument, list) or len(argument) != 2
            or not isinstance(argument[0], str) or not argument[0]):
        place.fail("takes a delimiter and a text")
    text = plain(evaluate(scope, argument[1], place.at(1)), place.at(1))
    if is_unknown(text):
        return derived(text, f"split({argument[0]})")
    return text.split(argument[0])


def call_select(scope, argument, place):
    """Fn::Select: one item of a list."""
    if not isinstance(argument, list) or len(argument) != 2:
        place.fail("takes an index and a list")
    index = str(evaluate(scope, argument[0], place.at(0)))
    items = evaluate(scope, argument[1], place.at(1))
    if not re.fullmatch(r"\d+", index):
        place.at(0).fail(f"'{index}' is no index")
    if is_unknown(items):
        return derived(items, f"[{index}]")
    if not isinstance(items, list):
        place.at(1).fail("takes a list")
    if int(index) >= len(items):
        place.fail(f"item {index} of a list of {len(items)}")
    return items[int(index)]


def call_find_in_map(scope, argument, place):
    """Fn::FindInMap: a value of a mapping by its two keys."""
    if not isinstance(argument, list) or len(argument) != 3:
        place.fail("takes a mapping and two keys")
    keys = [plain(evaluate(scope, key, place.at(index)), place.at(index))
            for index, key in enumerate(argument)]
    value = scope.template.mappings
    for depth, key in enumerate(keys):
        if not isinstance(value, dict) or key not in value:
            what = "mapping" if depth == 0 else "key"
            place.at(depth).fail(f"no such {what}: {key}")
        value = value[key]
    if isinstance(value, dict):
        place.fail("gives a mapping, not a value")
    return value


def call_if(scope, argument, place):
    """Fn::If: one of two values."""
    if not isinstance(argument, list) or len(argument) != 3:
        place.fail("takes a condition and two values")
    if not isinstance(argument[0], str):
        place.at(0).fail("takes a condition's name")
    index = 1 if scope.condition(argument[0], place.at(0)) else 2
    return evaluate(scope, argument[index], place.at(index))


def call_get_azs(scope, argument, place):
    """Fn::GetAZs: the zones of a region, here only of our own."""
    region = evaluate(scope, argument, place)
    if region not in ("", scope.pseudo["AWS::Region"]):
        place.fail(f"zones of another region: {region}")
    return list(scope.zones)


def call_cidr(scope, argument, place):
    """Fn::Cidr: a block cut into equal ones."""
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        place.fail("takes a block, a count and the bits of a host")
    parts = [str(evaluate(scope, part, place.at(index)))
             for index, part in enumerate(argument)]
    try:
        block = ipaddress.ip_network(parts[0])
        bits = int(parts[2]) if len(parts) == 3 else 8
        blocks = block.subnets(new_prefix=block.max_prefixlen - bits)
        count = int(parts[1])
        if not 1 <= count <= 256:
            place.at(1).fail("a count is 1 to 256")
        result = [str(one) for one, _ in zip(blocks, range(count))]
    except ValueError as error:
        place.fail(str(error))
    if len(result) < count:
        place.fail(f"{parts[0]} has no {count} blocks of {bits} bits")
    return result


def call_base64(scope, argument, place):
    """Fn::Base64: kept as a call, with its text resolved."""
    return {"Fn::Base64": plain(evaluate(scope, argument, place), place)}


FUNCTIONS = {
    "Ref": call_ref,
    "Fn::Base64": call_base64,
    "Fn::Cidr": call_cidr,
    "Fn::FindInMap": call_find_in_map,
    "Fn::GetAtt": call_get_att,
    "Fn::GetAZs": call_get_azs,
    "Fn::If": call_if,
    "Fn::Join": call_join,
    "Fn::Select": call_select,
    "Fn::Split": call_split,
    "Fn::Sub": call_sub,
}


def evaluate_condition(scope, node, place):
    """True or false, as the section Conditions and Rules say it."""
    if not isinstance(node, dict) or len(node) != 1:
        place.fail("is no condition")
    name, argument = next(iter(node.items()))
    place = place.at(name)
    if name == "Condition":
        return scope.condition(argument, place)
    if name == "Fn::Equals":
        left, right = (plain(evaluate(scope, side, place.at(index)), place)
                       for index, side in enumerate(exactly(2, argument,
                                                            place)))
        return left == right
    if name == "Fn::Not":
        [inner] = exactly(1, argument, place)
        return not evaluate_condition(scope, inner, place.at(0))
    if name not in ("Fn::And", "Fn::Or"):
        place.fail("unknown condition function")
    if not isinstance(argument, list) or not 2 <= len(argument) <= 10:
        place.fail("takes 2 to 10 conditions")
    values = [evaluate_condition(scope, inner, place.at(index))
              for index, inner in enumerate(argument)]
    return all(values) if name == "Fn::And" else any(values)


def exactly(count, argument, place):
    """A list of so many."""
    if not isinstance(argument, list) or len(argument) != count:
        place.fail(f"takes a list of {count}")
    return argument


def names_in(node, place):
    """Every (kind, name, attribute, place) that a node speaks of.

    Also in the branches not taken, which evaluate() never sees. kind is
    "ref", "att" or "condition".
    """
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from names_in(item, place.at(index))
    if not isinstance(node, dict):
        return
    for key, item in node.items():
        here = place.at(key)
        if key == "Ref" and isinstance(item, str):
            yield "ref", item, None, here
        elif key == "Fn::GetAtt":
            parts = item.split(".", 1) if isinstance(item, str) else item
            if isinstance(parts, list) and len(parts) == 2:
                yield "att", parts[0], parts[1], here
        elif key == "Fn::Sub":
            yield from names_in_sub(item, here)
        else:
            if key == "Fn::If" and isinstance(item, list) and item:
                yield "condition", item[0], None, here.at(0)
            yield from names_in(item, here)


def names_in_sub(item, place):
    """The same for the text of a Fn::Sub."""
    text = as_list(item)[0]
    own = item[1] if isinstance(item, list) and len(item) == 2 else {}
    yield from names_in(own, place)
    for name in VARIABLE.findall(text if isinstance(text, str) else ""):
        here = place.at("${" + name + "}")
        if name.startswith("!") or name in own:
            continue
        first, dot, rest = name.partition(".")
        if not LOGICAL_ID.fullmatch(first) and not name.startswith("AWS::"):
            here.fail("no name; a literal ${...} is written ${!...}")
        yield ("att", first, rest, here) if dot else ("ref", name, None, here)
