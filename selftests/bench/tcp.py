#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tcp.py CLIENT SERVER ADDRESS - sends TCP from one namespace to another.

Prints how many kilobytes a second got to the server, which has ADDRESS. The
clock runs from the first byte that the server has got after the connection
has come up to speed to the last one.
"""

import ctypes
import os
import socket
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PORT = 5201
CHUNK = 1 << 20
# What comes first does not count.
SPEED_UP = 20 * CHUNK
COUNTED = 100 * CHUNK


def enter(name):
    """Makes sockets of this process those of a namespace."""
    with open(f'/run/netns/{name}', encoding='ascii') as file:
        if LIBC.setns(file.fileno(), 0):
            raise OSError(ctypes.get_errno(), name)


def send(address):
    """The client: it sends more than will be counted."""
    data = bytes(CHUNK)
    with socket.create_connection((address, PORT)) as sock:
        for _ in range((SPEED_UP + COUNTED) // CHUNK):
            sock.sendall(data)


def receive(sock, buffer, wanted):
    """Reads so many bytes."""
    while wanted:
        n = sock.recv_into(buffer, min(wanted, len(buffer)))
        if not n:
            sys.exit('tcp.py: the connection ended')
        wanted -= n


def main():
    client, server, address = sys.argv[1:]
    enter(server)
    with socket.create_server((address, PORT)) as listener:
        pid = os.fork()
        if not pid:
            enter(client)
            send(address)
            os._exit(0)
        sock, _ = listener.accept()
    buffer = bytearray(CHUNK)
    with sock:
        receive(sock, buffer, SPEED_UP)
        before = time.monotonic_ns()
        receive(sock, buffer, COUNTED)
        took = time.monotonic_ns() - before
    os.waitpid(pid, 0)
    print(COUNTED * 1000000 // took)


if __name__ == '__main__':
    main()
