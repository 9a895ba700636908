#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reject: real programs are refused at once, by a reset or an ICMP error that
# comes back in the tunnel; each answer is as the RFCs have it, and nothing is
# answered that must not be.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"
. "$(dirname "$0")/vpc.sh"

# A packet that is answered, and one that is not
answered()
{
	local what=$1 with=$2

	shift 2
	fate "$what: $with" "drop-reject $with" "$@"
}

silent()
{
	local what=$1

	shift
	fate "$what: no answer" drop-reject "$@"
}

test_form()
{
	local v4="10.1.0.1 1000 10.2.0.1 80" v6="fd00:1::1 1000 fd00:2::1 80"
	local way flags

	rules <<<"policy reject"
	# RFC 9293, 3.10.7.1
	for way in "$v4" "$v6"; do
		answered "a SYN" rst "tcp $way S"
		answered "a SYN with data" rst len=100 "tcp $way S"
		answered "a SYN, ECN" rst "tcp $way SEC"
		answered "a SYN-ACK" rst "tcp $way SA"
		answered "data" rst len=1000 "tcp $way PA"
		answered "a FIN" rst "tcp $way FA"
		answered "sequence numbers that wrap" rst seq=0xffffffff \
			"tcp $way S"
		answered "acknowledged 0" rst ack=0 "tcp $way A"
	done
	for flags in R RA; do
		silent "$flags" "tcp $v4 $flags"
		silent "$flags, IPv6" "tcp $v6 $flags"
	done
	# RFC 1122, 3.2.2; RFC 1812, 4.3.2; RFC 4443, 2.4
	answered "UDP" "unreachable 3/3" "udp $v4"
	answered "UDP, 1,400 bytes" "unreachable 3/3" len=1400 "udp $v4"
	answered "UDP, IPv6" "unreachable 1/4" "udp $v6"
	answered "UDP, IPv6, 1,400 bytes" "unreachable 1/4" len=1400 \
		"udp $v6"
	answered "ping" "unreachable 3/*" icmp 10.1.0.1 10.2.0.1 8 0
	answered "ping, IPv6" "unreachable 1/*" icmp fd00:1::1 fd00:2::1 128 0
	answered "GRE" "unreachable 3/*" ip 10.1.0.1 10.2.0.1 47
	answered "SCTP, IPv6" "unreachable 1/*" ip fd00:1::1 fd00:2::1 132
	# It may be answered, but its checksum cannot be verified.
	fate "first fragment" "drop-reject*" id=5 len=1000 frag=0+504 \
		"udp $v4"
	for flags in 3 4 5 11 12; do
		silent "an ICMP error, $flags" error 10.2.0.9 10.1.0.1 \
			$flags 0 about "udp $v4"
	done
	for flags in 1 2 3 4; do
		silent "an ICMPv6 error, $flags" error fd00:2::9 fd00:1::1 \
			$flags 0 about "udp $v6"
	done
	silent "a multicast group" udp 10.1.0.1 1000 224.0.0.251 5353
	silent "a multicast group, IPv6" udp fd00::1 1000 ff02::fb 5353
	silent "broadcast" udp 10.1.0.1 1000 255.255.255.255 67
	silent "from nobody" udp 0.0.0.0 68 10.2.0.1 67
	silent "from nobody, IPv6" udp :: 1000 fd00::1 53
	silent "from a group" udp 224.0.0.1 1000 10.2.0.1 53
	silent "from a group, IPv6" udp ff02::1 1000 fd00::1 53
	silent "from loopback" udp 127.0.0.1 1000 10.2.0.1 53
	silent "from class E" udp 240.0.0.1 1000 10.2.0.1 53
	fate "a later fragment: no answer" drop-fragment-lost \
		id=9 len=1000 frag=504+256 "udp $v4"
	# The newest cookie of the flow that is answered, which is the
	# packet's own.
	answered "a cookie" rst cookie=0x12345678 "tcp $v4 S"
	answered "another load balancer" rst node=$NODE2 "tcp $v4 S"
	answered "another endpoint" rst ep=$ENDPOINT2 "tcp $v4 S"
	check_balance
}

# A flood of what is rejected is not answered with a flood.
test_rate()
{
	local result sent returned other began took

	rules <<<"policy reject"
	began=${EPOCHREALTIME/./}
	result=$(gen --proto tcp --flows 20000 --batch 256)
	took=$(((${EPOCHREALTIME/./} - began) / 1000 + 1))
	note "$result, in $took ms"
	read -r _ sent _ returned _ other <<<"$result"
	is "rate: none of them passes" "$sent $returned" "20000 0"
	check "rate: some are answered" test "$other" -ge 1
	# However slow the machine is: a hundred at once, a thousand a second
	check "rate: no more than a thousand a second" \
		test "$other" -le $((100 + took))
	is "rate: all are counted" "$(dropped drop-reject)" 20000
	check "rate: answers come again" wait_for 20 is_reset
	check_balance
}

is_reset()
{
	send tcp 10.1.0.1 1000 10.2.0.1 80 S
	[ "$fate" = "drop-reject rst" ]
}

# ask KIND ADDRESS PORT: a client's words for what happens, and for how long
# it took; an answer comes within milliseconds or, lost, never
ask()
{
	in_client python3 - "$@" <<-'PYTHON'
		import errno, socket, sys
		kind, address, port = sys.argv[1:]
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		sock = socket.socket(family, socket.SOCK_STREAM
		                     if kind == "tcp" else socket.SOCK_DGRAM)
		# A lost one is asked for again after a second.
		sock.settimeout(0.9 if int(port) > 90 else 20)
		try:
		    sock.connect((address, int(port)))
		    if kind == "udp":
		        sock.send(b"anybody there?")
		        sock.recv(100)
		    print("connected")
		except socket.timeout:
		    print("timeout")
		except OSError as error:
		    print(errno.errorcode[error.errno])
	PYTHON
}

# By way of gwlbsim, which delivers such answers as a load balancer would
test_programs()
{
	# Both want UDP port 6081 for themselves.
	stop_probe
	leg "$CLIENT" 1
	leg "$SERVER" 2
	start_sim --answers
	ip netns exec "$SERVER" nc -lk 10.1.2.2 80 >/dev/null &
	on_exit stop $!
	ip netns exec "$SERVER" nc -6lk fd00:2::2 80 >/dev/null &
	on_exit stop $!
	wait_for 20 listening

	rules <<-RULES
		policy accept
		rule dport 81-89 reject
		rule dport 91-99 drop
	RULES
	is "a port that is accepted" "$(ask tcp 10.1.2.2 80)" connected
	is "a port that is accepted, IPv6" "$(ask tcp fd00:2::2 80)" connected
	is "connect() to a rejected port" "$(ask tcp 10.1.2.2 81)" ECONNREFUSED
	is "connect() over IPv6" "$(ask tcp fd00:2::2 81)" ECONNREFUSED
	is "UDP to a rejected port" "$(ask udp 10.1.2.2 81)" ECONNREFUSED
	is "UDP over IPv6" "$(ask udp fd00:2::2 81)" ECONNREFUSED
	is "connect() to a port that is dropped" "$(ask tcp 10.1.2.2 91)" \
		timeout
	is "four answers were delivered" "$(sim_stats .answers)" 4

	# A connection that lives is ended by new rules, from the first side
	# that speaks.
	ip netns exec "$CLIENT" nc 10.1.2.2 80 <"$work/pipe" >/dev/null 2>&1 &
	nc=$!
	on_exit stop $nc
	exec 8>"$work/pipe"
	echo before >&8
	wait_for 20 established
	reload <<<"policy reject"
	echo after >&8
	check "a live connection is reset" wait_for 20 gone $nc
	exec 8>&-

	kill $sim
	wait $sim
	is "gwlbsim: nothing else was different" $? 0
	note "$(cat "$work/sim.log")"
	check_balance
}

listening()
{
	[ "$(ip netns exec "$SERVER" ss -Hltn | grep -c ':80 ')" -eq 2 ]
}

established()
{
	ip netns exec "$SERVER" ss -Htn state established | grep -q ':80 '
}

gone()
{
	! kill -0 "$1"
}

# sim_stats FILTER
sim_stats()
{
	rm -f "$work/stats"
	kill -USR1 $sim
	wait_for 10 test -s "$work/stats"
	jq -c "$1" "$work/stats"
}

setup_up
start_probe
mkfifo "$work/pipe"
test_form
test_rate
test_programs
