#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rulesets as the module takes them, and as it does not: what is refused, with
# which sentence and which attribute to blame, that nothing has changed then,
# and how long the largest take. No packet is sent here.
. "$(dirname "$0")/lib.sh"

load_module
netns "$APP"
ip netns exec "$APP" "$TOP/selftests/ruleset_cases.py"
rc=$?
# All that the namespace has goes with it.
check "the module can be unloaded" rmmod gwlb
exit $rc
