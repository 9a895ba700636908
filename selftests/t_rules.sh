#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rules, by packets: what each match holds for and what it does not, what
# verdicts do, and what is counted for whom.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

# Endpoints that are in no group
OTHER=vpce-0aaaaaaaaaaaaaaa0
UNKNOWN=vpce-0bbbbbbbbbbbbbbb0

# Most of what is asked here: a packet that no rule says anything of
U="udp 10.1.0.1 1000 10.2.0.1 53"
U6="udp fd00:1::1 1000 fd00:2::1 53"
T="tcp 10.1.0.1 1000 10.2.0.1 80"
T6="tcp fd00:1::1 1000 fd00:2::1 80"
PING="icmp 10.1.0.1 10.2.0.1 8 0"
PING6="icmp fd00:1::1 fd00:2::1 128 0"
GRE="ip 10.1.0.1 10.2.0.1 47"

# matching MATCH: what it does not hold for is dropped by policy
matching()
{
	rules <<-RULES
		policy drop
		set hosts address { 10.9.0.0/16, 10.1.0.1, fd00:9::/32 }
		set ports port { 7, 53, 1000-1010 }
		set points endpoint { $ENDPOINT2, $OTHER }
		group g { endpoint $ENDPOINT }
		group h { endpoint $ENDPOINT2 }
		rule $* accept
	RULES
	match=$*
}

# holds PACKET..., holds_not PACKET...: of the match of now
holds()
{
	fate "$match: $*" returned "$@"
}

holds_not()
{
	fate "$match, not: $*" drop-policy "$@"
}

test_endpoint()
{
	matching endpoint "$ENDPOINT"
	holds "$U"
	holds_not ep=$ENDPOINT2 "$U"
	matching endpoint "$OTHER", "$ENDPOINT2"
	holds ep=$OTHER "$U"
	holds ep=$ENDPOINT2 "$U"
	holds_not "$U"
	matching endpoint @points
	holds ep=$OTHER "$U"
	holds_not "$U"
	matching endpoint not @points, "$UNKNOWN"
	holds "$U"
	holds_not ep=$ENDPOINT2 "$U"
	holds_not ep=$UNKNOWN "$U"
}

test_group()
{
	matching group g
	holds "$U"
	holds_not ep=$ENDPOINT2 "$U"
	holds_not ep=$OTHER "$U"
	matching group g, h
	holds "$U6"
	holds ep=$ENDPOINT2 "$U"
	holds_not ep=$OTHER "$U"
	# To be in no group is not to lack the field.
	matching group not g
	holds ep=$ENDPOINT2 "$U"
	holds ep=$OTHER "$U"
	holds_not "$U"
}

test_node()
{
	matching node $NODE
	holds "$U"
	holds_not node=$NODE2 udp 10.1.0.1 1001 10.2.0.1 53
	matching node 192.168.9.2/31
	holds node=$NODE2 "$U6"
	holds_not udp fd00:1::1 1001 fd00:2::1 53
	matching node not 192.168.9.0/24, 10.0.0.0/8
	holds_not "$U"
	matching node not @hosts
	holds "$U"
}

test_address()
{
	matching from 10.1.0.0/31
	holds "$U"
	holds "$GRE"
	holds "$PING"
	holds_not udp 10.1.0.2 1000 10.2.0.1 53
	holds_not udp 10.0.255.255 1000 10.2.0.1 53
	holds_not udp 10.2.0.1 53 10.1.0.3 1000
	holds_not "$U6"
	matching from 192.0.2.1, fd00:1::/64
	holds "$U6"
	holds udp 192.0.2.1 1000 10.2.0.1 53
	holds_not udp 192.0.2.0 1000 10.2.0.1 53
	holds_not udp fd00:1:0:1::1 1000 fd00:2::1 53
	matching from 0.0.0.0/0
	holds "$U"
	holds_not "$U6"
	matching from ::/0
	holds "$U6"
	holds_not "$U"
	matching from @hosts
	holds "$U"
	holds udp 10.9.200.200 1000 10.2.0.1 53
	holds udp fd00:9::1 1000 fd00:2::1 53
	holds_not udp 10.1.0.2 1000 10.2.0.1 53
	holds_not "$U6"
	# An address of the other family is just not in the values.
	matching from not 10.0.0.0/8
	holds "$U6"
	holds udp 192.0.2.1 1000 10.2.0.1 53
	holds_not "$U"
	matching to 10.2.0.0/24, 2001:db8::1
	holds "$U"
	holds udp fd00:1::1 1000 2001:db8::1 53
	holds_not udp 10.2.1.1 1000 10.1.0.1 53
	holds_not "$U6"
	matching to not @hosts
	holds "$U"
	holds "$U6"
	holds_not udp 10.2.0.1 1000 10.1.0.1 53
	holds_not udp fd00:1::1 1000 fd00:9:ffff::1 53
}

test_protocol()
{
	matching proto tcp
	holds "$T" S
	holds "$T6" S
	holds_not "$U"
	holds_not "$PING"
	matching proto gre, 132
	holds "$GRE"
	holds ip fd00:1::1 fd00:2::1 132
	holds_not "$U"
	matching proto 40-50
	holds ip 10.1.0.1 10.2.0.1 40
	holds "$GRE"
	holds ip 10.1.0.1 10.2.0.1 50
	holds_not ip 10.1.0.1 10.2.0.1 39
	holds_not ip 10.1.0.1 10.2.0.1 51
	matching proto icmp
	holds "$PING"
	holds_not "$PING6"
	matching proto ipv6-icmp
	holds "$PING6"
	holds_not "$PING"
	matching proto not tcp, icmp
	holds "$U"
	holds "$GRE"
	holds_not "$T" S
	holds_not "$PING"
}

test_port()
{
	matching dport 53
	holds "$U"
	holds tcp fd00:1::1 1000 fd00:2::1 53 S
	holds_not udp 10.1.0.1 53 10.2.0.1 54
	holds_not "$PING"
	matching dport 50-52, 80-80, 65535
	holds "$T" S
	holds udp 10.1.0.1 1000 10.2.0.1 50
	holds udp 10.1.0.1 1000 10.2.0.1 52
	holds udp 10.1.0.1 1000 10.2.0.1 65535
	holds_not udp 10.1.0.1 1000 10.2.0.1 49
	holds_not "$U"
	matching sport 1000
	holds "$U"
	holds_not udp 10.1.0.1 53 10.2.0.1 1001
	matching sport @ports
	holds "$U"
	holds udp 10.1.0.1 1010 10.2.0.1 80
	holds udp 10.1.0.1 7 10.2.0.1 80
	holds_not udp 10.1.0.1 999 10.2.0.1 53
	holds_not udp 10.1.0.1 1011 10.2.0.1 53
	matching dport 0
	holds udp 10.1.0.1 1000 10.2.0.1 0
	# What has no ports does not have port 0, and is no exception either.
	holds_not "$GRE"
	matching dport not @ports, 80
	holds udp 10.1.0.1 1000 10.2.0.1 54
	holds_not "$U"
	holds_not "$T" S
	holds_not "$GRE"
	holds_not "$PING"
	matching sport not 1-999
	holds "$U"
	holds_not udp 10.1.0.1 999 10.2.0.1 53
	holds_not "$PING6"
}

test_icmp()
{
	matching icmp echo-request
	holds "$PING"
	holds_not icmp 10.1.0.1 10.2.0.1 13 0
	holds_not icmp fd00:1::1 fd00:2::1 128 0
	holds_not icmp fd00:1::1 fd00:2::1 8 0
	holds_not "$U"
	matching icmp 13/0, 17
	holds icmp 10.1.0.1 10.2.0.1 13 0
	holds icmp 10.1.0.1 10.2.0.1 17 9
	holds_not id=8 icmp 10.1.0.1 10.2.0.1 13 1
	holds_not "$PING"
	matching icmp not echo-request
	holds icmp 10.1.0.1 10.2.0.1 13 0
	holds_not "$PING"
	holds_not "$PING6"
	holds_not "$T" S
	matching icmpv6 echo-request
	holds "$PING6"
	holds_not "$PING"
	holds_not icmp 10.1.0.1 10.2.0.1 128 0
	matching icmpv6 not 128/0
	holds id=8 icmp fd00:1::1 fd00:2::1 128 1
	holds_not "$PING6"
	holds_not "$PING"
	holds_not "$U6"
}

test_tcp_flags()
{
	matching tcp-flags 'syn/syn|ack|rst|fin'
	holds "$T" S
	holds tcp 10.1.0.1 1009 10.2.0.1 80 SU
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 SA
	holds_not tcp 10.1.0.1 1002 10.2.0.1 80 A
	holds_not "$U"
	matching tcp-flags 'ack|psh/ack|psh'
	holds "$T" PA
	holds tcp 10.1.0.1 1001 10.2.0.1 80 PAU
	holds_not tcp 10.1.0.1 1002 10.2.0.1 80 A
	matching tcp-flags 'none/psh|urg|ece|cwr'
	holds "$T" S
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 PA
	holds_not tcp 10.1.0.1 1002 10.2.0.1 80 UA
	holds_not tcp 10.1.0.1 1003 10.2.0.1 80 SE
	holds_not tcp 10.1.0.1 1004 10.2.0.1 80 SC
	holds_not "$GRE"
	matching tcp-flags not 'syn/syn|ack|rst|fin'
	holds "$T6" A
	holds tcp 10.1.0.1 1001 10.2.0.1 80 SA
	holds_not "$T" S
	holds_not "$U"
	holds_not "$PING"
}

test_family()
{
	matching family ipv4
	holds "$U"
	holds_not "$U6"
	matching family ipv6
	holds "$PING6"
	holds_not "$PING"
}

test_direction()
{
	# Of the default, RFC 1918, RFC 6598 and RFC 4193.
	matching direction out
	local inside
	for inside in 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 \
		      100.64.0.0 100.127.255.255; do
		holds udp $inside 1000 192.0.2.1 53
	done
	holds udp 10.1.0.1 1000 10.2.0.1 53
	holds udp fc00::1 1000 2001:db8::1 53
	holds udp fdff::1 1000 2001:db8::1 53
	local outside
	for outside in 9.255.255.255 11.0.0.0 172.15.255.255 172.32.0.0 \
		       192.167.255.255 192.169.0.0 100.63.255.255 \
		       100.128.0.0 192.0.2.1; do
		holds_not udp $outside 1000 10.1.0.1 53
	done
	holds_not udp fe00::1 1000 fd00::1 53
	holds_not udp fb00::1 1000 fd00::1 53
	matching direction in
	holds udp 192.0.2.1 1000 10.1.0.1 53
	holds udp 2001:db8::1 1000 fd00::1 53
	holds_not "$U"
	holds_not "$U6"
	matching direction in, out
	holds "$U"
	holds udp 192.0.2.1 1000 10.1.0.1 53

	rules <<-RULES
		policy drop
		inside 192.0.2.0/24, 2001:db8::/32
		group bare { endpoint $ENDPOINT2; inside none }
		group own { endpoint $OTHER; inside 10.1.0.1 }
		rule direction out accept
	RULES
	match="direction out of other prefixes"
	holds udp 192.0.2.255 1000 10.1.0.1 53
	holds udp 2001:db8:ffff::1 1000 fd00::1 53
	holds_not "$U"
	match="direction out of a group without inside"
	holds_not ep=$ENDPOINT2 udp 192.0.2.255 1000 10.1.0.1 53
	match="direction out of a group with its own inside"
	holds ep=$OTHER "$U"
	holds_not ep=$OTHER udp 192.0.2.255 1000 10.1.0.1 53
	rules <<-RULES
		policy drop
		inside none
		rule direction in accept
	RULES
	match="direction in without inside"
	holds "$U"
	holds "$U6"
}

test_state()
{
	matching state new
	holds "$U"
	holds "$T" S
	holds "$GRE"
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 SF
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 R
	matching state invalid
	holds tcp 10.1.0.1 1001 10.2.0.1 80 SF
	holds_not "$T" S
	holds_not "$U"
	is "what is invalid makes no flow" "$(flows)" 0
	matching state established, related
	holds_not "$T" S
	holds_not "$U"
	matching state new, invalid
	holds "$U"
	holds tcp 10.1.0.1 1001 10.2.0.1 80 SF
}

test_fragment()
{
	local whole="$U" first="id=1 len=100 frag=0+48 $U"
	local later="id=2 len=100 frag=48+100 $U"

	matching fragment none
	holds "$whole"
	holds_not "${first/1000/1001}"
	fate "fragment none: a later one" drop-fragment-lost "$later"
	matching fragment first
	holds "$first"
	holds_not "${whole/1000/1001}"
	fate "fragment first: a later one" drop-fragment-lost "$later"
	matching fragment later
	holds "$later"
	holds "${later/$U/$U6}"
	holds_not "$first"
	holds_not "$whole"
	matching fragment first, later
	holds "$first"
	holds "$later"
	holds_not "${whole/1000/1001}"
}

test_all_of_them()
{
	matching proto tcp from 10.1.0.0/16 to not 10.9.0.0/16 dport 80, 443 \
		tcp-flags 'syn/syn|ack' direction out family ipv4
	holds "$T" S
	holds_not tcp 10.3.0.1 1001 10.2.0.1 80 S
	holds_not tcp 10.1.0.1 1001 10.9.0.1 80 S
	holds_not tcp 10.1.0.1 1001 10.2.0.1 81 S
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 SA
	holds_not udp 10.1.0.1 1001 10.2.0.1 80
	# An empty set has nothing in it, and nobody is outside of all of it.
	rules <<-RULES
		policy drop
		set empty address { }
		rule from @empty accept
		rule to not @empty proto udp accept
	RULES
	fate "an empty set holds nobody, inverted everybody" returned "$U"
	fate "an empty set holds nobody" drop-policy "$T" S
}

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
test_endpoint
test_group
test_node
test_address
test_protocol
test_port
test_icmp
test_tcp_flags
test_family
test_direction
test_state
test_fragment
test_all_of_them
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
