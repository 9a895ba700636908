#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Test-only traffic between hosts whose packets pass gwlbsim.
"""Usage: talk.py udp SOURCE PORT COUNT SERVER SERVER_PORT
       talk.py tcp SOURCE PORT SERVER SERVER_PORT
       talk.py serve PORT

udp sends a datagram from each of COUNT ports and prints how many came back.
tcp connects, then says each line of stdin and prints "yes" when it comes back
within two seconds, "no" if not; an empty line ends it. serve echoes both,
prints "ready" and works until killed.
"""

import select
import socket
import struct
import sys
import threading

WAIT_S = 2
# A few times as long as the first SYNs are repeated after
CONNECT_S = 10


def echo_udp(sock):
    while True:
        data, addr = sock.recvfrom(65535)
        sock.sendto(data, addr)


def echo_tcp(conn):
    with conn:
        while True:
            try:
                data = conn.recv(65535)
            except OSError:
                return
            if not data:
                return
            conn.sendall(data)


def serve(port):
    """Both protocols on one port."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("", port))
    tcp = socket.create_server(("", port))
    threading.Thread(target=echo_udp, args=(udp,), daemon=True).start()
    print("ready", flush=True)
    while True:
        conn, _ = tcp.accept()
        threading.Thread(target=echo_tcp, args=(conn,), daemon=True).start()


def talk_udp(source, port, count, server):
    """All out first: each is a flow of its own."""
    socks = []
    for i in range(count):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((source, port + i))
        sock.connect(server)
        sock.send(b"%032d" % i)
        socks.append(sock)
    back = 0
    while socks:
        ready, _, _ = select.select(socks, [], [], WAIT_S)
        if not ready:
            break
        for sock in ready:
            sock.recv(65535)
            socks.remove(sock)
            back += 1
    print(back)


def heard(sock, want):
    """All of it, in time."""
    got = b""
    while len(got) < len(want):
        if not select.select([sock], [], [], WAIT_S)[0]:
            return False
        data = sock.recv(len(want) - len(got))
        if not data:
            return False
        got += data
    return got == want


def talk_tcp(source, port, server):
    """The end is a reset, so that the ports are free for the next one."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    sock.bind((source, port))
    sock.settimeout(CONNECT_S)
    try:
        sock.connect(server)
    except OSError:
        print("no", flush=True)
        return
    print("yes", flush=True)
    for line in sys.stdin:
        if line == "\n":
            break
        data = line.encode()
        try:
            sock.sendall(data)
            print("yes" if heard(sock, data) else "no", flush=True)
        except OSError:
            print("no", flush=True)


def main():
    mode, args = sys.argv[1], sys.argv[2:]
    if mode == "udp":
        talk_udp(args[0], int(args[1]), int(args[2]),
                 (args[3], int(args[4])))
    elif mode == "tcp":
        talk_tcp(args[0], int(args[1]), (args[2], int(args[3])))
    else:
        serve(int(args[0]))


if __name__ == "__main__":
    main()
