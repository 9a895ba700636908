# SPDX-License-Identifier: GPL-2.0-only
#
# scripts.py - checks of what instances are given to run
#
# Owns and touches nothing in the tree; shellcheck, bash and gwlbctl get copies
# in a directory of their own. What userdata.py does not understand, topology.py
# has refused before.

"""Checks of user data."""

import fnmatch
import functools
import ipaddress
import os
import re
import subprocess
import sys
import tempfile

from machines import as_list, statements
from reference import FORM
from registry import check
from walk import Network
from world import ACCOUNT

# EC2 takes this much, before Base64.
LIMIT = 16384

CONF = "/etc/gwlb/gwlb.conf"
RULES = "/etc/gwlb/rules.conf"
QUICKSTART = "tools/gwlbctl/rules/quickstart.rules"


def run(command, text, suffix):
    """(exit code, what was said) of a command about a text, as a file."""
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, "given" + suffix)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(command + [path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              check=False)
        return done.returncode, done.stdout.replace(path, "script")


@functools.lru_cache(maxsize=None)
def shell_complaints(text):
    """What bash and shellcheck say of a script; most are the same in every
    region, so each is asked about once."""
    said = []
    for command in (["bash", "-n"],
                    ["shellcheck", "--norc", "-f", "gcc", "-s", "bash"]):
        code, out = run(command, text, ".sh")
        if code:
            said += out.strip().splitlines() or [f"{command[0]}: {code}"]
    return tuple(said)


def build_gwlbctl(top):
    """For tests, which may be the first to want it."""
    gwlbctl = os.path.join(top, "tools/gwlbctl")
    if not os.access(os.path.join(gwlbctl, "gwlbctl"), os.X_OK):
        subprocess.run(["make", "-s", "-C", gwlbctl], check=True,
                       stdout=sys.stderr)


@functools.lru_cache(maxsize=None)
def gwlbctl_complaint(top, text):
    """What gwlbctl says of a rules file."""
    gwlbctl = os.environ.get("GWLBCTL",
                             os.path.join(top, "tools/gwlbctl/gwlbctl"))
    if not os.access(gwlbctl, os.X_OK):
        return f"{gwlbctl} is not built"
    code, out = run([gwlbctl, "rule", "check"], text, ".rules")
    return out.strip() or f"exit code {code}" if code else ""


def machines(case):
    """(name, files, commands) of all that have user data."""
    fleet = case.topology["fleet"]
    yield fleet["id"], fleet["files"], fleet["commands"]
    for instance in case.topology["instances"]:
        yield instance["id"], instance["files"], instance["commands"]


def known(text):
    """A text with a word in place of what only a deployment can know."""
    return FORM.sub("unknown", text)


def shell_scripts(files, commands):
    """(name, text) of all that a shell will run."""
    for path, file in files.items():
        first = file["content"].split("\n", 1)[0]
        if first.startswith("#!") and re.search(r"\b(ba|da)?sh\b", first):
            yield path, known(file["content"])
    for index, command in enumerate(commands):
        if isinstance(command, str):
            yield f"runcmd {index}", "#!/bin/bash\n" + known(command) + "\n"


@check("userdata-shell")
def shell(case):
    """3.4: bash and shellcheck have nothing to say about any script."""
    for name, files, commands in machines(case):
        for path, text in shell_scripts(files, commands):
            for line in shell_complaints(text):
                yield f"{name}: {path}: {line}"
        for path, file in files.items():
            if file["content"].startswith("#!") and \
                    not int(file["mode"], 8) & 0o100:
                yield f"{name}: {path} cannot be run"


@check("userdata-size")
def user_data_size(case):
    """EC2 takes 16 KiB of user data and refuses the instance else."""
    for one in case.of("EC2::Instance") + case.of("EC2::LaunchTemplate"):
        body = one.properties.get("LaunchTemplateData", one.properties)
        text = body.get("UserData", {}).get("Fn::Base64", "")
        length = len(text.encode())
        if length > LIMIT * 9 // 10:
            yield f"{one.id}: {length} of {LIMIT} bytes of user data"


URL = re.compile(r"\b(?:https?|ftp|s3|git|ssh)://([^/\s\"'\\;)]*)([^\s\"']*)")
# Programs that fetch things from where they are told to, or from where the
# image was told to.
FETCHERS = re.compile(
    r"\b(wget|git|pip3?|npm|gem|cpan|ftp|scp|rsync|svn|curl|yum|dnf|apt-get|"
    r"apt|aptitude|amazon-linux-extras|snap|docker)\s+(?=[-\w\"'$./~])")
# The instance itself, and what tells it who it is.
OWN = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]|169\.254\.169\.254)"
                 r"(?::[\w${}]+)?")


def code_lines(text):
    """The lines of a script: without comments, long ones in one piece, and
    with variables that hold a URL replaced by it."""
    text = re.sub(r"\\\n\s*", " ", text)
    lines = [line for line in text.splitlines()
             if not line.lstrip().startswith("#")]
    urls = dict(re.findall(r"\b(\w+)=[\"']?(\w+://[^\s\"']+)",
                           "\n".join(lines)))
    for name, url in urls.items():
        lines = [re.sub(rf"\$(?:{name}\b|{{{name}}})", lambda _, u=url: u,
                        line) for line in lines]
    return [re.sub(r"\bcommand -v \S+", "", line) for line in lines]


@check("userdata-hosts")
def hosts(case):
    """D7, D11, S25: nothing comes from anywhere but the bucket with the
    templates; no script names another host, or a program that would."""
    bucket = case.expansion.parameters.get("TemplateBucket", "")
    for name, files, commands in machines(case):
        texts = [(p, f["content"]) for p, f in files.items()]
        texts += [("runcmd", c if isinstance(c, str) else " ".join(c))
                  for c in commands]
        for path, text in texts:
            for line in code_lines(text):
                for host, rest in URL.findall(line):
                    if OWN.fullmatch(host):
                        continue
                    if not bucket or bucket not in (host.split(".")[0],
                                                    rest.split("/")[0]):
                        yield f"{name}: {path}: {host}: {line.strip()}"
                for program in FETCHERS.findall(line):
                    if not allowed_fetch(program, line):
                        yield f"{name}: {path}: {program}: {line.strip()}"


def allowed_fetch(program, line):
    """curl may ask the instance itself, dnf may install files."""
    if program == "dnf":
        return re.search(r"\bdnf -y --disablerepo='\*' install \./\S+$",
                         line.strip()) is not None
    asked = [host for host, _ in URL.findall(line)]
    return program == "curl" and bool(asked) and \
        all(map(OWN.fullmatch, asked))


@check("userdata-peers")
def peers(case):
    """2.5, README: the appliance takes packets from the GWLB's subnets and
    nobody else, and answers health checks on HealthPort."""
    network = Network(case.topology)
    wanted = [network.subnets[s]["cidr"]
              for s in case.topology["gwlb"]["subnets"]]
    fleet = case.topology["fleet"]
    text = fleet["files"].get(CONF, {}).get("content")
    if text is None:
        yield f"{fleet['id']}: no {CONF}"
        return
    values = dict(re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', text, re.M))
    have = values.get("PEERS", "").split()
    if sorted(have, key=ipaddress.ip_network) != sorted(
            wanted, key=ipaddress.ip_network):
        yield f"{fleet['id']}: PEERS are {have}, not {wanted}"
    port = case.expansion.parameters["HealthPort"]
    if values.get("HEALTH_PORT") != port:
        yield f"{fleet['id']}: HEALTH_PORT {values.get('HEALTH_PORT')}"


@check("userdata-rules")
def rules(case):
    """S27: the policy is the quickstart's, with the web servers inside and
    nobody else, and SSH from the bastion's subnet."""
    fleet = case.topology["fleet"]
    text = fleet["files"].get(RULES, {}).get("content")
    if text is None:
        yield f"{fleet['id']}: no {RULES}"
        return
    with open(case.tree.top / QUICKSTART, encoding="utf-8") as file:
        quickstart = file.read()
    if not text.startswith(quickstart):
        yield f"{fleet['id']}: {RULES} is not {QUICKSTART}"
    else:
        have = [line for line in text[len(quickstart):].splitlines()
                if line and not line.startswith("#")]
        if have != own_rules(case):
            yield f"{fleet['id']}: {RULES} ends in {have}"
    said = gwlbctl_complaint(str(case.tree.top), text)
    if said:
        yield f"{fleet['id']}: {RULES}: {said}"


def own_rules(case):
    """What the policy says of this very network."""
    network = Network(case.topology)

    def cidrs(role):
        return [network.subnets[i["subnet"]]["cidr"]
                for i in case.topology["instances"] if i["role"] == role]

    return [f"inside {', '.join(cidrs('web'))}",
            f"rule ssh: from {', '.join(cidrs('bastion'))} proto tcp "
            "dport 22 direction in accept"]


@check("userdata-install")
def install(case):
    """D7, 2.5: what is installed is what was published, by its hash; a failure
    is signalled, and success is signalled after health is 200, and was asked
    for by somebody else."""
    fleet = case.topology["fleet"]
    scripts = "\n".join(t for _, t in shell_scripts(fleet["files"],
                                                    fleet["commands"]))
    for what, pattern in (
            ("a checksum", r"sha256sum\b.*(-c|--check)"),
            ("the hash of SHA256SUMS", r"PackageSumsSha256|sums"),
            ("a signal", r"signal-resource|cfn-signal"),
            ("what was published where gwlb is there",
             r'if \[ -n "\$sums" \] \|\| ! command -v gwlbctl '),
            ("a trap for failures", r"\btrap\b"),
            ("a question for health", r"127\.0\.0\.1|localhost"),
            ("a look at who else asks", r"(?m)^wait_for_questions$")):
        if not re.search(pattern, scripts):
            yield f"{fleet['id']}: its scripts lack {what}"


@check("userdata-signal")
def signal(case):
    """D7, 2.5: what the script calls the stack is what its role, and the
    endpoint on the way, let it signal to. AWS knows a stack by its ARN, and
    puts a "*" for the id into that if it was asked by name."""
    fleet = case.topology["fleet"]
    text = "\n".join(t for _, t in shell_scripts(fleet["files"],
                                                 fleet["commands"]))
    match = re.search(r"^stack=(\S+)$", text, re.M)
    name = match[1] if match else ""
    if not name.startswith("arn:"):
        start = (f"arn:{case.expansion.partition}:cloudformation:"
                 f"{case.expansion.region}:{ACCOUNT}:stack/")
        name = f"{start}{name}/*"
    found = 0
    for one, statement in statements(case):
        if "cloudformation:SignalResource" in as_list(statement["Action"]):
            found += 1
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in
                       as_list(statement["Resource"])):
                yield f"{one.id}: {statement['Resource']} is not {name}"
    if found != 2:
        yield f"{found} policies let {fleet['id']} signal, not 2"


@check("userdata-web")
def web(case):
    """S18, D11: each web server says which one it is, and needs nothing
    installed for that."""
    pages = []
    for instance in case.topology["instances"]:
        if instance["role"] == "web":
            page = instance["files"].get("/srv/web/index.html")
            pages.append(page["content"].strip() if page else "")
            units = [p for p in instance["files"]
                     if p.startswith("/etc/systemd/system/")]
            if not units:
                yield f"{instance['id']}: no unit for its server"
    for number, page in enumerate(pages, 1):
        if f"web server {number}" not in page.lower():
            yield f"web server {number} says '{page}'"
