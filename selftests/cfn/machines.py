# SPDX-License-Identifier: GPL-2.0-only
#
# machines.py - checks of instances and of what they may do
#
# Owns and touches nothing.

"""Checks of instances, launch templates, roles and policies."""

from fleet import fleets, template_of
from reference import reference
from registry import check
from world import ACCOUNT


def bodies(case):
    """(id, what was said at launch) for each instance and for the fleet: the
    launch template's words, and the instance's own on top."""
    for one in case.of("EC2::Instance") + fleets(case):
        template = template_of(case, one)
        body = {}
        if template is not None:
            body.update(template.properties["LaunchTemplateData"])
        if one.type == "AWS::EC2::Instance":
            body.update(one.properties)
        yield one.id, body


def is_true(value):
    """CloudFormation takes both."""
    return value in (True, "true")


@check("imds")
def imds(case):
    """2.5: instances answer for their credentials by IMDSv2 only, and to
    nobody who is a hop away."""
    for name, body in bodies(case):
        options = body.get("MetadataOptions", {})
        if options.get("HttpTokens") != "required":
            yield f"{name}: HttpTokens: {options.get('HttpTokens')}"
        if str(options.get("HttpPutResponseHopLimit")) != "1":
            yield (f"{name}: HttpPutResponseHopLimit: "
                   f"{options.get('HttpPutResponseHopLimit')}")


@check("volumes")
def volumes(case):
    """2.5: every volume is encrypted gp3, and goes with its instance."""
    for name, body in bodies(case):
        mappings = body.get("BlockDeviceMappings", [])
        if not mappings:
            yield f"{name}: the image's volumes as they are"
        for mapping in mappings:
            volume = mapping.get("Ebs", {})
            where = f"{name}: {mapping.get('DeviceName')}"
            if not is_true(volume.get("Encrypted")):
                yield f"{where} is not encrypted"
            if volume.get("VolumeType") != "gp3":
                yield f"{where} is {volume.get('VolumeType')}"
            if volume.get("DeleteOnTermination", True) not in (True, "true"):
                yield f"{where} stays"


@check("one-arm")
def one_arm(case):
    """2.5: the appliance answers packets that are for itself, so the source
    and destination check stays on, for it and for all others."""
    for name, body in bodies(case):
        if not is_true(body.get("SourceDestCheck", True)):
            yield f"{name}: SourceDestCheck is off"


@check("session-manager")
def session_manager(case):
    """S17, D10: Session Manager may talk to web servers, and to appliances if
    they can talk to it: their profile's role has the managed policy, in this
    partition. The bastion has SSH and needs no role."""
    wanted = (f"arn:{case.expansion.partition}:iam::aws:policy/"
              "AmazonSSMManagedInstanceCore")
    managed = {i["id"] for i in case.topology["instances"]
               if i["role"] == "web"}
    if case.expansion.parameters["SsmEndpoints"] == "true":
        managed.add(case.topology["fleet"]["id"])
    for name, body in bodies(case):
        if name not in managed:
            if name == case.topology["fleet"]["id"]:
                yield from unmanaged(case, name, body)
            continue
        profile = body.get("IamInstanceProfile")
        if isinstance(profile, dict):
            profile = profile.get("Arn") or profile.get("Name")
        found = profile and reference(profile)
        resource = found and case.expansion.get(found.id)
        if not resource:
            yield f"{name}: no instance profile of the set"
            continue
        for role in resource.properties["Roles"]:
            policies = case.expansion.get(reference(role).id).properties.get(
                "ManagedPolicyArns", [])
            if wanted not in policies:
                yield f"{name}: {policies} without {wanted}"


def unmanaged(case, name, body):
    """Nobody could use what Session Manager's policy allows."""
    profile = case.expansion.get(
        reference(body["IamInstanceProfile"]["Arn"]).id)
    for role in profile.properties["Roles"]:
        for policy in case.expansion.get(reference(role).id).properties.get(
                "ManagedPolicyArns", []):
            yield f"{name}: {policy} without SsmEndpoints"


@check("bucket-owner")
def bucket_owner(case):
    """S25, 2.6: packages come from the account's own bucket, not from one
    that somebody else has made under its name."""
    for one, statement in statements(case):
        if "s3:GetObject" not in as_list(statement.get("Action", [])):
            continue
        owner = statement.get("Condition", {}).get("StringEquals", {}).get(
            "aws:ResourceAccount")
        if owner != ACCOUNT:
            yield f"{one.id}: s3:GetObject from account {owner}"


@check("packages-allowed")
def packages_allowed(case):
    """2.6: who is told which packages to install may have them, whatever
    image it is; nobody else may."""
    published = case.expansion.parameters["PackageSumsSha256"] != ""
    allowed = {one.id for one, statement in statements(case)
               if one.type == "AWS::IAM::Role" and
               "s3:GetObject" in as_list(statement.get("Action", []))}
    for name, body in bodies(case):
        if name != case.topology["fleet"]["id"]:
            continue
        profile = case.expansion.get(
            reference(body["IamInstanceProfile"]["Arn"]).id)
        for role in profile.properties["Roles"]:
            if (reference(role).id in allowed) != published:
                yield (f"{name}: packages are "
                       f"{'published' if published else 'none'}, "
                       f"{sorted(allowed)} may read")


@check("iam-names")
def iam_names(case):
    """2.6: roles, profiles and policies have no names of ours, so that two
    stacks can stand in one account and CAPABILITY_IAM is enough."""
    for one in case.expansion.resources:
        if one.type.startswith("AWS::IAM::"):
            for key in ("RoleName", "InstanceProfileName", "PolicyName",
                        "ManagedPolicyName", "UserName", "GroupName"):
                # An inline policy has to have one; it is its role's own.
                if key in one.properties and one.type != "AWS::IAM::Policy":
                    yield f"{one.id}: {key}"


def as_list(value):
    """A policy may say one thing or several."""
    return value if isinstance(value, list) else [value]


def statements(case):
    """(id, statement) of every policy that allows something."""
    for one in case.expansion.resources:
        documents = []
        if one.type == "AWS::IAM::Role":
            documents = [p["PolicyDocument"]
                         for p in one.properties.get("Policies", [])]
        elif "PolicyDocument" in one.properties:
            documents = [one.properties["PolicyDocument"]]
        for document in documents:
            for statement in as_list(document["Statement"]):
                if statement.get("Effect") == "Allow":
                    yield one, statement


# What may end in a wildcard: objects below a prefix, which cannot be listed
# beforehand, and a stack by its name, whose ARN ends in an id.
PREFIXED = {"s3:GetObject", "cloudformation:SignalResource"}


@check("iam-wildcards")
def iam_wildcards(case):
    """2.6: policies name actions and resources; a wildcard is for objects
    below a prefix in a bucket that is named, and for a stack's id."""
    for one, statement in statements(case):
        for key in ("NotAction", "NotResource", "NotPrincipal"):
            if key in statement:
                yield f"{one.id}: {key}"
        actions = as_list(statement.get("Action", []))
        for action in actions:
            if "*" in action:
                yield f"{one.id}: action {action}"
        for resource in as_list(statement.get("Resource", [])):
            body = resource[:-1] if set(actions) <= PREFIXED else resource
            if "*" in body or (resource.endswith("*") and
                               not body.endswith("/")):
                yield f"{one.id}: {actions} on {resource}"


@check("iam-principals")
def iam_principals(case):
    """2.6: only EC2 can take the roles on; both forms of its name are
    accepted in every partition."""
    suffix = "amazonaws.com.cn" if case.expansion.partition == "aws-cn" \
        else "amazonaws.com"
    for role in case.of("IAM::Role"):
        document = role.properties["AssumeRolePolicyDocument"]
        for statement in as_list(document["Statement"]):
            principal = statement.get("Principal", {})
            if set(principal) != {"Service"} or not \
                    set(as_list(principal["Service"])) <= \
                    {"ec2.amazonaws.com", "ec2." + suffix}:
                yield f"{role.id}: {principal}"


def strings(value):
    """Every string in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@check("partition")
def partition(case):
    """D2, S11: nothing of another partition is left after the expansion."""
    name = case.expansion.partition
    for one in case.expansion.resources:
        for text in strings(one.properties):
            for word in text.split():
                if "arn:aws" in word and f"arn:{name}:" not in word:
                    yield f"{one.id}: {word}"
                chinese = "amazonaws.com.cn" in word
                if "amazonaws.com" in word and \
                        chinese != (name == "aws-cn") and \
                        word != "ec2.amazonaws.com":
                    yield f"{one.id}: {word}"
