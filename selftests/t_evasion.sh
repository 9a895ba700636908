#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an adversary sends to get something past the rules, or to end what
# others have: docs/threat-model.md says who can. What has to become of it
# comes from RFCs: 1858, 3128, 5722, 7112 and 8200 for fragments and headers,
# 5961 and 9293 for TCP. Where the module cannot know better, the harm is
# bounded, and the bound is tested.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"
. "$(dirname "$0")/merge.sh"

# Offsets from the outer IP header on, for IPv4
IP_CHECKSUM=$((68 + 11))
TCP_CHECKSUM=$((68 + 20 + 17))

BLOCK="
	policy accept
	rule ssh: proto tcp dport 22 drop
	rule dns: proto udp dport 53 drop
"

# tiny NAME CLIENT SERVER: the header is split, so that no fragment shows what
# it is about
test_tiny()
{
	local name="$1, tiny"
	local ssh="tcp $2 1000 $3 22" web="tcp $2 1000 $3 80"

	rules <<<"$BLOCK"
	fate "$name: ports, but no flags (RFC 1858, 3.1)" \
		drop-inner-tiny-fragment id=1 frag=0+8 "$ssh" S
	fate "$name: the flags (RFC 1858, 3.2)" \
		drop-inner-tiny-fragment id=1 frag=8+12 "$ssh" S
	fate "$name: flags, but not all of the header" \
		drop-inner-tiny-fragment id=2 frag=0+16 "$ssh" S
	fate "$name: a whole header is judged" drop-rule \
		id=3 len=100 frag=0+24 "$ssh" PA
	fate "$name: as is another" returned \
		id=4 len=100 frag=0+24 "$web" PA
	fate "$name: other ports for it (RFC 3128)" \
		drop-inner-tiny-fragment id=4 len=100 frag=0+8 "$ssh" PA
	fate "$name: in a whole header" drop-rule \
		id=4 len=100 frag=0+24 "$ssh" PA
	fate "$name: and the rest does not complete that" "drop-fragment-lost" \
		id=4 len=100 frag=24+96 "$ssh" PA
	fate "$name: UDP shows its ports in 8 bytes" drop-rule \
		id=5 len=100 frag=0+8 udp "$2" 1000 "$3" 53
	check_balance
}

# overlap NAME CLIENT SERVER: RFC 5722
test_overlap()
{
	local name="$1, overlap"
	local web="tcp $2 1000 $3 80"

	rules <<-RULES
		policy drop
		rule web: proto tcp dport 80 accept
	RULES
	fate "$name: the rest comes first" drop-fragment-lost \
		id=1 len=100 frag=64+56 "$web" PA
	fate "$name: the first fragment" returned \
		id=1 len=100 frag=0+64 "$web" PA
	fate "$name: into its flags" drop-inner-tiny-fragment \
		id=1 len=100 frag=8+16 "$web" PA
	fate "$name: behind its flags" drop-fragment-overlap \
		id=1 len=100 frag=16+16 "$web" PA
	fate "$name: into its data" drop-fragment-overlap \
		id=1 len=100 frag=24+40 "$web" PA
	fate "$name: into its last bytes" drop-fragment-overlap \
		id=1 len=100 frag=56+64 "$web" PA
	fate "$name: the first fragment again" returned \
		id=1 len=100 frag=0+64 "$web" PA
	fate "$name: the rest" returned \
		id=1 len=100 frag=64+56 "$web" PA
	fate "$name: another datagram's" drop-fragment-lost \
		id=2 len=100 frag=64+56 "$web" PA
	# What is before its first fragment passes if the policy says so, but
	# nothing that could replace ports or flags.
	rules <<<"$BLOCK"
	fate "$name: before the first, data" returned \
		id=3 len=100 frag=24+40 "$web" PA
	fate "$name: before the first, flags" drop-inner-tiny-fragment \
		id=3 len=100 frag=8+16 "$web" PA
	fate "$name: the first does not mind" returned \
		id=3 len=100 frag=0+64 "$web" PA
	check_balance
}

# An identification is one protocol's in IPv4 (RFC 791, 3.2).
test_other_protocol()
{
	rules <<-RULES
		policy drop
		rule web: proto tcp dport 80 accept
	RULES
	fate "a first fragment of TCP" returned id=1 len=100 frag=0+64 "$C" PA
	fate "lets no fragment of UDP in" drop-fragment-lost \
		id=1 len=200 frag=64+56 udp 10.1.0.1 1000 10.2.0.1 80
}

# Of a packet of IPv6 a later fragment does not say what it is part of, and a
# first one may be of something else (RFC 8200, 4.5).
test_other_header()
{
	local web="tcp fd00:1::1 1000 fd00:2::1 80"

	rules <<<"$BLOCK"
	fate "IPv6, before the first, flags as UDP" drop-inner-tiny-fragment \
		nh=17 id=3 len=100 frag=8+16 "$web" PA
	rules <<-RULES
		policy drop
		rule web: proto tcp dport 80 accept
		rule ping: proto ipv6-icmp accept
	RULES
	fate "IPv6, a first fragment" returned id=4 len=100 frag=0+64 "$web" PA
	fate "IPv6, a shorter one, of an echo" returned \
		id=4 len=100 frag=0+8 icmp fd00:1::1 fd00:2::1 128 0
	fate "IPv6, into the longer one" drop-fragment-overlap \
		nh=17 id=4 len=100 frag=16+48 "$web" PA
	fate "IPv6, behind it" returned id=4 len=100 frag=64+56 "$web" PA
	check_balance
}

# Headers before the one that rules are about (RFC 8200, 4)
test_chain()
{
	local ssh="tcp fd00:1::1 1000 fd00:2::1 22"
	local dns="udp fd00:1::1 1000 fd00:2::1 53"
	local web="tcp fd00:1::1 1000 fd00:2::1 80" chain

	rules <<<"$BLOCK"
	for chain in h d r f hd hdr hdrf hdrfd rhd dddddddd; do
		case $chain in
		rhd)
			fate "chain $chain: hop-by-hop comes first" \
				drop-inner-chain chain=$chain "$ssh" S
			;;
		*)
			fate "chain $chain: TCP is found" drop-rule \
				chain=$chain "$ssh" S
			fate "chain $chain: UDP is found" drop-rule \
				chain=$chain "$dns"
			;;
		esac
	done
	for chain in ddddddddd dh hh ff fdf hdrfdddddd; do
		fate "chain $chain: is none" drop-inner-chain \
			chain=$chain "$web" S
	done
	fate "chain: only in the first fragment (RFC 7112)" \
		drop-inner-tiny-fragment id=1 chain=dd frag=0+16 "$ssh" S
	fate "chain: with a part of TCP" drop-inner-tiny-fragment \
		id=1 chain=d frag=0+24 "$ssh" S
	fate "chain: with all of TCP" drop-rule \
		id=1 len=100 chain=d frag=0+32 "$ssh" PA
	is "chain: none of them is a flow" "$(flows)" 0
	fate "chain: a connection" returned chain=hd "$web" S
	fate "chain: is the same without" returned "$web" S
	is "chain: one flow" "$(flows)" 1
	check_balance
}

# What is judged one by one is not judged as one: the first packet of an
# aggregate says nothing about the others.
test_aggregates()
{
	local feature tries result

	rules_for_aggregates
	result=$(ask --gso --count 10 --expect 8)
	is "GSO: two are refused, and no other" \
		"$result, $(dropped returned) $(dropped drop-rule)" \
		"sent 10 returned 8 exact 0 other 0, 8 2"
	for feature in rx-udp-gro-forwarding rx-gro-list; do
		merge $feature on
		start_capture greater 1000
		for ((tries = 0; tries < 20; tries++)); do
			rules_for_aggregates
			result=$(ask --numbered --count 200 --expect 198)
			[ "$(dropped drop-rule)" = 2 ] &&
				kill -0 $capture 2>/dev/null || break
		done
		is "$feature: two are refused, and no other" \
			"$result, $(dropped returned) $(dropped drop-rule)" \
			"sent 200 returned 198 exact 198 other 0, 198 2"
		captured "$feature: some did arrive as one"
		merge_no_more
	done
	forget_arrivals
}

# The first one of all, and one among others
rules_for_aggregates()
{
	rules <<-RULES
		policy accept
		rule no: from 10.1.0.0, 10.1.0.5 drop
	RULES
}

# The header that is judged has to be the one that was sent. Other checksums
# are for who receives: what they say of a segment is not known here.
test_checksums()
{
	rules <<<"$BLOCK"
	fate "a wrong checksum of the inner header" drop-inner-checksum \
		flip=$IP_CHECKSUM "$C" S
	fate "a wrong TCP checksum, to where nobody may" drop-rule \
		flip=$TCP_CHECKSUM tcp 10.1.0.1 1000 10.2.0.1 22 S
	fate "a wrong TCP checksum is the receiver's business" returned \
		flip=$TCP_CHECKSUM "$C" S
	check_balance
}

# An appliance is no hop: it neither counts nor cares.
test_ttl()
{
	local ttl

	rules <<<"$BLOCK"
	for ttl in 0 1 255; do
		fate "TTL $ttl: comes back as it was" returned ttl=$ttl "$C" S
		fate "hop limit $ttl: comes back as it was" returned \
			ttl=$ttl tcp fd00:1::1 1000 fd00:2::1 80 S
		fate "TTL $ttl: is judged" drop-rule \
			ttl=$ttl tcp 10.1.0.1 1000 10.2.0.1 22 S
	done
	check_balance
}

# connection PICKUP CLOSED: with a rule for its first packet only, and so many
# seconds for it when it is closed
connection()
{
	rules <<-RULES
		policy drop
		pickup $1
		timeout tcp-closed $2; timeout tcp-established 500
		timeout tcp-closing 500
		rule new: from 10.1.0.0/16 state new accept
	RULES
	handshake
}

# stays: what the two sides send goes on, and for how long it may be silent
stays()
{
	local name=$1

	fate "$name: the client goes on" returned "$C" PA
	fate "$name: the server goes on" returned "$S" PA
	is "$name: it is what it was" \
		"$(flow_field '[.state, .idle + .expires > 400000]')" \
		'["tcp-established",true]'
}

# forged PICKUP: segments that the hosts do not believe (RFC 5961, 3.2 and 5.2)
# because of their numbers or checksum, or that do not reach them
test_forged()
{
	local name="pickup $1"

	connection "$1" 600
	fate "$name: RST out of the window" returned seq=0x80000000 "$S" R
	state_is tcp-closed
	stays "$name, RST out of the window"
	fate "$name: RST with a wrong checksum" returned \
		flip=$TCP_CHECKSUM "$S" RA
	stays "$name, RST with a wrong checksum"
	fate "$name: RST that ends on the way" returned ttl=1 "$C" R
	stays "$name, RST that ends on the way"
	fate "$name: FIN out of the window" returned \
		seq=0x80000000 "$S" FA
	state_is tcp-closing
	fate "$name: a FIN does not stop the client" returned "$C" PA
	fate "$name: nor the server" returned "$S" PA
	is "$name: and shortens its life to that of one half closed" \
		"$(flow_field '.idle + .expires > 400000')" true
	# RFC 5961, 4.2: the host answers by an ACK and goes on.
	connection "$1" 600
	fate "$name: SYN in a connection" returned seq=0x80000000 "$C" S
	stays "$name, SYN"
	fate "$name: SYN of the other side" drop-policy "$S" S
	stays "$name, SYN of the other side"
	fate "$name: flags that nobody sends" drop-* "$S" SFA
	stays "$name, impossible flags"
	fate "$name: RST with more, out of the window" returned \
		seq=0x80000000 "$S" SR
	stays "$name, RST with more"
	fate "$name: an ICMP error about it" returned \
		error 10.2.0.99 10.1.0.1 3 1 about "$C" A
	stays "$name, ICMP error"
	check_balance
}

# RFC 5961, 4.2: the host answers it by an ACK and goes on, be it allowed or not
test_foreign_syn()
{
	local id name="pickup $1, an allowed SYN of the other side"

	rules <<-RULES
		policy accept
		pickup $1
		timeout tcp-syn 5; timeout tcp-established 500
	RULES
	handshake
	id=$(flow_field .id)
	fate "$name" returned seq=0x80000000 "$S" S
	stays "$name"
	fate "$name: the client says so" returned len=0 "$C" A
	is "$name: it is the same flow" "$(flow_field .id)" "$id"
	fate "$name: it was real" returned "$S" R
	state_is tcp-closed
	fate "$name: and comes again" returned "$S" S
	state_is tcp-syn
	is "$name: in another flow" \
		"$([ "$(flow_field .id)" != "$id" ] && echo yes)" yes
	check_balance
}

# Before the answer: neither side believes it, and the connection begins.
test_reset_of_syn()
{
	local name

	rules <<-RULES
		policy drop
		pickup $1
		timeout tcp-established 500
		rule new: from 10.1.0.0/16 state new accept
	RULES
	for name in R "ttl=1 R"; do
		no_flows
		send "$C" S
		if [ "$name" = R ]; then
			send seq=0x80000000 "$S" R
		else
			send ttl=1 "$C" R
		fi
		name="pickup $1, a RST in between ($name)"
		state_is tcp-closed
		fate "$name: the answer" returned "$S" SA
		state_is tcp-syn-ack
		send "$C" A
		stays "$name"
	done
}

# With RFC 8200, 4.5 what counts is the Next Header of the first fragment.
test_later_protocol()
{
	rules <<-RULES
		policy accept
		rule rest: proto tcp fragment later drop
	RULES
	fate "rest of TCP: the first fragment" returned \
		id=5 len=100 frag=0+64 "$C6" PA
	fate "rest of TCP: it says that it is UDP" drop-rule \
		nh=17 id=5 len=100 frag=64+56 "$C6" PA
	fate "rest of UDP: the first fragment" returned \
		id=6 len=100 frag=0+64 "udp fd00:1::1 1000 fd00:2::1 53"
	fate "rest of UDP: it says that it is TCP" returned \
		nh=6 id=6 len=100 frag=64+44 "udp fd00:1::1 1000 fd00:2::1 53"
}

# What is left to who forges both sides, or a RST in a silent connection: it
# ends here after the time of closed ones. With "loose" it begins again where
# the rules let it begin.
test_bound()
{
	connection loose 600
	send seq=0x80000000 "$S" R
	fate "forged RST: one side alone is no sign of life" returned "$C" PA
	state_is tcp-closed
	connection loose 600
	send seq=0x80000000 "$S" FA
	send seq=0x80000000 "$C" FA
	state_is tcp-closed
	fate "forged FINs: they go on, for a time" returned "$S" PA
	connection loose 1
	send seq=0x80000000 "$S" R
	check "forged RST: it ends" wait_for 30 flows_are 0
	fate "forged RST: the server cannot begin" drop-policy "$S" PA
	fate "forged RST: the client can" returned "$C" PA
	stays "forged RST, later"
	connection strict 1
	send seq=0x80000000 "$S" FA
	send seq=0x80000000 "$C" FA
	check "strict, forged FINs: it ends" wait_for 30 flows_are 0
	fate "strict, forged FINs: and nobody begins it" drop-policy "$C" PA
	check_balance
}

# Who does not see the answer makes no connection that lasts: it is the first
# to go when there is no place.
test_blind_handshake()
{
	rules <<-RULES
		policy accept
		pickup loose
		flow-max 100; flow-max-endpoint 50
	RULES
	send seq=1000 "$C" S
	send seq=1001 ack=7 "$C" A
	is "blind: nobody has answered" "$(flows_new)" 1
	is "blind: 50 others have its place" "$(gen --proto tcp --flows 50 \
		--server 10.9.0.1)" "sent 50 returned 50 other 0"
	is "blind: it is gone" "$(ctl flow list dport 80 --json |
		jq '.flows | length')" 0
	rules <<-RULES
		policy drop
		pickup strict
		rule new: from 10.1.0.0/16 state new accept
	RULES
	send seq=1000 "$C" S
	fate "blind, strict: an ACK" returned seq=1001 ack=7 "$C" A
	state_is tcp-syn
	check_balance
}

# made_up WHAT PACKET...: what a side sends that does not see what it is answered
made_up()
{
	local what=$1 packet

	no_flows
	for packet in "${@:2}"; do
		# shellcheck disable=SC2086 # words are wanted
		send $packet
	done
	is "made up: $what: it is no connection yet" "$(flows_new)" 1
}

# The host answers a SYN whoever sent it, but not what has a wrong checksum.
test_made_up()
{
	local ack="flip=$TCP_CHECKSUM seq=1001" answer="seq=5000 ack=1001 $S SA"
	local pickup

	for pickup in loose strict; do
		rules <<-RULES
			policy drop
			pickup $pickup
			rule new: from 10.1.0.0/16 state new accept
		RULES
		made_up "$pickup, FIN before the answer" "seq=1000 $C S" \
			"$ack ack=7 $C FA" "$answer"
		made_up "$pickup, ACK before the answer" "seq=1000 $C S" \
			"$ack ack=7 $C A" "$answer"
		made_up "$pickup, ACK" "seq=1000 $C S" "$answer" \
			"$ack ack=7 $C A"
		made_up "$pickup, FIN" "seq=1000 $C S" "$answer" \
			"$ack ack=7 $C FA"
		made_up "$pickup, ACK just not" "seq=1000 $C S" "$answer" \
			"$ack ack=5000 $C A"
		send seq=1001 ack=5001 "$C" A
		is "made up: $pickup, the right ACK makes it one" \
			"$(flows_new)" 0
		# Out of its window, he is told so by an ACK.
		made_up "$pickup, a challenge ACK" "seq=1000 $C S" "$answer" \
			"$ack ack=7 $C A" "seq=0x80000000 $C S" \
			"len=0 seq=5001 ack=1001 $S A"
		made_up "$pickup, again" "seq=1000 $C S" "$answer" \
			"$ack ack=7 $C A"
		send seq=5001 ack=1001 "$S" PA
		is "made up: $pickup, so do data of who was called" \
			"$(flows_new)" 0
		check_balance
	done
	# Everybody is answered an echo.
	no_flows
	send icmp 10.1.0.1 10.2.0.1 8 0
	send icmp 10.2.0.1 10.1.0.1 0 0
	is "made up: nor is an echo that was answered" "$(flows_new)" 1
}

# Endpoint and cookie are what the load balancer says; who is none is not
# believed, whatever he has seen.
test_spoofed()
{
	local before

	connection loose 600
	must ctl peer set $NODE
	send cookie=5 "$C" A
	before=$(flow_field '[.cookie, .original.packets, .reply.packets]')
	is "spoofed: before" "$before" "[5,3,1]"
	for flags in S SA A PA FA R; do
		fate "spoofed: no peer, the flow's cookie, $flags" \
			drop-not-peer node=$NODE2 cookie=5 "$S" $flags
	done
	fate "spoofed: no peer, any endpoint" drop-not-peer \
		node=$NODE2 ep=vpce-0aaaaaaaaaaaaaaaa "$C" S
	fate "spoofed: no peer, an ICMP error" drop-not-peer node=$NODE2 \
		cookie=5 error 10.2.0.99 10.1.0.1 3 1 about "$C" A
	is "spoofed: it was not touched" \
		"$(flow_field '[.cookie, .original.packets, .reply.packets]')" \
		"$before"
	stays "spoofed"
	# A tenant is what the load balancer says that he is.
	fate "another endpoint's RST" drop-policy \
		ep=$ENDPOINT2 cookie=5 "$S" R
	fate "another endpoint's FIN" drop-policy \
		ep=$ENDPOINT2 cookie=5 "$S" FA
	fate "another endpoint's answer" drop-policy \
		ep=$ENDPOINT2 cookie=5 "$S" A
	stays "another endpoint"
	# A cookie is data: GWLB gives new ones (fact sheet 1.3).
	fate "a peer's other cookie comes back as it was" returned \
		cookie=99 "$S" PA
	stays "another cookie"
	must ctl peer flush
	check_balance
}

# strangers N: packets of as many sources and endpoints, which nobody can answer
strangers()
{
	local before

	before=$(counter received)
	must ip netns exec "$SIM" "$TOP/selftests/flowgen/flood" \
		--nodes "$1" --endpoints "$1" --count "$1" \
		wire0 "$APP_MAC" 192.168.32.0 $LOCAL
	wait_for 60 reaches received $((before + $1)) ||
		bail_out "a flood got lost"
}

# known KIND: how many nodes, or endpoints, there are
known()
{
	ctl "$1" list --json | jq ".${1}s | length"
}

# Forged sources: those that are no peers leave no trace; without a list they
# fill the tables, and others are served all the same.
test_many_sources()
{
	local nodes endpoints

	rules <<<"$BLOCK"
	fate "strangers: before" returned "$C" S
	must ctl peer set $NODE
	nodes=$(known node) endpoints=$(known endpoint)
	strangers 5000
	is "strangers: no peers, no trace" "$(known node) $(known endpoint)" \
		"$nodes $endpoints"
	is "strangers: dropped for that" "$(dropped drop-not-peer)" 5000
	must ctl peer flush
	strangers 5000
	is "strangers: 1,024 nodes, 4,096 endpoints, and one for the others" \
		"$(known node) $(known endpoint)" "1025 4097"
	fate "strangers: who is known is served" returned "$C" A
	fate "strangers: as is a new node" returned node=192.168.9.3 "$C" A
	fate "strangers: and a new endpoint" returned \
		ep=vpce-0bbbbbbbbbbbbbbbb "$C" S
	fate "strangers: by the rules" drop-rule ep=vpce-0bbbbbbbbbbbbbbbb \
		tcp 10.1.0.1 1000 10.2.0.1 22 S
	check_balance
}

setup_up
must ip -n "$APP" neigh replace 192.168.9.3 lladdr "$SIM_MAC" dev eth0
start_probe
test_tiny IPv4 10.1.0.1 10.2.0.1
test_tiny IPv6 fd00:1::1 fd00:2::1
test_overlap IPv4 10.1.0.1 10.2.0.1
test_overlap IPv6 fd00:1::1 fd00:2::1
test_other_protocol
test_other_header
test_chain
test_aggregates
test_checksums
test_ttl
test_forged loose
test_forged strict
test_foreign_syn loose
test_foreign_syn strict
test_reset_of_syn loose
test_reset_of_syn strict
test_later_protocol
test_bound
test_blind_handshake
test_made_up
test_spoofed
test_many_sources
