# SPDX-License-Identifier: GPL-2.0-only
"""Where a topology's subnets go in the picture, and what each one shows.

Owns rows, contents and the text of route tables. Touches nothing.
"""
import ipaddress

from template import Place

ROWS = ("public", "app", "endpoint", "gwlb", "appliance")
# The size of what stands for a thing in a subnet, and the room between two.
CHIP = (102, 38)
BETWEEN = 6
LINE = 16


class Layout:
    """What is where: subnets by row and zone, chips by what they stand for."""

    def __init__(self, topology):
        self.topology = topology
        self.zones = topology["zones"]
        self.subnets = {one["id"]: one for one in topology["subnets"]}
        self.tables = {one["id"]: one for one in topology["tables"]}
        self.chips = {}
        # by row: the middle of the free space that follows it
        self.below = {}
        self.rows = {row: {} for row in ROWS}
        for one in topology["subnets"]:
            row = self.row_of(one["id"])
            if one["zone"] in self.rows[row]:
                Place(one["id"]).fail(f"a second {row} subnet of its zone")
            self.rows[row][one["zone"]] = one
        for row, found in self.rows.items():
            if sorted(found) != self.zones:
                Place(row).fail("not one subnet in each zone")

    def row_of(self, subnet):
        """The row of a subnet, by what is in it."""
        topology = self.topology
        holds = {
            "endpoint": [one["subnet"] for one in topology["endpoints"]],
            "public": topology["alb"]["subnets"]
            + [one["subnet"] for one in topology["nats"]],
            "gwlb": topology["gwlb"]["subnets"],
            "appliance": topology["fleet"]["subnets"],
            "app": [one["subnet"] for one in topology["instances"]
                    if one["role"] == "web"],
        }
        for row, subnets in holds.items():
            if subnet in subnets:
                return row
        Place(subnet).fail("a subnet with nothing in it")

    def routes(self, subnet):
        """The lines of a subnet's route table: destination and target."""
        vpc = next(one for one in self.topology["vpcs"]
                   if one["id"] == subnet["vpc"])
        table = self.tables[subnet["table"]]
        # the most specific first, each kind by its addresses
        lines = [(one["to"], self.name_of(one)) for one in table["routes"]]
        lines.append((vpc["cidr"], "local"))
        lines.sort(key=lambda line: order(line[0]))
        # AWS adds these itself, to a list of addresses that it keeps
        return [(short(one["service"]) + " (prefix list)", "VPC endpoint")
                for one in self.topology["access"]
                if table["id"] in one["tables"]] + lines

    def name_of(self, route):
        """What a route's target is called."""
        if route["kind"] == "igw":
            return "IGW"
        for one in self.topology["nats"] + self.topology["endpoints"]:
            if one["id"] == route["target"]:
                return one["name"]
        return route["target"].rsplit("/", 1)[-1] or route["kind"]

    def contents(self, row, subnet):
        """(key, column, name, detail) of what a subnet holds."""
        topology, identity = self.topology, subnet["id"]
        if identity in topology["alb"]["subnets"]:
            yield (("alb", identity), 0, "ALB node",
                   f"port {topology['alb']['port']}")
        for one in topology["nats"]:
            if one["subnet"] == identity:
                yield one["id"], 2, "NAT gateway", one["name"] + ", EIP"
        services = [short(one["service"]) for one in topology["access"]
                    if identity in one["subnets"]]
        if services:
            # where no arrow runs
            column = {"appliance": 2, "endpoint": 0}.get(row, 1)
            yield (("access", identity), column, "VPC endpoints",
                   count(len(services), "service"))
        for one in topology["instances"]:
            if one["subnet"] == identity:
                detail = "EIP" if one["eip"] else \
                    f"port {topology['alb']['target_port']}"
                yield one["id"], 1, one["name"], detail
        for one in topology["endpoints"]:
            if one["subnet"] == identity:
                yield one["id"], None, "GWLB endpoint", one["name"]
        if identity in topology["gwlb"]["subnets"]:
            yield (("gwlb", identity), 1, "GWLB node",
                   f"UDP {topology['targets']['port']}")
        if identity in topology["fleet"]["subnets"]:
            yield (("fleet", identity), 1, "appliance", self.share(identity))

    def share(self, subnet):
        """How many appliances of the fleet a subnet gets."""
        fleet = self.topology["fleet"]
        whole, rest = divmod(fleet["size"], len(fleet["subnets"]))
        own = whole + (fleet["subnets"].index(subnet) < rest)
        return f"fleet: {own} of {fleet['size']}"

    def height(self, row):
        """The height of a row's boxes: enough for the longest table."""
        longest = max(len(self.routes(one))
                      for one in self.rows[row].values())
        stacked = max(of for one in self.rows[row].values()
                      for _, of in levels([column for _, column, _, _ in
                                           self.contents(row, one)]))
        return max(46 + LINE * longest,
                   14 + (CHIP[1] + BETWEEN) * stacked)


def levels(columns):
    """(level, of how many) for each chip of a subnet, by their columns.

    Those of a column are one below the other, and all are below one that
    takes the whole width, whose column is None.
    """
    wide = columns.count(None)
    deepest = max((columns.count(one) for one in columns if one is not None),
                  default=0)
    seen = {}
    result = []
    for column in columns:
        level = seen.get(column, 0)
        seen[column] = level + 1
        if column is None:
            result.append((level, wide + deepest))
        else:
            result.append((wide + level, wide + columns.count(column)))
    return result


def order(cidr):
    """Where a destination comes in a table: as a lookup would find it."""
    network = ipaddress.ip_network(cidr)
    return -network.prefixlen, int(network.network_address)


def short(service):
    """The last word of a service's name."""
    return service.rsplit(".", 1)[-1]


def count(number, what):
    """So many of something."""
    return f"{number} {what}" + ("s" if number != 1 else "")
