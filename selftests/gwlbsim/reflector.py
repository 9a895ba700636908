#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# A test-only appliance for t_live.sh: gives every Geneve frame back with
# swapped addresses, and makes one kind of mistake on request. Touches one
# device, by packet sockets; needs nothing but Python's own library.
"""Usage: reflector.py DEV [MISTAKE]; prints "ready", works until killed."""

import ctypes
import errno
import socket
import struct
import sys
import threading

ETH_P_IP = 0x0800
SOL_PACKET = 263
PACKET_VNET_HDR = 15
SO_RCVBUFFORCE = 33
SO_ATTACH_FILTER = 26
OUTGOING = 4
ETH = 14
# Offsets in the frame
VERIHL, TOS, IPID, FRAG, TTL, IPCSUM = 14, 15, 18, 20, 22, 24
SRC, DST = 26, 30
SPORT, DPORT, UDPLEN, UDPCSUM = 34, 36, 38, 40
GENEVE, VNI, COOKIE, INNER = 42, 46, 78, 82


def csum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def pseudo(frame):
    return frame[SRC:DST + 4] + b"\0\x11" + struct.pack(
        "!H", len(frame) - SPORT)


def seal(frame, udp=True):
    """Make lengths and checksums right again after a change."""
    struct.pack_into("!H", frame, 16, len(frame) - ETH)
    struct.pack_into("!H", frame, IPCSUM, 0)
    struct.pack_into("!H", frame, IPCSUM, csum(bytes(frame[ETH:SPORT])))
    if udp:
        struct.pack_into("!H", frame, UDPLEN, len(frame) - SPORT)
        struct.pack_into("!H", frame, UDPCSUM, 0)
        value = csum(bytes(pseudo(frame) + frame[SPORT:]))
        struct.pack_into("!H", frame, UDPCSUM, value or 0xffff)
    return frame


def swapped(frame):
    out = bytearray(frame)
    out[0:6], out[6:12] = frame[6:12], frame[0:6]
    out[SRC:SRC + 4], out[DST:DST + 4] = (frame[DST:DST + 4],
                                          frame[SRC:SRC + 4])
    return out


def right(frame):
    return [frame]


def change(off, value):
    def mistake(frame):
        frame[off] = value(frame[off])
        return [seal(frame)]
    return mistake


def flip(byte):
    return byte ^ 1


def checksum(frame):
    frame[UDPCSUM:UDPCSUM + 2] = b"\0\0"
    return [frame]


def duplicate(frame):
    return [frame, frame]


def truncated(frame):
    return [seal(frame[:-4])]


def longer(frame):
    return [seal(frame + b"\0\0\0\0")]


def trailing(frame):
    """The lengths in the headers are right, the frame's is not."""
    return [frame + b"\0\0\0\0"]


def optionless(frame):
    """The attachment id is taken out, everything else fits again."""
    frame[GENEVE] -= 3
    return [seal(frame[:62] + frame[74:])]


def ports(frame):
    frame[SPORT:SPORT + 2], frame[DPORT:DPORT + 2] = (
        frame[DPORT:DPORT + 2], frame[SPORT:SPORT + 2])
    return [seal(frame)]


def vlan(frame):
    return [frame[:12] + b"\x81\0\0\x07" + frame[12:]]


def mac(frame):
    frame[0:6] = b"\x02\xde\xad\0\0\x01"
    return [frame]


def unsolicited(frame):
    """The right one, and one of a flow that never was."""
    other = bytearray(frame)
    other[COOKIE + 1] ^= 0x55
    other[INNER + 20:] = bytes(b ^ 0xa5 for b in other[INNER + 20:])
    return [frame, seal(other)]


def invented(frame):
    """The right one, and then a new inner packet in the same flow."""
    other = bytearray(frame)
    other[INNER + 4] ^= 0xff
    return [frame, seal(other)]


def refuse(frame):
    """An answer instead: ICMP port unreachable, over IPv4."""
    inner = bytes(frame[INNER:])
    icmp = bytearray(b"\3\3" + bytes(6) + inner[:28])
    struct.pack_into("!H", icmp, 2, csum(bytes(icmp)))
    head = bytearray(struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(icmp), 0, 0,
                                 64, 1, 0) + inner[16:20] + inner[12:16])
    struct.pack_into("!H", head, 10, csum(bytes(head)))
    return [seal(frame[:INNER] + head + icmp)]


def refuse_elsewhere(frame):
    """The same, with the cookie of nobody."""
    out = refuse(frame)[0]
    out[COOKIE] ^= 0x55
    return [seal(out)]


def refuse_others(frame):
    """The same, to somebody else."""
    out = refuse(frame)[0]
    out[INNER + 19] ^= 1
    return [seal(out)]


def drop(frame):
    del frame
    return []


MISTAKES = {
    "none": right,
    "cookie": change(COOKIE, flip),
    "ttl": change(TTL, lambda b: b - 1),
    "tos": change(TOS, flip),
    "df": change(FRAG, lambda b: b | 0x40),
    "id": change(IPID, flip),
    "source": change(SRC + 3, flip),
    "gwlb": change(DST + 3, flip),
    "sport": change(SPORT + 1, flip),
    "flags": change(GENEVE + 1, lambda b: b | 0x40),
    "vni": change(VNI, flip),
    "inner": change(INNER + 8, lambda b: b - 1),
    "checksum": checksum,
    "truncated": truncated,
    "longer": longer,
    "trailing": trailing,
    "optionless": optionless,
    "ports": ports,
    "vlan": vlan,
    "mac": mac,
    "duplicate": duplicate,
    "unsolicited": unsolicited,
    "invented": invented,
    "refuse": refuse,
    "refuse-elsewhere": refuse_elsewhere,
    "refuse-others": refuse_others,
    "drop": drop,
}


def open_port(device):
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    port.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    port.bind((device, ETH_P_IP))
    return port


def partial_sender(device):
    """Leaves the UDP checksum to the NIC, as a socket's stack does."""
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    port.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    port.bind((device, 0))
    header = struct.pack("=BBHHHH", 1, 0, 0, 0, SPORT, UDPCSUM - SPORT)

    def send(frame):
        value = csum(bytes(pseudo(frame))) ^ 0xffff
        frame[UDPCSUM:UDPCSUM + 2] = struct.pack("!H", value)
        port.send(header + frame)
    return send


def late_sender(port):
    """After the 2 s that GWLB waits, and before it forgets."""
    def send(frame):
        threading.Timer(2.5, port.send, (frame,)).start()
    return send


def hold_udp():
    """A deaf socket, so that the stack sends no port unreachable."""
    code = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0))
    prog = struct.pack("@HP", 1, ctypes.addressof(code))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, prog)
    udp.bind(("", 6081))
    return udp


def receive(port):
    """A device that goes down comes up again: an appliance that was dead."""
    while True:
        try:
            return port.recvfrom(65535)
        except OSError as error:
            if error.errno != errno.ENETDOWN:
                raise


def reflect(port, send, mistake):
    while True:
        frame, addr = receive(port)
        if addr[2] == OUTGOING or len(frame) < INNER:
            continue
        if frame[23] != 17 or frame[DPORT:DPORT + 2] != b"\x17\xc1":
            continue
        for out in mistake(swapped(frame)):
            send(out)


def main():
    device = sys.argv[1]
    name = sys.argv[2] if len(sys.argv) > 2 else "none"
    port = open_port(device)
    send = port.send
    if name == "partial":
        send = partial_sender(device)
    elif name == "late":
        send = late_sender(port)
    elif name not in MISTAKES:
        sys.exit("reflector.py: no mistake is called " + name)
    with hold_udp():
        print("ready", flush=True)
        reflect(port, send, MISTAKES.get(name, right))


if __name__ == "__main__":
    main()
