# SPDX-License-Identifier: GPL-2.0-only
"""A directory for templates that a test makes up.

Owns the directory, which is gone after the test, and the template that most
tests add something to.
"""
import tempfile
import unittest
from pathlib import Path

from expand import expand
from template import TemplateError

HEAD = """
Parameters:
  Word: {Type: String, Default: word}
  Words: {Type: CommaDelimitedList, Default: "a, b,c"}
  Port: {Type: Number, Default: 8080}
  Image:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /aws/service/image
Mappings:
  Map:
    aws: {Prefix: com.amazonaws, List: [x, y]}
    aws-cn: {Prefix: cn.com.amazonaws, List: [z]}
  Count: {2: {Zones: two}}
Conditions:
  Is: !Equals [!Ref Word, word]
  Isnt: !Not [!Condition Is]
  Both: !And [!Condition Is, !Condition Isnt]
  Either: !Or [!Condition Both, !Equals [!Ref "AWS::Region", us-east-1]]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.1.0.0/16}
  Net:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
      AvailabilityZone: !Select [1, !GetAZs ""]
  Ghost:
    Type: AWS::EC2::VPC
    Condition: Isnt
    Properties: {CidrBlock: 10.2.0.0/16}
"""
BARE = "Resources:\n  Vpc: {Type: AWS::EC2::VPC}\n"


class Templates(unittest.TestCase):
    """A directory to write templates into."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = Path(self.directory.name)

    def write(self, text, file="CN-GWLB.yml"):
        """Write one template."""
        (self.root / file).write_text(text, encoding="utf-8")

    def expand(self, text, *arguments, **options):
        """The expansion of one main template."""
        self.write(text)
        return expand(self.root, *arguments, **options)

    def value(self, text, *arguments, **options):
        """What an expression gives as a property next to HEAD."""
        result = self.expand(
            HEAD + f"  Thing:\n    Type: T\n    Properties:\n      P: {text}",
            *arguments, **options)
        return result.get("Thing").properties.get("P", "no such property")

    def refuses(self, place, message, text, *arguments, **options):
        """A main template that is refused, at a place and with words."""
        with self.assertRaises(TemplateError) as caught:
            self.expand(text, *arguments, **options)
        self.assertEqual((str(caught.exception.place),
                          caught.exception.message), (place, message))

    def refuses_value(self, place, message, text):
        """An expression that is refused, as a property next to HEAD."""
        self.refuses("CN-GWLB.yml: Resources.Thing.Properties.P" + place,
                     message, HEAD + "  Thing:\n    Type: T\n"
                     f"    Properties:\n      P: {text}")
