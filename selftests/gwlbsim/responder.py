#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# A test-only answer to health checks, that can be switched while it runs.
"""Usage: responder.py PORT FILE LOG

Answers each request with the first status that FILE holds and takes it out
of there, unless it is the last one; "hang" is no answer at all. Writes who
asked for what to LOG, a line each. Prints "ready", works until killed.
"""

import socket
import sys

# One that says nothing must not be in the way of the others for long.
REQUEST_S = 1
# Connections that are left without an answer; older ones are closed.
HUNG_MAX = 100


def answer(status):
    return ("HTTP/1.1 {} Test\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n".format(status)).encode()


def next_word(name):
    """What FILE says counts now, not what it said when this began."""
    with open(name, encoding="ascii") as source:
        words = source.read().split()
    if len(words) > 1:
        with open(name, "w", encoding="ascii") as target:
            target.write(" ".join(words[1:]))
    return words[0]


def take(conn, addr, file, log, hung):
    """One check; closes the connection, or keeps it in hung."""
    request = conn.recv(4096).split()
    if len(request) < 2:
        conn.close()
        return
    word = next_word(file)
    print(addr[0], request[1].decode(), file=log, flush=True)
    if word == "hang":
        hung.append(conn)
        del hung[:-HUNG_MAX]
        return
    conn.sendall(answer(word))
    conn.close()


def main():
    port, file, log_name = sys.argv[1:]
    hung = []
    # A check comes several times a second: nothing but plain sockets.
    with socket.create_server(("", int(port))) as server, \
            open(log_name, "a", encoding="ascii") as log:
        print("ready", flush=True)
        while True:
            conn, addr = server.accept()
            conn.settimeout(REQUEST_S)
            try:
                take(conn, addr, file, log, hung)
            except OSError:
                conn.close()


if __name__ == "__main__":
    main()
