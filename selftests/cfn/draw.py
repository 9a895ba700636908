#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draws an architecture from its topology: docs/ARCHITECTURE.svg.

Owns where things are in the picture. Each subnet is a box with what is in it
and its route table; the arrows are found by looking routes up (way.py), not by
knowing the design. Writes to stdout only.
"""
import argparse
import sys
from pathlib import Path

from arrows import IN, OUT, Ways, notes, steps_in, steps_out
from layout import BETWEEN, CHIP, LINE, ROWS, Layout, levels
from svg import INK, QUIET, Picture
from template import TemplateError
from topology import load
from way import inbound, outbound

ARCHITECTURES = {
    "single-vpc": "Single VPC",
    "separated-vpc": "Separated VPCs",
}
DOCS = Path(__file__).resolve().parents[2] / "docs"

MARGIN = 16
PAD = 12
# In a subnet's box: three columns for what is in it, then its route table.
# Arrows run in the outer columns past rows that hold nothing there.
COLUMNS = tuple(8 + column * (CHIP[0] + BETWEEN) for column in range(3))
TABLE_AT = COLUMNS[2] + CHIP[0] + 14
TABLE = 208
SUBNET = TABLE_AT + TABLE
ZONE = SUBNET + 2 * PAD
GAP = 34
# Where the box of the Internet ends, and where the first VPC begins.
WORLD, TOP = 48, 96

VPC_LINE, ZONE_LINE = "#7340a8", "#7d8b97"
FILLS = {"public": "#eaf5e6", "app": "#e7f1fa", "endpoint": "#f1ecf9",
         "gwlb": "#fdf0e4", "appliance": "#fdf0e4"}


def draw_chip(picture, x, y, width, name, detail):
    """A thing in a subnet."""
    picture.box(x, y, width, CHIP[1], fill="#ffffff", line=INK, radius=5)
    middle = x + width // 2
    picture.text(middle, y + 16, name, 11, bold=True, anchor="middle")
    picture.text(middle, y + 30, detail, 10, anchor="middle", fill=QUIET)


def draw_table(picture, x, y, subnet, routes):
    """A subnet's name, its addresses and its route table."""
    right = x + TABLE - 10
    picture.text(x, y + 17, subnet["name"], 12, bold=True)
    picture.text(right, y + 17, subnet["cidr"], 11, anchor="end")
    picture.rule(x, right, y + 23, INK)
    picture.text(x, y + 34, "destination", 9, fill=QUIET)
    picture.text(right, y + 34, "target", 9, anchor="end", fill=QUIET)
    for index, (to, target) in enumerate(routes):
        line = y + 34 + LINE * (index + 1)
        picture.text(x, line, to, 10.5)
        picture.text(right, line, target, 10.5, anchor="end")


def draw_subnet(picture, layout, row, subnet, x, y, height):
    """The box of a subnet with all that is in it."""
    picture.box(x, y, SUBNET, height, fill=FILLS[row], line=ZONE_LINE,
                radius=4)
    draw_table(picture, x + TABLE_AT, y, subnet, layout.routes(subnet))
    contents = list(layout.contents(row, subnet))
    places = levels([column for _, column, _, _ in contents])
    for (key, column, name, detail), (level, stack) in zip(contents, places):
        left, width = COLUMNS[0], COLUMNS[2] + CHIP[0] - COLUMNS[0]
        if column is not None:
            left, width = COLUMNS[column], CHIP[0]
        free = height - stack * CHIP[1] - (stack - 1) * BETWEEN
        top = y + free // 2 + level * (CHIP[1] + BETWEEN)
        layout.chips[key] = (x + left, top, width)
        draw_chip(picture, x + left, top, width, name, detail)


def rows_of(layout, vpc):
    """The rows that a VPC has."""
    return [row for row in ROWS
            if layout.rows[row][layout.zones[0]]["vpc"] == vpc["id"]]


def draw_vpc(picture, layout, vpc, top):
    """A VPC with its zones as columns; gives where it ends."""
    rows = rows_of(layout, vpc)
    heights = {row: layout.height(row) for row in rows}
    inner = sum(heights.values()) + GAP * (len(rows) - 1)
    # room for the arrows that turn below an Internet gateway
    head = 74 if vpc["igw"] else 58
    first = top + head
    bottom = first + inner + 2 * PAD
    width = picture.width - 2 * MARGIN
    picture.box(MARGIN, top, width, bottom - top, line=VPC_LINE, radius=6,
                weight=2)
    # on the right, where no arrow runs
    picture.text(MARGIN + width - PAD, top + 22,
                 f"{vpc['name']}  {vpc['cidr']}", 14, bold=True,
                 anchor="end", fill=VPC_LINE)
    for index, zone in enumerate(layout.zones):
        x = MARGIN + PAD + index * (ZONE + PAD)
        picture.box(x, first - 28, ZONE, bottom - first + 28 - PAD,
                    line=ZONE_LINE, dash="5 4", radius=6)
        picture.text(x + ZONE - PAD, first - 10, f"Availability Zone {zone}",
                     11, anchor="end", fill=QUIET)
        y = first
        for row in rows:
            draw_subnet(picture, layout, row, layout.rows[row][zone],
                        x + PAD, y, heights[row])
            layout.below[row] = y + heights[row] + GAP // 2
            y += heights[row] + GAP
    layout.below[rows[-1]] = bottom + GAP // 2
    return bottom


def draw_steps(picture, x, y, lines, line):
    """One way in words."""
    picture.text(x, y, lines[0], 12, bold=True, fill=line)
    for number, text in enumerate(lines[1:], 1):
        picture.step(x + 8, y + 18 * number - 4, number, line)
        picture.text(x + 24, y + 18 * number, text)


def draw_gate(picture, y):
    """The Internet and the gateway on a VPC's upper edge.

    Gives the middle of the gateway, its upper and its lower edge.
    """
    middle = picture.width // 2
    picture.box(middle - 110, 16, 220, WORLD - 16, fill="#eef1f4",
                line=QUIET, radius=16)
    picture.text(middle, 37, "Internet", 13, bold=True, anchor="middle")
    picture.box(middle - 92, y - 15, 184, 30, fill="#ffffff", line=VPC_LINE,
                radius=5, weight=2)
    picture.text(middle, y + 5, "Internet gateway (IGW)", 11,
                 anchor="middle", bold=True)
    return middle, y - 15, y + 15


def draw_words(picture, topology, y, webs, ways):
    """Below the network: both ways in words, and notes."""
    third = (picture.width - 2 * MARGIN) // 3
    draw_steps(picture, MARGIN, y, steps_in(topology, ways[0]), IN)
    draw_steps(picture, MARGIN + third, y, steps_out(topology, ways[1]), OUT)
    line = y
    for note in notes(topology, webs):
        for text in note:
            picture.text(MARGIN + 2 * third, line, text, fill=QUIET)
            line += LINE
        line += LINE // 2
    return y + 18 * 7


def draw(topology):
    """The picture of a topology, as text."""
    layout = Layout(topology)
    picture = Picture(2 * MARGIN + len(layout.zones) * (ZONE + PAD) + PAD)
    title = ARCHITECTURES.get(topology["architecture"],
                              topology["architecture"])
    picture.text(MARGIN, 34, title, 20, bold=True)
    picture.text(MARGIN, 54, fill=QUIET,
                 text="Each subnet with what is in it and its route table")
    # the one with a way to the Internet is on top
    vpcs = sorted(topology["vpcs"], key=lambda vpc: not vpc["igw"])
    y = TOP
    for vpc in vpcs:
        y = draw_vpc(picture, layout, vpc, y) + GAP
    gate = draw_gate(picture, TOP)
    webs = [one for one in topology["instances"] if one["role"] == "web"]
    ways = inbound(topology, webs[0]), outbound(topology, webs[-1])
    arrows = Ways(picture, layout, gate, WORLD)
    arrows.draw_in(ways[0])
    arrows.draw_out(ways[1])
    bottom = draw_words(picture, topology, y, webs, ways)
    return picture.render(
        bottom + MARGIN, title,
        "The subnets of each zone, what is in them, their route tables, and "
        "the way of a packet in and out through the appliances.")


def main():
    """The command."""
    parser = argparse.ArgumentParser(
        description="Draw an architecture as SVG, to stdout.")
    parser.add_argument("architecture", nargs="?",
                        choices=sorted(ARCHITECTURES))
    parser.add_argument("--check", action="store_true",
                        help="instead: are the pictures in docs as they "
                        "would be drawn now?")
    options = parser.parse_args()
    if bool(options.architecture) == options.check:
        parser.error("an architecture is wanted, or --check")
    try:
        if not options.check:
            sys.stdout.write(draw(load(options.architecture)))
            return 0
        return check()
    except TemplateError as error:
        print(f"draw.py: {error}", file=sys.stderr)
        return 1


def check(docs=DOCS):
    """Compare the pictures in a directory with new ones."""
    status = 0
    for name in sorted(ARCHITECTURES):
        path = docs / f"{name}.svg"
        if not path.is_file() or path.read_text() != draw(load(name)):
            print(f"docs/{name}.svg is stale: selftests/cfn/draw.py {name} "
                  f">docs/{name}.svg", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
