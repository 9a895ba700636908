#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Accepts every packet of netfilter queue 0, until it is killed.

A packet that was accepted goes on from here, in this process's context:
hooks behind the queue do not run in softirq. Prints "ready" when it listens.
"""

import socket
import struct

NETLINK_NETFILTER = 12
NFNL_SUBSYS_QUEUE = 3
NFQNL_MSG_PACKET, NFQNL_MSG_VERDICT, NFQNL_MSG_CONFIG = 0, 1, 2
NFQA_PACKET_HDR, NFQA_VERDICT_HDR = 1, 2
NFQA_CFG_CMD, NFQA_CFG_PARAMS = 1, 2
NFQNL_CFG_CMD_BIND = 1
NFQNL_COPY_META = 1
NF_ACCEPT = 1
NLM_F_REQUEST = 1


def message(kind, attribute, data):
    body = (struct.pack("=BBH", socket.AF_INET, 0, 0) +
            struct.pack("=HH", 4 + len(data), attribute) +
            data + bytes(-len(data) % 4))
    return struct.pack("=IHHII", 16 + len(body),
                       NFNL_SUBSYS_QUEUE << 8 | kind, NLM_F_REQUEST, 0,
                       0) + body


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def packet_ids(data):
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        if kind == NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET:
            for name, value in attributes(data[20:length]):
                if name == NFQA_PACKET_HDR:
                    yield value[:4]
        data = data[(length + 3) & ~3:]


def main():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                         NETLINK_NETFILTER)
    sock.send(message(NFQNL_MSG_CONFIG, NFQA_CFG_CMD,
                      struct.pack("!BBH", NFQNL_CFG_CMD_BIND, 0,
                                  socket.AF_INET)))
    sock.send(message(NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS,
                      struct.pack("!IB", 0, NFQNL_COPY_META)))
    print("ready", flush=True)
    while True:
        for ident in packet_ids(sock.recv(65536)):
            sock.send(message(NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR,
                              struct.pack("!I", NF_ACCEPT) + ident))


if __name__ == "__main__":
    main()
