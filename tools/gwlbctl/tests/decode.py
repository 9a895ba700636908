#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""decode.py GWLBCTL DIRECTORY: what gwlbctl decode and tcpdump see; TAP.

Packets are drawn by chance, from a fixed seed. Each of gwlbctl's fields is
compared with what tcpdump prints of the same file.
"""

import json
import pathlib
import random
import re
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] /
                       "selftests"))
# pylint: disable=wrong-import-position
import geneve  # noqa: E402

COUNT = 400
LINKS = {"ethernet": 1, "ip": 101, "cooked": 113, "cooked2": 276}
SUMS = {"udp sum ok": "right", "no cksum": "none"}


def draw_transport(rng, version):
    ports = struct.pack("!HH", rng.randrange(1, 65536), rng.choice((22, 4242)))
    kind = rng.choice(("tcp", "udp", "icmp"))
    if kind == "tcp":
        return 6, ports + struct.pack("!IIBBHHH", rng.getrandbits(32), 0,
                                      0x50, rng.choice((2, 16, 18, 4)),
                                      100, 0, 0)
    if kind == "udp":
        return 17, ports + struct.pack("!HH", 8, 0)
    if version == 4:
        return 1, struct.pack("!BBHHH", 8, 0, 0, 7, 1)
    return 58, struct.pack("!BBHHH", 128, 0, 0, 7, 1)


def draw_inner(rng):
    version = rng.choice((4, 6))
    proto, payload = draw_transport(rng, version)
    payload += bytes(rng.randrange(32)) if proto in (1, 58) else b""
    if version == 4:
        return 0x0800, geneve.ipv4(f"10.{rng.randrange(256)}.0.1",
                                   f"172.16.0.{rng.randrange(256)}", proto,
                                   payload, ttl=rng.randrange(1, 256))
    head = struct.pack("!IHBB", 6 << 28, len(payload), proto,
                       rng.randrange(1, 256))
    address = b"\xfd" + rng.randbytes(15)
    return 0x86dd, head + address + b"\xfe\x80" + rng.randbytes(14) + payload


def draw_options(rng):
    own = [(0x0108, 1, rng.randbytes(8)), (0x0108, 2, rng.randbytes(8)),
           (0x0108, 3, rng.randbytes(4))]
    if rng.random() < 0.3:
        own.insert(rng.randrange(4), (rng.choice((0x0132, 0x0167)),
                                      rng.choice((4, 0x84)),
                                      rng.randbytes(4 * rng.randrange(4))))
    if rng.random() < 0.2:
        rng.shuffle(own)
    return b"".join(struct.pack("!HBB", c, t, len(v) // 4) + v
                    for c, t, v in own)


def draw(rng):
    """One packet, from its outer IP header on."""
    protocol, inner = draw_inner(rng)
    options = draw_options(rng)
    flags = rng.choice((0, 0, 0, 0x80, 0x40))
    tunnel = struct.pack("!BBHI", len(options) // 4, flags, protocol,
                         rng.getrandbits(24) << 8)
    src = f"10.254.11.{rng.randrange(1, 255)}"
    datagram = geneve.udp(src, "10.254.11.101", rng.randrange(60000, 60100),
                          6081, tunnel + options + inner)
    if rng.random() < 0.3:
        datagram = (datagram[:6] + rng.choice((b"\0\0", b"\x12\x34")) +
                    datagram[8:])
    return geneve.ipv4(src, "10.254.11.101", 17, datagram,
                       ttl=rng.randrange(1, 256), ident=rng.getrandbits(16))


def frame(link, packet):
    if link == "ethernet":
        return bytes(range(12)) + b"\x08\x00" + packet
    if link == "cooked":
        return bytes(14) + b"\x08\x00" + packet
    if link == "cooked2":
        return b"\x08\x00" + bytes(18) + packet
    return packet


def write(path, link, packets):
    with open(path, "wb") as out:
        out.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                              LINKS[link]))
        for packet in packets:
            data = frame(link, packet)
            out.write(struct.pack("=IIII", 1, 0, len(data), len(data)) + data)


def of_gwlbctl(program, path):
    out = subprocess.run([program, "decode", "--json", "--pcap", path],
                         stdout=subprocess.PIPE, check=False).stdout
    for packet in json.loads(out)["packets"]:
        yield of_packet(packet)


def of_packet(packet):
    ip, udp, tunnel = packet["ip"], packet["udp"], packet["geneve"]
    inner = packet["inner"]["packet"]
    flags = ("O" if tunnel["control"] else "") + \
        ("C" if tunnel["critical"] else "")
    options = [(o["class"], o["type"], o["length"],
                f"{int(o['value'][5:], 16):016x}" if o["name"] == "endpoint"
                else o["value"]) for o in tunnel["options"]]
    # what tcpdump prints of ports
    ports = (inner["source-port"], inner["destination-port"])
    return (ip["source"], ip["destination"], ip["ttl"], ip["id"],
            ip["length"], udp["source-port"], udp["checksum"], flags,
            tunnel["vni"], options, inner["source"], inner["destination"],
            ports, inner["ttl"], inner["protocol"])


OUTER = re.compile(r"ttl (\d+), id (\d+), .* length (\d+)\)$")
TUNNEL = re.compile(r"^ *([\d.]+)\.(\d+) > ([\d.]+)\.6081: \[([^\]]*)\] "
                    r"Geneve, Flags \[(.*?)\], vni 0x([0-9a-f]+)")
OPTION = re.compile(r"class [^(]*\(0x([0-9a-f]+)\) type 0x([0-9a-f]+)"
                    r"(?:\(C\))? len (\d+)(?: data ([0-9a-f ]+))?")


def of_tcpdump(path):
    out = subprocess.run(["tcpdump", "-nnvvv", "-r", path],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True, check=True).stdout
    for block in re.split(r"\n(?=\d\d:\d\d:)", out):
        yield of_block(block)


def split_port(text, family):
    """10.0.0.1.80 is an address and a port, 10.0.0.1 is none."""
    if family == 4 and text.count(".") == 3 or \
            family == 6 and "." not in text:
        return text, None
    address, port = text.rsplit(".", 1)
    return address, int(port)


def of_block(block):
    lines = block.splitlines()
    ttl, ident, length = map(int, OUTER.search(lines[0]).groups())
    tunnel = TUNNEL.match(lines[1])
    flags = tunnel[5] if tunnel[5] != "none" else ""
    options = [(int(c, 16), int(t, 16), int(n) - 4, d.replace(" ", ""))
               for c, t, n, d in OPTION.findall(lines[1])]
    family = 6 if lines[2].strip().startswith("IP6") else 4
    rest = " ".join(lines[2:])
    hops, number = (re.search(r"hlim (\d+), next-header \S+ \((\d+)\)", rest)
                    if family == 6 else
                    re.search(r"ttl (\d+), .*?proto \S+ \((\d+)\)",
                              rest)).groups()
    src, dst = re.search(r"([0-9a-f.:]+) > ([0-9a-f.:]+): ", rest).groups()
    (src, sport), (dst, dport) = (split_port(x, family) for x in (src, dst))
    return (tunnel[1], tunnel[3], ttl, ident, length, int(tunnel[2]),
            SUMS.get(tunnel[4], "wrong"), flags, int(tunnel[6], 16), options,
            src, dst, (sport, dport), int(hops), int(number))


def cut(program, path, rng):
    """A capture whose last record is not whole, as one that was broken off"""
    write(path, "ethernet", [draw(rng) for _ in range(3)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    done = subprocess.run([program, "decode", "--json", "--pcap", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    try:
        told = len(json.loads(done.stdout)["packets"])
    except ValueError:
        told = done.stdout
    return told, done.returncode, done.stderr.count("Error: ")


def main():
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    rng = random.Random(6081)
    failed = False
    for number, link in enumerate(LINKS, 1):
        path = work / f"{link}.pcap"
        write(path, link, [draw(rng) for _ in range(COUNT)])
        ours = list(of_gwlbctl(program, path))
        theirs = list(of_tcpdump(path))
        differ = [(a, b) for a, b in zip(ours, theirs) if a != b]
        good = len(ours) == len(theirs) == COUNT and not differ
        for pair in differ[:3]:
            print("# gwlbctl: {}\n# tcpdump: {}".format(*pair))
        print(f"{'ok' if good else 'not ok'} {number} - {COUNT} packets, "
              f"link {link}: gwlbctl and tcpdump agree "
              f"({len(ours)}, {len(theirs)}, {len(differ)} differ)")
        failed |= not good
    found = cut(program, work / "cut.pcap", rng)
    good = found == (2, 2, 1)
    print(f"{'ok' if good else 'not ok'} {len(LINKS) + 1} - of a capture that "
          f"is cut, what is whole is told, as JSON ({found})")
    failed |= not good
    print(f"1..{len(LINKS) + 1}")
    return failed


sys.exit(main())
