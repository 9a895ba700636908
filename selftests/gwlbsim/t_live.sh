#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# End-to-end test of gwlbsim with real traffic, in network namespaces of its
# own (network.sh); needs root and /dev/net/tun, no kernel module. TAP on stdout.
set -eu

# shellcheck source=selftests/gwlbsim/network.sh
. "$(dirname "$0")/network.sh"

t_right() {
	start_app
	start_sim --endpoint $vpce2=gwe1
	check "ping" in_ns "$client" ping -qc 5 -i 0.1 10.2.0.2
	check "both directions are one flow, each endpoint has its own" \
		stat_is '.flows == 2 and .sent == 20 and .returned == 20 and
			(.endpoints | map(.sent) == [10, 10])'
	check "ping over IPv6" in_ns "$client" ping -qc 5 -i 0.1 fd02::2
	check "neighbour and listener reports do not count" \
		stat_is '.flows == 4 and .sent == 40'
	check "ping in fragments" in_ns "$client" \
		ping -qc 3 -i 0.1 -s 30000 -M dont 10.2.0.2
	check "ping in fragments over IPv6" in_ns "$client" \
		ping -qc 3 -i 0.1 -s 30000 fd02::2
	check "a file over TCP" fetch http://10.2.0.2/file
	check "a file over TCP over IPv6" fetch 'http://[fd02::2]/file'
	check "many connections" fetch_many
	check "they use all GWLB addresses and appliances" \
		stat_is '([.gwlbs[], .appliances[]] | map(.returned) | min) > 0'
	check "no difference in any packet" stat_is '.differences == 0 and
		.unsolicited == 0 and .duplicates == 0 and .missing == 0 and
		.late == 0 and .wire_lost == 0 and .deliver_failed == 0'
	check "the stack did not answer what came back" no_unreachable
	stop_sim INT
	check "exit status 0 and statistics at the end" test "$sim_status" -eq \
		0 -a "$(jq .sent "$tmp/stats.json")" -gt 1000
	stop_app
}

no_unreachable() {
	in_ns "$app" nstat -asz IcmpInDestUnreachs |
		awk '/IcmpIn/ { found = 1; bad = $2 > 0 }
		     END { exit !found || bad }'
}

# The bytes on the wire, in the words of another program
t_tcpdump() {
	local dump=$tmp/dump

	start_app
	start_sim
	ip netns exec "$app" timeout 20 tcpdump -lnvvi eth0 -c 2 udp port 6081 \
		>"$dump" 2>"$dump.err" &
	pids+=($!)
	wait_for 10 grep -qs listening "$dump.err"
	in_ns "$client" ping -qc 1 10.2.0.2 >/dev/null
	check "tcpdump has seen it" wait_for 10 grep -q 'ICMP echo' "$dump"
	check "tcpdump: outer IPv4 header" grep -q \
		'tos 0x0, ttl 255, id 0, offset 0, flags \[none\], proto UDP' \
		"$dump"
	check "tcpdump: ports and UDP checksum" grep -qE \
		'10\.9\.0\.1[01]\.6000[01] > 10\.9\.0\.2[01]\.6081: \[udp sum ok\] Geneve, Flags \[none\], vni 0x0' \
		"$dump"
	stop_sim
	stop_app
}

# mistake NAME COUNTER TEXT: only that counter counts, once per packet;
# TEXT is what must be said about it
mistake() {
	local others

	start_app "$1"
	start_sim
	send_udp $packets
	wait_for 10 stat_is ".sent == $packets and .in_flight == 0" || :
	others=$(jq -c '[.differences, .unsolicited, .duplicates, .late]' \
		"$tmp/stats.json")
	check "$1: $2 and nothing else $others" jq -e \
		".sent == $packets and .$2 == $packets and
		 .differences + .unsolicited + .duplicates + .late == $packets" \
		"$tmp/stats.json"
	case $2 in
	differences|late)
		check "$1: none was taken as returned" jq -e \
			'.returned == 0' "$tmp/stats.json"
		;;
	*)
		check "$1: the right ones were taken" jq -e \
			".returned == $packets" "$tmp/stats.json"
		;;
	esac
	check "$1: said so" grep -q "$3" "$tmp/sim.err"
	stop_sim
	if [ "$2" = late ]; then
		check "$1: is no failure" test "$sim_status" -eq 0
	else
		check "$1: exit status 1" test "$sim_status" -eq 1
	fi
	stop_app
}

t_mistakes() {
	mistake cookie differences '(UDP checksum): .* offset 64 (flow cookie): expected'
	mistake ttl differences \
		'offset 8 (outer IPv4 TTL): expected ff, found fe'
	mistake checksum differences 'offset 26 (UDP checksum): .*found 0000'
	mistake truncated differences \
		'offset 2 (outer IPv4 total length): expected'
	mistake duplicate duplicates 'duplicate: .*has come back already'
	mistake unsolicited unsolicited 'unsolicited: .*nothing like it'
	mistake tos differences '(outer IPv4 TOS): expected 00, found 01'
	mistake df differences '(outer IPv4 flags and fragment offset)'
	mistake id differences '(outer IPv4 identification)'
	mistake source differences '(outer IPv4 source): expected 0a0900'
	mistake gwlb differences '(outer IPv4 destination): expected 0a0900'
	mistake sport differences '(UDP source port)'
	mistake flags differences '(Geneve flags): expected 00, found 40'
	mistake vni differences '(Geneve VNI)'
	mistake inner differences '(UDP checksum): expected'
	mistake longer differences '(outer IPv4 total length)'
	mistake trailing differences '(end of the frame)'
	mistake optionless differences '(outer IPv4 total length)'
	mistake ports differences '(UDP source port): .*found 17c1'
	mistake vlan differences 'VLAN tag'
	mistake mac differences 'Ethernet destination'
	mistake refuse differences '(outer IPv4 total length)'
}

# With --answers an appliance may refuse a packet, in its tunnel, but still
# not change it.
t_answers() {
	start_app refuse
	start_sim --answers
	send_udp $packets
	check "answers are taken" wait_for 10 stat_is ".answers == $packets and
		.differences == 0 and .unsolicited == 0 and .returned == 0"
	check "answers are delivered" in_ns "$client" bash -c '
		exec 3<>/dev/udp/10.2.0.2/9
		for i in {1..500}; do
			echo >&3 || exit 0
			sleep 0.02
		done
		exit 1'
	stop_sim
	check "answers: exit status 0" test "$sim_status" -eq 0
	stop_app
	no_answer inner differences
	no_answer truncated differences
	no_answer refuse-others differences
	no_answer refuse-elsewhere unsolicited
}

# no_answer MISTAKE COUNTER: that is none
no_answer() {
	start_app "$1"
	start_sim --answers
	send_udp $packets
	check "$1 is no answer" wait_for 10 stat_is ".$2 == $packets and
		.answers == 0 and .returned == 0"
	stop_sim
	stop_app
}

t_late() {
	start_app late
	start_sim
	send_udp $packets
	check "late packets are missing, and are no failure" \
		wait_for 10 stat_is ".missing == $packets and
			.late == $packets and .returned == 0"
	stop_sim
	check "late: exit status 0" test "$sim_status" -eq 0
	stop_app
}

t_drop() {
	start_app drop
	start_sim
	send_udp $packets
	check "sent packets are in flight, or have been for too long" \
		stat_is ".in_flight + .missing == $packets"
	check "dropped packets are missing, and are no failure" \
		wait_for 10 stat_is ".missing == $packets and .sent == $packets"
	stop_sim
	check "drop: exit status 0" test "$sim_status" -eq 0
	stop_app
}

t_partial() {
	start_app partial
	start_sim
	send_udp $packets
	check "a checksum that was left to the NIC is no difference" \
		wait_for 10 stat_is ".returned == $packets and
			.differences == 0"
	stop_sim
	stop_app
}

# Nobody answers ARP at first: nothing may be lost, nothing be sent.
t_resolution() {
	start_app
	ip -n "$app" link set eth0 arp off
	ip -n "$vpc" neigh flush dev wire
	start_sim
	send_udp $packets
	stats
	# They wait for five seconds, and this machine may be busy.
	ip -n "$app" link set eth0 arp on
	check "without a MAC address nothing is sent" \
		jq -e '.sent == 0 and .flows == 20' "$tmp/stats.json"
	check "packets that waited for it are not lost" \
		wait_for 10 stat_is ".returned == $packets and
			.no_neighbour == 0"
	stop_sim
	check "resolution: exit status 0" test "$sim_status" -eq 0
	stop_app
}

# t_health KIND:PORT[/PATH]
t_health() {
	start_app
	serve "$app" 0.0.0.0 8080 "$tmp/web"
	start_sim --health "$1" --health-interval 500 --healthy 2
	check "$1: appliances become healthy" wait_for 30 stat_is \
		'.appliances | all(.healthy and .checks_ok >= 2)'
	check "$1: traffic passes" in_ns "$client" ping -qc 1 10.2.0.2
	kill "$served"
	check "$1: appliances become unhealthy" wait_for 30 stat_is \
		'.appliances | all((.healthy | not) and .checks_failed >= 2)'
	check "$1: an existing flow stays" in_ns "$client" \
		ping -qc 1 10.2.0.2
	send_udp 3
	check "$1: new flows go to unhealthy ones, as all are" \
		stat_is '.fail_open == 3 and .no_healthy_appliance == 0'
	serve "$app" 0.0.0.0 8080 "$tmp/web"
	check "$1: appliances become healthy again" wait_for 30 stat_is \
		'.appliances | all(.healthy)'
	kill "$served"
	wait_for 5 gone "$served"
	stop_sim
	stop_app
}

# An answer that is not 200 to 399
t_health_404() {
	start_app
	serve "$app" 0.0.0.0 8080 "$tmp/web"
	start_sim --health http:8080/nothing --health-interval 200
	check "http: an answer 404 is not healthy" wait_for 30 stat_is \
		'.appliances | all((.healthy | not) and .checks_failed >= 5 and
			.checks_ok == 0)'
	kill "$served"
	wait_for 5 gone "$served"
	stop_sim
	stop_app
}

t_too_big() {
	ip -n "$client" link set eth0 mtu 9001
	ip -n "$vpc" link set c0 mtu 9001
	in_ns "$vpc" ip tuntap add gwe0 mode tun
	ip -n "$vpc" link set gwe0 mtu 9001
	start_app
	start_sim
	check "8500 bytes pass" in_ns "$client" \
		ping -qc 1 -s 8472 -M 'do' 10.2.0.2
	in_ns "$client" ping -qc 2 -i 0.1 -W 0.2 -s 8473 -M 'do' 10.2.0.2 \
		>"$tmp/ping" 2>&1 || :
	check "8501 bytes are dropped" stat_is \
		'.too_big == 2 and .sent == 2 and .returned == 2'
	check "without a word" grep -q '2 packets transmitted, 0 received, 100%' \
		"$tmp/ping"
	stop_sim
	stop_app
	ip -n "$vpc" link del gwe0
	ip -n "$vpc" link set c0 mtu 8500
	ip -n "$client" link set eth0 mtu 8500
}

# refused STATUS TEXT OPTION...: gwlbsim must end so, and say so
refused() {
	local want=$1 text=$2 rc=0

	shift 2
	in_ns "$vpc" timeout 5 "$here/gwlbsim" "$@" >"$tmp/out" \
		2>"$tmp/err" || rc=$?
	check "refused: $text" test "$rc" -eq "$want" -a ! -s "$tmp/out"
	check "refused with a reason: $text" grep -q -- "$text" "$tmp/err"
}

t_refused() {
	local base=(--wire wire --gwlb 10.9.0.10 --appliance 10.9.0.20)
	local all=("${base[@]}" --endpoint "$vpce=gwe9")

	refused 2 '--endpoint: is missing' "${base[@]}"
	refused 2 'expected an IPv4 address, got "x"' "${all[@]}" --gwlb x
	refused 2 'given twice' "${all[@]}" --appliance 10.9.0.20
	refused 2 '10.9.0.10 is an appliance as well' "${all[@]}" \
		--appliance 10.9.0.10
	refused 2 'expected vpce-' "${all[@]}" --endpoint vpce-1234=gwe1
	refused 2 'expected a port from 1 to 65535' "${all[@]}" \
		--health tcp:65536
	refused 2 'unexpected argument' "${all[@]}" more
	refused 2 '"nat=1" is not understood' "${all[@]}" \
		--gwlb 10.9.0.11,nat=1
	refused 2 '"dev=x" is not understood' "${all[@]}" \
		--appliance 10.9.0.21,dev=x
	refused 2 'zone= is given twice' "${all[@]}" \
		--appliance 10.9.0.21,zone=a,zone=b
	refused 2 'not for every node' "${all[@]}" \
		--appliance 10.9.0.21,zone=a
	refused 2 'there is no node in zone "b"' --wire wire \
		--gwlb 10.9.0.10,zone=a --appliance 10.9.0.20,zone=a \
		--endpoint "$vpce=gwe9,zone=b"
	refused 2 '10.9.0.10 has no dev=' --gwlb 10.9.0.10 \
		--appliance 10.9.0.20 --endpoint "$vpce=gwe9"
	refused 2 'expected off or on, got "yes"' "${all[@]}" --cross-zone yes
	refused 2 'expected no_rebalance or rebalance' "${all[@]}" --failover x
	refused 2 'expected 5-tuple, source_ip_dest_ip_proto or' "${all[@]}" \
		--stickiness 4-tuple
	refused 2 'only be changed for 5-tuple' "${all[@]}" \
		--stickiness source_ip_dest_ip --tcp-idle 60000
	refused 2 'is longer than the interval' "${all[@]}" \
		--health-interval 1000 --health-timeout 1001
	refused 2 'healthy: expected 1 to 10, got "0"' "${all[@]}" --healthy 0
	refused 2 'expected 0 to 3600000' "${all[@]}" \
		--deregistration-delay 3600001
	refused 2 'the path is empty or too long' "${all[@]}" \
		--control "$(printf '/%0120d' 0)"
	refused 1 'cannot bind UDP port 6081 on GWLB address 10.9.0.99' \
		"${all[@]}" --gwlb 10.9.0.99
	refused 1 'cannot find wire device nothing' "${all[@]}" --wire nothing
	check "nothing was made by what was refused" bash -c \
		"! ip -n $vpc link show gwe9"
}

main() {
	[ "$(id -u)" -eq 0 ] || {
		echo "1..0 # SKIP needs root"
		exit 4
	}
	[ -x "$here/gwlbsim" ] || {
		echo "Bail out! $here/gwlbsim is not built"
		exit 1
	}
	trap cleanup EXIT
	mkdir "$tmp/web"
	head -c 8000000 /dev/urandom >"$tmp/web/file"
	head -c 3000 /dev/urandom >"$tmp/web/small"
	topology
	sink
	serve "$server" 0.0.0.0 80 "$tmp/web"
	serve "$server" '[fd02::2]' 80 "$tmp/web"
	t_refused
	t_right
	t_tcpdump
	t_mistakes
	t_answers
	t_late
	t_drop
	t_partial
	t_resolution
	t_health tcp:8080
	t_health http:8080/small
	t_health_404
	t_too_big
	echo "1..$count"
	[ "$failed" -eq 0 ]
}

main
