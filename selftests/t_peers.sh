#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may send is decided by the list of peers, as it is at this moment.
. "$(dirname "$0")/lib.sh"

# from NODE EXPECT [OPTION]: one packet of that node; prints how many came back
from()
{
	local node=$1 expect=$2

	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node "$node" --local $LOCAL \
		--expect "$expect" "${@:3}" |
		sed 's/^.*returned \([0-9]*\) exact.* other 0\( unasked\)\?$/\1/'
}

# dropped_from NODE COUNTER [OPTION]: a packet of that node hits that counter
dropped_from()
{
	local before

	before=$(counter "$2")
	[ "$(from "$1" 0 "${@:3}")" = 0 ] || return 1
	wait_for 10 reaches "$2" $((before + 1))
}

peers()
{
	ctl peer list --json | jq -r '.peers | join(" ")'
}

generation()
{
	ctl status --json | jq .generation
}

test_list()
{
	is "without a list everybody may send" "$(from $NODE 1)" 1
	check "allow one address" ctl peer set $NODE
	is "it may send" "$(from $NODE 1)" 1
	check "another may not" dropped_from $NODE2 drop-not-peer
	check "add another" ctl peer add $NODE2
	is "then it may" "$(from $NODE2 1)" 1
	is "both are listed" "$(peers)" "$NODE/32 $NODE2/32"
	check "remove the first" ctl peer del $NODE
	check "a node that was known may not send any more" \
		dropped_from $NODE drop-not-peer
	is "the other still may" "$(from $NODE2 1)" 1
}

test_prefixes()
{
	check "a prefix allows all in it" ctl peer set 192.168.9.0/28
	is "first" "$(from $NODE 1)" 1
	is "second" "$(from $NODE2 1)" 1
	check "the edges of a prefix: below" ctl peer set 192.168.9.2/31
	check "192.168.9.1 is not in 192.168.9.2/31" \
		dropped_from $NODE drop-not-peer
	is "192.168.9.2 is" "$(from $NODE2 1)" 1
	check "0.0.0.0/0 is everybody" ctl peer set 0.0.0.0/0
	is "so this one may send" "$(from $NODE 1)" 1
}

test_refusals()
{
	local before

	must ctl peer set 0.0.0.0/0
	before=$(generation)
	refused "host bits" "host bits" ctl peer set 192.168.9.1/24
	refused "a peer that is there already" "is a peer already" ctl peer add 0.0.0.0/0
	refused "a peer that is not there" "is not a peer" ctl peer del 10.0.0.0/8
	refused "the generation of yesterday" "changed by somebody else" \
		ctl peer flush --expect-generation $((before - 1))
	is "what was refused changed nothing" "$(peers) $(generation)" \
		"0.0.0.0/0 $before"
	check "256 peers" ctl peer set $(seq -f '10.0.%g.0/24' 0 255)
	refused "but no 257" "256" ctl peer add 10.1.0.0/24
	check "flush" ctl peer flush
	is "everybody may send again" "$(from $NODE 1)" 1
}

# What is ours follows the address table, not what a node once was.
test_addresses()
{
	check "a node becomes an address of ours" \
		ip -n "$APP" addr add $NODE2/32 dev lo
	check "then its packets are loops" dropped_from $NODE2 drop-loop \
		--no-echo
	must ip -n "$APP" addr del $NODE2/32 dev lo
	is "and are none when it is not" "$(from $NODE2 1)" 1
	must ip -n "$APP" addr del $LOCAL/24 dev eth0
	check "a packet for what is no longer our address is passed" \
		dropped_from $NODE pass-not-local --no-echo
	must ip -n "$APP" addr add $LOCAL/24 dev eth0
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev eth0
	is "and is ours again with the address" "$(from $NODE 1)" 1
}

setup_up
test_list
test_prefixes
test_refusals
test_addresses
check_balance
