#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of expand.py: what is refused, where and with which words.
"""
import tap
from scratch import BARE, Templates


class Refusals(Templates):
    """What is refused, and where."""

    def test_arguments(self):
        """A function with a wrong argument is refused in its place"""
        for place, message, text in (
                (".Fn::Nope", "unknown intrinsic function",
                 "{'Fn::Nope': x}"),
                (".Fn::Transform", "unknown intrinsic function",
                 "!Transform {Name: AWS::Include}"),
                (".Fn::ImportValue", "unknown intrinsic function",
                 "!ImportValue x"),
                (".Fn::Equals", "only a condition can say this",
                 "!Equals [a, b]"),
                ("", "a function next to other keys: Ref, B",
                 "{Ref: Word, B: 1}"),
                (".Ref", "takes a name", "!Ref [a]"),
                (".Fn::GetAtt", "takes a resource and an attribute",
                 "!GetAtt Vpc"),
                (".Fn::Sub", "takes a text, or a list of a text and a "
                 "mapping", "!Sub [a, b]"),
                (".Fn::Sub.1.B", "a variable that the text does not use",
                 "!Sub ['${A}', {A: 1, B: 2}]"),
                (".Fn::Sub.${Words}", "text is wanted, not a list or a "
                 "mapping", "!Sub '${Words}'"),
                (".Fn::Sub.${a:-b}",
                 "no name; a literal ${...} is written ${!...}",
                 "!Sub 'x ${a:-b}'"),
                (".Fn::Join", "takes a delimiter and a list", "!Join [a]"),
                (".Fn::Join.1", "takes a list", "!Join [',', a]"),
                (".Fn::Split", "takes a delimiter and a text",
                 "!Split ['', a]"),
                (".Fn::Select.0", "'x' is no index", "!Select [x, [a]]"),
                (".Fn::Select", "item 3 of a list of 3",
                 "!Select [3, !Ref Words]"),
                (".Fn::Select.1", "takes a list", "!Select [0, text]"),
                (".Fn::FindInMap.0", "no such mapping: M",
                 "!FindInMap [M, a, b]"),
                (".Fn::FindInMap.1", "no such key: a",
                 "!FindInMap [Map, a, b]"),
                (".Fn::FindInMap.2", "no such key: b",
                 "!FindInMap [Map, aws, b]"),
                (".Fn::If", "takes a condition and two values",
                 "!If [Is, a]"),
                (".Fn::If.0", "no such condition: Maybe",
                 "!If [Maybe, a, b]"),
                (".Fn::GetAZs", "zones of another region: eu-west-1",
                 "!GetAZs eu-west-1"),
                (".Fn::Cidr", "10.1.0.0/24 has no 3 blocks of 7 bits",
                 "!Cidr [10.1.0.0/24, 3, 7]"),
                (".Fn::Cidr", "10.1.0.1/24 has host bits set",
                 "!Cidr [10.1.0.1/24, 3, 5]"),
        ):
            with self.subTest(text):
                self.refuses_value(place, message, text)

    def test_names(self):
        """An unknown name is refused, in a branch not taken, too"""
        for place, message, text in (
                (".Ref", "no such parameter or resource: X", "!Ref X"),
                (".Fn::If.2.Ref", "no such parameter or resource: X",
                 "!If [Is, a, !Ref X]"),
                (".Fn::If.2.Fn::If.0", "no such condition: X",
                 "!If [Is, a, !If [X, b, c]]"),
                (".Fn::GetAtt", "no such resource: X", "!GetAtt X.Arn"),
                (".Fn::GetAtt", "no such resource: Word",
                 "!GetAtt Word.Arn"),
                (".Fn::Sub.${X}", "no such parameter or resource: X",
                 "!Sub '${X}'"),
                (".Fn::Sub.${X.Arn}", "no such resource: X",
                 "!Sub '${X.Arn}'"),
                (".Fn::Sub.${AWS::Nope}",
                 "no such parameter or resource: AWS::Nope",
                 "!Sub '${AWS::Nope}'"),
                (".Ref", "Ghost is not created: its condition is false",
                 "!Ref Ghost"),
        ):
            with self.subTest(text):
                self.refuses_value(place, message, text)

    def test_literal(self):
        """A text that looks like a reference, but is none, is refused"""
        self.refuses("CN-GWLB.yml: A", "refers to Nope/X, which is unknown",
                     "Resources: {A: {Type: T, Properties: "
                     "{P: 'x @{Nope/X} y'}}}\n")

    def test_file(self):
        """A file that CloudFormation could not read is refused by line"""
        for place, message, text in (
                (": line 3", "a key that YAML reads as True; quote it",
                 BARE + "  Yes: {Type: T}\n"),
                (": line 3", "duplicate key Vpc",
                 BARE + "  Vpc: {Type: T}\n"),
                (": line 1", "a YAML alias, which CloudFormation refuses",
                 "Resources: {A: &a {Type: T}, B: *a}\n"),
                (": line 3", "a YAML merge, which CloudFormation refuses",
                 BARE + "  B: {<<: {Type: T}}\n"),
                (": line 3", "could not determine a constructor for the tag "
                 "'!Nope'", BARE + "  A: !Nope x\n"),
                ("", "not a mapping of sections", "- a\n"),
                (": Transform", "unknown section",
                 "Transform: x\n" + BARE),
                (": Outputs", "not a mapping", BARE + "Outputs: [a]\n"),
        ):
            with self.subTest(message):
                self.refuses("CN-GWLB.yml" + place, message, text)

    def test_structure(self):
        """A resource or output that is not one is refused"""
        for place, message, text in (
                ("Resources", "no resources", "Resources: {}\n"),
                ("Resources.A", "has no Type", "Resources: {A: {}}\n"),
                ("Resources.A-B",
                 "a logical id has letters and digits only",
                 "Resources: {A-B: {Type: T}}\n"),
                ("Resources.A.Propertys",
                 "unknown attribute of a resource",
                 "Resources: {A: {Type: T, Propertys: {}}}\n"),
                ("Resources.A.Condition", "no such condition: C",
                 "Resources: {A: {Type: T, Condition: C}}\n"),
                ("Resources.A.DependsOn", "no such resource: B",
                 "Resources: {A: {Type: T, DependsOn: B}}\n"),
                ("Resources.A.DependsOn", "no such resource: B",
                 "Resources: {A: {Type: T, DependsOn: [B]}}\n"),
                ("Outputs.O", "has no Value", BARE + "Outputs: {O: {}}\n"),
                ("Outputs.O.Value.Ref", "no such parameter or resource: X",
                 BARE + "Outputs: {O: {Value: !Ref X}}\n"),
                ("Outputs.O.Condition", "no such condition: C",
                 BARE + "Outputs: {O: {Value: 1, Condition: C}}\n"),
                ("Metadata.AWS::CloudFormation::Interface",
                 "no such parameter: P", BARE + "Metadata: {AWS::"
                 "CloudFormation::Interface: {ParameterGroups: "
                 "[{Parameters: [P]}]}}\n"),
        ):
            with self.subTest(message):
                self.refuses("CN-GWLB.yml: " + place, message, text)

    def test_cycles(self):
        """A cycle of resources, conditions or attributes is refused"""
        for place, message, text in (
                ("Resources", "a cycle: A -> B -> A",
                 "Resources: {A: {Type: T, DependsOn: B}, "
                 "B: {Type: T, Properties: {P: !Ref A}}}\n"),
                ("Resources", "a cycle: A -> A",
                 "Resources: {A: {Type: T, "
                 "Properties: {P: !Sub '${A.Arn}'}}}\n"),
                ("Conditions.B.Fn::Not.0.Condition", "a cycle: A -> B -> A",
                 BARE + "Conditions: {A: !Not [!Condition B], "
                 "B: !Not [!Condition A]}\n"),
                ("Resources.V.Properties.CidrBlock.Fn::GetAtt",
                 "a cycle: V.CidrBlock -> V.CidrBlock",
                 "Resources: {V: {Type: AWS::EC2::VPC, Properties: "
                 "{CidrBlock: !GetAtt V.CidrBlock}}}\n"),
        ):
            with self.subTest(message):
                self.refuses("CN-GWLB.yml: " + place, message, text)

    def test_conditions(self):
        """A condition that cannot be decided is refused"""
        for place, message, text in (
                ("C.Fn::Nope", "unknown condition function",
                 "{'Fn::Nope': [a]}"),
                ("C", "is no condition", "text"),
                ("C.Fn::Equals", "takes a list of 2", "!Equals [a]"),
                ("C.Fn::Not", "takes a list of 1",
                 "!Not [{Condition: D}, {Condition: D}]"),
                ("C.Fn::And", "takes 2 to 10 conditions",
                 "!And [{Condition: D}]"),
                ("C.Condition", "no such condition: D", "!Condition D"),
                ("C.Fn::Equals.0.Ref", "a condition cannot ask for Vpc",
                 "!Equals [!Ref Vpc, x]"),
        ):
            with self.subTest(message):
                self.refuses("CN-GWLB.yml: Conditions." + place, message,
                             BARE + f"Conditions: {{C: {text}}}\n")

    def test_command_line(self):
        """What is asked for in vain is refused"""
        for place, message, arguments, options in (
                ("command line", "no such partition: azure",
                 ("azure",), {}),
                ("command line", "eu-west-1 is no region of aws-cn",
                 ("aws-cn", "eu-west-1"), {}),
                ("command line", "cn-north-1 is no region of aws",
                 ("aws", "cn-north-1"), {}),
                ("command line: X", "CN-GWLB.yml has no such parameter",
                 (), {"values": {"X": "1"}}),
        ):
            with self.subTest(message):
                self.refuses(place, message, BARE, *arguments, **options)


if __name__ == "__main__":
    tap.run("__main__")
