# SPDX-License-Identifier: GPL-2.0-only
"""What all stacks of an expansion share: partition, region and who is who.

Owns the partitions, their default regions, the zones and the pseudo
parameters. Touches nothing.
"""
import re
import uuid

from intrinsics import NO_VALUE
from template import Place

# The region taken if none is said, and the suffix of every host's name.
PARTITIONS = {
    "aws": ("us-east-1", "amazonaws.com"),
    "aws-cn": ("cn-north-1", "amazonaws.com.cn"),
    "aws-us-gov": ("us-gov-west-1", "amazonaws.com"),
}
# Beijing has no zone c for us: a template that glues letters to the region's
# name instead of asking GetAZs falls over this.
ZONES = {"cn-north-1": "abd"}
ACCOUNT = "123456789012"


class World:
    """What all stacks of an expansion share: the region, and who is who."""

    def __init__(self, partition, region):
        place = Place("command line")
        if partition not in PARTITIONS:
            place.fail(f"no such partition: {partition}")
        self.partition = partition
        self.region = region or PARTITIONS[partition][0]
        fits = re.match("(cn-|us-gov-)?", self.region)[0]
        if fits != {"aws-cn": "cn-", "aws-us-gov": "us-gov-"}.get(partition,
                                                                  ""):
            place.fail(f"{self.region} is no region of {partition}")
        self.zones = [self.region + letter
                      for letter in ZONES.get(self.region, "abc")]
        self.types = {}

    def pseudo(self, stack_name):
        """The pseudo parameters of a stack, which all are known here."""
        unique = uuid.uuid5(uuid.NAMESPACE_DNS, stack_name)
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": f"arn:{self.partition}:cloudformation:"
                            f"{self.region}:{ACCOUNT}:stack/{stack_name}/"
                            f"{unique}",
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": PARTITIONS[self.partition][1],
        }
