#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loading the module changes nothing, "up" takes packets, "down" gives them
# back to the stack, and unloading leaves nothing behind.
. "$(dirname "$0")/lib.sh"

# ask_geneve: one packet; prints what came back
ask_geneve()
{
	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL "$@"
}

# The stack, which has no socket on UDP 6081, answers by itself: so it has
# got the packet. Its counter says when.
no_ports()
{
	ip netns exec "$APP" awk '/^Udp:/ && $3 ~ /^[0-9]+$/ { print $3 }' \
		/proc/net/snmp
}

stack_got()
{
	[ "$(no_ports)" -gt "$1" ]
}

goes_to_stack()
{
	local before

	before=$(no_ports)
	ask_geneve --expect 0 >/dev/null
	wait_for 10 stack_got "$before"
}

test_states()
{
	load_module
	setup_pair
	is "after loading, the state is down" \
		"$(ctl status --json | jq -r .state)" down
	check "loaded only: the stack gets the packet" goes_to_stack
	is "loaded only: nothing is counted" "$(counter received)" 0

	check "up" ctl up
	is "up: the packet comes back" "$(ask_geneve)" \
		"sent 1 returned 1 exact 1 other 0"
	is "up: it is counted" "$(counter returned)" 1
	check "up again is no error" ctl up
	check "health probes still reach the stack" probe
	check_balance

	check "down" ctl down
	check "down: the stack gets the packet" goes_to_stack
	is "down: counters stay" "$(counter returned)" 1
	check "down again is no error" ctl down
	check "up after down" ctl up
	is "up after down: the packet comes back" "$(ask_geneve)" \
		"sent 1 returned 1 exact 1 other 0"
	check_balance
}

probe()
{
	ip netns exec "$APP" nc -l -p 80 >/dev/null </dev/null &
	wait_for 10 ip netns exec "$SIM" nc -w 5 -z $LOCAL 80
	local rc=$?

	stop $!
	return $rc
}

test_other_namespaces()
{
	is "up is for one namespace only" \
		"$("$GWLBCTL" -n "$SIM" status --json | jq -r .state)" down
}

test_unload()
{
	check "the module can be unloaded while it is up" rmmod gwlb
	check "unloaded: the stack gets the packet" goes_to_stack
	check "and loaded again" insmod "$GWLB_KO"
	is "after loading again, nothing is left of before" \
		"$(counter received)" 0
}

test_states
test_other_namespaces
test_unload
