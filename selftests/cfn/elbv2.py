# SPDX-License-Identifier: GPL-2.0-only
#
# elbv2.py - checks of load balancers, target groups and listeners
#
# Owns and touches nothing. The tables of attributes are AWS's API reference
# (LoadBalancerAttribute, TargetGroupAttribute, ListenerAttribute): neither
# cfn-lint nor cloudformation-validate knows them, and a wrong one fails a
# deployment only when half of it stands.

"""Checks of Elastic Load Balancing."""

import re

from reference import reference
from registry import check

BOOLEAN = r"true|false"


class Between:
    """A number in a range, as text."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def fits(self, text):
        """Is it one, without a sign or leading zeros?"""
        return (re.fullmatch(r"0|[1-9]\d*", text) is not None and
                self.low <= int(text) <= self.high)

    def __str__(self):
        return f"{self.low}-{self.high}"


# {kind of load balancer: {attribute: regular expression or range}}
LOAD_BALANCER = {
    "gateway": {
        "deletion_protection.enabled": BOOLEAN,
        "load_balancing.cross_zone.enabled": BOOLEAN,
    },
    "application": {
        "access_logs.s3.bucket": r".*",
        "access_logs.s3.enabled": BOOLEAN,
        "access_logs.s3.prefix": r".*",
        "client_keep_alive.seconds": Between(60, 604800),
        "connection_logs.s3.bucket": r".*",
        "connection_logs.s3.enabled": BOOLEAN,
        "connection_logs.s3.prefix": r".*",
        "deletion_protection.enabled": BOOLEAN,
        "idle_timeout.timeout_seconds": Between(1, 4000),
        "ipv6.deny_all_igw_traffic": BOOLEAN,
        # It cannot be switched off for an application load balancer.
        "load_balancing.cross_zone.enabled": r"true",
        "routing.http.desync_mitigation_mode":
            r"monitor|defensive|strictest",
        "routing.http.drop_invalid_header_fields.enabled": BOOLEAN,
        "routing.http.preserve_host_header.enabled": BOOLEAN,
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": BOOLEAN,
        "routing.http.xff_client_port.enabled": BOOLEAN,
        "routing.http.xff_header_processing.mode": r"append|preserve|remove",
        "routing.http2.enabled": BOOLEAN,
        "waf.fail_open.enabled": BOOLEAN,
        "zonal_shift.config.enabled": BOOLEAN,
    },
}

MINIMUM = r"off|[1-9]\d*"
PERCENT = r"off|[1-9]\d?|100"

TARGET_GROUP = {
    "gateway": {
        "deregistration_delay.timeout_seconds": Between(0, 3600),
        "stickiness.enabled": BOOLEAN,
        "stickiness.type": r"source_ip_dest_ip(_proto)?",
        "target_failover.on_deregistration": r"(no_)?rebalance",
        "target_failover.on_unhealthy": r"(no_)?rebalance",
    },
    "application": {
        "deregistration_delay.timeout_seconds": Between(0, 3600),
        "load_balancing.algorithm.anomaly_mitigation": r"on|off",
        "load_balancing.algorithm.type":
            r"round_robin|least_outstanding_requests|weighted_random",
        "load_balancing.cross_zone.enabled":
            BOOLEAN + r"|use_load_balancer_configuration",
        "slow_start.duration_seconds": Between(0, 900),
        "stickiness.app_cookie.cookie_name": r"[^\s;,=]+",
        "stickiness.app_cookie.duration_seconds": Between(1, 604800),
        "stickiness.enabled": BOOLEAN,
        "stickiness.lb_cookie.duration_seconds": Between(1, 604800),
        "stickiness.type": r"lb_cookie|app_cookie",
        "target_group_health.dns_failover.minimum_healthy_targets.count":
            MINIMUM,
        "target_group_health.dns_failover.minimum_healthy_targets.percentage":
            PERCENT,
        "target_group_health.unhealthy_state_routing."
        "minimum_healthy_targets.count": r"[1-9]\d*",
        "target_group_health.unhealthy_state_routing."
        "minimum_healthy_targets.percentage": PERCENT,
    },
}

LISTENER = {
    "gateway": {
        "send_tcp_reset.on_idle_timeout.enabled": BOOLEAN,
        "tcp.idle_timeout.seconds": Between(60, 6000),
    },
    "application": {
        "routing.http.response.server.enabled": BOOLEAN,
    },
}


def fits(pattern, value):
    """Does a value fit a regular expression, or lie in a range?"""
    if isinstance(pattern, Between):
        return pattern.fits(value)
    return re.fullmatch(pattern, value) is not None


def kind_of_balancer(balancer):
    """ "application" is what AWS takes if nothing is said."""
    return balancer.properties.get("Type", "application")


def kind_of_group(group):
    """A target group belongs to the kind that speaks its protocol."""
    if group.properties.get("Protocol") == "GENEVE":
        return "gateway"
    return "application"


def balancer_of(case, listener):
    """The load balancer that a listener belongs to, or None."""
    found = reference(listener.properties.get("LoadBalancerArn"))
    return case.expansion.get(found.id) if found else None


def attributes(resource, name):
    """What a list of keys and values says, as pairs."""
    return [(item.get("Key"), item.get("Value"))
            for item in resource.properties.get(name, [])]


def complaints(resource, name, known):
    """An attribute has to be known, given once, a string, and allowed."""
    seen = set()
    for key, value in attributes(resource, name):
        where = f"{resource.id}: attribute {key}"
        if key in seen:
            yield f"{where} is given twice"
        seen.add(key)
        if key not in known:
            yield f"{where} is unknown here"
        elif not isinstance(value, str):
            yield f"{where}: {value!r} is no string"
        elif not fits(known[key], value):
            yield f"{where}: '{value}' is not {known[key]}"


@check("elbv2-attributes")
def known_attributes(case):
    """2.4, D13: attributes are known for the kind of load balancer, with
    strings as values, within AWS's limits."""
    for balancer in case.of("ElasticLoadBalancingV2::LoadBalancer"):
        known = LOAD_BALANCER.get(kind_of_balancer(balancer), {})
        yield from complaints(balancer, "LoadBalancerAttributes", known)
    for group in case.of("ElasticLoadBalancingV2::TargetGroup"):
        known = TARGET_GROUP[kind_of_group(group)]
        yield from complaints(group, "TargetGroupAttributes", known)
    for listener in case.of("ElasticLoadBalancingV2::Listener"):
        balancer = balancer_of(case, listener)
        if balancer is None:
            yield f"{listener.id}: of no load balancer of the set"
            continue
        known = LISTENER.get(kind_of_balancer(balancer), {})
        yield from complaints(listener, "ListenerAttributes", known)


def gateway_groups(case):
    """The target groups of appliances."""
    return [group for group in case.of("ElasticLoadBalancingV2::TargetGroup")
            if kind_of_group(group) == "gateway"]


@check("gwlb-health")
def gateway_health(case):
    """D5, 2.4: the appliances' health is what gwlb-healthd answers on
    HealthPort, by HTTP; no port of another service answers for it."""
    wanted = case.expansion.parameters.get("HealthPort")
    for group in gateway_groups(case):
        have = group.properties
        port = str(have.get("HealthCheckPort"))
        if have.get("HealthCheckProtocol") != "HTTP":
            yield f"{group.id}: health by {have.get('HealthCheckProtocol')}"
        if port != wanted or port in ("22", "80", "traffic-port"):
            yield f"{group.id}: health on port {port}, not on {wanted}"
        if have.get("HealthCheckPath") != "/":
            yield f"{group.id}: health at {have.get('HealthCheckPath')}"
        interval = int(have.get("HealthCheckIntervalSeconds", 0))
        timeout = int(have.get("HealthCheckTimeoutSeconds", 0))
        if interval < 5 or not 2 <= timeout < interval:
            yield (f"{group.id}: health every {interval} s with a timeout "
                   f"of {timeout} s")
        for name in ("HealthyThresholdCount", "UnhealthyThresholdCount"):
            if not 2 <= int(have.get(name, 0)) <= 10:
                yield f"{group.id}: {name} is {have.get(name)}"


@check("gwlb-failover")
def gateway_failover(case):
    """D6, finding 2: flows of a dead appliance go to another one; both
    attributes have to be equal, or AWS refuses them."""
    for group in gateway_groups(case):
        have = dict(attributes(group, "TargetGroupAttributes"))
        for name in ("on_deregistration", "on_unhealthy"):
            value = have.get("target_failover." + name)
            if value != "rebalance":
                yield f"{group.id}: target_failover.{name} is {value}"


@check("gwlb-stickiness")
def gateway_stickiness(case):
    """2.4: all five parts of the key choose the appliance, unless the
    parameter says otherwise; a type without "enabled" does nothing."""
    for group in gateway_groups(case):
        have = dict(attributes(group, "TargetGroupAttributes"))
        wanted = case.expansion.parameters.get("GwlbStickiness", "")
        wanted = "" if wanted == "5-tuple" else wanted
        kind = have.get("stickiness.type", "")
        on = have.get("stickiness.enabled", "false") == "true"
        if on != bool(wanted) or (on and kind != wanted):
            yield (f"{group.id}: stickiness is '{kind}', enabled: {on}; "
                   f"asked for '{wanted}'")


@check("gwlb-cross-zone")
def gateway_cross_zone(case):
    """2.3: cross-zone is what the parameter says, by default on."""
    wanted = case.values.get("GwlbCrossZone", "true")
    for balancer in case.of("ElasticLoadBalancingV2::LoadBalancer"):
        if kind_of_balancer(balancer) == "gateway":
            have = dict(attributes(balancer, "LoadBalancerAttributes"))
            value = have.get("load_balancing.cross_zone.enabled")
            if value != wanted:
                yield f"{balancer.id}: cross-zone is {value}, not {wanted}"


@check("gwlb-listener")
def gateway_listener(case):
    """2.1: there is one GWLB; its listener has neither port nor protocol and
    forwards to GENEVE 6081, to instances that the fleet registers."""
    balancers = [b for b in case.of("ElasticLoadBalancingV2::LoadBalancer")
                 if kind_of_balancer(b) == "gateway"]
    if len(balancers) != 1:
        yield f"{len(balancers)} Gateway Load Balancers"
    groups = gateway_groups(case)
    if len(groups) != 1:
        yield f"{len(groups)} target groups with GENEVE"
    for group in groups:
        if str(group.properties.get("Port")) != "6081":
            yield f"{group.id}: port {group.properties.get('Port')}"
        if group.properties.get("TargetType") != "instance":
            yield f"{group.id}: targets: {group.properties.get('TargetType')}"
    found = 0
    for listener in case.of("ElasticLoadBalancingV2::Listener"):
        if balancer_of(case, listener) not in balancers:
            continue
        found += 1
        for name in ("Port", "Protocol"):
            if name in listener.properties:
                yield f"{listener.id}: a GWLB's listener has no {name}"
        targets = [action.get("TargetGroupArn")
                   for action in listener.properties["DefaultActions"]]
        if [reference(t).id for t in targets] != [g.id for g in groups]:
            yield f"{listener.id}: forwards to {targets}"
    if found != len(balancers):
        yield f"{found} listeners of a Gateway Load Balancer"


@check("alb-targets")
def alb_targets(case):
    """S5, S18: one internet-facing ALB, by HTTP on AlbListenerPort, in front
    of every web server, taking turns."""
    topology = case.topology["alb"]
    port = case.expansion.parameters.get("AlbListenerPort")
    for balancer in case.of("ElasticLoadBalancingV2::LoadBalancer"):
        if kind_of_balancer(balancer) == "application":
            if balancer.properties.get("Scheme") != "internet-facing":
                yield f"{balancer.id}: not internet-facing"
    if str(topology["port"]) != port:
        yield f"{topology['id']}: listens on {topology['port']}, not {port}"
    web = [i["id"] for i in case.topology["instances"] if i["role"] == "web"]
    if sorted(topology["targets"]) != sorted(web):
        yield f"{topology['id']}: targets {topology['targets']}, not {web}"
    zones = len(case.topology["zones"])
    if len(web) != zones or len(topology["subnets"]) != zones:
        yield (f"{len(web)} web servers and {len(topology['subnets'])} ALB "
               f"nodes in {zones} zones")
    for group in case.of("ElasticLoadBalancingV2::TargetGroup"):
        have = dict(attributes(group, "TargetGroupAttributes"))
        if kind_of_group(group) == "application" and (
                have.get("stickiness.enabled", "false") != "false" or
                have.get("load_balancing.algorithm.type", "round_robin") !=
                "round_robin"):
            yield f"{group.id}: web servers would not take turns"
