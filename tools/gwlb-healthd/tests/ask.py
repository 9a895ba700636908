#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""ask.py ADDRESS PORT SECONDS PATH...: asks as a load balancer does.

A new connection for each question, ten a second, the paths in turn; each
answer is read to its end and has to be as long as it says. Prints one line of
JSON: how many answers there were, by status, how many questions failed, why,
and how many milliseconds the slowest took.
"""

import collections
import http.client
import json
import sys
import time


def ask(address, port, path):
    """Status and duration of one question; the status may be an error."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection(address, port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        status = str(answer.status)
        if len(body) != int(answer.headers["Content-Length"]):
            status = "length"
    except (OSError, http.client.HTTPException) as error:
        status = type(error).__name__
    finally:
        connection.close()
    return status, time.monotonic() - begin


def main():
    address, port, seconds, *paths = sys.argv[1:]
    counts = collections.Counter()
    slowest = 0
    number = 0
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        begin = time.monotonic()
        status, took = ask(address, int(port), paths[number % len(paths)])
        counts[status] += 1
        slowest = max(slowest, took)
        number += 1
        time.sleep(max(0, begin + 0.1 - time.monotonic()))
    failed = sum(n for status, n in counts.items() if not status.isdigit())
    print(json.dumps({"answers": counts, "failed": failed,
                      "slowest": round(slowest * 1000)}))


main()
