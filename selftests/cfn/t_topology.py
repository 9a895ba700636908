#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of topology.py on the templates that are deployed.

Every output fits the schema; what is missing is refused with its place. A
broken network is made from an expansion in memory: no file is written.
"""
import copy
import json
import unittest
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import jsonschema

import tap
import userdata
from expand import expand, with_given
from reference import token
from template import Place, TemplateError
from topology import SETS, build, load, original_routes

ARCHITECTURES = ("single-vpc", "separated-vpc")
SCHEMA = json.loads(Path(__file__).with_name("topology.schema.json")
                    .read_text(encoding="utf-8"))


@lru_cache(maxsize=None)
def expansion(architecture):
    """An expansion, to be copied before it is changed."""
    directory = SETS / architecture
    return expand(directory, values=with_given(directory, {}))


class Nth(NamedTuple):
    """A resource by its type, and which of those it is."""

    kind: str
    index: int


def named(result, value):
    """A value with each Nth replaced by a reference."""
    if isinstance(value, Nth):
        return token(result.of_type(value.kind)[value.index].id)
    if isinstance(value, list):
        return [named(result, one) for one in value]
    return value


def ids_in(topology):
    """Every id that a topology defines."""
    for key in ("vpcs", "subnets", "tables", "nats", "eips", "endpoints",
                "access", "instances", "groups"):
        yield from (one["id"] for one in topology[key])
    for key in ("gwlb", "fleet", "alb"):
        yield topology[key]["id"]


class Contract(unittest.TestCase):
    """The form of the output."""

    def test_schema(self):
        """Partitions, three zones and other routes all fit the schema"""
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        for architecture in ARCHITECTURES:
            for partition in ("aws", "aws-cn", "aws-us-gov"):
                for zones in ("2", "3"):
                    with self.subTest((architecture, partition, zones)):
                        one = load(architecture, partition,
                                   values={"ZoneCount": zones})
                        jsonschema.validate(one, SCHEMA)
                        self.assertEqual(len(one["zones"]), int(zones))
                        jsonschema.validate(original_routes(one), SCHEMA)

    def test_zones(self):
        """Zones that were given are taken, all of them or none"""
        given = {"AvailabilityZone1": "us-east-1c",
                 "AvailabilityZone2": "us-east-1a"}
        for architecture in ARCHITECTURES:
            one = load(architecture, values=given)
            self.assertEqual(one["zones"], ["us-east-1a", "us-east-1c"])
            for subnet in one["subnets"]:
                number = subnet["name"][-1]
                self.assertEqual(subnet["zone"],
                                 given["AvailabilityZone" + number])
            for wrong in ({"AvailabilityZone1": "us-east-1c"},
                          {"AvailabilityZone2": "us-east-1c"},
                          {**given, "AvailabilityZone2": "us-east-1c"},
                          {**given, "ZoneCount": "3"}):
                with self.subTest((architecture, wrong)):
                    with self.assertRaisesRegex(TemplateError, "or none"):
                        load(architecture, values=wrong)

    def test_schema_bites(self):
        """The schema refuses a topology with anything taken out"""
        for key in load("single-vpc"):
            one = load("single-vpc")
            del one[key]
            with self.subTest(key), self.assertRaises(
                    jsonschema.ValidationError):
                jsonschema.validate(one, SCHEMA)

    def test_ids(self):
        """Ids are unique, and every one that is used exists"""
        for architecture in ARCHITECTURES:
            one = load(architecture)
            known = list(ids_in(one))
            self.assertEqual(len(known), len(set(known)))
            used = [item[key] for item in one["subnets"]
                    for key in ("vpc", "table")]
            used += [item[key] for item in one["nats"]
                     for key in ("subnet", "eip")]
            used += [item["subnet"]
                     for item in one["endpoints"] + one["instances"]]
            used += [item["eip"] for item in one["instances"]
                     if item["eip"]]
            used += [route["target"] for table in one["tables"]
                     for route in table["routes"]
                     if route["kind"] in ("nat", "endpoint")]
            for item in [one["alb"], one["fleet"], *one["instances"]]:
                used += item["groups"]
            for item in [one["alb"], one["fleet"], one["gwlb"],
                         *one["access"]]:
                used += item["subnets"]
            used += one["alb"]["targets"]
            self.assertEqual([item for item in used if item not in known],
                             [])

    def test_design(self):
        """What the design says is what comes out"""
        for architecture, prefix in (("single-vpc", "10.1"),
                                     ("separated-vpc", "192.168")):
            one = load(architecture)
            cidrs = {item["name"]: item["cidr"] for item in one["subnets"]}
            self.assertEqual(cidrs, {
                f"{name} {zone}": f"{where}.{base + zone}.0/24"
                for zone in (1, 2)
                for name, where, base in (
                    ("public", "10.1", 0), ("endpoint", "10.1", 50),
                    ("app", "10.1", 200), ("gwlb", prefix, 110),
                    ("appliance", prefix, 100))})
            self.assertEqual([item["name"] for item in one["vpcs"]
                              if item["igw"]], ["VPC1"])
            self.assertEqual(len(one["eips"]), 3)
            self.assertEqual(one["targets"]["health"], {
                "protocol": "HTTP", "port": 8080, "path": "/",
                "interval": 5, "timeout": 2, "healthy": 2, "unhealthy": 2})
            self.assertEqual(sorted(item["role"]
                                    for item in one["instances"]),
                             ["bastion", "web", "web"])
            self.assertIn("/etc/gwlb/gwlb.conf", one["fleet"]["files"])

    def test_vpce(self):
        """An endpoint has the same made-up id everywhere"""
        ids = [[item["vpce"] for item in load("single-vpc", name)[
            "endpoints"]] for name in ("aws", "aws-cn")]
        self.assertEqual(ids[0], ids[1])
        self.assertEqual(len(set(ids[0])), 2)

    def test_values(self):
        """A parameter's value reaches the network"""
        one = load("single-vpc", values={
            "VPC1PrivateSubnet1CIDR": "10.1.240.0/24",
            "GwlbCrossZone": "false", "FleetSize": "4"})
        self.assertIn("10.1.240.0/24",
                      [item["cidr"] for item in one["subnets"]])
        self.assertFalse(one["gwlb"]["cross_zone"])
        self.assertEqual(one["fleet"]["size"], 4)
        for table in one["tables"]:
            for route in table["routes"]:
                self.assertNotEqual(route["to"], "10.1.201.0/24")

    def test_original(self):
        """The original's routes are as its templates had them"""
        one = load("single-vpc")
        names = {item["id"]: item["name"] for item in one["endpoints"]}
        tables = {item["name"]: {(route["to"], route["kind"], names.get(
            route["target"])) for route in item["routes"]}
            for item in original_routes(one)["tables"]}
        for zone in (1, 2):
            endpoint = f"endpoint {zone}"
            self.assertEqual(tables[f"app {zone}"], {
                ("0.0.0.0/0", "endpoint", endpoint)})
            self.assertEqual(tables[f"public {zone}"], {
                ("0.0.0.0/0", "igw", None),
                (f"10.1.20{zone}.0/24", "endpoint", endpoint)})
            self.assertEqual({kind for _, kind, _ in tables[endpoint]},
                             {"nat"})


class Missing(unittest.TestCase):
    """What a packet needs and is not there."""

    def broken(self, change):
        """An expansion that was changed."""
        result = copy.deepcopy(expansion("single-vpc"))
        change(result)
        return result

    def refuses(self, message, change):
        """A changed expansion is refused with these words in the message."""
        with self.assertRaises(TemplateError) as caught:
            build(self.broken(change), "single-vpc")
        self.assertIn(message, str(caught.exception))

    def without(self, message, kind):
        """Taking the first resource of a type away is refused."""
        def change(result):
            result.resources.remove(result.of_type(kind)[0])
        with self.subTest(kind):
            self.refuses(message, change)

    def with_property(self, message, kind, key, value):
        """Another value in the first resource of a type is refused.

        Nth in a value stands for the resource that it names.
        """
        def change(result):
            properties = result.of_type(kind)[0].properties
            if value is None:
                del properties[key]
            else:
                properties[key] = named(result, value)
        with self.subTest(f"{kind} {key} {value}"):
            self.refuses(message, change)

    def test_resources(self):
        """A network without one of its parts is refused"""
        lb = "AWS::ElasticLoadBalancingV2::"
        for message, kind in (
                ("a subnet without a route table",
                 "AWS::EC2::SubnetRouteTableAssociation"),
                ("one endpoint service is wanted, there are 0",
                 "AWS::EC2::VPCEndpointService"),
                ("one fleet behind", "AWS::AutoScaling::AutoScalingGroup"),
                ("one Gateway Load Balancer is wanted, there are 0",
                 lb + "LoadBalancer"),
                ("one listener of", lb + "Listener"),
                ("is no resource of the set", lb + "TargetGroup"),
                ("is no resource of the set", "AWS::EC2::Subnet"),
                ("is no resource of the set", "AWS::EC2::RouteTable"),
                ("is no resource of the set", "AWS::EC2::InternetGateway"),
                ("is no resource of the set", "AWS::EC2::EIP"),
                ("is no resource of the set", "AWS::EC2::LaunchTemplate"),
        ):
            self.without(message, kind)

    def test_properties(self):
        """A part that leads nowhere is refused"""
        lb = "AWS::ElasticLoadBalancingV2::"
        for message, kind, key, value in (
                ("has no CidrBlock", "AWS::EC2::Subnet", "CidrBlock", None),
                ("has host bits set", "AWS::EC2::Subnet", "CidrBlock",
                 "10.1.1.1/24"),
                ("is no resource of the set", "AWS::EC2::Subnet", "VpcId",
                 "vpc-01234567"),
                ("is a AWS::EC2::RouteTable, not a AWS::EC2::VPC",
                 "AWS::EC2::Subnet", "VpcId", Nth("AWS::EC2::RouteTable", 0)),
                ("text is wanted", "AWS::EC2::Subnet", "AvailabilityZone",
                 ""),
                ("has a route table already",
                 "AWS::EC2::SubnetRouteTableAssociation", "SubnetId",
                 Nth("AWS::EC2::Subnet", 1)),
                ("a route has one target, not GatewayId and NatGatewayId",
                 "AWS::EC2::Route", "NatGatewayId",
                 Nth("AWS::EC2::NatGateway", 0)),
                ("a route has one target, not none", "AWS::EC2::Route",
                 "GatewayId", None),
                ("a route has one destination", "AWS::EC2::Route",
                 "DestinationCidrBlock", None),
                ("has no Subnets", lb + "LoadBalancer", "Subnets", None),
                ("Subnets: is empty", lb + "LoadBalancer", "Subnets", []),
                ("'x' is no number", lb + "TargetGroup", "Port", "x"),
                ("GENEVE is wanted", lb + "TargetGroup", "Protocol",
                 "HTTP"),
                ("the two failover attributes differ", lb + "TargetGroup",
                 "TargetGroupAttributes",
                 [{"Key": "target_failover.on_unhealthy",
                   "Value": "rebalance"}]),
                ("names something twice",
                 "AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier",
                 [Nth("AWS::EC2::Subnet", 0)] * 2),
                ("'maybe' is not true or false",
                 "AWS::EC2::VPCEndpointService", "AcceptanceRequired",
                 "maybe"),
                ("has no security group", "AWS::EC2::Instance",
                 "SecurityGroupIds", []),
                ("unknown protocol '50'", "AWS::EC2::SecurityGroup",
                 "SecurityGroupIngress",
                 [{"IpProtocol": 50, "CidrIp": "10.0.0.0/8"}]),
                ("has no ports", "AWS::EC2::SecurityGroup",
                 "SecurityGroupIngress",
                 [{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}]),
                ("neither a CIDR nor a group", "AWS::EC2::SecurityGroup",
                 "SecurityGroupIngress", [{"IpProtocol": "-1"}]),
        ):
            self.with_property(message, kind, key, value)

    def test_others(self):
        """Two routes of a table to one place, or a group gone, are refused"""
        def twice(result):
            other = copy.deepcopy(result.of_type("AWS::EC2::Route")[0])
            other.id += "Again"
            result.resources.append(other)

        def no_groups(result):
            for one in result.of_type("AWS::EC2::SecurityGroup"):
                result.resources.remove(one)

        self.refuses("already", twice)
        self.refuses("is no resource of the set", no_groups)

    def test_endpoint(self):
        """An endpoint in no subnet, or of another service, is refused"""
        def endpoint(result):
            return next(one for one in result.of_type("AWS::EC2::VPCEndpoint")
                        if one.properties.get("VpcEndpointType")
                        == "GatewayLoadBalancer")

        def no_subnet(result):
            endpoint(result).properties["SubnetIds"] = []

        def two_subnets(result):
            endpoint(result).properties["SubnetIds"] = named(result, [
                Nth("AWS::EC2::Subnet", 0), Nth("AWS::EC2::Subnet", 1)])

        def other(result):
            endpoint(result).properties["ServiceName"] = "com.amazonaws.x"

        self.refuses("SubnetIds: is empty", no_subnet)
        self.refuses("an endpoint has one subnet, not 2", two_subnets)
        self.refuses("is not the service", other)

    def test_stray(self):
        """An instance that is neither web server nor bastion is refused"""
        def change(result):
            for one in result.resources:
                one.properties.pop("InstanceId", None)
            for one in result.of_type("AWS::EC2::EIPAssociation"):
                result.resources.remove(one)
        self.refuses("what is it for?", change)


class UserData(unittest.TestCase):
    """The cloud-config of an instance."""

    @staticmethod
    def parse(text):
        """Files and commands of a text."""
        return userdata.parse({"UserData": {"Fn::Base64": text}},
                              Place("x"))

    def test_parse(self):
        """Files with modes and encodings, and commands, are read"""
        self.assertEqual(self.parse(
            "#cloud-config\nwrite_files:\n- {path: /a, content: 'x\n\n  y'}\n"
            "- {path: /b, content: eQ==, encoding: b64, permissions: '0755'}"
            "\nruncmd:\n- echo a\n- [echo, b]\n"), (
                {"/a": {"content": "x\ny", "mode": "0644"},
                 "/b": {"content": "y", "mode": "0755"}},
                ["echo a", ["echo", "b"]]))
        self.assertEqual(userdata.parse({}, Place("x")), ({}, []))

    def test_refusals(self):
        """What cloud-init would read otherwise, or not at all, is refused"""
        head = "#cloud-config\n"
        for message, text in (
                ("does not begin with #cloud-config", "#!/bin/sh\n"),
                ("no YAML", head + "a: [\n"),
                ("no mapping", head + "- a\n"),
                ("packages: not known here", head + "packages: [a]\n"),
                ("has no absolute path", head + "write_files: [{path: a}]\n"),
                ("/a has no content that is text",
                 head + "write_files: [{path: /a}]\n"),
                ("is there already", head + "write_files: [{path: /a, "
                 "content: x}, {path: /a, content: y}]\n"),
                ("text like '0644' is wanted", head + "write_files: [{path: "
                 "/a, content: x, permissions: 0644}]\n"),
                ("append: not known here", head + "write_files: [{path: /a, "
                 "content: x, append: true}]\n"),
                ("unknown encoding gz", head + "write_files: [{path: /a, "
                 "content: x, encoding: gz}]\n"),
                ("neither a line nor a list of words",
                 head + "runcmd: [[a, 1]]\n"),
                ("runcmd: no list", head + "runcmd: a\n"),
        ):
            with self.subTest(message):
                with self.assertRaises(TemplateError) as caught:
                    self.parse(text)
                self.assertIn(message, str(caught.exception))
        with self.assertRaises(TemplateError) as caught:
            userdata.parse({"UserData": "x"}, Place("x"))
        self.assertIn("is not made by Fn::Base64", str(caught.exception))


if __name__ == "__main__":
    tap.run("__main__")
