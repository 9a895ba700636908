#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of draw.py: the pictures say what the topology says, legibly.

Reads the committed pictures; writes into a directory of its own.
"""
import contextlib
import io
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from functools import lru_cache
from pathlib import Path

import tap
from draw import ARCHITECTURES, DOCS, check, draw
from svg import width_of
from template import TemplateError
from topology import load, original_routes

SVG = "{http://www.w3.org/2000/svg}"
COMMAND = str(Path(__file__).with_name("draw.py"))


def area(element):
    """The box that a text takes: left, top, right, bottom."""
    size = float(element.get("font-size"))
    x, y = float(element.get("x")), float(element.get("y"))
    width = width_of(element.text, size, element.get("font-weight"))
    left = {"start": x, "middle": x - width / 2,
            "end": x - width}[element.get("text-anchor")]
    return left, y - 0.75 * size, left + width, y + 0.2 * size


def overlap(one, other):
    """Do two boxes have an area in common?"""
    return (one[0] < other[2] and other[0] < one[2]
            and one[1] < other[3] and other[1] < one[3])


def segments(element):
    """The straight parts of an arrow, as thin boxes."""
    points = [tuple(map(float, pair)) for pair in re.findall(
        r"[ML](\d+) (\d+)", element.get("d"))]
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        yield (min(x1, x2) - 1, min(y1, y2) - 1,
               max(x1, x2) + 1, max(y1, y2) + 1)


def boxes(tree):
    """The rectangles of a picture but for the background, as drawn."""
    result = []
    for element in list(tree.iter(SVG + "rect"))[1:]:
        x, y, width, height = (float(element.get(key)) for key in (
            "x", "y", "width", "height"))
        result.append((x, y, x + width, y + height))
    return result


def is_in(box, outer):
    """Is one box wholly within another?"""
    return (outer[0] <= box[0] and box[2] <= outer[2]
            and outer[1] <= box[1] and box[3] <= outer[3])


def crosses_edge(box, drawn):
    """Does a text cross the edge of a box that no later box hides?"""
    for index, one in enumerate(drawn):
        if (overlap(box, one) and not is_in(box, one)
                and not any(is_in(box, later)
                            for later in drawn[index + 1:])):
            return True
    return False


def other_blocks(name):
    """Parameters that move all subnets of an architecture."""
    kinds = {"NAT": 100, "Endpoint": 150, "Private": 200}
    if name == "single-vpc":
        kinds.update({"GWLB": 110, "Appliance": 120})
    values = {"VPC1CIDR": "10.100.0.0/16"}
    for zone in (1, 2, 3):
        for kind, base in kinds.items():
            values[f"VPC1{kind}Subnet{zone}CIDR"] = \
                f"10.100.{base + zone}.0/24"
    return values


@lru_cache(maxsize=None)
def variants():
    """(what, topology, picture) of all that is tested."""
    result = []
    for name in ARCHITECTURES:
        for values in ({}, {"ZoneCount": "3"}, {"GwlbCrossZone": "false"},
                       {"SsmEndpoints": "false"}, {"FleetSize": "5"},
                       other_blocks(name)):
            topology = load(name, values=values)
            result.append(((name, values), topology,
                           ET.fromstring(draw(topology))))
    return result


class Pictures(unittest.TestCase):
    """Both architectures, and variants of them."""

    def each(self, check):
        """Call check(topology, picture) for each variant."""
        for what, topology, tree in variants():
            with self.subTest(what):
                check(topology, tree)

    def test_says_all(self):
        """Every subnet with its CIDR and each of its routes is there"""
        self.each(self.check_says_all)

    def check_says_all(self, topology, tree):
        """The same for one picture."""
        texts = [one.text for one in tree.iter(SVG + "text")]
        tables = {one["id"]: one for one in topology["tables"]}
        wanted = {}
        for one in topology["subnets"]:
            self.assertIn(one["name"], texts)
            wanted[one["cidr"]] = wanted.get(one["cidr"], 0) + 1
            for route in tables[one["table"]]["routes"]:
                wanted[route["to"]] = wanted.get(route["to"], 0) + 1
        for cidr, times in wanted.items():
            self.assertEqual(texts.count(cidr), times, cidr)
        for one in topology["vpcs"]:
            self.assertIn(f"{one['name']}  {one['cidr']}", texts)
        for one in topology["instances"]:
            self.assertIn(one["name"], texts)

    def test_routes(self):
        """A route's target is on the line of its destination"""
        self.each(self.check_routes)

    def check_routes(self, topology, tree):
        """The same for one picture: below each subnet's own name."""
        lines = {}
        title = None
        # a table's texts come one after the other, from its title on
        texts = list(tree.iter(SVG + "text"))
        subnets = {one["name"]: one for one in topology["subnets"]}
        for one, following in zip(texts, texts[1:]):
            if one.text in subnets and one.get("font-size") == "12":
                title = one.text
            if (one.get("y") == following.get("y")
                    and following.get("text-anchor") == "end"):
                lines.setdefault(title, []).append(
                    (one.text, following.text))
        names = {one["id"]: one["name"]
                 for one in topology["nats"] + topology["endpoints"]}
        tables = {one["id"]: one for one in topology["tables"]}
        for name, subnet in subnets.items():
            for route in tables[subnet["table"]]["routes"]:
                self.assertIn(
                    (route["to"], names.get(route["target"], "IGW")),
                    lines[name])

    def test_legible(self):
        """No text lies on another, on an arrow or across a box's edge"""
        self.each(self.check_legible)

    def check_legible(self, _, tree):
        """The same for one picture."""
        texts = [(one.text, area(one)) for one in tree.iter(SVG + "text")
                 if one.get("class") != "step"]
        whole = (0, 0, float(tree.get("width")), float(tree.get("height")))
        arrows = [part for one in tree.iter(SVG + "path")
                  if one.get("class") == "arrow" for part in segments(one)]
        drawn = boxes(tree)
        for index, (text, box) in enumerate(texts):
            self.assertTrue(is_in(box, whole), text)
            for other, area_of in texts[index + 1:]:
                self.assertFalse(overlap(box, area_of), (text, other))
            for part in arrows:
                self.assertFalse(overlap(box, part), text)
            self.assertFalse(crosses_edge(box, drawn), text)

    def test_steps(self):
        """Both ways have seven steps, in the picture and in words"""
        for what, _, tree in variants():
            with self.subTest(what):
                steps = [one.text for one in tree.iter(SVG + "text")
                         if one.get("class") == "step"]
                self.assertEqual(sorted(steps), sorted("1234567" * 4))

    def test_stable(self):
        """The same topology gives the same bytes, with a background"""
        for name in ARCHITECTURES:
            one, other = draw(load(name)), draw(load(name))
            self.assertEqual(one, other)
            first = next(ET.fromstring(one).iter(SVG + "rect"))
            self.assertEqual(first.get("fill"), "#ffffff")
            self.assertNotIn("href", one)
            self.assertNotIn("url(", one)

    def test_bypass(self):
        """A network that bypasses the appliances is not drawn"""
        for name in ARCHITECTURES:
            with self.assertRaises(TemplateError) as caught:
                draw(original_routes(load(name)))
            self.assertIn("is not inspected", str(caught.exception))

    def test_committed(self):
        """The pictures in docs are those of the templates"""
        result = subprocess.run([sys.executable, COMMAND, "--check"],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for name in ARCHITECTURES:
            ET.parse(DOCS / f"{name}.svg")

    def test_stale(self):
        """A picture that differs by a byte, or is not there, is stale"""
        with tempfile.TemporaryDirectory() as directory:
            docs = Path(directory)
            with contextlib.redirect_stderr(io.StringIO()) as told:
                self.assertEqual(check(docs), 1)
                self.assertEqual(told.getvalue().count("is stale"), 2)
                for name in ARCHITECTURES:
                    (docs / f"{name}.svg").write_text(draw(load(name)))
                self.assertEqual(check(docs), 0)
                with (docs / "single-vpc.svg").open("a") as picture:
                    picture.write(" ")
                self.assertEqual(check(docs), 1)

    def test_usage(self):
        """Without an architecture, or with an unknown one, usage is told"""
        for arguments in ([], ["nope"], ["--check", "single-vpc"]):
            result = subprocess.run(
                [sys.executable, COMMAND, *arguments],
                capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 2)
            self.assertIn("usage", result.stderr)


if __name__ == "__main__":
    tap.run("__main__")
