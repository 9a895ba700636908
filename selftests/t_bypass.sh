#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways past the rules that reviewers have found, each of which worked once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

IN="tcp 203.0.113.1 4000 10.1.0.1 22"
OUT="tcp 10.1.0.1 22 203.0.113.1 4000"

# An ACK begins a flow, as GWLB may hand over running connections. That it is
# accepted must not get a SYN accepted too.
test_ack_before_syn()
{
	rules <<-RULES
		policy accept
		rule syn: direction in tcp-flags syn/syn|ack|rst|fin drop
	RULES
	fate "a SYN from outside" drop-rule "$IN" S
	fate "an ACK from outside" returned "$IN" A
	fate "a SYN after it" drop-rule "$IN" S
	fate "what was there before lives on" returned "$OUT" A
	fate "a RST" returned "$OUT" R
	fate "a SYN after that" drop-rule "$IN" S
	no_flows
	fate "a SYN from inside" returned "$OUT" S
	fate "its answer" returned "$IN" SA
	fate "the third packet" returned "$OUT" A
	fate "a SYN of who answered" drop-rule "$IN" S
	fate "the connection does not mind" returned "$OUT" A
}

# Who is asked may answer, not ask.
test_icmp_identifier()
{
	rules <<-RULES
		policy drop
		rule out: direction out accept
	RULES
	fate "echo out" returned id=7 icmp 10.1.0.1 203.0.113.1 8 0
	fate "its answer" returned id=7 icmp 203.0.113.1 10.1.0.1 0 0
	fate "an echo in with the same identifier" drop-policy \
		id=7 icmp 203.0.113.1 10.1.0.1 8 0
	fate "ICMPv6: echo out" returned id=7 icmp fd00:1::1 2001:db8::1 128 0
	fate "ICMPv6: its answer" returned id=7 icmp 2001:db8::1 fd00:1::1 129 0
	fate "ICMPv6: an echo in with the same identifier" drop-policy \
		id=7 icmp 2001:db8::1 fd00:1::1 128 0
	no_flows
	fate "echo out, identifier 0" returned \
		id=0 icmp 10.1.0.1 203.0.113.1 8 0
	fate "its answer" returned id=0 icmp 203.0.113.1 10.1.0.1 0 0
	fate "an echo in, identifier 0" drop-policy \
		id=0 icmp 203.0.113.1 10.1.0.1 8 0
	fate "ICMPv6: echo out, identifier 0" returned \
		id=0 icmp fd00:1::1 2001:db8::1 128 0
	fate "ICMPv6: an echo in, identifier 0" drop-policy \
		id=0 icmp 2001:db8::1 fd00:1::1 128 0
	no_flows
	fate "echo out once more" returned \
		id=7 icmp 10.1.0.1 203.0.113.1 8 0
	fate "an error about the question" returned error \
		192.0.2.1 10.1.0.1 3 1 about id=7 icmp 10.1.0.1 203.0.113.1 8 0
}

# GWLB may hand over what has been asked already. That its answer is accepted
# must not get a question accepted.
test_answer_before_question()
{
	rules <<-RULES
		policy drop
		rule out: direction out accept
	RULES
	fate "an answer out" returned id=9 icmp 10.1.0.1 203.0.113.1 0 0
	fate "its question, in" drop-policy id=9 icmp 203.0.113.1 10.1.0.1 8 0
	fate "another answer" returned id=9 icmp 10.1.0.1 203.0.113.1 0 0
	fate "ICMPv6: an answer out" returned \
		id=9 icmp fd00:1::1 2001:db8::1 129 0
	fate "ICMPv6: its question, in" drop-policy \
		id=9 icmp 2001:db8::1 fd00:1::1 128 0
	rules <<<"policy accept"
	fate "a question that may come" returned \
		id=9 icmp 10.1.0.1 203.0.113.1 0 0
	fate "after its answer" returned id=9 icmp 203.0.113.1 10.1.0.1 8 0
	fate "and its next answer" returned id=9 icmp 10.1.0.1 203.0.113.1 0 0
	is "is one flow" "$(flows)" 1
}

# What was refused, too, is no word for what else comes, when what refused it is
# gone: a SYN and a question are asked about as what they are.
test_refused_before()
{
	local addresses="10.1.0.1 203.0.113.1"

	rules <<-RULES
		policy drop; pickup loose; refused $1
		set bad address { 203.0.113.1 }
		rule from @bad drop
		rule to @bad drop
		rule acks: direction in tcp-flags ack/ack accept
		rule out: direction out accept
	RULES
	fate "refused $1: an ACK" drop-rule "$IN" A
	fate "refused $1: an answer out" drop-rule id=9 icmp $addresses 0 0
	must ctl set flush bad
	fate "refused $1: then a SYN" drop-policy "$IN" S
	fate "refused $1: then a question" drop-policy \
		id=9 icmp 203.0.113.1 10.1.0.1 8 0
	fate "refused $1: an ACK may" returned "$IN" A
	fate "refused $1: an answer out, too" returned \
		id=9 icmp $addresses 0 0
	reload <<<"policy accept; refused $1"
	fate "refused $1: a SYN that is allowed" returned "$IN" S
	fate "refused $1: its answer" returned "$OUT" SA
	rules <<-RULES
		policy drop; pickup loose; refused $1
		rule syns: direction in tcp-flags syn/syn|ack accept
	RULES
	fate "refused $1: an ACK once more" drop-policy "$IN" A
	fate "refused $1: a SYN by a rule about SYNs" returned "$IN" S
	fate "refused $1: which begins a flow" returned "$OUT" SA
}

# An error about a flow has it decided anew, and then it stays, but refused.
test_refused_by_error()
{
	rules <<-RULES
		policy drop; pickup loose
		set bad address { }
		rule from @bad drop
		rule acks: tcp-flags ack/ack accept
	RULES
	fate "an error: an ACK" returned "$IN" A
	must ctl set add bad 203.0.113.1
	fate "an error: refused with its flow" drop-rule \
		error 203.0.113.9 10.1.0.1 3 1 about "$OUT" A
	must ctl set del bad 203.0.113.1
	fate "an error: then a SYN" drop-policy "$IN" S
	fate "an error: an ACK may" returned "$IN" A
}

# A question of which only a part could be refused would be refused to nobody
# who asks, but be taken for one that was answered.
test_parts_of_a_question()
{
	local in="icmp 203.0.113.1 10.1.0.1 8 0"

	rules <<-RULES
		policy accept
		rule no: proto icmp direction in drop
	RULES
	fate "an answer out, once more" returned \
		id=9 icmp 10.1.0.1 203.0.113.1 0 0
	fate "the first part of a question" drop-rule \
		id=9 len=1000 frag=0+504 "$in"
	fate "the rest of it" drop-fragment-lost \
		id=9 len=1000 frag=504+504 "$in"
	is "its flow has seen none of it" \
		"$(flow_field '[.original.packets, .reply.packets]')" "[1,0]"
	no_flows
}

# Some hosts that listen take it for a SYN.
test_syn_fin()
{
	rules <<-RULES
		policy accept
		rule new: state new direction in drop
	RULES
	fate "SYN and FIN from outside" drop-rule "$IN" SF
	fate "and with more" drop-rule "$IN" SFP
	no_flows
}

# Hosts take what has a RST for one, whatever else it has, and what comes then
# is another connection. A SYN without a RST is not: the old one goes on.
test_syn_in_between()
{
	local flags new="rule new: state new proto tcp drop"

	for flags in R RA RF RFA RS RSFA; do
		rules <<<"policy accept"
		handshake
		fate "$flags: it is let through" returned "$C" $flags
		state_is tcp-closed
		reload <<<"policy accept; $new"
		fate "$flags: a SYN after it" drop-rule "$C" S
		no_flows
		fate "$flags: without a flow it begins none" returned \
			"$C" $flags
		is "$flags: none" "$(flows)" 0
	done
	rules <<<"policy accept"
	handshake
	reload <<<"policy accept; $new"
	fate "a SYN of who began, in the middle" drop-rule "$C" S
	fate "the server does not mind" returned "$S" A
	fate "nor does the client" returned "$C" A
	state_is tcp-established
	no_flows
}

# A second, shorter first fragment does not uncover what the first one showed.
test_shorter_first()
{
	local udp="udp 203.0.113.1 53 10.1.0.1 1000"

	rules <<<"policy accept"
	fate "a first fragment" returned id=1 len=1000 frag=0+504 "$udp"
	fate "a shorter one" returned id=1 len=1000 frag=0+64 "$udp"
	fate "what reaches into the longer one" drop-fragment-overlap \
		id=1 len=1000 frag=64+256 "$udp"
	fate "what does not" returned id=1 len=1000 frag=504+256 "$udp"
}

# What was refused, no receiver has: it takes no room of another packet's, nor is
# what a longer one showed before it forgotten.
test_refused_first()
{
	local no="udp 203.0.113.1 53 10.1.0.1 1000"
	local yes="udp 203.0.113.1 53 10.1.0.1 1001"

	rules <<-RULES
		policy accept
		rule no: dport 1000 drop
	RULES
	fate "a first fragment that is refused" drop-rule \
		id=2 len=1000 frag=0+504 "$no"
	fate "a shorter one of another packet" returned \
		id=2 len=1000 frag=0+64 "$yes"
	fate "and what follows it" returned id=2 len=1000 frag=64+256 "$yes"
	fate "a longer one" returned id=2 len=1000 frag=0+504 "$yes"
	fate "one that is refused" drop-rule id=2 len=1000 frag=0+8 "$no"
	fate "one more" returned id=2 len=1000 frag=0+64 "$yes"
	fate "what reaches into the longest" drop-fragment-overlap \
		id=2 len=1000 frag=64+256 "$yes"
}

as_nobody()
{
	ip netns exec "$APP" setpriv --reuid 65534 --regid 65534 \
		--clear-groups --inh-caps=-all "$GWLBCTL" "$@"
}

# group_seen COMMAND...: of the only endpoint
group_seen()
{
	"$@" --json | jq -c '(.endpoints[0] // .).group'
}

# Flows, rules, sets and events show what others send.
test_curious()
{
	rules <<-RULES
		group customer { endpoint $ENDPOINT }
		set friends address { 192.0.2.1 }
		rule ssh: proto tcp dport 22 log "ssh" accept
	RULES
	refused "flows are not for everybody" "CAP_NET_ADMIN" \
		as_nobody flow list
	refused "nor are rules" "CAP_NET_ADMIN" as_nobody rule list
	refused "nor are sets" "CAP_NET_ADMIN" as_nobody set list
	refused "nor is one of them" "CAP_NET_ADMIN" as_nobody set list friends
	refused "nor are events" "not permitted" \
		timeout 20 ip netns exec "$APP" setpriv --reuid 65534 \
		--regid 65534 --clear-groups --inh-caps=-all \
		"$GWLBCTL" monitor --count 1
	check "counters are" as_nobody stats
	check "and the state" as_nobody status
	fate "a packet of a group" returned udp 10.1.0.1 1000 10.2.0.1 53
	is "endpoints are in groups" "$(group_seen ctl endpoint list)" '"customer"'
	is "which not all may see" \
		"$(group_seen as_nobody endpoint list)" null
	is "nor one by one" \
		"$(group_seen as_nobody endpoint show $ENDPOINT)" null
}

setup_up
start_probe
test_ack_before_syn
test_icmp_identifier
test_answer_before_question
test_refused_before remember
test_refused_before forget
test_refused_by_error
test_parts_of_a_question
test_syn_fin
test_syn_in_between
test_shorter_first
test_refused_first
test_curious
check_balance
