#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What each match holds for, and what it does not, by packets.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

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
	holds tcp 10.1.0.1 1002 10.2.0.1 80 SF
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 SR
	holds_not tcp 10.1.0.1 1001 10.2.0.1 80 R
	matching state invalid
	holds tcp 10.1.0.1 1001 10.2.0.1 80 SR
	holds_not "$T" S
	holds_not "$U"
	is "what is invalid makes no flow" "$(flows)" 0
	matching state established, related
	holds_not "$T" S
	holds_not "$U"
	matching state new, invalid
	holds "$U"
	holds tcp 10.1.0.1 1001 10.2.0.1 80 SR
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
check_balance
