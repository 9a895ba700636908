#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ruleset: the protocol spoken by hand, so that a request can be wrong in any
way that gwlbctl would never let through. Owns one netlink socket at a time.
"""
import os
import re
import socket
import struct

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../uapi/linux/gwlb.h")

NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NETLINK_GET_STRICT_CHK = 12
SO_SNDBUFFORCE = 32
NLMSG_ERROR, NLMSG_DONE = 2, 3
F_REQUEST, F_MULTI, F_ACK, F_DUMP_INTR, F_DUMP = 1, 2, 4, 16, 0x300
F_ACK_TLVS = 0x200
NESTED = 0x8000
CTRL_CMD_GETFAMILY, CTRL_A_ID, CTRL_A_NAME = 3, 1, 2
HDRS = 20       # of netlink and generic netlink


def constants():
    """All numbers of the UAPI header by name, without GWLB_."""
    found = {}
    with open(HEADER, encoding="ascii") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for name, value in re.findall(r"#define GWLB_(\w+)\s+(\d+)\n", text):
        found[name] = int(value)
    for body in re.findall(r"enum\s*\w*\s*{(.*?)}", text, flags=re.S):
        number = 0
        for item in body.split(","):
            item = item.strip()
            if not item:
                continue
            name, _, value = (s.strip() for s in item.partition("="))
            number = int(value) if value else number
            found[name.replace("GWLB_", "", 1)] = number
            number += 1
    return found


N = constants()


class Attr:
    """An attribute; a list of attributes is a nest. @bad is to be blamed."""

    padding = b"\0"

    def __init__(self, name, value=b"", bad=False, flags=None):
        self.type = N["A_" + name] if isinstance(name, str) else name
        self.value = value
        self.bad = bad
        self.flags = flags

    def encode(self, out, blame):
        """Appends to @out; the offset of the one to be blamed to @blame."""
        start = len(out)
        nested = isinstance(self.value, list)
        flags = NESTED if nested else 0
        if self.flags is not None:
            flags = self.flags
        if self.bad:
            blame.append(start)
        out += b"\0\0\0\0"
        if nested:
            for child in self.value:
                child.encode(out, blame)
        else:
            out += self.value
        struct.pack_into("=HH", out, start, (len(out) - start) & 0xffff,
                         self.type | flags)
        out += Attr.padding * (-len(out) % 4)


def u32(name, value, **kw):
    return Attr(name, struct.pack("=I", value), **kw)


def u64(name, value, **kw):
    return Attr(name, struct.pack("=Q", value), **kw)


def string(name, value, **kw):
    return Attr(name, value.encode() + b"\0", **kw)


def flag(name, **kw):
    return Attr(name, b"", **kw)


def prefix(name, cidr, bad=False, bad_len=False):
    """@cidr is not looked at: it may have host bits."""
    address, _, length = cidr.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(family, address)
    return Attr(name, [Attr("PREFIX_ADDRESS", packed),
                       Attr("PREFIX_PREFIX_LEN",
                            struct.pack("=B", int(length)), bad=bad_len)],
                bad=bad)


class Refused(Exception):
    """What the kernel said."""

    def __init__(self, errno, sentence, offset):
        super().__init__(f"{os.strerror(errno)}: {sentence} at {offset}")
        self.errno = errno
        self.sentence = sentence
        self.offset = offset


def attrs_of(data):
    """[(type, payload), ...]"""
    found, at = [], 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        found.append((kind & 0x3fff, data[at + 4:at + length]))
        at += length + -length % 4
    return found


class Client:
    """One socket that speaks to the module."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK,
                       NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 27)
        except PermissionError:
            pass
        self.sock.settimeout(300)
        self.seq = 0
        self.interrupted = False
        self.family = 16
        answer = self.raw(NETLINK_GENERIC, CTRL_CMD_GETFAMILY, F_ACK,
                          Attr(CTRL_A_NAME, b"gwlb\0"))
        self.family = struct.unpack("=H", dict(answer[0])[CTRL_A_ID])[0]

    def send(self, kind, cmd, flags, body):
        self.seq += 1
        head = struct.pack("=IHHIIBBH", HDRS + len(body), kind,
                           F_REQUEST | flags, self.seq, 0, cmd, 1, 0)
        self.sock.send(head + body)

    def receive(self):
        """One read: ([attributes, ...], whether that was all)"""
        data = self.sock.recv(1 << 18)
        answers, at = [], 0
        while at < len(data):
            length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data,
                                                             at)
            body = data[at + 16:at + length]
            at += length + -length % 4
            if seq != self.seq:
                continue
            self.interrupted |= bool(flags & F_DUMP_INTR)
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                self.raise_for(body, flags, 20 if kind == NLMSG_ERROR else 4)
                return answers, True
            answers.append(attrs_of(body[4:]))
        return answers, False

    def raise_for(self, body, flags, head):
        errno = -struct.unpack_from("=i", body)[0]
        if errno <= 0:
            return
        sentence, offset = "", None
        if flags & F_ACK_TLVS:
            for kind, value in attrs_of(body[head:]):
                if kind == 1:
                    sentence = value.rstrip(b"\0").decode()
                if kind == 2:
                    offset = struct.unpack("=I", value)[0]
        raise Refused(errno, sentence, offset)

    def raw(self, kind, cmd, flags, *attrs):
        body, answers = bytearray(), []
        for attr in attrs:
            attr.encode(body, [])
        self.interrupted = False
        self.send(kind, cmd, flags, bytes(body))
        done = False
        while not done:
            some, done = self.receive()
            answers += some
        return answers

    def request(self, cmd, body):
        """Attributes that are put together already; nothing comes back"""
        self.send(self.family, N["CMD_" + cmd], F_ACK, body)
        while not self.receive()[1]:
            pass

    def do(self, cmd, *attrs):
        return self.raw(self.family, N["CMD_" + cmd], F_ACK, *attrs)

    def dump(self, cmd, *attrs):
        return self.raw(self.family, N["CMD_" + cmd], F_DUMP, *attrs)

    def generation(self):
        answer = dict(self.do("RULESET_GET")[0])
        return struct.unpack("=I", answer[N["A_RULESET_GENERATION"]])[0]
