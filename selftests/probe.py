#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends single packets through the appliance and tells the fate of each.

Reads one packet a line from standard input (grammar: see HELP) and answers
with one line: the counters of the appliance that went up by it, with their
number if that is not 1, and what it sent of its own, as in

    returned
    drop-policy
    drop-reject rst
    drop-reject unreachable 3/3
    drop-policy 5 returned 5

"returned" stands only where the packet itself came back byte for byte with
its outer addresses swapped, and "rst" and "unreachable" only where the answer
is one that the sender would take: the same tunnel header but for lengths and
checksums, right addresses, ports, numbers and checksums. Else "!" and what is
wrong follow.

Owns sockets in two namespaces. Nothing here is read from the module's sources
or made by gwlbctl: counters are read by netlink, as uapi/gwlb.yaml has it.
"""

import argparse
import ctypes
import ipaddress
import os
import select
import socket
import struct
import sys
import time

from geneve import checksum, packet_socket, swapped

HELP = """
[KEY=VALUE]... KIND...
  tcp SOURCE PORT DESTINATION PORT FLAGS     FLAGS of FSRPAUEC, or -
  udp SOURCE PORT DESTINATION PORT
  icmp SOURCE DESTINATION TYPE CODE          ICMPv6 if the addresses are
  ip SOURCE DESTINATION PROTOCOL
  error SOURCE DESTINATION TYPE CODE about PACKET
                                             an ICMP error about a packet
KEY:
  ep=VPCE node=ADDR cookie=N                 of the tunnel
  len=N                                      payload in bytes
  id=N                                       ICMP query; fragments
  seq=N ack=N                                TCP
  ttl=N                                      TTL or hop limit
  chain=LETTERS                              IPv6 extension headers before the
                                             transport header: hop-by-hop,
                                             destination, routing, fragment
  frag=OFFSET+LENGTH                         send only these bytes of what
                                             follows the IP header
  quote=N                                    bytes behind the quoted IP header
  flip=N                                     the lowest bit of this byte
  pad=N                                      zeros behind the outer packet
  times=N                                    so many, each with the next
                                             source port or ICMP identifier
"""

FLAGS = "FSRPAUEC"
CHAIN = {"h": 0, "r": 43, "f": 44, "d": 60}
OUTER = 20 + 8 + 40
PORT = 60007
CLONE_NEWNET = 0x40000000
SO_ATTACH_FILTER = 26

# Netlink
NETLINK_GENERIC = 16
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID = 1
CTRL_ATTR_FAMILY_NAME = 2
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLM_F_REQUEST = 1
NLM_F_DUMP = 0x300

# uapi/gwlb.yaml
CMD_COUNTER_GET = 3
A_NAME = 3
A_PACKETS = 4


class Bad(Exception):
    """A line that is no packet."""


# The appliance's counters

def enter(netns):
    with open(f"/run/netns/{netns}", "rb") as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {netns}")


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def attribute(kind, data):
    head = struct.pack("=HH", 4 + len(data), kind)
    return head + data + bytes(-len(data) % 4)


class Counters:
    """Reads all counters of the namespace that it was made in."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.family = None

    def ask(self, family, flags, cmd, data=b""):
        self.sock.send(struct.pack("=IHHIIBBH", 20 + len(data), family,
                                   NLM_F_REQUEST | flags, 1, 0, cmd, 1, 0) +
                       data)
        while True:
            data = self.sock.recv(1 << 20)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    error = -struct.unpack_from("=i", data, 16)[0]
                    raise OSError(error, os.strerror(error))
                yield dict(attributes(data[20:length]))
                if not flags:
                    return
                data = data[(length + 3) & ~3:]

    def find_family(self):
        name = attribute(CTRL_ATTR_FAMILY_NAME, b"gwlb\0")
        for reply in self.ask(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, name):
            self.family, = struct.unpack("=H", reply[CTRL_ATTR_FAMILY_ID])

    def read(self):
        # It has another number when the module was loaded again.
        self.find_family()
        return {reply[A_NAME].rstrip(b"\0").decode():
                struct.unpack("=Q", reply[A_PACKETS])[0]
                for reply in self.ask(self.family, NLM_F_DUMP,
                                      CMD_COUNTER_GET)}


# Packets

class Packet:
    """One line, understood."""

    def __init__(self, words):
        self.keys = {"len": 8, "id": 7, "seq": 1000, "ack": 2000, "times": 1,
                     "ep": 0x0123456789abcdef0, "node": None, "cookie": None,
                     "frag": None, "quote": None, "flip": None, "pad": 0,
                     "ttl": 64, "chain": "", "nh": None}
        while words and "=" in words[0]:
            key, value = words[0].split("=", 1)
            if key not in self.keys:
                raise Bad(f"no such key: {key}")
            self.keys[key] = self.value(key, value)
            words = words[1:]
        if not words:
            raise Bad("no packet")
        self.kind, args = words[0], words[1:]
        if not hasattr(self, "make_" + self.kind):
            raise Bad(f"no such kind: {self.kind}")
        self.about = None
        if self.kind == "error":
            if args[4:5] != ["about"]:
                raise Bad("about what?")
            self.about = Packet(args[5:])
            args = args[:4]
        self.args = args
        addresses = args[0], args[2 if self.kind in ("tcp", "udp") else 1]
        self.src, self.dst = map(ipaddress.ip_address, addresses)
        if self.src.version != self.dst.version:
            raise Bad("two families")
        self.six = self.src.version == 6

    @staticmethod
    def value(key, value):
        if key == "ep":
            return int(value.removeprefix("vpce-"), 16)
        if key == "frag":
            return tuple(map(int, value.split("+")))
        return value if key in ("node", "chain") else int(value, 0)

    def pseudo(self, proto, length):
        return (self.src.packed + self.dst.packed +
                struct.pack("!II" if self.six else "!HH", *(
                    (length, proto) if self.six else (proto, length))))

    def payload(self):
        return bytes(i & 255 for i in range(self.keys["len"]))

    def sealed(self, proto, data, at):
        """@data with its checksum at @at"""
        check = checksum(self.pseudo(proto, len(data)) + data)
        if proto == 17:
            check = check or 0xffff
        return data[:at] + struct.pack("!H", check) + data[at + 2:]

    def make_tcp(self, n):
        _, sport, _, dport, letters = self.args
        flags = sum(1 << FLAGS.index(c) for c in letters.strip("-"))
        data = self.payload() if "S" not in letters else b""
        return 6, self.sealed(6, struct.pack(
            "!HHIIBBHHH", int(sport) + n, int(dport), self.keys["seq"],
            self.keys["ack"] if flags & 16 else 0, 5 << 4, flags, 65535, 0,
            0) + data, 16)

    def make_udp(self, n):
        _, sport, _, dport = self.args
        data = self.payload()
        return 17, self.sealed(17, struct.pack(
            "!HHHH", int(sport) + n, int(dport), 8 + len(data), 0) + data, 6)

    def icmp(self, data):
        if self.six:
            return 58, self.sealed(58, data, 2)
        return 1, data[:2] + struct.pack("!H", checksum(data)) + data[4:]

    def make_icmp(self, n):
        _, _, kind, code = self.args
        return self.icmp(struct.pack("!BBHHH", int(kind), int(code), 0,
                                     (self.keys["id"] + n) & 0xffff, 1) +
                         self.payload())

    def make_error(self, n):
        _, _, kind, code = self.args
        quoted = self.about.inner(n)
        head = 40 if self.about.six else 20
        room = 1232 if self.six else 548
        if self.keys["quote"] is not None:
            room = head + self.keys["quote"]
        return self.icmp(struct.pack("!BBHI", int(kind), int(code), 0, 0) +
                         quoted[:room])

    def make_ip(self, _):
        proto = int(self.args[2])
        return proto, self.payload()

    def chained(self, proto, data):
        """@data behind extension headers of 8 bytes that say nothing"""
        for letter in reversed(self.keys["chain"]):
            # A pad option (RFC 8200, 4.2), but nothing where none is.
            rest = b"\1\4\0\0\0\0" if letter in "hd" else bytes(6)
            data = struct.pack("!BB", proto, 0) + rest + data
            proto = CHAIN[letter]
        return proto, data

    def inner(self, n):
        proto, data = self.chained(*getattr(self, "make_" + self.kind)(n))
        first, more, ident = 0, 0, 0
        if self.keys["frag"]:
            first, length = self.keys["frag"]
            more = first + length < len(data)
            data = data[first:first + length]
            ident = self.keys["id"]
        if self.six:
            if self.keys["frag"]:
                if self.keys["nh"] is not None:
                    proto = self.keys["nh"]
                data = struct.pack("!BBHI", proto, 0, first | more,
                                   ident) + data
                proto = 44
            return (struct.pack("!IHBB", 6 << 28, len(data), proto,
                                self.keys["ttl"]) +
                    self.src.packed + self.dst.packed + data)
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), ident,
                           more << 13 | first >> 3, self.keys["ttl"],
                           proto, 0,
                           self.src.packed, self.dst.packed)
        return (head[:10] + struct.pack("!H", checksum(head)) + head[12:] +
                data)

    def frame(self, args, n):
        node = socket.inet_aton(self.keys["node"] or args.node)
        local = socket.inet_aton(args.local)
        cookie = self.keys["cookie"]
        if cookie is None:
            cookie = 0xc0000000 + n
        payload = (struct.pack("!BBHI", 8, 0,
                               0x86dd if self.six else 0x0800, 0) +
                   struct.pack("!HBBQ", 0x0108, 1, 2, self.keys["ep"]) +
                   struct.pack("!HBBQ", 0x0108, 2, 2, 0) +
                   struct.pack("!HBBI", 0x0108, 3, 1, cookie) +
                   self.inner(n))
        frame = bytearray(outer(node, local, 17, udp(node, local, payload)))
        if self.keys["flip"] is not None:
            frame[self.keys["flip"]] ^= 1
        return bytes(frame)


def outer(src, dst, proto, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0,
                       255, proto, 0, src, dst)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(src, dst, payload):
    head = struct.pack("!HHHH", PORT, 6081, 8 + len(payload), 0)
    check = checksum(src + dst + struct.pack("!HH", 17, len(head + payload)) +
                     head + payload) or 0xffff
    return head[:6] + struct.pack("!H", check) + payload


# Answers of the appliance's own

def wrong_outer(back, sent):
    """What is wrong with the tunnel of @back, which answers @sent?"""
    total, = struct.unpack_from("!H", back, 2)
    ulen, ucheck = struct.unpack_from("!HH", back, 24)
    if back[0] != 0x45 or total != len(back) or checksum(back[:20]):
        return "outer IP header"
    if back[12:16] != sent[16:20] or back[16:20] != sent[12:16]:
        return "outer addresses"
    if back[20:24] != sent[20:24] or ulen != len(back) - 20:
        return "outer UDP header"
    if ucheck and checksum(back[12:20] + struct.pack("!HH", 17, ulen) +
                           back[20:]):
        return "outer UDP checksum"
    if back[28:68] != sent[28:68]:
        return "Geneve header"
    return None


def split(inner):
    """Protocol, source, destination and payload, or None if it is damaged"""
    if inner[0] >> 4 == 6:
        length, proto, ttl = struct.unpack_from("!HBB", inner, 4)
        if length != len(inner) - 40 or not ttl:
            return None
        return proto, inner[8:24], inner[24:40], inner[40:]
    total, = struct.unpack_from("!H", inner, 2)
    if (inner[0] != 0x45 or total != len(inner) or checksum(inner[:20]) or
            not inner[8] or inner[6] & 0x3f or inner[7]):
        return None
    return inner[9], inner[12:16], inner[16:20], inner[20:]


def wrong_rst(data, sent):
    """RFC 9293, 3.10.7.1"""
    sport, dport, seq, ack, doff, flags = struct.unpack_from("!HHIIBB", data)
    osport, odport, oseq, oack, odoff, oflags = struct.unpack_from("!HHIIBB",
                                                                   sent)
    if (sport, dport) != (odport, osport):
        return "ports"
    if doff >> 4 != 5 or len(data) != 20:
        return "length"
    if oflags & 16:
        return None if flags == 4 and seq == oack else "sequence number"
    length = (len(sent) - (odoff >> 4) * 4 + bool(oflags & 2) +
              (oflags & 1))
    if flags != 0x14 or seq or ack != (oseq + length) & 0xffffffff:
        return "acknowledgement"
    return None


def describe(back, sent):
    """What is @back, which is not @sent itself?"""
    wrong = wrong_outer(back, sent)
    if wrong:
        return f"!{wrong}"
    parts, original = split(back[OUTER:]), split(sent[OUTER:])
    if not parts:
        return "!inner IP header"
    proto, src, dst, data = parts
    if (src, dst) != (original[2], original[1]):
        return "!inner addresses"
    pseudo = src + dst + (struct.pack("!II", len(data), proto)
                          if len(src) == 16 else
                          struct.pack("!HH", proto, len(data)))
    if checksum(data if proto == 1 else pseudo + data):
        return "!inner checksum"
    if proto == 6:
        if not data[13] & 4:
            return "!TCP without RST"
        wrong = wrong_rst(data, original[3])
        return f"rst!{wrong}" if wrong else "rst"
    if proto in (1, 58):
        quote, inner = data[8:], sent[OUTER:]
        least = (40 if proto == 58 else 20) + 8
        if quote != inner[:len(quote)] or len(quote) < min(least, len(inner)):
            return f"unreachable!quote {data[0]}/{data[1]}"
        if len(back) - OUTER > (1280 if proto == 58 else 576):
            return f"unreachable!size {data[0]}/{data[1]}"
        return f"unreachable {data[0]}/{data[1]}"
    return f"!protocol {proto}"


# The wire

def only_ours(sock):
    """Lets in what has our outer source port, and answers to pings: what
    others do on the same wire is not to fill the queue while nobody reads.
    """
    code = ((0x30, 0, 0, 9),                # load the IP protocol
            (0x15, 3, 0, 1),                # ICMP: keep it
            (0x15, 0, 3, 17),               # not UDP: drop it
            (0x28, 0, 0, 20),               # load the UDP source port
            (0x15, 0, 1, PORT),             # not ours: drop it
            (0x06, 0, 0, 0xffff),
            (0x06, 0, 0, 0))
    code = b"".join(struct.pack("=HBBI", *line) for line in code)
    code = ctypes.create_string_buffer(code, len(code))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                    struct.pack("@HP", len(code) // 8,
                                ctypes.addressof(code)))


class Wire:
    """Packets that are sent, and all that comes of them."""

    def __init__(self, args):
        self.args = args
        self.mac = bytes.fromhex(args.mac.replace(":", ""))
        self.seq = 0
        # Or else the stack answers what comes back: port unreachable.
        self.quiet = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.quiet.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.quiet.bind(("", 6081))
        self.receiver = packet_socket(args.dev)
        only_ours(self.receiver)
        self.sender = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)

    def send(self, frame):
        self.sender.sendto(frame, (self.args.dev, 0x0800, 0, 0, self.mac))

    def ping(self):
        """What is sent and answered on one CPU keeps its order: behind the
        answer to this ping comes nothing any more.
        """
        self.seq = (self.seq + 1) & 0xffff
        data = struct.pack("!BBHHH", 8, 0, 0, os.getpid() & 0xffff, self.seq)
        data = data[:2] + struct.pack("!H", checksum(data)) + data[4:]
        self.send(outer(socket.inet_aton(self.args.node),
                        socket.inet_aton(self.args.local), 1, data))

    def answers(self, frame):
        """Is @frame the answer to our newest ping?"""
        return (frame[9] == 1 and frame[20] == 0 and
                struct.unpack_from("!HH", frame, 24) ==
                (os.getpid() & 0xffff, self.seq))

    def exchange(self, frames):
        """Sends @frames; returns what came back by the tunnel"""
        back = []
        for start in range(0, len(frames), 64):
            for frame in frames[start:start + 64]:
                self.send(frame)
            self.ping()
            self.collect(back)
        return back

    def collect(self, back):
        for _ in range(30):
            end = time.monotonic() + 2
            while True:
                left = end - time.monotonic()
                if left <= 0 or not select.select([self.receiver], [], [],
                                                  left)[0]:
                    break
                frame = self.receiver.recv(65536)
                if self.answers(frame):
                    return
                if frame[9] == 17 and frame[20:22] == struct.pack("!H", PORT):
                    back.append(frame)
            self.ping()
        raise OSError("the appliance does not answer pings")


def differences(before, after):
    """What went up, but for received and our own pings"""
    return {name: after[name] - before[name] for name in after
            if name not in ("received", "pass-other") and
            after[name] != before[name]}


def fate(packet, wire, counters):
    frames = [packet.frame(wire.args, n)
              for n in range(packet.keys["times"])]
    before = counters.read()
    padding = bytes(packet.keys["pad"])
    back = wire.exchange([frame + padding for frame in frames])
    rose = differences(before, counters.read())
    returned, own = 0, {}
    waiting = list(frames)
    for frame in back:
        same = swapped(frame)
        if same in waiting:
            waiting.remove(same)
            returned += 1
            continue
        # The newest one of the same tunnel header is what it answers.
        cause = [f for f in frames if f[60:68] == frame[60:68]]
        what = describe(frame, (cause or frames)[-1])
        own[what] = own.get(what, 0) + 1
    words = [name if count == 1 else f"{name} {count}"
             for name, count in sorted(rose.items())]
    words += [name if count == 1 else f"{count} x {name}"
              for name, count in sorted(own.items())]
    if returned != rose.get("returned", 0):
        words.append(f"!{returned} came back")
    if sum(rose.values()) != len(frames):
        words.append(f"!{sum(rose.values())} were counted")
    return " ".join(words)


def main():
    parser = argparse.ArgumentParser(epilog=HELP,
                                     formatter_class=argparse.
                                     RawDescriptionHelpFormatter)
    parser.add_argument("--sim", required=True, help="namespace to send from")
    parser.add_argument("--app", required=True, help="the appliance's")
    parser.add_argument("--dev", required=True)
    parser.add_argument("--mac", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--local", required=True)
    args = parser.parse_args()

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    enter(args.app)
    counters = Counters()
    enter(args.sim)
    wire = Wire(args)
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            answer = fate(Packet(line.split()), wire, counters)
        except (Bad, IndexError, ValueError, OSError,
                struct.error) as error:
            answer = f"error: {error}"
        print(answer, flush=True)


if __name__ == "__main__":
    main()
