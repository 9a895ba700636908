#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows: the first packet decides for both directions, and what belongs to it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

# What only the first packets of flows get
ONLY_NEW="
	policy drop
	rule new: from 10.1.0.0/16, fd00:1::/32 state new accept
	rule odd: state invalid reject
"

test_both_directions()
{
	rules <<<"$ONLY_NEW"
	fate "an answer without a question" drop-policy \
		udp 10.2.0.1 53 10.1.0.1 1000
	fate "UDP, the question" returned udp 10.1.0.1 1000 10.2.0.1 53
	state_is new
	fate "UDP, the answer" returned udp 10.2.0.1 53 10.1.0.1 1000
	state_is established
	fate "UDP, other port" drop-policy udp 10.2.0.1 54 10.1.0.1 1000
	fate "UDP, other client" drop-policy udp 10.2.0.1 53 10.1.0.2 1000
	fate "UDP, other protocol" drop-policy tcp 10.2.0.1 53 10.1.0.1 1000 A
	fate "ICMP, an answer without a question" drop-policy \
		icmp 10.2.0.1 10.1.0.1 0 0
	fate "ICMP, the question" returned icmp 10.1.0.1 10.2.0.1 8 0
	fate "ICMP, the answer" returned icmp 10.2.0.1 10.1.0.1 0 0
	fate "ICMP, other identifier" drop-policy id=8 icmp 10.2.0.1 10.1.0.1 0 0
	fate "ICMP, question the other way" drop-policy \
		id=8 icmp 10.2.0.1 10.1.0.1 8 0
	fate "ICMPv6, the question" returned icmp fd00:1::1 fd00:2::1 128 0
	fate "ICMPv6, the answer" returned icmp fd00:2::1 fd00:1::1 129 0
	fate "ICMP timestamp, the answer to no question" drop-policy \
		icmp 10.2.0.1 10.1.0.1 14 0
	fate "GRE" returned ip 10.1.0.1 10.2.0.1 47
	fate "GRE, the answer" returned ip 10.2.0.1 10.1.0.1 47
	fate "GRE, somebody else's" drop-policy ip 10.2.0.2 10.1.0.1 47
	is "a flow for each" "$(flows)" 4
	check_balance
}

# The same with a verdict that refuses
test_refused()
{
	local Q="udp 10.1.0.1 1000 10.2.0.1 53"
	local R="udp 10.2.0.1 53 10.1.0.1 1000"

	rules <<-RULES
		policy accept
		rule a: from 10.1.0.0/16 proto udp drop
		rule b: from 10.1.0.0/16 proto tcp reject
	RULES
	fate "forget: refused" "drop-rule 3" times=3 "$Q"
	is "forget: nothing is left" "$(flows)" 0
	is "forget: each packet asked" "$(tallies a)" 3
	fate "forget: the other direction is judged by itself" returned "$R"
	rules <<-RULES
		policy accept
		refused remember
		rule a: from 10.1.0.0/16 proto udp drop
		rule b: from 10.1.0.0/16 proto tcp reject
	RULES
	fate "remember: refused" drop-rule "$Q"
	is "remember: a flow is left" "$(flows)" 1
	is "remember: its verdict" "$(flow_field .verdict)" '"drop"'
	fate "remember: again" drop-remembered "$Q"
	fate "remember: the other direction, too" drop-remembered "$R"
	fate "remember: rejected" "drop-reject rst" "$C" S
	fate "remember: rejected again" "drop-remembered*" "$C" S
	fate "remember: and its other direction" "drop-remembered*" "$S" SA
	reload <<-RULES
		policy accept
		refused remember
	RULES
	fate "remember: new rules are asked again" returned "$Q"
	fate "remember: and decide for both directions" returned "$R"
	check_balance
}

# What the answering side sends after a failover, when nothing else is heard
test_pickup_either()
{
	rules <<<"$ONLY_NEW"
	fate "loose: no data of the answering side" drop-policy "$S" PA

	rules <<<"pickup either$ONLY_NEW"
	fate "either: data of the answering side" returned "$S" PA
	is "either: of a flow that the other side began" "$(flow_field \
		'[.source, ."source-port", .destination, .direction,
		  .state, .original.packets, .reply.packets]')" \
		'["10.1.0.1",1000,"10.2.0.1","out","tcp-established",0,1]'
	is "either: counted by the rule that accepts that one" \
		"$(tallies new)" 1
	fate "either: more of it" returned "$S" A
	is "either: one side alone is nobody's answer" "$(flows_new)" 1
	fate "either: no SYN gets in by it" drop-policy "$S" S
	is "either: nor does it end the flow" "$(flows)" 1
	fate "either: the side that began it" returned "$C" A
	is "either: that is an answer" "$(flows_new)" 0
	is "either: each side was counted" "$(flow_field \
		'[.original.packets, .reply.packets]')" '[1,2]'
	rules <<<"pickup either
		rule other: to 10.9.9.9 drop$ONLY_NEW"
	fate "either: new rules are asked as the one who began would be" \
		returned "$S" A
	no_flows
	fate "either: its IPv6" returned "$S6" A
	no_flows
	fate "either: no SYN" drop-policy "$S" S
	fate "either: no SYN-ACK" drop-policy "$S" SA
	fate "either: no FIN" drop-reject* "$S" FA
	fate "either: no RST" drop-reject "$S" RA
	fate "either: no UDP" drop-policy udp 10.2.0.1 53 10.1.0.1 1000
	fate "either: no answer to a ping" drop-policy \
		icmp 10.2.0.1 10.1.0.1 0 0
	fate "either: nobody whom the rules do not know, either way" \
		drop-policy tcp 10.2.0.1 80 10.3.0.1 1000 A
	is "either: they made no flow" "$(flows)" 0
	fate "either: where a rule accepts, it is as with loose" returned \
		"$C" A
	is "either: begun by who was heard" "$(flow_field \
		'[.source, .original.packets, .reply.packets]')" \
		'["10.1.0.1",1,0]'
	no_flows
	rules <<-RULES
		pickup either
		policy drop
		rule closed: from 10.2.0.0/16 reject
		rule web: proto tcp dport 80 accept
	RULES
	fate "either: a rule that refuses has no other say" returned "$S" A
	fate "either: but for what nobody began" "drop-reject rst" \
		tcp 10.2.0.1 81 10.1.0.1 1000 A
	no_flows
	check_balance
}

test_pickup()
{
	rules <<<"$ONLY_NEW"
	fate "loose: an ACK of no flow begins one" returned "$C" A
	fate "loose: and gets its answer" returned "$S" PA
	no_flows
	fate "loose: a SYN-ACK, too" returned \
		tcp 10.1.0.1 1001 10.2.0.1 80 SA
	no_flows
	fate "loose: but no RST" drop-reject "$C" R
	fate "loose: nor a RST with ACK" drop-reject "$C" RA
	fate "loose: nor a FIN" "drop-reject rst" "$C" FA
	is "loose: they made no flow" "$(flows)" 0
	rules <<<"pickup strict$ONLY_NEW"
	fate "strict: no ACK begins a flow" "drop-reject rst" "$C" A
	fate "strict: no data" "drop-reject rst" "$C" PA
	fate "strict: no SYN-ACK" "drop-reject rst" "$C" SA
	fate "strict: no FIN" "drop-reject rst" "$C" FA
	fate "strict: no RST" drop-reject "$C" R
	fate "strict: no answer to a ping" drop-reject* \
		icmp 10.1.0.1 10.2.0.1 0 0
	is "strict: they made no flow" "$(flows)" 0
	fate "strict: a SYN does" returned "$C" S
	no_flows
	fate "strict: so does one that a FIN is with" returned "$C" SF
	state_is tcp-syn
	fate "strict: a ping" returned icmp 10.1.0.1 10.2.0.1 8 0
	fate "strict: UDP" returned udp 10.1.0.1 1000 10.2.0.1 53
	fate "strict: GRE" returned ip 10.1.0.1 10.2.0.1 47
	no_flows
	local flags
	for flags in SR SFA SRA SFR FPU FR - ; do
		fate "impossible TCP flags: $flags" drop-reject* "$C" $flags
	done
	is "impossible: they made no flow" "$(flows)" 0
	check_balance
}

test_reuse()
{
	local first

	rules <<-RULES
		policy drop
		timeout tcp-closed 600
		rule new: from 10.1.0.0/16 state new accept
	RULES
	handshake
	first=$(flow_field .id)
	send "$C" FA
	send "$S" FA
	send "$C" A
	is "reuse: before" "$(tallies new)" 6
	fate "reuse: a SYN on a closed connection" returned cookie=77 "$C" S
	is "reuse: is another flow" "$(flows)" 1
	check "reuse: with another id" test "$(flow_field .id)" != "$first"
	state_is tcp-syn
	is "reuse: that counts from 0" "$(flow_field .original.packets)" 1
	is "reuse: GWLB's new cookie" "$(flow_field .cookie)" 77
	fate "reuse: and goes on" returned "$S" SA
	send "$C" R
	fate "reuse: the other side may, too, if the rules say so" \
		drop-policy "$S" S
	check_balance
}

# error PACKET: of the server's router, about a packet from the client
test_related()
{
	local U="udp 10.1.0.1 1000 10.2.0.1 53"
	local R="udp 10.2.0.1 53 10.1.0.1 1000"
	local U6="udp fd00:1::1 1000 fd00:2::1 53"
	local E="error 10.2.0.99 10.1.0.1"
	local E6="error fd00:2::99 fd00:1::1"

	rules <<-RULES
		policy drop
		rule new: from 10.1.0.0/16, fd00:1::/32 state new accept
	RULES
	fate "related: to nothing" drop-policy "$E" 3 3 about "$U"
	send "$U"
	fate "related: port unreachable" returned "$E" 3 3 about "$U"
	fate "related: needs fragmentation" returned "$E" 3 4 about "$U"
	fate "related: time exceeded" returned "$E" 11 0 about "$U"
	fate "related: parameter problem" returned "$E" 12 0 about "$U"
	fate "related: about an answer, the other way" returned \
		error 10.1.0.99 10.2.0.1 3 3 about "$R"
	is "related: makes no flow" "$(flows)" 1
	fate "related: no more than 8 bytes are quoted" returned \
		quote=8 "$E" 3 3 about "$U"
	fate "not related: about another port" drop-policy \
		"$E" 3 3 about udp 10.1.0.1 1001 10.2.0.1 53
	fate "not related: another protocol" drop-policy \
		"$E" 3 3 about tcp 10.1.0.1 1000 10.2.0.1 53 S
	fate "not related: of another endpoint" drop-policy \
		ep=$ENDPOINT2 "$E" 3 3 about "$U"
	# RFC 1122, 3.2.2: it goes to who has sent what it quotes.
	fate "not related: to somebody else" drop-policy \
		error 10.2.0.99 10.1.0.98 3 3 about "$U"
	send "$C" S
	fate "related: TCP" returned "$E" 3 1 about "$C" S
	fate "related: TCP, 8 bytes" returned quote=8 "$E" 3 1 about "$C" S
	send icmp 10.1.0.1 10.2.0.1 8 0
	fate "related: a ping" returned "$E" 11 0 about \
		icmp 10.1.0.1 10.2.0.1 8 0
	fate "not related: another ping" drop-policy "$E" 11 0 about \
		id=8 icmp 10.1.0.1 10.2.0.1 8 0
	send ip 10.1.0.1 10.2.0.1 47
	fate "related: GRE" returned "$E" 3 4 about ip 10.1.0.1 10.2.0.1 47

	fate "related, IPv6: to nothing" drop-policy "$E6" 1 4 about "$U6"
	send "$U6"
	fate "related, IPv6: port unreachable" returned "$E6" 1 4 about "$U6"
	fate "related, IPv6: packet too big" returned "$E6" 2 0 about "$U6"
	fate "related, IPv6: time exceeded" returned "$E6" 3 0 about "$U6"
	fate "related, IPv6: parameter problem" returned "$E6" 4 0 about "$U6"
	fate "not related, IPv6" drop-policy "$E6" 1 4 about \
		udp fd00:1::1 1000 fd00:2::1 54

	reload <<-RULES
		policy drop
		rule new: from 10.1.0.0/16, fd00:1::/32 state new accept
		rule none: proto icmp, ipv6-icmp drop
		rule named: state related, invalid icmp 3/3 reject
	RULES
	fate "related: a rule that does not say so is not asked" returned \
		"$E" 11 0 about "$U"
	rules <<-RULES
		policy drop
		rule named: state related icmp 3/3 drop
		rule new: from 10.1.0.0/16 state new accept
	RULES
	send "$U"
	fate "related: a rule that does say so comes first" drop-rule \
		"$E" 3 3 about "$U"
	fate "related: and others not" returned "$E" 3 4 about "$U"
	rules <<-RULES
		policy accept
		rule bad: state invalid drop
	RULES
	fate "unrelated: is invalid" drop-rule "$E" 3 3 about "$U"
	fate "unrelated, IPv6: is invalid" drop-rule "$E6" 1 4 about "$U6"
	rules <<-RULES
		policy accept
		refused remember
		rule no: from 10.1.0.0/16 proto udp drop
	RULES
	send "$U"
	fate "related to a refused flow" drop-* "$E" 3 3 about "$U"
	check_balance
}

# repeat N COMMAND...
repeat()
{
	local left=$1

	shift
	while [ $((left--)) -gt 0 ]; do
		"$@"
	done
}

# returned_by ENDPOINT: packets
returned_by()
{
	ctl endpoint show "$1" --json | jq .traffic.returned.packets
}

test_endpoints()
{
	local Q="udp 10.1.0.1 1000 10.2.0.1 53"
	local R="udp 10.2.0.1 53 10.1.0.1 1000"
	local before a b

	rules <<<"$ONLY_NEW"
	fate "an endpoint's flow" returned "$Q"
	fate "is not that of another" drop-policy ep=$ENDPOINT2 "$R"
	fate "which has its own" returned ep=$ENDPOINT2 "$Q"
	is "the same addresses, two flows" "$(flows)" 2
	fate "now it has one" returned ep=$ENDPOINT2 "$R"
	rules <<<"$ONLY_NEW
		group g { endpoint $ENDPOINT, $ENDPOINT2 }"
	fate "in a group: a flow" returned "$Q"
	fate "in a group: comes back by the other endpoint" returned \
		ep=$ENDPOINT2 "$R"
	is "in a group: is one" "$(flows)" 1
	is "in a group: that has its name" "$(flow_field .group)" '"g"'
	before="$(returned_by $ENDPOINT) $(returned_by $ENDPOINT2)"
	repeat 5 send "$Q"
	repeat 10 send ep=$ENDPOINT2 "$R"
	read -r a b <<<"$before"
	is "in a group: each endpoint has what came by it" \
		"$(returned_by $ENDPOINT) $(returned_by $ENDPOINT2)" \
		"$((a + 5)) $((b + 10))"
	fate "in a group: others are not" drop-policy \
		ep=vpce-0123456789abcdef2 "$R"
	rules <<<"$ONLY_NEW
		group g { endpoint $ENDPOINT }
		group h { endpoint $ENDPOINT2 }"
	fate "two groups: a flow" returned "$Q"
	fate "two groups: is not that of the other" drop-policy \
		ep=$ENDPOINT2 "$R"
	check_balance
}

# fragments NAME WAY: of a datagram of 1,008 bytes with its UDP header
test_fragments()
{
	local name=$1 way=$2

	rules <<-RULES
		policy drop
		rule dns: dport 53 accept
	RULES
	fate "$name: the first fragment decides" returned \
		id=1 len=1000 frag=0+504 "udp $way"
	fate "$name: the second one has no ports, but belongs to it" \
		returned id=1 len=1000 frag=504+256 "udp $way"
	fate "$name: the last" returned id=1 len=1000 frag=760+500 "udp $way"
	fate "$name: again, out of order" returned \
		id=1 len=1000 frag=504+256 "udp $way"
	fate "$name: that is no flow of its own" drop-fragment-lost \
		id=2 len=1000 frag=504+256 "udp $way"
	fate "$name: of another endpoint" drop-fragment-lost \
		ep=$ENDPOINT2 id=1 len=1000 frag=504+256 "udp $way"
	fate "$name: a later one reaches into the first" \
		drop-fragment-overlap id=1 len=1000 frag=496+256 "udp $way"
	fate "$name: far into the first" \
		drop-fragment-overlap id=1 len=1000 frag=16+8 "udp $way"
	fate "$name: right behind it" returned \
		id=1 len=1000 frag=504+8 "udp $way"
	fate "$name: refused first fragment" drop-policy \
		id=3 len=1000 frag=0+504 "udp ${way%53}54"
	fate "$name: and what belongs to it" drop-fragment-lost \
		id=3 len=1000 frag=504+256 "udp ${way%53}54"
	is "$name: one flow" "$(flows)" 1
	is "$name: its packets are counted" \
		"$(flow_field .original.packets)" 5
	rules <<-RULES
		policy accept
		rule no: dport 53 drop
	RULES
	fate "$name: lost first fragment, policy accept" returned \
		id=4 len=1000 frag=504+256 "udp $way"
	rules <<-RULES
		policy accept
		rule frags: fragment later drop
	RULES
	fate "$name: lost first fragment, but a rule" drop-rule \
		id=5 len=1000 frag=504+256 "udp $way"
	fate "$name: first fragment" returned \
		id=5 len=1000 frag=0+504 "udp $way"
	fate "$name: the rule is asked first" drop-rule \
		id=5 len=1000 frag=504+256 "udp $way"
	rules <<-RULES
		policy drop
		rule udp: proto udp drop
		rule frags: fragment later from 10.1.0.0/16, fd00:1::/32 accept
	RULES
	fate "$name: rules that do not say fragment are not asked" returned \
		id=6 len=1000 frag=504+256 "udp $way"
	rules <<-RULES
		policy reject
	RULES
	fate "$name: lost first fragment, policy reject" drop-fragment-lost \
		id=7 len=1000 frag=504+256 "udp $way"
	# A packet in fragments can begin a flow and be an answer.
	rules <<<"$ONLY_NEW"
	fate "$name: question in fragments" returned \
		id=8 len=1000 frag=0+504 "udp $way"
	set -- $way
	fate "$name: answer in fragments" returned \
		id=8 len=1000 frag=0+504 "udp $3 $4 $1 $2"
	fate "$name: and its later ones" returned \
		id=8 len=1000 frag=504+256 "udp $3 $4 $1 $2"
	check_balance
}

setup_up
start_probe
test_both_directions
test_refused
test_pickup
test_pickup_either
test_reuse
test_related
test_endpoints
test_fragments "IPv4 fragments" "10.1.0.1 1000 10.2.0.1 53"
test_fragments "IPv6 fragments" "fd00:1::1 1000 fd00:2::1 53"
check_balance
