# SPDX-License-Identifier: GPL-2.0-only
#
# tree.py - checks of the two sets as files, and of what they ask and tell
#
# Owns and touches nothing.

"""Checks of files, parameters and outputs."""

import ipaddress
import re

import parameters
from expand import MAIN
from registry import check
from template import TemplateError

# What a user has to say; the bucket is filled in by publish.sh.
ASKED = {"EC2KEY", "JumpServerAllowList"}
FILLED_IN = {"TemplateBucket", "TemplatePrefix", "PackagePrefix",
             "PackageSumsSha256"}

# Nested templates that are not the same in both sets, each with its reason.
DIFFERENT = {
}


@check("tree-files", "tree")
def files(tree):
    """D3, S12: each set has its main template, the nested ones that this
    names, and nothing else."""
    for architecture, templates in tree.sets.items():
        if MAIN not in templates:
            yield f"{architecture}: no {MAIN}"
            continue
        wanted = set()
        for name, template in templates.items():
            for resource in template.resources.values():
                url = str(resource.get("Properties", {}).get("TemplateURL"))
                wanted |= set(re.findall(r"Nested-[A-Za-z0-9-]+\.yml", url))
        for name in sorted(wanted ^ (set(templates) - {MAIN})):
            what = "is not there" if name in wanted else "is nobody's"
            yield f"{architecture}/{name} {what}"
        for path in (tree.path / architecture).iterdir():
            if path.name not in templates:
                yield f"{architecture}/{path.name} is no template"


@check("tree-names", "tree")
def names(tree):
    """D3: templates that the documents name exist."""
    there = {f"{a}/{n}" for a, t in tree.sets.items() for n in t}
    there |= {n for t in tree.sets.values() for n in t}
    document = tree.path / "README.md"
    if not document.is_file():
        yield "there is no README.md"
        return
    text = document.read_text(encoding="utf-8")
    for name in list(tree.sets) + [MAIN]:
        if name not in text:
            yield f"README.md says nothing of {name}"
    text += (tree.top / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"(?<![\w/.*{}-])((?:[\w-]+/)*"
                           r"(?:CN|Nested)-[\w-]+\.ya?ml)\b", text):
        if "/".join(name.split("/")[-2:]) not in there:
            yield f"a README names {name}, which does not exist"


def expanded(word):
    """A word with {a,b} in it, as a shell would expand it."""
    match = re.fullmatch(r"([^{}]*)\{([^{}]*)\}(.*)", word)
    if not match:
        return {word}
    return {whole for part in match[2].split(",")
            for whole in expanded(match[1] + part + match[3])}


@check("tree-documented", "tree")
def documented(tree):
    """Every parameter of the main templates is explained."""
    document = tree.path / "README.md"
    if not document.is_file():
        return
    words = re.findall(r"`([\w{},]+)`", document.read_text(encoding="utf-8"))
    known = set().union(*map(expanded, words))
    for architecture, templates in tree.sets.items():
        for name in templates[MAIN].parameters:
            if name not in known:
                yield f"README.md: nothing of {architecture}'s {name}"


@check("tree-shared", "tree")
def shared(tree):
    """Templates of the same name are byte for byte the same, so that what
    was proved of one set holds for the other."""
    one, two = (tree.path / a for a in tree.sets)
    common = sorted(set.intersection(*(set(t) for t in tree.sets.values())))
    for name in common:
        if name == MAIN:
            continue
        same = (one / name).read_bytes() == (two / name).read_bytes()
        if same == (name in DIFFERENT):
            what = "are the same" if same else "differ"
            yield f"{one.name}/{name} and {two.name}/{name} {what}"
    for name in DIFFERENT:
        if name not in common:
            yield f"{name} is not in both sets"


@check("tree-apart", "tree")
def separate(tree):
    """S8: neither set refers to the other one."""
    for architecture in tree.sets:
        for name in tree.sets[architecture]:
            text = (tree.path / architecture / name).read_text()
            for other in set(tree.sets) - {architecture}:
                if re.search(rf"TemplateURL:.*\b{other}\b", text) or \
                        "../" in text:
                    yield f"{architecture}/{name} refers to {other}"
            if "Fn::ImportValue" in text or "!ImportValue" in text:
                yield f"{architecture}/{name} imports from another stack"


def refusal(template, name, value):
    """Why a template's parameter may not have this value, or ""."""
    place = template.place.at("Parameters", name)
    try:
        parameters.resolve(template.parameters[name], value, place,
                           {}.get)
    except TemplateError as error:
        return str(error)
    return ""


@check("tree-asked", "tree")
def asked(tree):
    """S13: only the key pair and the allow-list have to be given; what
    publish.sh fills in is there to be filled in."""
    for architecture, templates in tree.sets.items():
        declared = templates[MAIN].parameters
        without = {n for n, p in declared.items() if "Default" not in p}
        for name in sorted(without - ASKED - FILLED_IN):
            yield f"{architecture}: {name} has no default"
        for name in sorted(ASKED - without):
            yield f"{architecture}: {name} is not asked for"
        for name in sorted(FILLED_IN - set(declared)):
            yield f"{architecture}: no parameter {name}"


@check("tree-allow-list", "tree")
def allow_list(tree):
    """S14: the allow-list is a block of addresses, and not all of them."""
    name = "JumpServerAllowList"
    for architecture, templates in tree.sets.items():
        template = templates[MAIN]
        if name not in template.parameters:
            continue
        for value in ("0.0.0.0/0", "::/0", "198.51.100.0", "", "10.1.0.0/33",
                      "300.1.1.1/32", "0.0.0.0/1"):
            if not refusal(template, name, value):
                yield f"{architecture}: {name} may be '{value}'"
        for value in ("198.51.100.7/32", "203.0.113.0/24", "10.0.0.0/8"):
            said = refusal(template, name, value)
            if said:
                yield f"{architecture}: {said}"


# {prefix length: how many addresses are in a block of it}
BLOCKS = {length: 2 ** (32 - length) for length in range(16, 29)}


@check("tree-cidrs", "tree")
def cidrs(tree):
    """D4: a network has its first address: gwlbctl refuses others, EC2 makes
    of them what nobody has written. All sizes that a VPC may have are taken."""
    for architecture, templates in tree.sets.items():
        template = templates[MAIN]
        for name in template.parameters:
            if not name.startswith("VPC") or not name.endswith("CIDR"):
                continue
            for value, good in blocks():
                if bool(refusal(template, name, value)) == good:
                    word = "not " if good else ""
                    yield f"{architecture}: {name} may {word}be '{value}'"
                    break


def blocks():
    """(CIDR, is it one of a VPC) of all sizes, with all bits that matter."""
    start = int(ipaddress.ip_address("172.16.0.0"))
    for length, size in BLOCKS.items():
        for bit in range(16):
            block = f"{ipaddress.ip_address(start + (1 << bit))}/{length}"
            yield block, 1 << bit >= size
        for number in range(0, 65536, max(size, 256)):
            yield f"{ipaddress.ip_address(start + number)}/{length}", True
        last = ipaddress.ip_address(start + 65536 - size)
        yield f"{last}/{length}", True
        yield f"{last + size // 2}/{length}", False
    for value in ("10.1.0.0/15", "10.1.0.0/29", "10.1.0.0", "10.1.0/24", "",
                  "10.1.256.0/24", "10.01.0.0/16", "10.1.0.0/16 "):
        yield value, False


@check("tree-image", "tree")
def image(tree):
    """D5: the image's kernel stays of the series that packages were built
    for; the parameter of the "default" kernel moves on with each new one."""
    for architecture, templates in tree.sets.items():
        default = str(templates[MAIN].parameters.get("Arm64AmiId", {}).get(
            "Default"))
        if "kernel-default" in default or "/al2023-ami-kernel-" not in default:
            yield f"{architecture}: Arm64AmiId is {default}"


@check("parameters-passed")
def passed(case):
    """D4: a nested stack gets every parameter from its parent; one that it
    takes from its own default cannot be changed from outside."""
    for stack in case.expansion.stacks:
        if not stack["id"]:
            continue
        for name in stack["defaulted"]:
            yield f"{stack['id']} ({stack['template']}): {name}"


# The outputs of the original that still make sense.
OUTPUTS = ("ALBEndpoint", "JumpServerPublicIP", "LinuxAMI",
           "VPC1WebApp1PrivateIP", "VPC1WebApp2PrivateIP")


@check("outputs")
def outputs(case):
    """S28: outputs are there under the original's names; instead of the
    addresses of two appliances there is what finds those of the fleet."""
    have = case.expansion.outputs
    zones = len(case.topology["zones"])
    web = [f"VPC1WebApp{i}PrivateIP" for i in range(1, zones + 1)]
    for name in list(OUTPUTS) + web[2:]:
        if not have.get(name):
            yield f"no output {name}"
    fleet = case.topology["fleet"]["id"]
    if not any(f"@{{{fleet}}}" in str(value) for value in have.values()):
        yield "no output names the fleet"
    for instance in case.topology["instances"]:
        token = f"@{{{instance['id']}.PrivateIp}}"
        if instance["role"] == "web" and token not in have.values():
            yield f"no output has {token}"
    for number, name in enumerate(web):
        instance = [i for i in case.topology["instances"]
                    if i["role"] == "web"][number]
        if have.get(name) != f"@{{{instance['id']}.PrivateIp}}":
            yield f"{name} is {have.get(name)}"
    eips = [i["eip"] for i in case.topology["instances"]
            if i["role"] == "bastion"]
    if eips and eips[0] not in str(have.get("JumpServerPublicIP")):
        yield f"JumpServerPublicIP is {have.get('JumpServerPublicIP')}"
    alb = case.topology["alb"]["id"]
    if f"@{{{alb}.DNSName}}" not in str(have.get("ALBEndpoint")):
        yield f"ALBEndpoint is {have.get('ALBEndpoint')}"
