#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The server's manners, as far as they need no module: HTTP, the command line,
clients that take their time, a kernel that takes its time. Prints TAP.

Owns the servers that it starts, on ports that the kernel chooses, and a
scratch directory.
"""

import atexit
import http.client
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SANITIZED = HERE / "gwlb-healthd-san"
PLAIN = HERE.parent / "gwlb-healthd"
LIFETIME = 10
PATIENCE = 1

count = 0
failed = 0


def result(good, text, why=""):
    global count, failed
    count += 1
    if good:
        print(f"ok {count} - {text}", flush=True)
        return
    failed += 1
    print(f"not ok {count} - {text}")
    print("".join(f"# {line}\n" for line in str(why).splitlines()),
          flush=True)


def equal(found, expected, text):
    result(found == expected, text, f"found {found!r}, not {expected!r}")


def free_port():
    with socket.socket(socket.AF_INET6) as sock:
        sock.bind(("::", 0))
        return sock.getsockname()[1]


class Server:
    """One that runs; what it says is in a file."""

    def __init__(self, work, *options, program=SANITIZED, files=None,
                 env=None):
        self.port = free_port()
        self.log = pathlib.Path(work) / f"log.{self.port}"

        def limit():
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [program, "--port", str(self.port), *options],
                stdout=subprocess.DEVNULL, stderr=log,
                env={**os.environ, **(env or {})}, preexec_fn=limit)
        # whatever becomes of the test
        atexit.register(self.process.kill)
        end = time.monotonic() + 20
        while "answers at port" not in self.log.read_text():
            if time.monotonic() > end:
                sys.exit(f"Bail out! no server: {self.log.read_text()}")
            time.sleep(0.02)

    def connect(self, address="127.0.0.1"):
        return socket.create_connection((address, self.port), timeout=10)

    def raw(self, data, address="127.0.0.1"):
        """All that comes back until the server closes the connection."""
        with self.connect(address) as sock:
            sock.sendall(data)
            return until_closed(sock)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=10)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


def until_closed(sock):
    data = b""
    try:
        while piece := sock.recv(65536):
            data += piece
    except (ConnectionResetError, TimeoutError):
        pass
    return data


def status(data):
    found = re.match(rb"HTTP/1\.[01] (\d+) ", data)
    return int(found[1]) if found else None


def timed(function, *args):
    begin = time.monotonic()
    answer = function(*args)
    return answer, time.monotonic() - begin


def test_health(server):
    answer, text = server.ask("GET", "/")
    equal(answer.status, 503, "without the module, 503")
    equal(answer.headers["Content-Type"], "application/json", "JSON")
    equal(answer.headers["Content-Length"], str(len(text)), "of this length")
    equal(answer.headers["Connection"], "close", "and no more")
    health = json.loads(text)
    equal(health["healthy"], False, "it says so")
    equal(health["checks"][0], {"name": "module", "ok": False,
                                "reason": "not loaded (modprobe gwlb)"},
          "and why")
    try:
        import jsonschema
    except ImportError:
        return
    schema = HERE.parents[1] / "gwlbctl/schema/health.json"
    errors = list(jsonschema.Draft202012Validator(
        json.loads(schema.read_text())).iter_errors(health))
    result(not errors, "it is what gwlbctl status has", errors)


def test_metrics(server):
    answer, text = server.ask("GET", "/metrics")
    equal(answer.status, 200, "metrics are there nevertheless")
    equal(answer.headers["Content-Type"],
          "text/plain; version=0.0.4; charset=utf-8", "as text")
    equal(answer.headers["Content-Length"], str(len(text)), "of this length")
    result(b"\ngwlb_up 0\n" in text, "and say that the module is not", text)


def test_methods(server):
    for path in ("/", "/metrics"):
        want, _ = server.ask("GET", path)
        got = server.raw(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, rest = got.partition(b"\r\n\r\n")
        equal(status(got), want.status, f"HEAD {path} has GET's status")
        length = f"Content-Length: {want.headers['Content-Length']}"
        result(length.encode() in head, "and its length", head)
        equal(rest, b"", "and no body")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
        answer, text = server.ask(method, "/", b"x" if method == "POST"
                                  else None)
        equal((answer.status, answer.headers["Allow"]), (405, "GET, HEAD"),
              f"{method} is not allowed")
        equal(len(text), int(answer.headers["Content-Length"]),
              "says as much as it says")


def test_paths(server):
    for path in ("/x", "/metrics/", "//", "/metric", "/index.html"):
        equal(server.ask("GET", path)[0].status, 404, f"no {path}")
    equal(server.ask("POST", "/x")[0].status, 404, "no POST to it, either")
    equal(server.ask("GET", "/metrics?x=y&z")[0].status, 200,
          "questions about it are ignored")


def test_protocol(server):
    equal(status(server.raw(b"GET / HTTP/1.0\r\n\r\n")), 503, "HTTP/1.0")
    equal(status(server.raw(b"GET / HTTP/1.0\n\n")), 503,
          "ends of lines as in old times")
    begin = time.monotonic()
    data = server.raw(b"GET / HTTP/1.1\r\nHost: x\r\n"
                      b"Connection: keep-alive\r\n\r\n" * 5)
    equal((data.count(b"HTTP/1.1 "), time.monotonic() - begin < 5),
          (1, True), "one answer, whatever else is asked")
    data = server.raw(b"GET / HTTP/1.1\r\nHost: x\r\n"
                      b"Content-Length: 5\r\n\r\nhello")
    equal(status(data), 503, "GET with a body")
    begin = time.monotonic()
    data = server.raw(b"POST / HTTP/1.1\r\nHost: x\r\n"
                      b"Content-Length: 1000000000\r\n\r\n")
    equal((status(data), time.monotonic() - begin < 5), (405, True),
          "a body that is not wanted is not waited for")
    for name, data in (
            ("a head of 64 KB", b"GET / HTTP/1.1\r\nHost: x\r\n" +
             b"X: " + b"y" * 65536 + b"\r\n\r\n"),
            ("a name of 64 KB", b"GET /" + b"y" * 65536 + b" HTTP/1.1\r\n"),
            ("10000 header lines", b"GET / HTTP/1.1\r\nHost: x\r\n" +
             b"X: y\r\n" * 10000 + b"\r\n"),
            ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" +
             b"\r\n" * 4),
            ("no HTTP of ours", b"GET / HTTP/3.7\r\n\r\n"),
            ("a body of negative length", b"GET / HTTP/1.1\r\nHost: x\r\n"
             b"Content-Length: -1\r\n\r\n")):
        try:
            code = status(server.raw(data))
        except (BrokenPipeError, ConnectionResetError):
            code = None
        result(code is None or 400 <= code <= 505, f"{name} is refused",
               code)
    equal(server.ask("GET", "/")[0].status, 503, "it is still there")


def test_addresses(work):
    server = Server(work)
    equal(status(server.raw(b"GET / HTTP/1.0\r\n\r\n", "::1")), 503,
          "IPv6 as well")
    equal(server.stop(), 0, "a signal ends it")
    server = Server(work, "--address", "127.0.0.1")
    equal(status(server.raw(b"GET / HTTP/1.0\r\n\r\n")), 503, "one address")
    try:
        server.connect("::1").close()
        result(False, "and no other")
    except ConnectionRefusedError:
        result(True, "and no other")
    equal(server.stop(), 0, "a signal ends it, too")


def test_log(server):
    for _ in range(20):
        server.ask("GET", "/")
        server.ask("GET", "/metrics")
    lines = server.log.read_text().splitlines()
    equal(lines[1:], ["unhealthy: module: not loaded (modprobe gwlb)"],
          "the log is told once")


def test_late(server):
    """Neither silence nor a byte a second lasts."""
    begin = time.monotonic()
    socks = [server.connect() for _ in range(3)]
    ends = [None] * 3
    text = b"GET / HTTP/1.1\r\nHost: x\r\n"
    sent = 0
    while None in ends and time.monotonic() < begin + 3 * LIFETIME:
        for i, sock in enumerate(socks):
            if ends[i]:
                continue
            sock.settimeout(0.05)
            try:
                if i == 1 and time.monotonic() > begin + sent:
                    sock.send(text[sent % len(text):][:1])
                    sent += 1
                if sock.recv(100) == b"":
                    ends[i] = time.monotonic() - begin
            except TimeoutError:
                pass
            except OSError:
                ends[i] = time.monotonic() - begin
    result(all(end and LIFETIME - 0.5 < end < LIFETIME + 3 for end in ends),
           f"nobody has more than {LIFETIME} s", ends)
    _, page = server.ask("GET", "/metrics")
    result(re.search(rb'connections_total{why="late"} ([3-9])\n', page),
           "which is counted", page)


def test_crowded(work):
    """700 files are 124 connections, with a margin."""
    server = Server(work, files=700)
    socks = [server.connect() for _ in range(500)]
    begin = time.monotonic()
    answers = [server.ask("GET", "/")[0].status for _ in range(20)]
    took = time.monotonic() - begin
    equal((answers, took < 5), ([503] * 20, True),
          "500 silent ones where 124 have room do not lock anybody out")
    _, took = timed(until_closed, socks[0])
    result(took < 5, "the oldest one had to go")
    socks[-1].settimeout(0.2)
    try:
        socks[-1].recv(1)
        result(False, "the newest one is still there")
    except TimeoutError:
        result(True, "the newest one is still there")
    _, page = server.ask("GET", "/metrics")
    found = re.search(rb'connections_total{why="crowded"} (\d+)\n', page)
    result(found and int(found[1]) > 370, "which is counted", page)
    equal(server.log.read_text().count("more than 124 connections"), 1,
          "and the log is told once")
    equal(server.stop(), 0, "a signal ends it")
    for sock in socks:
        sock.close()


def test_crowd_waits(work):
    """Nor do those who wait for an answer, which takes its time: 124 and the
    margin, and more.
    """
    stall = pathlib.Path(work) / "stall_crowd"
    server = Server(work, program=PLAIN, files=700, env={
        "LD_PRELOAD": str(HERE / "stall.so"), "STALL": str(stall)})
    stall.touch()
    socks = []
    for _ in range(700):
        socks.append(server.connect())
        socks[-1].sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        # else they are silent ones that had to go before they could ask
        time.sleep(0.004)
    (answer, _), took = timed(server.ask, "GET", "/")
    equal((answer.status, took < 1.9), (503, True),
          "700 who wait where 124 have room do not lock anybody out")
    equal(until_closed(socks[100]), b"", "one of the first had to go")
    stall.unlink()
    told = until_closed(socks[-1])
    result(b"\ngwlb_up 0\n" in told, "the last one is told", told)
    equal(server.stop(), 0, "a signal ends it as ever")
    for sock in socks:
        sock.close()


def received(port):
    """What a client has sent to a port and nobody has read, in bytes."""
    text = subprocess.run(["ss", "-Htn", "sport", f":{port}"], check=True,
                          capture_output=True, text=True).stdout
    return max((int(line.split()[1]) for line in text.splitlines()),
               default=0)


def test_unread(work):
    """What nobody reads is not kept by the hundred kilobytes."""
    server = Server(work)
    server.process.send_signal(signal.SIGSTOP)
    with server.connect() as sock:
        sock.setblocking(False)
        sent = 0
        end = time.monotonic() + 20
        # until the kernel takes no more for a while
        idle = time.monotonic() + 1
        while time.monotonic() < min(idle, end):
            try:
                sent += sock.send(bytes(65536))
                idle = time.monotonic() + 1
            except BlockingIOError:
                time.sleep(0.02)
        unread = received(server.port)
        server.process.send_signal(signal.SIGCONT)
    result(sent > 65536 and 1024 <= unread <= 16384,
           "what nobody reads stays with who sends it",
           f"{unread} of {sent} bytes")
    equal(server.ask("GET", "/")[0].status, 503, "it goes on")
    equal(server.stop(), 0, "a signal ends it then")


def test_stall(work):
    """A kernel that does not answer is no reason to be silent."""
    stall = pathlib.Path(work) / "stall"
    server = Server(work, program=PLAIN, env={
        "LD_PRELOAD": str(HERE / "stall.so"), "STALL": str(stall)})
    equal(server.ask("GET", "/")[0].status, 503, "before")
    stall.touch()
    metrics = server.connect()
    metrics.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
    for attempt in ("the first time", "the second time"):
        (answer, text), took = timed(server.ask, "GET", "/")
        equal((answer.status, 0.5 < took < 1.9), (503, True),
              f"it says so in time {attempt}")
        equal([c["reason"] for c in json.loads(text)["checks"]
               if c["name"] == "module"],
              [f"has not answered within {PATIENCE} s"], "and says why")
    (answer, _), took = timed(server.ask, "GET", "/x")
    equal((answer.status, took < 0.5), (404, True),
          "who needs no kernel does not wait")
    told = until_closed(metrics)
    equal((status(told), b"\ngwlb_up 0\n" in told,
           b"\ngwlb_healthy 0\n" in told), (200, True, True),
          "Prometheus can read that it does not")
    stall.unlink()
    answer, text = server.ask("GET", "/")
    result(b"not loaded" in text, "afterwards it is as before", text)
    equal(server.ask("GET", "/metrics")[0].status, 200,
          "and there are metrics")
    lines = server.log.read_text().splitlines()[1:]
    equal(len(set(lines)), 1, "the log knows that it is the same check")

    stall.touch()
    waiting = server.connect()
    waiting.sendall(b"GET / HTTP/1.0\r\n\r\n")
    time.sleep(0.2)
    code, took = timed(server.stop)
    equal((code, took < 1), (0, True), "a signal ends it while it waits")
    waiting.close()


def test_usage():
    def exits(code, pattern, *options):
        done = subprocess.run([SANITIZED, *options], capture_output=True,
                              text=True, check=False, timeout=30)
        out = done.stderr if code else done.stdout
        result(done.returncode == code and re.search(pattern, out) and
               not (done.stdout if code else done.stderr),
               f"{code}: {' '.join(options)}",
               f"exit code {done.returncode}: {done.stdout}{done.stderr}")

    exits(0, "^Usage: gwlb-healthd", "--help")
    version = (HERE.parents[2] / "VERSION").read_text().strip()
    exits(0, f"^gwlb-healthd {re.escape(version)}$", "-V")
    for port in ("0", "65536", "x", "-1", "80x", "", " 80"):
        exits(2, "a port is 1 to 65535", "--port", port)
    exits(2, "Usage", "--nonsense")
    exits(2, "what is \"more\"", "more")
    exits(2, "Usage", "--port")
    exits(1, "not an address", "--address", "localhost")
    exits(1, "No such file", "--netns", "healthd-none")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        exits(1, "Address already in use", "-a", "127.0.0.1", "-p",
              str(sock.getsockname()[1]))


def main():
    if pathlib.Path("/sys/module/gwlb").exists():
        print("1..0 # SKIP the module is loaded")
        return 0
    with tempfile.TemporaryDirectory() as work:
        test_usage()
        server = Server(work)
        test_health(server)
        test_metrics(server)
        test_methods(server)
        test_paths(server)
        test_protocol(server)
        test_log(server)
        test_late(server)
        equal(server.stop(), 0, "a signal ends it, and nothing leaks")
        result("ERROR" not in server.log.read_text(),
               "the sanitizers have nothing to say", server.log.read_text())
        test_addresses(work)
        test_crowded(work)
        test_crowd_waits(work)
        test_unread(work)
        test_stall(work)
    print(f"1..{count}")
    return failed != 0


sys.exit(main())
