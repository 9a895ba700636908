#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends a few of GWLB's packets and says what came back.

For tests that need to know each packet: aggregates, captures, settings. The
outer headers are the kernel's when a UDP socket sends (--gso), and ours when
a packet socket does.

Prints one line: "sent N returned N exact N other N", where exact are those
that are, outer addresses swapped back, byte for byte what was sent, and other
are frames with UDP port 6081 that nobody can explain. It is all that came:
what was sent after them, on the same CPU, was answered, or the line ends in
"unsettled", or with --no-echo in "unasked". Only what the receiver's GRO keeps
may be later than that.
"""

import argparse
import os
import select
import socket
import struct
import time

ETH_P_IP = 0x0800
ETH_P_PPP_SES = 0x8864
SOL_UDP = 17
UDP_SEGMENT = 103
PACKET_IGNORE_OUTGOING = 23
SOL_PACKET = 263
# The longest time until an echo is answered, in seconds
SETTLE = 10


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(src, dst, proto, payload, ttl=64, ident=0):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, 0,
                       ttl,
                       proto, 0, socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(src, dst, sport, dport, payload):
    pseudo = (socket.inet_aton(src) + socket.inet_aton(dst) +
              struct.pack("!HH", 17, 8 + len(payload)))
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    check = checksum(pseudo + head + payload) or 0xffff
    return head[:6] + struct.pack("!H", check) + payload


def geneve(endpoint, cookie, inner, version=0):
    """Fact sheet, section 1.1."""
    return (struct.pack("!BBHI", version << 6 | 8, 0, 0x0800, 0) +
            struct.pack("!HBBQ", 0x0108, 1, 2, endpoint) +
            struct.pack("!HBBQ", 0x0108, 2, 2, 0) +
            struct.pack("!HBBI", 0x0108, 3, 1, cookie) + inner)


def payloads(args):
    """Each has an inner packet, and a cookie, of its own."""
    for n in range(args.count):
        src, dst = f"10.1.{n >> 8}.{n & 255}", "10.2.0.1"
        inner = ipv4(src, dst, 17, udp(src, dst, 1000 + n, 53,
                                       bytes([n & 255]) * args.size))
        yield geneve(args.endpoint, 0xc0000000 + n, inner,
                     version=1 if n == args.bad else 0)


def frames(args):
    for n, payload in enumerate(payloads(args)):
        yield ipv4(args.node, args.local, 17,
                   udp(args.node, args.local, 60000, 6081, payload), ttl=255,
                   ident=n + 1 if args.numbered else 0)


def swapped(packet):
    return packet[:12] + packet[16:20] + packet[12:16] + packet[20:]


def packet_socket(dev):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.bind((dev, ETH_P_IP))
    return sock


def is_geneve(packet):
    return (len(packet) >= 28 and packet[9] == 17 and
            packet[22:24] == struct.pack("!H", 6081))


def quiet_port(args):
    """Or else the stack answers what comes back: port unreachable."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # Others may do the same meanwhile.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((args.node, 6081))
    return sock


def send_gso(args):
    """One sendmsg, one super packet: the kernel's outer headers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((args.node, 60000))
        parts = list(payloads(args))
        how = [(SOL_UDP, UDP_SEGMENT, struct.pack("=H", len(parts[0])))]
        # What is to be encrypted is not taken as an aggregate.
        sock.sendmsg([b"".join(parts)], how if len(parts) > 1 else [],
                     0, (args.local, 6081))


def pppoe(packet):
    """Of session 1, RFC 2516 and, for IPv4, RFC 1332."""
    return struct.pack("!BBHHH", 0x11, 0, 1, len(packet) + 2, 0x21) + packet


def send_frames(args):
    """All in a row, so that the receiver's NAPI finds many at once."""
    mac = bytes.fromhex(args.mac.replace(":", ""))
    proto = ETH_P_PPP_SES if args.pppoe else ETH_P_IP
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0) as sock:
        for frame in frames(args):
            sock.sendto(pppoe(frame) if args.pppoe else frame,
                        (args.dev, proto, 0, 0, mac))


def echo(kind):
    """ICMP, RFC 792: 8 asks for an answer, 0 is one."""
    head = struct.pack("!BBHHH", kind, 0, 0, os.getpid() & 0xffff, 1)
    check = struct.pack("!H", checksum(head))
    return head[:2] + check + head[4:]


def send_echo(args):
    mac = bytes.fromhex(args.mac.replace(":", ""))
    packet = ipv4(args.node, args.local, 1, echo(8))
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0) as sock:
        sock.sendto(packet, (args.dev, ETH_P_IP, 0, 0, mac))


def stay_here():
    """Packets of different CPUs may overtake each other."""
    with open("/proc/self/stat", encoding="ascii") as stat:
        os.sched_setaffinity(0, {int(stat.read().rsplit(")")[-1].split()[36])})


def tell(sent, packet):
    """Which of @sent came back? What the kernel chose is not compared."""
    back = swapped(packet)
    if back in sent:
        return sent.index(back), True
    for n, frame in enumerate(sent):
        if frame[28:] == back[28:] and frame[12:20] == back[12:20]:
            return n, False
    return None, False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dev", required=True)
    parser.add_argument("--mac", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--local", required=True)
    parser.add_argument("--endpoint", type=lambda s: int(s, 16),
                        default=0x0123456789abcdef)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--bad", type=int, default=-1,
                        help="which packet gets a wrong Geneve version")
    parser.add_argument("--expect", type=int, default=None,
                        help="how many are waited for (default: all good)")
    parser.add_argument("--wait", type=float, default=10,
                        help="longest wait for these, in seconds")
    parser.add_argument("--no-echo", action="store_true",
                        help="nothing is sent after them, as nobody answers")
    parser.add_argument("--gso", action="store_true",
                        help="send all in one super-packet")
    parser.add_argument("--numbered", action="store_true",
                        help="count in the outer IP header, unlike GWLB: "
                             "what has no number is not merged by GRO")
    parser.add_argument("--pppoe", action="store_true",
                        help="in PPPoE, as a bridge may see them")
    args = parser.parse_args()

    stay_here()
    expect = args.expect
    if expect is None:
        expect = args.count - (0 <= args.bad < args.count)
    sink = quiet_port(args)
    receiver = packet_socket(args.dev)
    sent = list(frames(args))
    if args.gso:
        send_gso(args)
    else:
        send_frames(args)

    seen, exact, other = set(), 0, 0
    asked = settled = False
    end = time.monotonic() + args.wait
    while not settled and (not asked or time.monotonic() < end + SETTLE):
        if not asked and (len(seen) >= expect or time.monotonic() >= end):
            if args.no_echo:
                break
            send_echo(args)
            asked, end = True, time.monotonic()
        if not select.select([receiver], [], [], 0.1)[0]:
            continue
        packet = receiver.recv(65536)
        if asked and packet[9] == 1 and packet[20:28] == echo(0):
            settled = True
        if not is_geneve(packet):
            continue
        number, same = tell(sent, packet)
        if number is None or number in seen:
            other += 1
            continue
        seen.add(number)
        exact += same
    sink.close()
    why = "" if settled else " unasked" if args.no_echo else " unsettled"
    print(f"sent {args.count} returned {len(seen)} exact {exact} "
          f"other {other}{why}")


if __name__ == "__main__":
    main()
