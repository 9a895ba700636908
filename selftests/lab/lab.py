#!/usr/bin/python3 -ES
# SPDX-License-Identifier: GPL-2.0-only
"""Builds a region of AWS in network namespaces, from topology JSON.

The JSON is what selftests/cfn/topology.py says of the CloudFormation
templates. Needs root, and packages nftables, nginx-light, openssh-server; it
loads gwlb.ko (or $GWLB_KO) if it is not there.

Owns /run/gwlb-lab/NAME, network namespaces NAME-HOST, and the processes in
them. lab.py down NAME removes all of it.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys

import count
import life
import machine
import show
from host import LabError
from region import Region
from store import Store


def up(args):
    """up TOPOLOGY --name NAME"""
    try:
        with contextlib.ExitStack() as stack:
            file = sys.stdin if args.topology == "-" else \
                stack.enter_context(open(args.topology, encoding="utf-8"))
            topology = json.load(file)
    except ValueError as bad:
        raise LabError(f"{args.topology}: {bad}") from bad
    life.up(topology, Store(args.name), args.reflector)


def down(args):
    """down NAME"""
    life.down(Store(args.name))


def _alive(store, host):
    store.topology()
    if host not in store.hosts():
        raise LabError(f"there is no host {host} in lab {store.name}, only "
                       f"{', '.join(store.hosts())}")
    pid = store.pid(host)
    if pid is None:
        raise LabError(f"{host} is dead")
    return pid


def execute(args):
    """exec NAME HOST -- COMMAND"""
    store = Store(args.name)
    _alive(store, args.host)
    command = args.command[1:] if args.command[:1] == ["--"] \
        else args.command
    if not command:
        args.parser.error("COMMAND is missing")
    os.execv(store.exec, [str(store.exec), args.host, *command])


def tell(args):
    """show NAME"""
    store = Store(args.name)
    region = Region(store.topology(), store.name)
    told = show.describe(store, life.hosts_of(region, store))
    print(json.dumps(told, indent=1) if args.json else show.text(told))


def counters(args):
    """counters NAME HOST"""
    store = Store(args.name)
    _alive(store, args.host)
    print(json.dumps(count.read(store.netns(args.host))))


def kill(args):
    """kill NAME HOST"""
    life.kill(Store(args.name), args.host)


def restart(args):
    """restart NAME HOST"""
    life.restart(Store(args.name), args.host, args.broken)


def service(args):
    """service NAME HOST VERB UNIT"""
    store = Store(args.name)
    _alive(store, args.host)
    words = [args.verb, args.unit] if args.unit else [args.verb]
    answer = machine.ask(store.place(args.host), " ".join(words), 120)
    told = json.loads(answer)
    if "error" in told:
        raise LabError(told["error"])
    print(answer, end="")
    if args.verb != "status" and (told["state"] == "failed" or
                                  told["status"]):
        raise LabError(f"{args.unit}: {told['state']}, status "
                       f"{told['status']}")


def targets(args):
    """targets NAME"""
    print(json.dumps(life.targets(Store(args.name))))


def wait(args):
    """wait NAME HOST STATE"""
    store = Store(args.name)
    region = Region(store.topology(), store.name)
    if args.host not in [name for name, _, _ in region.fleet]:
        raise LabError(f"{args.host} is no target of lab {store.name}")
    life.in_service(region, store, [args.host], args.state, args.seconds)


def _parser():
    parser = argparse.ArgumentParser(
        prog="lab.py", description=__doc__.partition("\n")[0],
        epilog="Hosts: internet, igw1, vpc1 (a router), nat1, alb1, web1, "
        "bastion, appliance1, gwlb and so on.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(name, function, text, host=False):
        sub = verbs.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function, parser=sub)
        if name != "up":
            sub.add_argument("name", metavar="NAME", help="the lab")
        if host:
            sub.add_argument("host", metavar="HOST")
        return sub

    sub = verb("up", up, "build a lab and wait until it is in service")
    sub.add_argument("topology", metavar="TOPOLOGY.json",
                     help="from selftests/cfn/topology.py, - for stdin")
    sub.add_argument("--name", required=True,
                     help="up to 16 lower case letters and digits")
    sub.add_argument("--reflector", action="store_true",
                     help="appliances that let everything pass, in Python, "
                     "where the module cannot be loaded")
    verb("down", down, "remove a lab, whole or not")
    sub = verb("show", tell, "hosts, addresses, files")
    sub.add_argument("--json", action="store_true")
    sub = verb("exec", execute, "run a command in a host", host=True)
    sub.add_argument("command", nargs=argparse.REMAINDER,
                     metavar="-- COMMAND")
    verb("counters", counters, "IP packets and bytes that a web server, "
         "bastion or ALB node has received and sent, as JSON", host=True)
    verb("kill", kill, "end a host as if its power was cut", host=True)
    sub = verb("restart", restart, "boot a host anew, from nothing",
               host=True)
    sub.add_argument("--broken", action="store_true",
                     help="an appliance whose gwlb.service was not started")
    sub = verb("service", service, "a host's systemd units", host=True)
    sub.add_argument("verb", choices=["status", "start", "stop", "restart",
                                      "reload"])
    sub.add_argument("unit", nargs="?")
    verb("targets", targets, "the load balancer's view of its targets")
    sub = verb("wait", wait, "until the load balancer finds an appliance "
               "in a state", host=True)
    sub.add_argument("state", choices=["initial", "healthy", "unhealthy",
                                       "draining", "unused"])
    sub.add_argument("--seconds", type=float, default=life.HEALTHY)
    return parser


def main():
    """Exit status: 0, 1 for failures, 2 for wrong usage."""
    args = _parser().parse_args()
    try:
        if os.geteuid():
            raise LabError("only root can do that")
        args.function(args)
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
    except (LabError, OSError, subprocess.CalledProcessError) as bad:
        print(f"lab.py: {bad}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
