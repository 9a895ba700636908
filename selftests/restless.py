#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
restless: adds an element to the set "restless" and removes it, without a
pause, until it is ended; says so when it has begun.
"""
from ruleset import prefix
from ruleset_check import ctl, values

element = values("restless", prefix("VALUES_PREFIX", "192.0.2.2/32"))
ctl.do("ELEMENT_ADD", element)
print("begun", flush=True)
while True:
    ctl.do("ELEMENT_DEL", element)
    ctl.do("ELEMENT_ADD", element)
