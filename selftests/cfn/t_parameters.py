#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of expand.py: which values a parameter takes.
"""
import tap
from expand import GIVEN, with_given
from scratch import BARE, Templates
from template import TemplateError


class Parameters(Templates):
    """Which values a parameter takes."""

    def given(self, declaration, *value):
        """What Ref gives for a parameter, and a value if there is one."""
        result = self.expand(f"Parameters: {{P: {declaration}}}\n" + BARE,
                             values={"P": value[0]} if value else {})
        return result.parameters["P"]

    def test_values(self):
        """Defaults, values and lists come as CloudFormation gives them"""
        for declaration, value, wanted in (
                ("{Type: String, Default: a}", (), "a"),
                ("{Type: String, Default: a}", ("b",), "b"),
                ("{Type: String, Default: true}", (), "true"),
                ("{Type: String, Default: ''}", (), ""),
                ("{Type: Number, Default: 5}", (), "5"),
                ("{Type: List<Number>}", ("1, 2",), ["1", "2"]),
                ("{Type: AWS::EC2::VPC::Id}", ("vpc-01234567",),
                 "vpc-01234567"),
                ("{Type: String, AllowedValues: [2, 3]}", ("3",), "3"),
                ("{Type: String, AllowedPattern: 'a+', MinLength: 2}",
                 ("aa",), "aa"),
        ):
            with self.subTest(declaration):
                self.assertEqual(self.given(declaration, *value), wanted)

    def test_refusals(self):
        """A value that its declaration forbids is refused"""
        for place, message, declaration, *value in (
                ("", "has no default and is not given", "{Type: String}"),
                (".Type", "unknown type Text", "{Type: Text}"),
                (".Typ", "unknown attribute of a parameter",
                 "{Type: String, Typ: x}"),
                ("", "'x' is no Number", "{Type: Number}", "x"),
                ("", "'' is no Number", "{Type: List<Number>}", "1,"),
                ("", "'c' is not one of a, b",
                 "{Type: String, AllowedValues: [a, b]}", "c"),
                ("", "'0.0.0.0/0' does not match (?!0.0.0.0/0).* (not all)",
                 "{Type: String, AllowedPattern: '(?!0.0.0.0/0).*', "
                 "ConstraintDescription: not all}", "0.0.0.0/0"),
                ("", "'a' is shorter than 2",
                 "{Type: String, MinLength: 2}", "a"),
                ("", "'abc' is longer than 2",
                 "{Type: String, MaxLength: '2'}", "abc"),
                ("", "'1' is less than 2", "{Type: Number, MinValue: 2}",
                 "1"),
                ("", "'3' is more than 2", "{Type: Number, MaxValue: 2}",
                 "3"),
                ("", "'x' is no AWS::EC2::Subnet::Id",
                 "{Type: AWS::EC2::Subnet::Id}", "x"),
                ("", "empty, but a AWS::EC2::KeyPair::KeyName is wanted",
                 "{Type: AWS::EC2::KeyPair::KeyName}", ""),
                ("", "'a b' is no name of an SSM parameter",
                 "{Type: AWS::SSM::Parameter::Value<String>}", "a b"),
        ):
            with self.subTest(message):
                with self.assertRaises(TemplateError) as caught:
                    self.given(declaration, *value)
                self.assertEqual(
                    (str(caught.exception.place), caught.exception.message),
                    ("CN-GWLB.yml: Parameters.P" + place, message))

    def test_given(self):
        """What a user has to give is made up, a default is not replaced"""
        self.write("Parameters: {EC2KEY: {Type: String}, TemplateBucket: "
                   "{Type: String, Default: b}}\n" + BARE)
        self.assertEqual(with_given(self.root, {}),
                         {"EC2KEY": GIVEN["EC2KEY"]})
        self.assertEqual(with_given(self.root, {"EC2KEY": "k"}),
                         {"EC2KEY": "k"})

    def test_rules(self):
        """An assertion of Rules that fails is refused"""
        text = BARE + "Parameters: {P: {Type: String, Default: a}}\n" \
            "Rules: {R: {RuleCondition: !Equals [!Ref P, b], Assertions: " \
            "[{Assert: !Equals [1, 2], AssertDescription: why}]}}\n"
        self.expand(text)
        self.refuses("CN-GWLB.yml: Rules.R.Assertions.0", "why", text,
                     values={"P": "b"})


if __name__ == "__main__":
    tap.run("__main__")
