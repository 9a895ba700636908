#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Loads what "gwlbctl import" prints, configuration by configuration, and tries
the flows of cases.py on the module: the first packet of each, and right after
it one in the opposite direction, which geneve-proxy gave the same verdict.

Prints what is wrong, and in the end one line: "configurations N flows N
packets N wrong N".
"""

import argparse
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import time

import cases

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
# pylint: disable=wrong-import-position
import geneve  # noqa: E402

ENDPOINT = 0x0123456789abcdef
# What comes by this endpoint is returned whatever the rules say: when it is
# back, all that was sent before it has been judged.
MARKER = 0x00000000000a11ce
MARKER_RULE = f"rule marker: endpoint vpce-{MARKER:017x} accept\n"

SYN, ACK, PSH = 0x02, 0x10, 0x08


def tcp(sport, dport, flags):
    return struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 5 << 4, flags, 1024,
                       0, 0)


def echo(kind, ident):
    head = struct.pack("!BBHHH", kind, 0, 0, ident, 1)
    return head[:2] + struct.pack("!H", geneve.checksum(head)) + head[4:]


def unreachable(quoted):
    head = struct.pack("!BBHI", 3, 1, 0, 0) + quoted[:28]
    return head[:2] + struct.pack("!H", geneve.checksum(head)) + head[4:]


def payload(case, number, reverse):
    """From the transport header on."""
    src, dst, sport, dport = case.src, case.dst, case.sport, case.dport
    if reverse:
        src, dst, sport, dport = dst, src, dport, sport
    if case.quotes:
        return unreachable(inner(case.quotes, number, False))
    if case.proto == cases.TCP:
        # Some are running already when we see them.
        first = PSH | ACK if number % 5 == 0 else SYN
        return tcp(sport, dport, first if not reverse else
                   first | ACK)
    if case.proto == cases.UDP:
        return geneve.udp(src, dst, sport, dport, b"datagram")
    if case.proto == cases.ICMP:
        return echo(0 if reverse else 8, number & 0xffff)
    return struct.pack("!HH", 0, 0x0800) + b"GRE with nothing in it"


def inner(case, number, reverse):
    src, dst = (case.dst, case.src) if reverse else (case.src, case.dst)
    return geneve.ipv4(src, dst, case.proto, payload(case, number, reverse))


def ipv6(number):
    """UDP, from a private address to a public one."""
    data = struct.pack("!HHHH", 1024, 443, 8, 0)
    return struct.pack("!IHBB", 6 << 28, len(data), 17, 64) + \
        socket.inet_pton(socket.AF_INET6, f"fd00::{number + 1:x}") + \
        socket.inet_pton(socket.AF_INET6, "2600::1") + data


class Wire:
    """Our end of the wire."""

    def __init__(self, args):
        self.args = args
        self.mac = bytes.fromhex(args.mac.replace(":", ""))
        self.quiet = geneve.quiet_port(args)
        self.receiver = geneve.packet_socket(args.dev)
        self.sender = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)

    def frame(self, endpoint, cookie, packet):
        data = geneve.geneve(endpoint, cookie, packet)
        if packet[0] >> 4 == 6:
            data = data[:2] + struct.pack("!H", 0x86dd) + data[4:]
        return geneve.ipv4(self.args.node, self.args.local, 17,
                           geneve.udp(self.args.node, self.args.local, 60000,
                                      6081, data), ttl=255)

    def send(self, frame):
        self.sender.sendto(frame, (self.args.dev, geneve.ETH_P_IP, 0, 0,
                                   self.mac))

    def back_until(self, marker):
        """All that came back, up to the marker; without it, None."""
        marker = geneve.swapped(marker)
        end = time.monotonic() + self.args.wait
        back = []
        while time.monotonic() < end:
            if not select.select([self.receiver], [], [], 0.1)[0]:
                continue
            packet = self.receiver.recv(65536)
            if packet == marker:
                return back
            if geneve.is_geneve(packet):
                back.append(packet)
        return None


def run(command, text):
    done = subprocess.run(command, input=text, text=True,
                          capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def load(args, text):
    rules = run([args.gwlbctl, "import", "geneve-proxy", "-"], text)
    run([args.gwlbctl, "-n", args.netns, "rule", "load", "-"],
        MARKER_RULE + rules)


def packets_of(wire, flows, errors, number):
    """Yields (frame, does it come back, what it is)."""
    for i, case in enumerate(flows):
        cookie = number << 12 | i
        for reverse in (False, True):
            what = f"{case}{', the way back' if reverse else ''}: {case.why}"
            yield wire.frame(ENDPOINT, cookie,
                             inner(case, cookie, reverse)), case.passes, what
    for i, case in enumerate(errors):
        # The flow's own number is in the packet that it quotes.
        quoted = number << 12 | flows.index(case.quotes)
        yield wire.frame(ENDPOINT, 0xe0000000 | number << 12 | i,
                         inner(case, quoted, False)), case.passes, \
            f"{case}: {case.why}"
    yield wire.frame(ENDPOINT, 0xf0000000 | number, ipv6(number)), False, \
        "IPv6"


def try_one(wire, number, flows, errors):
    """Yields what is wrong; returns how many packets there were."""
    sent = list(packets_of(wire, flows, errors, number))
    for frame, _passes, _what in sent:
        wire.send(frame)
    marker = wire.frame(MARKER, number, geneve.ipv4(
        "10.0.0.1", "10.0.0.2", 17,
        geneve.udp("10.0.0.1", "10.0.0.2", 1, 1, b"marker")))
    wire.send(marker)
    back = wire.back_until(marker)
    if back is None:
        yield "the marker did not come back"
        return len(sent)

    # The same packet twice would be two packets that are told apart by nobody.
    assert len({frame for frame, _, _ in sent}) == len(sent)
    for frame, passes, what in sent:
        returned = back.count(geneve.swapped(frame))
        if returned != passes:
            yield f"{what}, but {returned} came back"
    strange = set(back) - {geneve.swapped(frame) for frame, _, _ in sent}
    if strange:
        yield f"{len(strange)} packets that nobody sent"
    return len(sent)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gwlbctl", required=True)
    parser.add_argument("--netns", required=True)
    parser.add_argument("--dev", required=True)
    parser.add_argument("--mac", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--local", required=True)
    parser.add_argument("--wait", type=float, default=30)
    args = parser.parse_args()

    # What one CPU sends, the appliance sees in the same order.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    wire = Wire(args)
    configs = count = packets = wrong = 0
    for number, text, flows, errors in cases.table():
        load(args, text)
        tries = try_one(wire, number, flows, errors)
        while True:
            try:
                print(f"# configuration {number}: {next(tries)}")
                wrong += 1
            except StopIteration as stop:
                packets += stop.value
                break
        configs += 1
        count += len(flows + errors)
    print(f"configurations {configs} flows {count} packets {packets} "
          f"wrong {wrong}")


if __name__ == "__main__":
    main()
