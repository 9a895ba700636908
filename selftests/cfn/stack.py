# SPDX-License-Identifier: GPL-2.0-only
"""A stack being expanded: one template with values for its parameters.

Owns what a name means in a template (the scope for intrinsics.py), nested
stacks and cycles. Reads templates, changes nothing.
"""
import hashlib
import re
from dataclasses import dataclass, field

import parameters
from intrinsics import evaluate, evaluate_condition, names_in
from reference import token
from template import Template, as_list

NESTED = "AWS::CloudFormation::Stack"
NESTED_URL = re.compile(r"(?:.*/)?(Nested-[A-Za-z0-9-]+\.yml)")
# Attributes that are properties, and so known: (type, attribute).
KNOWN = {
    ("AWS::EC2::VPC", "CidrBlock"),
    ("AWS::EC2::Subnet", "AvailabilityZone"),
    ("AWS::EC2::Subnet", "CidrBlock"),
    ("AWS::EC2::Subnet", "VpcId"),
}


@dataclass
class Resource:
    """A resource of the expanded set."""

    id: str
    type: str
    template: str
    stack: str
    properties: dict
    depends_on: list
    uses: list
    attributes: dict = field(default_factory=dict)


class Stack:
    """One template being expanded; the scope for the functions in it.

    Everything is worked out when it is first asked for, so that the order in
    a template does not matter. Asking for what is being worked out is a
    cycle.
    """

    def __init__(self, world, template, prefix, name, given):
        self.world = world
        self.zones = world.zones
        self.template = template
        self.place = template.place
        self.prefix = prefix
        self.pseudo = world.pseudo(name)
        self.name = name
        self.given = given
        self.values = {}
        self.busy = []
        self.uses = [{}]
        self.nested = {}
        for logical, body in template.resources.items():
            world.types[self.id_of(logical)] = body["Type"]
        self.check_names()

    def id_of(self, logical):
        """A resource's id in the whole set."""
        return self.prefix + logical

    def once(self, kind, name, place, work):
        """The result of work(), which is called once for (kind, name)."""
        key = (kind, name)
        if key not in self.values:
            if key in self.busy:
                chain = [one for _, one in self.busy[self.busy.index(key):]]
                place.fail("a cycle: " + " -> ".join(chain + [name]))
            self.busy.append(key)
            try:
                self.values[key] = work()
            finally:
                self.busy.pop()
        return self.values[key]

    def check_names(self):
        """Every name exists, in branches that are not taken, too."""
        sections = ("Resources", "Outputs")
        for section in sections:
            body = getattr(self.template, section.lower())
            for kind, name, _, place in names_in(body,
                                                 self.place.at(section)):
                if kind == "condition":
                    if name not in self.template.conditions:
                        place.fail(f"no such condition: {name}")
                elif kind == "ref":
                    self.check_ref(name, place)
                elif name not in self.template.resources:
                    place.fail(f"no such resource: {name}")

    def check_ref(self, name, place):
        """What Ref names has to exist."""
        if (name not in self.template.parameters
                and name not in self.template.resources
                and name not in self.pseudo):
            place.fail(f"no such parameter or resource: {name}")

    def ref(self, name, place):
        """Ref."""
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.template.parameters:
            return self.parameter(name)
        self.check_ref(name, place)
        self.use(name, place)
        return token(self.id_of(name))

    def get_att(self, name, attribute, place):
        """Fn::GetAtt: known if it is a property, or a nested output."""
        if name not in self.template.resources:
            place.fail(f"no such resource: {name}")
        self.use(name, place)
        body = self.template.resources[name]
        if body["Type"] == NESTED:
            return self.nested_output(name, attribute, place)
        if (body["Type"], attribute) in KNOWN:
            where = self.place.at("Resources", name, "Properties", attribute)
            if attribute not in body.get("Properties", {}):
                where.fail("is asked for, but not there")
            return self.once("property", f"{name}.{attribute}", place,
                             lambda: self.aside(
                                 body["Properties"][attribute], where))
        return token(self.id_of(name), attribute)

    def aside(self, node, place):
        """Evaluate for another resource: its uses are not the asker's."""
        self.uses.append({})
        try:
            return evaluate(self, node, place)
        finally:
            self.uses.pop()

    def use(self, name, place):
        """Note that the resource being expanded needs another."""
        if not self.exists(name):
            place.fail(f"{name} is not created: its condition is false")
        self.uses[-1][name] = True

    def exists(self, name):
        """Does a resource's condition hold?"""
        body = self.template.resources[name]
        return "Condition" not in body or self.condition(
            body["Condition"], self.place.at("Resources", name, "Condition"))

    def parameter(self, name):
        """A parameter's value, checked."""
        place = self.place.at("Parameters", name)
        body = self.template.parameters[name]

        def work():
            parameters.check_declaration(body, place)
            value = self.given.get(name, body.get("Default"))
            if value is None:
                place.fail("has no default and is not given")
            return parameters.resolve(body, value, place,
                                      self.world.types.get)

        return self.once("parameter", name, place, work)

    def condition(self, name, place):
        """Does a condition hold?"""
        if name not in self.template.conditions:
            place.fail(f"no such condition: {name}")
        where = self.place.at("Conditions", name)

        def work():
            for kind, other, _, here in names_in(
                    self.template.conditions[name], where):
                if kind == "att" or other in self.template.resources:
                    here.fail(f"a condition cannot ask for {other}")
            return evaluate_condition(
                self, self.template.conditions[name], where)

        return self.once("condition", name, place, work)

    def stack_of(self, name):
        """The nested stack that a resource is, with its parameters."""
        place = self.place.at("Resources", name, "Properties")
        return self.once("stack", name, place,
                         lambda: self.aside_stack(name, place))

    def aside_stack(self, name, place):
        """Load a nested stack's template and give it what it asks for."""
        properties = self.template.resources[name].get("Properties", {})
        here = place.at("TemplateURL")
        url = self.aside(properties.get("TemplateURL"), here)
        match = NESTED_URL.fullmatch(url) if isinstance(url, str) else None
        if not match:
            here.fail(f"'{url}' does not end in Nested-NAME.yml")
        path = self.template.path.parent / match[1]
        if not path.is_file():
            here.fail(f"no such file: {match[1]}")
        template = Template(path)
        given = self.aside(properties.get("Parameters", {}),
                           place.at("Parameters"))
        for key, value in given.items():
            where = place.at("Parameters", key)
            if key not in template.parameters:
                where.fail(f"{match[1]} has no such parameter")
            given[key] = parameters.text(value, where)
        for key, body in template.parameters.items():
            if key not in given and "Default" not in body:
                place.at("Parameters").fail(f"{match[1]} needs {key}")
        # as long and as unguessable as CloudFormation's own
        digest = hashlib.sha256(self.id_of(name).encode()).hexdigest()
        child = f"{self.name}-{name}-{digest[:12].upper()}"
        return Stack(self.world, template, self.id_of(name) + "/", child,
                     given)

    def nested_output(self, name, attribute, place):
        """An output of a nested stack."""
        word, _, output = attribute.partition(".")
        if word != "Outputs" or not output:
            place.fail("a nested stack has Outputs.NAME only")
        stack = self.stack_of(name)
        if output not in stack.template.outputs:
            place.fail(f"{stack.template.file} has no output {output}")
        return stack.output(output, place)

    def output(self, name, place):
        """The value of an output of this stack."""
        body = self.template.outputs[name]
        where = self.place.at("Outputs", name)
        if "Condition" in body and not self.condition(body["Condition"],
                                                      where):
            place.fail(f"{self.template.file} has no output {name}: "
                       "its condition is false")
        return self.once("output", name, place, lambda: self.aside(
            body["Value"], where.at("Value")))

    def expand_resource(self, name):
        """One resource with all it says."""
        body = self.template.resources[name]
        place = self.place.at("Resources", name)
        self.uses.append({})
        properties = evaluate(self, body.get("Properties", {}),
                              place.at("Properties"))
        attributes = {key: evaluate(self, body[key], place.at(key))
                      for key in ("CreationPolicy", "UpdatePolicy",
                                  "DeletionPolicy", "UpdateReplacePolicy",
                                  "Metadata") if key in body}
        uses = self.uses.pop()
        waits = [one for one in as_list(body.get("DependsOn", []))
                 if self.exists(one)]
        return Resource(
            id=self.id_of(name), type=body["Type"],
            template=self.template.file, stack=self.prefix.rstrip("/"),
            properties=properties,
            depends_on=[self.id_of(one) for one in waits],
            uses=[self.id_of(one) for one in uses], attributes=attributes)

    def expand(self):
        """All resources of this stack and of those below it."""
        for name in self.template.parameters:
            self.parameter(name)
        for name in self.template.conditions:
            self.condition(name, self.place.at("Conditions", name))
        self.check_rules()
        own = [self.expand_resource(name)
               for name in self.template.resources if self.exists(name)]
        self.check_cycles(own)
        for name, body in self.template.outputs.items():
            place = self.place.at("Outputs", name)
            if "Condition" not in body or self.condition(body["Condition"],
                                                         place):
                self.output(name, place)
        result = []
        for one in own:
            result.append(one)
            if one.type == NESTED:
                result += self.stack_of(one.id[len(self.prefix):]).expand()
        return result

    def check_rules(self):
        """The assertions of the section Rules hold."""
        for name, body in self.template.rules.items():
            place = self.place.at("Rules", name)
            if "RuleCondition" in body and not evaluate_condition(
                    self, body["RuleCondition"], place.at("RuleCondition")):
                continue
            for index, item in enumerate(body.get("Assertions", [])):
                here = place.at("Assertions", index)
                if not evaluate_condition(self, item.get("Assert"), here):
                    here.fail(item.get("AssertDescription",
                                       "the assertion does not hold"))

    def check_cycles(self, own):
        """No resource waits for itself, whether by DependsOn or by use."""
        needs = {one.id: one.depends_on + one.uses for one in own}
        done = set()
        path = []

        def visit(identity):
            if identity in path:
                chain = path[path.index(identity):] + [identity]
                self.place.at("Resources").fail("a cycle: "
                                                + " -> ".join(chain))
            if identity in done:
                return
            path.append(identity)
            for other in needs[identity]:
                visit(other)
            path.pop()
            done.add(identity)

        for identity in needs:
            visit(identity)
