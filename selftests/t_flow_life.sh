#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How long flows live: the states of a connection, what keeps them and when they
# end.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

test_tcp_states()
{
	rules <<-RULES
		timeout tcp-syn 1000; timeout tcp-established 2000
		timeout tcp-closing 3000; timeout tcp-closed 4000
		timeout udp 5000; timeout icmp 6000; timeout other 7000
	RULES
	send "$C" S
	state_is tcp-syn
	lives_for 1000
	send "$S" SA
	state_is tcp-syn-ack
	lives_for 1000
	send "$C" A
	state_is tcp-established
	lives_for 2000
	send "$S" PA
	send "$C" FA
	state_is tcp-closing
	lives_for 3000
	send "$S" A
	state_is tcp-closing
	send "$S" FA
	state_is tcp-closed
	lives_for 4000
	send "$C" A
	state_is tcp-closed
	is "all that was one flow" "$(flows)" 1
	is "packets of both sides" \
		"$(flow_field '[.original.packets, .reply.packets]')" "[4,4]"
	no_flows
	handshake
	fate "RST of the client" returned "$C" R
	state_is tcp-closed
	no_flows
	handshake
	fate "RST of the server" returned "$S" RA
	state_is tcp-closed
	no_flows
	send "$C" S
	fate "a SYN is refused by its receiver" returned "$S" RA
	state_is tcp-closed
	no_flows
	send "$C6" S
	send "$S6" SA
	send "$C6" A
	state_is tcp-established
	no_flows
	fate "the middle of a connection" returned "$C" A
	state_is tcp-established
	lives_for 2000
	no_flows
	send udp 10.1.0.1 1000 10.2.0.1 53
	lives_for 5000
	send udp 10.2.0.1 53 10.1.0.1 1000
	lives_for 5000
	no_flows
	send icmp 10.1.0.1 10.2.0.1 8 0
	lives_for 6000
	no_flows
	send icmp fd00::1 fd00::2 128 0
	lives_for 6000
	no_flows
	send ip fd00::1 fd00::2 47
	state_is new
	lives_for 7000
	check_balance
}

# lives_for SECONDS: the only flow, from its last packet on
lives_for()
{
	local ms

	ms=$(flow_field '.idle + .expires')
	# The kernel's clock of flows ticks every 4 ms at best.
	if [ "$ms" -ge $(($1 * 1000 - 1000)) ] &&
	   [ "$ms" -le $(($1 * 1000 + 1000)) ]; then
		ok "lives for $1 seconds"
	else
		not_ok "lives for $1 seconds"
		note "$(ctl flow list --json)"
	fi
}

# ends DESCRIPTION: the table is empty soon, and so are the endpoints' shares
ends()
{
	check "$1" wait_for 30 flows_are 0
}

test_timeouts()
{
	rules <<-RULES
		policy drop
		pickup strict
		timeout tcp-syn 5; timeout tcp-established 500
		timeout tcp-closing 500; timeout tcp-closed 5
		timeout udp 2; timeout icmp 2; timeout other 2
		rule new: from 10.1.0.0/16, fd00:1::/32 state new accept
	RULES
	note "$(gen --flows 200 --proto tcp)"
	ends "timeout: SYNs"
	fate "timeout: the answer comes too late" drop-policy "$S" SA
	handshake
	send times=2 udp 10.1.0.1 1000 10.2.0.1 53
	send icmp 10.1.0.1 10.2.0.1 8 0
	send icmp fd00:1::1 fd00:2::1 128 0
	send ip 10.1.0.1 10.2.0.1 47
	check "timeout: all others, but no connection" wait_for 30 flows_are 1
	fate "timeout: it goes on" returned "$S" A
	fate "timeout: an answer of UDP comes too late" drop-policy \
		udp 10.2.0.1 53 10.1.0.1 1000
	fate "timeout: FIN" returned "$C" FA
	is "timeout: half closed" "$(flow_field .state)" '"tcp-closing"'
	fate "timeout: the other FIN" returned "$S" FA
	fate "timeout: the last ACK" returned "$C" A
	ends "timeout: closed"
	fate "timeout: after that it is nobody's" drop-policy "$C" A
	handshake
	fate "timeout: RST" returned "$S" R
	ends "timeout: reset"
	# A flow that is over is over, seen by gc or not: its packets come
	# when they come.
	note "$(gen --flows 2000 --steps '> <')"
	ends "timeout: 2,000 UDP flows"
	check_balance
}

# goes_on MS QUESTION ANSWER: for within, one packet more of each; has the only
# flow come to that age? "seen" is its age and id, of one reading: on a slow
# machine it may be over before there is another.
goes_on()
{
	send "$2"
	send "$3"
	seen=$(flow_field '"\(.age) \(.id)"' | tr -d '"')
	[ "${seen% *}" -gt "$1" ]
}

# kept_by WHAT QUESTION ANSWER [BEFORE]: one that would be over in 5 seconds,
# which begins with what BEFORE does
kept_by()
{
	local id seen

	no_flows
	${4:-}
	send "$2"
	send "$3"
	id=$(flow_field .id)
	if within 60 goes_on 12000 "$2" "$3"; then
		ok "timeout: packets keep $1"
	else
		not_ok "timeout: packets keep $1"
		note "$(ctl flow list --json)"
	fi
	is "timeout: and it is the one it was" "${seen#* }" "$id"
}

# A client that went away takes the port again, where the server is done with
# the connection and the flow is not: the rules are asked, and what comes lives
# as long as any other.
test_port_again()
{
	local id

	rules <<-RULES
		policy accept
		timeout tcp-closing 1000; timeout tcp-established 2000
	RULES
	handshake
	send "$S" FA
	send "$C" A
	state_is tcp-closing
	id=$(flow_field .id)
	fate "the port again: a SYN" returned "$C" S
	state_is tcp-syn
	is "the port again: another flow" \
		"$([ "$(flow_field .id)" != "$id" ] && echo yes)" yes
	send "$S" SA
	send "$C" A
	lives_for 2000
	send "$S" FA
	rules <<-RULES
		policy accept
		rule new: state new drop
	RULES
	fate "the port again: one that may not" drop-rule "$C" S
	no_flows
	check_balance
}

# Whatever way its packets go through the module
test_kept()
{
	rules <<-RULES
		policy drop
		timeout tcp-established 5; timeout udp 5; refused remember
		rule new: from 10.1.0.0/16 state new proto udp accept
		rule tcp: proto tcp state new accept
		rule no: proto udp drop
	RULES
	kept_by "a flow of UDP" "udp 10.1.0.1 1000 10.2.0.1 53" \
		"udp 10.2.0.1 53 10.1.0.1 1000"
	kept_by "a connection" "$C A" "$S A" handshake
	kept_by "one that is refused" "udp 10.3.0.1 1000 10.2.0.1 53" \
		"udp 10.2.0.1 53 10.3.0.1 1000"
	check_balance
}

setup_up
start_probe
test_tcp_states
test_timeouts
test_port_again
test_kept
check_balance
