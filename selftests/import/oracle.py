#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What geneve-proxy did, straight from the fact sheet, section 4.1.

Knows nothing of rules: the first packet of a flow sets three answers, each of
which is None until it is given. Any False drops the flow for good, three True
pass it, both in both directions.
"""

import ipaddress

ICMP, TCP, UDP = 1, 6, 17


class Died(Exception):
    """The proxy ended: whatever it was looking at did not pass."""


class Flow:
    """Three answers, and why the last one was False."""

    def __init__(self):
        self.direction_allowed = None
        self.transport_allowed = None
        self.application_allowed = None
        self.why = None

    def allowed(self):
        answers = (self.direction_allowed, self.transport_allowed,
                   self.application_allowed)
        if False in answers:
            return False
        return True if all(answers) else None


def section_of(source):
    return "outbound" if ipaddress.ip_address(source).is_private else "inbound"


def in_lists(number, allowed, blocked):
    """Is it in the first one, if there is one, and not in the second?"""
    if allowed is not None and number not in allowed:
        return "not allowed"
    if blocked is not None and number in blocked:
        return "blocked"
    return None


def inspect(flow, config, source, protocol, port):
    section = section_of(source)
    settings = config[section]
    if settings.get("drop_all_traffic"):
        flow.direction_allowed = False
        flow.why = f"{section}: everything is dropped"
        return
    flow.direction_allowed = True

    why = in_lists(protocol, settings.get("allowed_transport_protocols"),
                   settings.get("blocked_transport_protocols"))
    if why:
        flow.transport_allowed = False
        flow.why = f"{section}: protocol {why}"
        return
    flow.transport_allowed = True

    if protocol == ICMP:
        flow.application_allowed = True
        flow.why = f"{section}: ICMP passed"
        return
    if protocol not in (TCP, UDP):
        raise Died(f"{section}: died of the protocol")
    why = in_lists(port, settings.get("allowed_application_ports"),
                   settings.get("blocked_application_ports"))
    flow.application_allowed = not why
    flow.why = f"{section}: port {why}" if why else f"{section}: passed"


def decide(config, source, protocol, port):
    """Is the flow passed that begins with this packet, and why?"""
    if ipaddress.ip_address(source).version != 4:
        return False, "IPv6"
    flow = Flow()
    try:
        inspect(flow, config, source, protocol, port)
    except Died as died:
        return False, str(died)
    return flow.allowed(), flow.why
