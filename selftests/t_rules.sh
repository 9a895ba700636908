#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rules, by packets: which of them decides, what verdicts do, and what is
# counted for whom.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

test_order()
{
	rules <<-RULES
		policy accept
		rule a: dport 53 accept
		rule b: proto udp drop
		rule c: dport 53, 80 drop
		rule d: to 10.2.0.1 reject
	RULES
	fate "the first rule that matches decides: 1st" returned "$U"
	fate "the first rule that matches decides: 2nd" drop-rule \
		udp 10.1.0.1 1000 10.2.0.1 80
	fate "the first rule that matches decides: 3rd" drop-rule "$T" S
	fate "the first rule that matches decides: 4th" "drop-reject rst" \
		tcp 10.1.0.1 1000 10.2.0.1 81 S
	fate "none matches: the policy" returned \
		tcp 10.1.0.1 1000 10.2.0.2 81 S
	is "counted by rule" "$(tallies a b c d policy)" "1 1 1 1 1"
}

test_verdicts()
{
	rules <<-RULES
		policy accept
		rule proto tcp dport 1 accept
		rule proto tcp dport 2 drop
		rule dport 3 reject
		rule proto gre reject
	RULES
	fate "accept" returned tcp 10.1.0.1 1000 10.2.0.1 1 S
	fate "drop" drop-rule tcp 10.1.0.1 1000 10.2.0.1 2 S
	fate "reject: a SYN" "drop-reject rst" tcp 10.1.0.1 1000 10.2.0.1 3 S
	fate "reject: IPv6" "drop-reject rst" tcp fd00::1 1000 fd00::2 3 S
	fate "reject: UDP" "drop-reject unreachable 3/3" \
		udp 10.1.0.1 1000 10.2.0.1 3
	fate "reject: UDP over IPv6" "drop-reject unreachable 1/4" \
		udp fd00::1 1000 fd00::2 3
	fate "reject: something else" "drop-reject unreachable 3/*" "$GRE"
}

test_limit()
{
	rules <<-RULES
		policy drop
		rule few: proto udp limit 1/hour burst 7 accept
		rule rare: proto tcp limit 3/hour accept
		rule quick: proto icmp limit 20/second burst 1 accept
		rule known: proto gre limit 1/hour burst 1 accept
	RULES
	fate "limit: the burst passes at once, and no more" \
		"drop-policy 3 returned 7" times=10 "$U"
	is "limit: is counted as often as it applied" "$(tallies few policy)" \
		"7 3"
	fate "limit: packets of flows cost nothing" "returned 7" times=7 "$U"
	fate "limit: nor do answers" returned udp 10.2.0.1 53 10.1.0.1 1000
	fate "limit: another flow is still too much" drop-policy \
		udp 10.1.0.1 2000 10.2.0.1 53
	fate "limit: the burst is 5 if nobody says" \
		"drop-policy 4 returned 5" times=9 "$T" S
	fate "limit: 1 at once" returned "$PING"
	# 20 a second are one in 50 ms: any machine is so slow some time.
	check "limit: tokens come back" wait_for 10 returned_is 1 \
		id=100 "$PING"
	fate "limit: the flow holds the only token" "returned 20" times=20 \
		"$GRE"
	fate "limit: another GRE flow" drop-policy ip 10.1.0.2 10.2.0.1 47
	check_balance
}

# returned_is N PACKET...: for wait_for, the same packet again and again
returned_is()
{
	local n=$1

	shift
	send "$@"
	[ "$fate" = returned ] || [ "$fate" = "returned $n" ]
}

test_log()
{
	start_monitor
	rules <<-RULES
		policy drop
		rule watch: proto udp log "seen \\"it\\""
		rule stop: proto udp dport 53 log drop
		rule rest: proto udp accept
	RULES
	fate "log: a rule without verdict goes on" drop-rule "$U"
	fate "log: the next one is accepted" returned \
		udp fd00:1::1 1000 fd00:2::1 54
	fate "log: a packet of a flow asks no rules" returned \
		udp fd00:1::1 1000 fd00:2::1 54
	check "log: three are told" wait_for 20 logs_are 3
	is "log: rules and texts" \
		"$(events 'select(.event == "log") | [.rule, .name, .text]')" \
		'[1,"watch","seen \"it\""] [2,"stop",null] [1,"watch","seen \"it\""]'
	is "log: endpoint" \
		"$(events 'select(.event == "log").endpoint')" \
		"\"$ENDPOINT\" \"$ENDPOINT\" \"$ENDPOINT\""
	is "log: is counted as often as it applied" \
		"$(tallies watch stop rest policy)" "2 1 2 0"
	stop_monitor
}

logs_are()
{
	[ "$(events 'select(.event == "log") | 1' | wc -w)" -eq "$1" ]
}

test_policy()
{
	rules <<-RULES
		policy drop
		group yes { endpoint $ENDPOINT; policy accept }
		group no { endpoint $ENDPOINT2; policy reject }
		group like { endpoint $OTHER }
		rule dport 80 accept
	RULES
	fate "policy of a group: accept" returned "$U"
	fate "policy of a group: reject" "drop-reject unreachable 3/3" \
		ep=$ENDPOINT2 "$U"
	fate "group without policy: that of options" drop-policy ep=$OTHER "$U"
	fate "endpoint in no group: that of options" drop-policy \
		ep=$UNKNOWN "$U"
	fate "a rule comes before any policy" returned ep=$ENDPOINT2 "$T" S
	is "policies are counted by group" \
		"$(tallies policy:yes policy:no policy:like policy)" "1 1 1 1"
	rules <<-RULES
		policy reject
		group like { endpoint $OTHER }
	RULES
	fate "policy reject: TCP" "drop-reject rst" "$T" S
	fate "policy reject: group without policy" "drop-reject rst" \
		ep=$OTHER "$T6" S
	rules <<-RULES
		rule dport 80 drop
	RULES
	fate "the default is accept" returned "$U"
}

# Everything that was received is counted by one rule or policy and one
# reason, whichever way it is added up.
test_counters()
{
	rules <<-RULES
		policy drop
		set hosts address { 10.1.0.0/28 }
		group g { endpoint $ENDPOINT; policy accept }
		rule hosts: from @hosts proto udp accept
		rule bad: dport 1-99 drop
		rule mail: proto tcp dport 100-110 reject
		rule icmp: proto icmp accept
	RULES
	note "$(gen --flows 400 --clients 100 --endpoints 3 --steps '> <' \
		--port 53 --client 10.1.0.0)"
	note "$(gen --flows 300 --proto tcp --endpoints 3 --port 105 --first 1)"
	note "$(gen --flows 300 --proto tcp --endpoints 3 --port 443 \
		--steps '>S <SA >A')"
	note "$(gen --flows 300 --proto icmp --endpoints 3 --steps '> <')"
	note "$(gen --flows 300 --proto icmp --endpoints 3 --client fd00::1 \
		--server fd00:2::1)"
	is "packets and bytes: accepted = returned" "$(verdict_sum accept)" \
		"$(since_rules returned)"
	is "packets and bytes: refused = dropped" "$(verdict_sum drop)" \
		"$(since_rules drop-rule drop-policy)"
	is "packets and bytes: rejected = dropped" "$(verdict_sum reject)" \
		"$(since_rules drop-reject)"
	is "some of each" "$(tallies hosts bad mail icmp policy policy:g |
		grep -cw 0)" 0
	check_balance
	is "endpoints add up to all" "$(ctl endpoint list --json | jq -c '
		[.endpoints[].traffic] |
		[([.[].received.packets] | add), ([.[].returned.packets] | add),
		 ([.[].dropped.packets] | add)]')" \
		"$(ctl stats --json | jq -c '
		[.received.packets - ([.counters[] |
			select(.class == "pass").packets] | add),
		 (.counters[] | select(.name == "returned").packets),
		 ([.counters[] | select(.class == "drop").packets] | add)]')"
}

# many_rules: 600 that are alike, between some that are not
many_rules()
{
	local i

	echo "policy drop"
	echo "rule early: from 10.66.0.0/16 drop"
	echo "rule seen: dport 5001-5010 log"
	for i in $(seq 400); do
		echo "rule to 10.3.$((i / 256)).$((i % 256)) proto udp dport" \
			"$((1000 + i)) accept"
	done
	for i in $(seq 200); do
		echo "rule from 10.4.$i.0/24, fd00:4:$i::/48" \
			"dport $((5000 + i)), $((7000 + i))-$((7010 + i)) accept"
	done
	echo "rule late: to 10.3.0.0/23 reject"
	echo "rule proto tcp to not 10.0.0.0/8 accept"
}

# What a rule is found by must not hide it, nor any other.
test_many()
{
	local i a

	many_rules | rules
	for i in 1 2 63 64 127 128 199 200 255 256 257 383 384 399 400; do
		a=10.3.$((i / 256)).$((i % 256))
		fate "many: host $i" returned \
			udp 10.1.0.1 9 $a $((1000 + i))
		fate "many: host $i, one port less" "drop-reject*" \
			udp 10.1.0.1 9 $a $((999 + i))
		fate "many: host $i, one port more" "drop-reject*" \
			udp 10.1.0.1 9 $a $((1001 + i))
		fate "many: host $i, an earlier rule" drop-rule \
			udp 10.66.0.1 9 $a $((1000 + i))
	done
	for i in 1 2 100 127 128 199 200; do
		fate "many: network $i, first address and port" returned \
			udp 10.4.$i.0 9 10.2.0.1 $((7000 + i))
		fate "many: network $i, last address and port" returned \
			udp 10.4.$i.255 9 10.2.0.1 $((7010 + i))
		fate "many: network $i, a port after" drop-policy \
			udp 10.4.$i.255 10 10.2.0.1 $((7011 + i))
		fate "many: network $i, a port before" drop-policy \
			udp 10.4.$i.0 10 10.2.0.1 $((6999 + i))
		fate "many: network $i, IPv6" returned \
			udp fd00:4:$i:ffff:ffff:ffff:ffff:ffff 9 fd00:2::1 \
			$((5000 + i))
		fate "many: network $i, one after, IPv6" drop-policy \
			udp "fd00:4:$(printf %x $((16#$i + 1)))::1" 9 fd00:2::1 \
			$((5000 + i))
	done
	fate "many: what none of them is about" drop-policy "$U"
	fate "many: the last one" returned tcp 10.1.0.1 9 192.0.2.1 80 S
	is "many: what only logs has seen what the others decided" \
		"$(tallies seen)" 4
	check_balance
}

test_reload()
{
	rules <<-RULES
		policy drop
		group g { endpoint $OTHER; policy accept }
		rule keep: proto udp dport 53 accept
		rule change: proto udp dport 54 accept
		rule twice: dport 1 drop
	RULES
	send times=3 "$U"
	send times=2 udp 10.1.0.1 1000 10.2.0.1 54
	send ep=$OTHER "$T" S
	send times=4 tcp 10.1.0.1 1000 10.2.0.1 99 S
	is "counted before" "$(tallies keep change twice policy:g policy)" \
		"3 2 0 1 4"
	reload <<-RULES
		policy drop
		group g { endpoint $OTHER; policy accept }
		rule added: proto gre drop
		rule twice: dport 1 drop
		rule change: proto udp dport 54, 55 accept
		rule keep: proto udp dport 53 accept
	RULES
	is "what is the same keeps its count wherever it stands now" \
		"$(tallies added keep change twice policy:g policy)" \
		"0 3 0 0 1 4"
	fate "it goes on counting" "returned 2" times=2 "$U"
	is "from there" "$(tallies keep)" 5
}

test_sets()
{
	rules <<-RULES
		policy drop
		set bad address { 192.0.2.0/24 }
		set open port
		set ends endpoint { }
		# So many that the index asks the sets, not the rules.
		$(printf 'rule from @bad dport %s drop\n' {1..8})
		$(printf 'rule to @bad dport %s drop\n' {1..8})
		$(printf 'rule to 192.0.2.%s dport @open accept\n' {1..8})
		rule from @bad drop
		rule to @bad drop
		rule dport @open accept
		rule endpoint @ends accept
	RULES
	fate "not in the set of ports yet" drop-policy "$U"
	must ctl set add open 53
	fate "in the set, next packet" returned "$U"
	fate "answered" returned udp 10.2.0.1 53 10.1.0.1 1000
	# First, as a longer one would leave its mark in what is asked first.
	must ctl set add bad 8.0.0.0/5
	fate "a short prefix has what does not begin like it" drop-rule "$U"
	must ctl set del bad 8.0.0.0/5
	fate "and has not any more" returned "$U"
	must ctl set add bad 10.2.0.0/16
	fate "added to the other set: the live flow ends" drop-rule "$U"
	must ctl set del bad 10.2.0.0/16
	fate "taken out again" returned "$U"
	must ctl set add bad 10.1.0.1
	fate "the live flow ends in its other direction, too" drop-rule \
		udp 10.2.0.1 53 10.1.0.1 1000
	must ctl set flush bad
	fate "the set is emptied" returned "$U"
	must ctl set del open 53
	fate "the port is taken out: live flows end" drop-policy "$U"
	must ctl set add ends $OTHER
	fate "an endpoint is added" returned ep=$OTHER "$U"
	fate "others are not" drop-policy "$U"
	check "a set can be asked" ctl set test ends $OTHER
	exits 1 "and says no" "" ctl set test ends $ENDPOINT
	check_balance
}

setup_up
start_probe
test_order
test_verdicts
test_limit
test_log
test_policy
test_counters
test_many
test_reload
test_sets
check_balance
