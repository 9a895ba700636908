#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# "gwlbctl import geneve-proxy": what it prints, loaded into the module, does
# to packets what geneve-proxy did (fact sheet, section 4.1), for more than
# 2,000 flows: direction, protocol, ports, in both directions of each flow,
# and ICMP errors. The oracle knows nothing of rules.
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
on_exit rm -rf "$work"
setup_up

# play: all configurations and flows
play()
{
	ip netns exec "$SIM" /usr/bin/python3 -B \
		"$TOP/selftests/import/play.py" --gwlbctl "$GWLBCTL" \
		--netns "$APP" --dev wire0 --mac "$APP_MAC" --node $NODE \
		--local $LOCAL >"$work/played" 2>&1
}

# number NAME: of the last line
number()
{
	sed -n "\$s/.*$1 \([0-9]*\).*/\1/p" "$work/played"
}

check "all configurations are tried" play
is "each packet has the fate that geneve-proxy gave it" \
	"$(number wrong)" 0
grep '^#' "$work/played" | head -n 40
check "more than 2,000 flows ($(number flows))" \
	test "$(number flows)" -gt 2000
is "what is remembered of refused flows says so" \
	"$(test "$(counter drop-remembered)" -ge 1000 && echo 1000)" 1000
# Both sides of the same count: nothing was sent that was not decided about.
is "every packet was seen" \
	"$(($(counter received) - $(counter pass-other)))" \
	"$(($(number packets) + $(number configurations)))"
check_balance
