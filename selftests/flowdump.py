#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads all flows in two goes, as no good client would.

Begins a dump, reads the first buffer and prints "half". Then it waits for a
line on standard input: if one comes it reads the rest and prints what it was,
else it ends without it, which closes a socket with a dump under way.

Prints {"messages": N, "ids": [...], "interrupted": BOOL}, ids without
repetition.
"""

import json
import socket
import struct
import sys

NETLINK_GENERIC = 16
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 3, 1, 2
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 0x10, 0x300
# uapi/linux/gwlb.h
GWLB_CMD_FLOW_GET, GWLB_A_FLOW_ID = 16, 2


def request(family, flags, command, data=b""):
    body = struct.pack("=BBH", command, 1, 0) + data
    return struct.pack("=IHHII", 16 + len(body), family,
                       NLM_F_REQUEST | flags, 1, 0) + body


def messages(data):
    while len(data) >= 16:
        length, kind, flags = struct.unpack_from("=IHH", data)
        yield kind, flags, data[16:length]
        data = data[(length + 3) & ~3:]


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def family_id(sock):
    name = b"gwlb\0"
    sock.send(request(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY,
                      struct.pack("=HH", 4 + len(name),
                                  CTRL_ATTR_FAMILY_NAME) +
                      name + bytes(-len(name) % 4)))
    for kind, _, body in messages(sock.recv(65536)):
        if kind == NLMSG_ERROR:
            sys.exit("there is no gwlb")
        for name, value in attributes(body[4:]):
            if name == CTRL_ATTR_FAMILY_ID:
                return struct.unpack("=H", value)[0]
    sys.exit("gwlb has no id")


class Dump:
    def __init__(self):
        self.messages = 0
        self.ids = set()
        self.interrupted = False

    def read(self, data):
        """Returns whether more is to come."""
        for kind, flags, body in messages(data):
            self.interrupted |= bool(flags & NLM_F_DUMP_INTR)
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                error = struct.unpack_from("=i", body)[0]
                if error:
                    sys.exit(f"error {-error}")
                return False
            self.messages += 1
            for name, value in attributes(body[4:]):
                if name == GWLB_A_FLOW_ID:
                    self.ids.add(struct.unpack("=Q", value)[0])
        return True


def main():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    sock.bind((0, 0))
    sock.send(request(family_id(sock), NLM_F_DUMP, GWLB_CMD_FLOW_GET))
    dump = Dump()
    more = dump.read(sock.recv(65536))
    print("half", flush=True)
    if not sys.stdin.readline():
        return
    while more:
        more = dump.read(sock.recv(65536))
    json.dump({"messages": dump.messages, "ids": sorted(dump.ids),
               "interrupted": dump.interrupted}, sys.stdout)


if __name__ == "__main__":
    main()
