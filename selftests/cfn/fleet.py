# SPDX-License-Identifier: GPL-2.0-only
#
# fleet.py - checks of the appliances' fleet, and of what waits for what
#
# Owns and touches nothing.

"""Checks of the Auto Scaling group and of the order of creation."""

import re

from reference import reference
from registry import check

STACK = "AWS::CloudFormation::Stack"

# Replaced in a rolling update, an instance must not be replaced by something
# else at the same time; AWS recommends to suspend these.
SUSPENDED = {"AZRebalance", "AlarmNotification", "HealthCheck",
             "ReplaceUnhealthy", "ScheduledActions"}


def seconds(duration):
    """The seconds of an ISO 8601 duration in hours, minutes, seconds."""
    match = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", duration)
    if not match:
        return 0
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def fleets(case):
    """The Auto Scaling groups."""
    return case.of("AutoScaling::AutoScalingGroup")


def template_of(case, resource):
    """The launch template of a group or an instance, or None."""
    named = resource.properties.get("LaunchTemplate", {})
    found = reference(named.get("LaunchTemplateId"))
    return case.expansion.get(found.id) if found else None


@check("fleet-size")
def size(case):
    """2.5: FleetSize appliances, over the appliance subnets of all zones,
    and room for one more while they are replaced."""
    wanted = int(case.expansion.parameters["FleetSize"])
    for fleet in fleets(case):
        have = fleet.properties
        least, most = int(have["MinSize"]), int(have["MaxSize"])
        if least != wanted or most <= wanted:
            yield f"{fleet.id}: {least} to {most}, FleetSize is {wanted}"
        if int(have.get("DesiredCapacity", least)) != wanted:
            yield f"{fleet.id}: DesiredCapacity {have['DesiredCapacity']}"
    if len(fleets(case)) != 1:
        yield f"{len(fleets(case))} Auto Scaling groups"
    zones = len(case.topology["zones"])
    if len(case.topology["fleet"]["subnets"]) != zones:
        yield f"{case.topology['fleet']['subnets']} in {zones} zones"


@check("fleet-signals")
def signals(case):
    """D7, 2.5: the stack waits for every appliance's own word that it works,
    when it is created and when appliances are replaced."""
    count = int(case.expansion.parameters["FleetSize"])
    for fleet in fleets(case):
        signal = fleet.attributes.get("CreationPolicy", {}).get(
            "ResourceSignal", {})
        if int(signal.get("Count", 0)) != count:
            yield f"{fleet.id}: waits for {signal.get('Count')} signals"
        if not 300 <= seconds(signal.get("Timeout", "")) <= 3600:
            yield f"{fleet.id}: waits {signal.get('Timeout')}"
        update = fleet.attributes.get("UpdatePolicy", {}).get(
            "AutoScalingRollingUpdate", {})
        if str(update.get("WaitOnResourceSignals")).lower() != "true":
            yield f"{fleet.id}: a rolling update does not wait for signals"
        if seconds(update.get("PauseTime", "")) < 300:
            yield f"{fleet.id}: a rolling update waits too short"
        if int(update.get("MinInstancesInService", 0)) < min(count, 1):
            yield f"{fleet.id}: a rolling update leaves nobody in service"
        missing = SUSPENDED - set(update.get("SuspendProcesses", []))
        if missing:
            yield f"{fleet.id}: not suspended: {sorted(missing)}"


@check("fleet-health")
def health(case):
    """2.5: an appliance that the load balancer finds dead is replaced, but
    not before it had the time to start: what it may take to signal."""
    groups = [g.id for g in case.of("ElasticLoadBalancingV2::TargetGroup")
              if g.properties.get("Protocol") == "GENEVE"]
    for fleet in fleets(case):
        have = fleet.properties
        if have.get("HealthCheckType") != "ELB":
            yield f"{fleet.id}: health by {have.get('HealthCheckType')}"
        grace = int(have.get("HealthCheckGracePeriod", 0))
        signal = fleet.attributes.get("CreationPolicy", {}).get(
            "ResourceSignal", {})
        if grace < seconds(signal.get("Timeout", "")):
            yield f"{fleet.id}: grace {grace}"
        arns = [reference(a) for a in have.get("TargetGroupARNs", [])]
        if [a and a.id for a in arns] != groups:
            yield f"{fleet.id}: registers with {have.get('TargetGroupARNs')}"


@check("fleet-hook")
def hook(case):
    """2.5: an appliance that is taken away stays until the connections that
    it carries had the deregistration delay to end."""
    delay = int(case.topology["targets"]["deregistration_delay"])
    for fleet in fleets(case):
        hooks = list(fleet.properties.get("LifecycleHookSpecificationList",
                                          []))
        for other in case.of("AutoScaling::LifecycleHook"):
            name = reference(other.properties.get("AutoScalingGroupName"))
            if name and name.id == fleet.id:
                hooks.append(other.properties)
        found = [h for h in hooks if h.get("LifecycleTransition") ==
                 "autoscaling:EC2_INSTANCE_TERMINATING"]
        if len(found) != 1:
            yield f"{fleet.id}: {len(found)} hooks for termination"
        for one in found:
            if int(one.get("HeartbeatTimeout", 0)) <= delay:
                yield (f"{fleet.id}: goes after {one.get('HeartbeatTimeout')}"
                       f" s, the deregistration delay is {delay} s")
            if one.get("DefaultResult", "ABANDON") != "CONTINUE":
                yield f"{fleet.id}: a hook that abandons"


def needs(case):
    """{id: all ids that have to stand before}, through nested stacks.

    Whoever needs a stack needs all that is in it; who is in a stack needs all
    that the stack needs.
    """
    resources = {r.id: r for r in case.expansion.resources}
    inside = {}
    for one in resources.values():
        stack = one.stack
        while stack:
            inside.setdefault(stack, []).append(one.id)
            stack = resources[stack].stack
    known = {}

    def visit(identity):
        if identity not in known:
            known[identity] = set()
            one = resources[identity]
            direct = set(one.depends_on) | set(one.uses)
            if one.stack:
                known[identity] |= visit(one.stack)
            for other in direct:
                known[identity] |= {other} | visit(other)
                if resources[other].type == STACK:
                    for member in inside.get(other, []):
                        known[identity] |= {member} | visit(member)
        return known[identity]

    for identity in resources:
        visit(identity)
    return known


@check("web-one-by-one")
def one_by_one(case):
    """S18: web servers are made, and replaced, one after the other."""
    known = needs(case)
    web = [i["id"] for i in case.topology["instances"] if i["role"] == "web"]
    for before, after in zip(web, web[1:]):
        if before not in known[after]:
            yield f"{after} does not wait for {before}"


@check("order")
def order(case):
    """2.2, 2.5, D11: web servers start when their way is there: routes,
    endpoints and appliances that have signalled; appliances when somebody
    asks for their health, and they can fetch packages and signal; what has a
    public address when there is an Internet gateway."""
    known = needs(case)

    def late(resource, kinds):
        for kind in kinds:
            for other in case.of(kind):
                if other.id not in known[resource]:
                    yield f"{resource} does not wait for {other.id}"

    for instance in case.topology["instances"]:
        if instance["role"] == "web":
            yield from late(instance["id"], (
                "EC2::Route", "AutoScaling::AutoScalingGroup",
                "EC2::SubnetRouteTableAssociation"))
    gateway = [x.id for x in case.of("ElasticLoadBalancingV2::Listener")
               if reference(x.properties["LoadBalancerArn"]).id ==
               case.topology["gwlb"]["id"]]
    for fleet in fleets(case):
        for listener in gateway:
            if listener not in known[fleet.id]:
                yield f"{fleet.id} does not wait for {listener}"
        for endpoint in case.of("EC2::VPCEndpoint"):
            name = endpoint.properties["ServiceName"]
            if name.endswith((".s3", ".cloudformation")) and \
                    endpoint.id not in known[fleet.id]:
                yield f"{fleet.id} does not wait for {endpoint.id}"
    outer = {s["id"]: s["vpc"] for s in case.topology["subnets"]}[
        case.topology["alb"]["subnets"][0]]
    for one in case.of("EC2::EIP") + [
            r for r in case.of("EC2::Route") if "GatewayId" in r.properties]:
        for other in case.of("EC2::VPCGatewayAttachment"):
            if reference(other.properties["VpcId"]).id == outer and \
                    other.id not in known[one.id]:
                yield f"{one.id} does not wait for {other.id}"
