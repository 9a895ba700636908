#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""held.py DEVICE - holds packets of UDP 6081 until SIGTERM, then prints them

A socket without a ring shares the data of packets with those who get them next;
tcpdump has a ring, into which they are copied as they come. A line is "in" or
"out", source and destination.
"""
import signal
import socket
import sys

ETH_P_ALL = 3
PACKET_OUTGOING = 4

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                    socket.htons(ETH_P_ALL))
tap.bind((sys.argv[1], 0))
tap.setblocking(False)
print("ready", flush=True)
signal.sigwait([signal.SIGTERM])
while True:
    try:
        frame, address = tap.recvfrom(65535)
    except BlockingIOError:
        break
    if frame[12:14] != b"\x08\x00" or frame[23] != socket.IPPROTO_UDP or \
       frame[36:38] != (6081).to_bytes(2, "big"):
        continue
    print("out" if address[2] == PACKET_OUTGOING else "in",
          socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34]))
