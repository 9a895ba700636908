# SPDX-License-Identifier: GPL-2.0-only
"""The way of a packet through a topology, for the picture.

Owns the two ways that are drawn, each found by looking up routes: from a
client to a web server, and from a web server to the Internet. Touches nothing.
"""
import ipaddress

from template import Place


def lookup(topology, subnet, address):
    """(kind, target) of the most specific route out of a subnet."""
    table = next(one for one in topology["tables"]
                 if one["id"] == subnet["table"])
    vpc = next(one for one in topology["vpcs"] if one["id"] == subnet["vpc"])
    routes = [(vpc["cidr"], "local", "")]
    routes += [(one["to"], one["kind"], one["target"])
               for one in table["routes"]]
    fitting = [(ipaddress.ip_network(to).prefixlen, kind, target)
               for to, kind, target in routes
               if address in ipaddress.ip_network(to)]
    if not fitting:
        Place(subnet["id"]).fail(f"no route to {address}")
    return max(fitting)[1:]


def subnet_of(topology, identity):
    """A subnet by its id."""
    return next(one for one in topology["subnets"] if one["id"] == identity)


def some_address(subnet):
    """An address of a subnet that a machine could have."""
    return ipaddress.ip_network(subnet["cidr"])[10]


def by_endpoint(topology, subnet, address):
    """The endpoint that a packet takes; it has to take one."""
    kind, target = lookup(topology, subnet, address)
    if kind != "endpoint":
        Place(subnet["id"]).fail(f"the way to {address} is not inspected")
    return next(one for one in topology["endpoints"] if one["id"] == target)


def balancer_node(topology, endpoint):
    """The load balancer's subnet in an endpoint's zone."""
    zone = subnet_of(topology, endpoint["subnet"])["zone"]
    for one in topology["gwlb"]["subnets"]:
        if subnet_of(topology, one)["zone"] == zone:
            return one
    Place(endpoint["id"]).fail("the load balancer has no node in its zone")


def appliance_of(topology, node):
    """The fleet's subnet in the zone of a load balancer's node."""
    zone = subnet_of(topology, node)["zone"]
    for one in topology["fleet"]["subnets"]:
        if subnet_of(topology, one)["zone"] == zone:
            return one
    Place(node).fail("the fleet has no subnet in its zone")


def inspection(topology, endpoint):
    """What lies between an endpoint's two sides."""
    node = balancer_node(topology, endpoint)
    return {"endpoint": endpoint, "node": node,
            "appliance": appliance_of(topology, node)}


def inbound(topology, web):
    """From a client by the load balancer's node in a web server's zone.

    Refuses a topology whose replies go another way.
    """
    inside = subnet_of(topology, web["subnet"])
    nodes = [subnet_of(topology, one) for one in topology["alb"]["subnets"]]
    outside = next((one for one in nodes if one["zone"] == inside["zone"]),
                   None)
    if not outside:
        Place(web["id"]).fail("the ALB has no node in its zone")
    endpoint = by_endpoint(topology, outside, some_address(inside))
    back = by_endpoint(topology, inside, some_address(outside))
    if back != endpoint:
        Place(web["id"]).fail(f"requests come by {endpoint['name']}, "
                              f"replies go by {back['name']}")
    if lookup(topology, subnet_of(topology, endpoint["subnet"]),
              some_address(inside))[0] != "local":
        Place(endpoint["id"]).fail(f"has no way to {web['name']}")
    return {"alb": outside["id"], "web": web,
            **inspection(topology, endpoint)}


def outbound(topology, web):
    """From a web server to the Internet."""
    world = ipaddress.ip_address("203.0.113.1")
    inside = subnet_of(topology, web["subnet"])
    endpoint = by_endpoint(topology, inside, world)
    kind, target = lookup(topology,
                          subnet_of(topology, endpoint["subnet"]), world)
    if kind != "nat":
        Place(endpoint["id"]).fail("does not send to a NAT gateway")
    nat = next(one for one in topology["nats"] if one["id"] == target)
    public = subnet_of(topology, nat["subnet"])
    if lookup(topology, public, world)[0] != "igw":
        Place(nat["id"]).fail("has no way to the Internet")
    back = by_endpoint(topology, public, some_address(inside))
    if back != endpoint:
        Place(web["id"]).fail(f"goes out by {endpoint['name']}, "
                              f"replies come by {back['name']}")
    return {"web": web, "nat": nat, **inspection(topology, endpoint)}
