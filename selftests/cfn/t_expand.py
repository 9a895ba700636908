#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of expand.py: what each function gives, and stacks in stacks.

Expected values are from CloudFormation's user guide.
"""
import tap
from scratch import Templates


class Functions(Templates):
    """What each function gives."""

    def check(self, rows, *arguments):
        """Rows of an expression and its value."""
        for text, wanted in rows:
            with self.subTest(text):
                self.assertEqual(self.value(text, *arguments), wanted)

    def test_ref(self):
        """Ref gives parameters, lists, resources and stored parameters"""
        self.check([
            ("!Ref Word", "word"),
            ("{Ref: Word}", "word"),
            ("!Ref Words", ["a", "b", "c"]),
            ("!Ref Port", "8080"),
            ("!Ref Vpc", "@{Vpc}"),
            ("!Ref Image", "{{resolve:ssm:/aws/service/image}}"),
        ])

    def test_pseudo(self):
        """The pseudo parameters follow partition and region"""
        name = '"AWS::Partition/AWS::Region/AWS::URLSuffix"'
        sub = "!Sub " + name.replace("AWS::Partition", "${AWS::Partition}") \
            .replace("AWS::Region", "${AWS::Region}") \
            .replace("AWS::URLSuffix", "${AWS::URLSuffix}")
        for arguments, wanted in (
                (("aws",), "aws/us-east-1/amazonaws.com"),
                (("aws", "eu-west-1"), "aws/eu-west-1/amazonaws.com"),
                (("aws-cn",), "aws-cn/cn-north-1/amazonaws.com.cn"),
                (("aws-us-gov",),
                 "aws-us-gov/us-gov-west-1/amazonaws.com")):
            with self.subTest(arguments):
                self.assertEqual(self.value(sub, *arguments), wanted)
        self.check([
            ("!Ref AWS::StackName", "gwlb"),
            ("!Ref AWS::AccountId", "123456789012"),
            ("!Select [5, !Split [':', !Ref AWS::StackId]]",
             "stack/gwlb/" + self.value("!Ref AWS::StackId")[-36:]),
        ])

    def test_no_value(self):
        """AWS::NoValue takes a property or an item of a list out"""
        self.check([
            ("!Ref AWS::NoValue", "no such property"),
            ("[1, !If [Isnt, 2, !Ref AWS::NoValue], 3]", [1, 3]),
            ("{A: !Ref AWS::NoValue, B: 1}", {"B": 1}),
            ("!Join ['-', [a, !Ref AWS::NoValue, b]]", "a-b"),
        ])

    def test_get_att(self):
        """GetAtt gives what is known, and a name for what is not"""
        self.check([
            ("!GetAtt Vpc.CidrBlock", "10.1.0.0/16"),
            ("!GetAtt Net.CidrBlock", "10.1.1.0/24"),
            ("!GetAtt [Net, VpcId]", "@{Vpc}"),
            ("{'Fn::GetAtt': [Net, AvailabilityZone]}", "us-east-1b"),
            ("!GetAtt Net.SubnetId", "@{Net.SubnetId}"),
            ("!GetAtt Vpc.A.B", "@{Vpc.A.B}"),
        ])

    def test_sub(self):
        """Sub inserts names, attributes, variables and literal ${}"""
        self.check([
            ("!Sub 'x-${Word}-${Vpc}'", "x-word-@{Vpc}"),
            ("!Sub '${Net.CidrBlock} ${Net.SubnetId}'",
             "10.1.1.0/24 @{Net.SubnetId}"),
            ("!Sub '${!HOME} $HOME ${!a[@]}'", "${HOME} $HOME ${a[@]}"),
            ("!Sub ['${A}/${Word}', {A: !Ref Port}]", "8080/word"),
            ("!Sub ['${Word}', {Word: own}]", "own"),
        ])

    def test_lists(self):
        """Join, Select and Split work on lists and on unknown values"""
        self.check([
            ("!Join [',', [a, 1, !Ref Word]]", "a,1,word"),
            ("!Join [' ', !Ref Words]", "a b c"),
            ("!Select [1, !Ref Words]", "b"),
            ("!Select ['2', [a, b, c]]", "c"),
            ("!Split ['.', a.b.c]", ["a", "b", "c"]),
            ("!Split ['.', abc]", ["abc"]),
            ("!Select [0, !GetAtt Net.List]", "@{Net.List![0]}"),
            ("!Select [1, !Split [':', !GetAtt Net.Arn]]",
             "@{Net.Arn!split(:)[1]}"),
            ("!Join [',', !GetAtt Net.List]", "@{Net.List!join(%2C)}"),
        ])

    def test_find_in_map(self):
        """FindInMap follows the partition"""
        prefix = "!FindInMap [Map, !Ref AWS::Partition, Prefix]"
        self.assertEqual(self.value(prefix), "com.amazonaws")
        self.assertEqual(self.value(prefix, "aws-cn"), "cn.com.amazonaws")
        self.check([("!FindInMap [Map, aws, List]", ["x", "y"]),
                    ("!FindInMap [Count, '2', Zones]", "two")])

    def test_conditions(self):
        """If takes a branch; And, Or, Not and Equals decide"""
        self.check([
            ("!If [Is, 1, 2]", 1),
            ("!If [Isnt, 1, 2]", 2),
            ("!If [Both, 1, 2]", 2),
            ("!If [Either, 1, 2]", 1),
            ("!If [Is, !If [Isnt, 1, !Ref Word], 2]", "word"),
        ])
        self.assertEqual(self.value("!If [Either, 1, 2]", "aws",
                                    "eu-west-1"), 2)

    def test_get_azs(self):
        """GetAZs gives the region's zones, letters as they come"""
        for text in ('!GetAZs ""', "!GetAZs {Ref: AWS::Region}"):
            self.assertEqual(self.value(text), [
                "us-east-1a", "us-east-1b", "us-east-1c"])
        self.assertEqual(self.value('!GetAZs ""', "aws-cn"), [
            "cn-north-1a", "cn-north-1b", "cn-north-1d"])

    def test_cidr(self):
        """Cidr cuts a block"""
        self.check([
            ("!Cidr [10.1.0.0/16, 3, 8]",
             ["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24"]),
            ("!Cidr [192.168.0.0/24, 6, 5]",
             [f"192.168.0.{32 * i}/27" for i in range(6)]),
            ("!Cidr [10.1.0.0/16, '1']", ["10.1.0.0/24"]),
        ])

    def test_base64(self):
        """Base64 stays a call with its text resolved"""
        self.check([
            ("{'Fn::Base64': !Sub '${Word}'}", {"Fn::Base64": "word"}),
            ("!Base64 x", {"Fn::Base64": "x"}),
        ])

    def test_values_stay(self):
        """What is no function stays as it is; a date stays text"""
        self.check([
            ("{A: [1, true, 2012-10-17, '0644']}",
             {"A": [1, True, "2012-10-17", "0644"]}),
        ])


class Nested(Templates):
    """Stacks in a stack."""

    CHILD = """
Parameters:
  Cidr: {Type: String}
  Extra: {Type: String, Default: e}
Conditions: {Never: !Equals [a, b]}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
  Igw: {Type: AWS::EC2::InternetGateway, DependsOn: Vpc}
Outputs:
  Id: {Value: !Ref Vpc}
  Cidr: {Value: !GetAtt Vpc.CidrBlock}
  Gone: {Value: 1, Condition: Never}
"""
    USER = """
Parameters: {Id: {Type: AWS::EC2::VPC::Id}, Cidr: {Type: String}}
Resources:
  Group: {Type: G, Properties: {VpcId: !Ref Id, Cidr: !Ref Cidr}}
"""
    MAIN = """
Resources:
  One:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub "https://b.s3.${AWS::URLSuffix}/p/Nested-A.yml"
      Parameters: {Cidr: 10.1.0.0/16}
  Two:
    Type: AWS::CloudFormation::Stack
    DependsOn: One
    Properties:
      TemplateURL: ./Nested-B.yml
      Parameters: {Id: !GetAtt One.Outputs.Id,
                   Cidr: !GetAtt One.Outputs.Cidr}
Outputs:
  Id: {Value: !GetAtt One.Outputs.Id}
"""

    def setUp(self):
        super().setUp()
        self.write(self.CHILD, "Nested-A.yml")
        self.write(self.USER, "Nested-B.yml")

    def test_flat(self):
        """All resources come in one list, with ids that name the stack"""
        result = self.expand(self.MAIN)
        self.assertEqual([one.id for one in result.resources],
                         ["One", "One/Vpc", "One/Igw", "Two", "Two/Group"])
        self.assertEqual(result.get("Two/Group").properties,
                         {"VpcId": "@{One/Vpc}", "Cidr": "10.1.0.0/16"})
        self.assertEqual(result.get("Two/Group").template, "Nested-B.yml")
        self.assertEqual(result.get("Two").depends_on, ["One"])
        self.assertEqual(result.get("Two").uses, ["One"])
        self.assertEqual(result.get("One/Igw").depends_on, ["One/Vpc"])
        self.assertEqual(result.outputs, {"Id": "@{One/Vpc}"})
        self.assertEqual([one["defaulted"] for one in result.stacks],
                         [[], ["Extra"], []])

    def test_order(self):
        """A stack may come before the one it needs"""
        first, second = self.MAIN.split("  Two:\n")
        two, outputs = second.split("Outputs:\n")
        self.assertEqual(
            self.expand("\nResources:\n  Two:\n" + two
                        + first.split("Resources:\n")[1] + "Outputs:\n"
                        + outputs).outputs, {"Id": "@{One/Vpc}"})

    def test_stable(self):
        """The same templates give the same result"""
        self.assertEqual(self.expand(self.MAIN), self.expand(self.MAIN))

    def test_refusals(self):
        """A stack that does not fit its template is refused"""
        url = "Resources.One.Properties.TemplateURL"
        two = "Resources.Two.Properties.Parameters"
        for place, message, old, new in (
                (url, "no such file: Nested-C.yml", "Nested-A", "Nested-C"),
                (url, "'./A.yml' does not end in Nested-NAME.yml",
                 '!Sub "https://b.s3.${AWS::URLSuffix}/p/Nested-A.yml"',
                 "./A.yml"),
                ("Resources.One.Properties.Parameters.X",
                 "Nested-A.yml has no such parameter", "Cidr: 10", "X: 10"),
                ("Resources.One.Properties.Parameters",
                 "Nested-A.yml needs Cidr", "{Cidr: 10.1.0.0/16}", "{}"),
                ("Resources.One.Properties.Parameters.Cidr",
                 "a parameter's value is a string", "10.1.0.0/16",
                 "[10.1.0.0/16]"),
                (two + ".Id.Fn::GetAtt", "Nested-A.yml has no output X",
                 "Parameters: {Id: !GetAtt One.Outputs.Id",
                 "Parameters: {Id: !GetAtt One.Outputs.X"),
                (two + ".Id.Fn::GetAtt", "Nested-A.yml has no output Gone: "
                 "its condition is false",
                 "Parameters: {Id: !GetAtt One.Outputs.Id",
                 "Parameters: {Id: !GetAtt One.Outputs.Gone"),
                (two + ".Id.Fn::GetAtt",
                 "a nested stack has Outputs.NAME only",
                 "Parameters: {Id: !GetAtt One.Outputs.Id",
                 "Parameters: {Id: !GetAtt One.Id"),
        ):
            with self.subTest(message):
                self.assertIn(old, self.MAIN)
                self.refuses("CN-GWLB.yml: " + place, message,
                             self.MAIN.replace(old, new, 1))

    def test_child(self):
        """What is wrong in a nested template is told with its name"""
        self.write(self.CHILD.replace("!Ref Cidr", "!Ref Cdir"),
                   "Nested-A.yml")
        self.refuses("Nested-A.yml: Resources.Vpc.Properties.CidrBlock.Ref",
                     "no such parameter or resource: Cdir", self.MAIN)

    def test_kind(self):
        """A parameter that wants a VPC does not take a gateway"""
        self.write(self.CHILD.replace("Id: {Value: !Ref Vpc}",
                                      "Id: {Value: !Ref Igw}"),
                   "Nested-A.yml")
        self.refuses("Nested-B.yml: Parameters.Id",
                     "a AWS::EC2::VPC::Id is wanted, One/Igw is a "
                     "AWS::EC2::InternetGateway", self.MAIN)

    def test_cycle(self):
        """Two stacks that need each other are refused"""
        self.refuses(
            "CN-GWLB.yml: Resources.Two.Properties",
            "a cycle: Two -> One -> Two",
            "Resources:\n"
            "  One: {Type: AWS::CloudFormation::Stack, Properties: {"
            "TemplateURL: ./Nested-A.yml, Parameters: {Cidr: !GetAtt "
            "Two.Outputs.X}}}\n"
            "  Two: {Type: AWS::CloudFormation::Stack, Properties: {"
            "TemplateURL: ./Nested-B.yml, Parameters: {Id: !GetAtt "
            "One.Outputs.Id, Cidr: x}}}\n")


if __name__ == "__main__":
    tap.run("__main__")
