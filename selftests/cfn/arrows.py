# SPDX-License-Identifier: GPL-2.0-only
"""The arrows of the picture, and what their numbers mean.

Owns the two ways that are drawn: in (from a client) and out (to the
Internet). The ways themselves are way.py's.
"""
from layout import CHIP, short
from template import Place, TemplateError
from way import by_endpoint, some_address, subnet_of

IN, OUT = "#b8480d", "#1659a8"


class Ways:
    """The arrows of the two ways, numbered."""

    def __init__(self, picture, layout, gate, world):
        self.picture = picture
        self.chips = layout.chips
        self.below = layout.below
        self.gate = gate
        self.world = world

    def chip(self, key):
        """(middle, top, bottom) of a chip."""
        if key not in self.chips:
            Place(str(key)).fail("is not where an arrow needs it")
        x, y, width = self.chips[key]
        return x + width // 2, y, y + CHIP[1]

    def leg(self, number, line, points):
        """One arrow with its number, a little before its head."""
        self.picture.arrow(points, line)
        (x1, y1), (x2, y2) = points[-2:]
        if len(points) > 2:
            # on the part that runs across, where nothing else is
            (x1, y1), (x2, y2) = points[-3:-1]
            self.picture.step((x1 + x2) // 2, y1, number, line)
        else:
            self.picture.step(x2, y2 + (22 if y2 < y1 else -22), number,
                              line)

    def around(self, way, number, line):
        """Endpoint to node to appliance and back: four arrows."""
        _, _, above = self.chip(way["endpoint"]["id"])
        middle, top, bottom = self.chip(("gwlb", way["node"]))
        _, below, _ = self.chip(("fleet", way["appliance"]))
        down, up = middle - 18, middle + 18
        self.leg(number, line, [(down, above), (down, top)])
        self.leg(number + 1, line, [(down, bottom), (down, below)])
        self.leg(number + 2, line, [(up, below), (up, bottom)])
        self.leg(number + 3, line, [(up, top), (up, above)])
        self.picture.text(up + 14, self.below["endpoint"] + 4,
                          "PrivateLink", 10, fill=line)
        self.picture.text(up + 14, self.below["gwlb"] + 4, "Geneve", 10,
                          fill=line)

    def draw_in(self, way):
        """From a client to a web server."""
        alb, alb_top, alb_bottom = self.chip(("alb", way["alb"]))
        _, top, _ = self.chip(way["endpoint"]["id"])
        web, _, web_bottom = self.chip(way["web"]["id"])
        x, bus = self.gate[0] - 20, self.gate[2] + 12
        self.picture.arrow([(x, self.world), (x, self.gate[1])], IN)
        self.leg(1, IN, [(x, self.gate[2]), (x, bus), (alb, bus),
                         (alb, alb_top)])
        self.leg(2, IN, [(alb, alb_bottom), (alb, top)])
        self.around(way, 3, IN)
        self.leg(7, IN, [(web, top), (web, web_bottom)])

    def draw_out(self, way):
        """From a web server to the Internet."""
        nat, nat_top, nat_bottom = self.chip(way["nat"]["id"])
        _, top, _ = self.chip(way["endpoint"]["id"])
        web, _, web_bottom = self.chip(way["web"]["id"])
        x, bus = self.gate[0] + 20, self.gate[2] + 12
        self.leg(1, OUT, [(web, web_bottom), (web, top)])
        self.around(way, 2, OUT)
        self.leg(6, OUT, [(nat, top), (nat, nat_bottom)])
        self.leg(7, OUT, [(nat, nat_top), (nat, bus), (x, bus),
                          (x, self.gate[2])])
        self.picture.arrow([(x, self.gate[1]), (x, self.world)], OUT)


def middle_steps():
    """What happens between an endpoint's two sides, in both ways."""
    return [
        "The endpoint hands it to the Gateway Load Balancer",
        "A node wraps it in Geneve for an appliance",
        "The appliance inspects it and sends it back",
        "The node unwraps it: it is at the endpoint again",
    ]


def steps_in(topology, way):
    """What the numbers on the way in mean."""
    inside = subnet_of(topology, way["web"]["subnet"])
    outside = subnet_of(topology, way["alb"])
    return [
        f"In: a client asks for {way['web']['name']}",
        "It connects to a node of the load balancer (ALB)",
        f"Subnet {outside['name']} routes {inside['cidr']} to "
        f"{way['endpoint']['name']}",
        *middle_steps(),
        f"From there, {way['web']['name']} is local",
    ]


def steps_out(topology, way):
    """What the numbers on the way out mean."""
    inside = subnet_of(topology, way["web"]["subnet"])
    between = subnet_of(topology, way["endpoint"]["subnet"])
    return [
        f"Out: {way['web']['name']} asks for something",
        f"Subnet {inside['name']} routes it to {way['endpoint']['name']}",
        *middle_steps(),
        f"Subnet {between['name']} routes it to {way['nat']['name']}",
        "That sends it on with its EIP as source",
    ]


def crosses_by_own(topology, webs):
    """Does a packet between zones take the ALB node's endpoint, always?"""
    for web in webs:
        inside = subnet_of(topology, web["subnet"])
        for one in topology["alb"]["subnets"]:
            node = subnet_of(topology, one)
            try:
                there = by_endpoint(topology, node, some_address(inside))
                back = by_endpoint(topology, inside, some_address(node))
            except TemplateError:
                return False
            own = subnet_of(topology, there["subnet"])["zone"]
            if there != back or own != node["zone"]:
                return False
    return True


def notes(topology, webs):
    """What the arrows do not show, as paragraphs of lines."""
    result = [["Replies take the same way back, by the same endpoint."]]
    if crosses_by_own(topology, webs):
        result.append(["Between an ALB node and a web server of another",
                       "zone, it is the endpoint in the node's zone."])
    if topology["gwlb"]["cross_zone"]:
        result.append(["A node of the Gateway Load Balancer may use any",
                       "appliance: cross-zone load balancing is on."])
    else:
        result.append(["A node uses the appliances of its own zone only:",
                       "cross-zone load balancing is off."])
    services = sorted({short(one["service"]) for one in topology["access"]
                       if one["kind"] == "Interface"})
    if services:
        result.append(["VPC endpoints are for services of AWS:"]
                      + [", ".join(services[index:index + 4])
                         for index in range(0, len(services), 4)])
    return result
