#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""slow.py KIND COUNT ADDRESS PORT: clients that take their time.

Keeps COUNT of them going until it is ended: who is thrown out comes again at
once. They come one after the other, within about two seconds, so that they are
not all thrown out in one moment. Prints "ready" when each was there, if only
until it was thrown out: on a slow machine they never all are in one moment.
Kinds:

  half     a SYN, never an ACK, from addresses that do not exist (needs the
           right to open raw sockets; COUNT different ones each second)
  silent   connected, not a byte
  head     a header line each second, never the last one
  byte     the request byte by byte, one a second
  deaf     asks for /metrics and never reads the answer
"""

import ipaddress
import random
import selectors
import socket
import struct
import sys
import time

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
DEAF = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


def checksum(data):
    """The Internet's, RFC 1071, of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def syn(source, sport, target, port):
    """An IPv4 packet that begins a connection."""
    tcp = struct.pack("!HHIIBBHHH", sport, port, random.getrandbits(32), 0,
                      5 << 4, 2, 65535, 0, 0)
    pseudo = source.packed + target.packed + struct.pack("!HH", 6, len(tcp))
    total = checksum(pseudo + tcp)
    tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
    # the kernel fills in the length and the checksum of this header
    return struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 6, 0) + \
        source.packed + target.packed + tcp


def half_open(count, address, port):
    """Addresses 10.255.x.x are nobody's: no RST comes to help the server."""
    target = ipaddress.IPv4Address(address)
    first = ipaddress.IPv4Address("10.255.0.1")
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    said = False
    number = 0
    while True:
        for _ in range(count):
            number = (number + 1) % 60000
            out.sendto(syn(first + number, 1024 + number, target, port),
                       (address, 0))
        if not said:
            print("ready", flush=True)
            said = True
        time.sleep(1)


class Client:
    """One connection of some kind, made anew when it ends."""

    def __init__(self, kind, peer, selector):
        self.kind = kind
        self.peer = peer
        self.selector = selector
        self.sock = None
        self.was_there = False
        self.connect()

    def connect(self):
        self.sent = 0
        self.there = False
        self.sock = socket.socket()
        if self.kind == "deaf":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        self.sock.setblocking(False)
        self.sock.connect_ex(self.peer)
        self.selector.register(self.sock, selectors.EVENT_WRITE, self)

    def again(self):
        self.selector.unregister(self.sock)
        self.sock.close()
        self.connect()

    def ready(self):
        """Connected, or at its end."""
        if self.there or self.sock.getsockopt(socket.SOL_SOCKET,
                                              socket.SO_ERROR):
            self.again()
            return
        self.there = self.was_there = True
        if self.kind == "deaf":
            self.sock.send(DEAF)
        self.selector.modify(self.sock, selectors.EVENT_READ, self)

    def second(self):
        """What it does once a second."""
        try:
            if not self.there:
                return
            if self.kind == "head":
                self.sock.send(HEAD if not self.sent else b"X: y\r\n")
            elif self.kind == "byte":
                self.sock.send(HEAD[self.sent % len(HEAD):][:1])
            elif self.kind == "deaf":
                # without reading: a peek does not make room
                self.sock.recv(1, socket.MSG_PEEK)
            self.sent += 1
        except BlockingIOError:
            pass
        except OSError:
            self.again()


def serve(kind, selector, pause):
    """Whatever happens until it is time to go on."""
    if kind == "deaf":
        # who has an answer would be ready all the time: looked at once
        end = time.monotonic() + pause
        for key, mask in selector.select(0):
            if mask & selectors.EVENT_WRITE:
                key.data.ready()
        time.sleep(max(0, end - time.monotonic()))
        return
    for key, mask in selector.select(pause):
        if mask & selectors.EVENT_WRITE:
            key.data.ready()
        else:
            key.data.again()


def connected(kind, count, address, port):
    """COUNT of them, each of which does something once a second."""
    selector = selectors.DefaultSelector()
    clients = []
    said = False
    turn = 0
    while True:
        began = time.monotonic()
        if len(clients) < count:
            clients += [Client(kind, (address, port), selector)
                        for _ in range(min(count - len(clients),
                                           count // 20 + 1))]
        # a tenth of them in each turn of a tenth of a second
        for client in clients[turn % 10::10]:
            client.second()
        turn += 1
        pause = max(0, began + 0.1 - time.monotonic())
        serve(kind, selector, pause)
        while (pause := began + 0.1 - time.monotonic()) > 0:
            serve(kind, selector, pause)
        if not said and len(clients) == count and \
           all(client.was_there for client in clients):
            print("ready", flush=True)
            said = True


def main():
    kind, count, address, port = sys.argv[1:]
    if kind == "half":
        half_open(int(count), address, int(port))
    elif kind in ("silent", "head", "byte", "deaf"):
        connected(kind, int(count), address, int(port))
    else:
        sys.exit(__doc__)


main()
