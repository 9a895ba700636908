#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Aggregates. A TCP super-packet of a tunnel is one flow and is sent whole; an
# aggregate of outer datagrams holds many inner packets, each of which is
# judged by itself (design: to inspect the first only would be a bypass).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/merge.sh"
. "$(dirname "$0")/tunnel.sh"

SIZE=${SIZE:-$((100 << 20))}

work=$(mktemp -d)
on_exit rm -rf "$work"
setup_up

# One datagram is 28 (outer) + 40 (Geneve) + 28 (inner) + 64 bytes long.
test_segmented_by_sender()
{
	start_capture greater 1000
	is "GSO: ten packets in one, all returned" "$(ask --gso --count 10)" \
		"sent 10 returned 10 exact 0 other 0"
	captured "GSO: they did arrive as one"
	is "GSO: ten are counted" "$(counter returned)" 10
	is "GSO: a bad one among them is dropped alone" \
		"$(ask --gso --count 10 --bad 4)" \
		"sent 10 returned 9 exact 0 other 0"
	is "GSO: and counted" "$(counter drop-geneve-version)" 1
	is "GSO: a bad first one condemns nobody else" \
		"$(ask --gso --count 10 --bad 0)" \
		"sent 10 returned 9 exact 0 other 0"
	is "GSO: of three bursts two were dropped, and all else is returned" \
		"$(counter drop-geneve-version) $(counter returned)" "2 28"
}

# gro NAME FEATURES...: the appliance's device merges what comes in one burst
test_merged_by_receiver()
{
	local name=$1 mode=$2 result tries bad returned
	local all="sent 200 returned 200 exact 200 other 0"

	must ctl config set send-mode "$mode"
	shift 2
	merge "$@"
	start_capture greater 1000
	# Only what comes within one tick is merged: a busy machine may need
	# more than one go.
	for ((tries = 0; tries < 20; tries++)); do
		result=$(ask --numbered --count 200)
		[ "$result" = "$all" ] && kill -0 $capture 2>/dev/null || break
	done
	is "$name, $mode: every packet comes back as it was sent" \
		"$result" "$all"
	captured "$name, $mode: some did arrive as one"
	bad=$(counter drop-geneve-version) returned=$(counter returned)
	is "$name, $mode: a bad one is dropped alone" \
		"$(ask --numbered --count 200 --bad 100)" \
		"sent 200 returned 199 exact 199 other 0"
	check "$name, $mode: and counted" wait_for 10 reaches \
		drop-geneve-version $((bad + 1))
	is "$name, $mode: no other is returned" \
		$(($(counter returned) - returned)) 199
	must ctl config set send-mode route
	merge_no_more
}

# A device for what comes back, which looks at no options. If the one that sends
# options received some, too, Debian's 6.12 would warn of itself: it copies them
# to behind the last field of a struct (ip_tunnel_info_opts_set()). Both kinds
# cannot have one port, so what is sent gets the right one on its way.
tunnel_back()
{
	must ip -n "$SIM" link add back type geneve id 0 remote $LOCAL \
		innerprotoinherit
	# It would look for routers, without an option that says whose they are.
	must ip netns exec "$SIM" sysctl -qw net.ipv6.conf.back.disable_ipv6=1
	must ip -n "$SIM" link set back up mtu 8500
	must ip netns exec "$SIM" sysctl -qw net.ipv4.conf.back.rp_filter=0
	must ip netns exec "$SIM" nft -f - <<-NFT
		table ip tunnel {
			chain output {
				type filter hook output priority 0
				udp dport 6082 udp dport set 6081
			}
		}
	NFT
}

# The kernel's own geneve device as the load balancer: real TCP, whose
# segments it wraps together.
test_tunnel()
{
	tunnel_up dstport 6082
	tunnel_back
	tunnel_to $LOCAL
	check "tunnel: ping through the appliance" ip netns exec "cli-$$" \
		ping -qc 3 -i 0.2 10.1.2.2

	ip netns exec "srv-$$" nc -l -p 5201 </dev/null |
		wc -c >"$work/received" &
	server=$!
	wait_for 10 ip netns exec "srv-$$" sh -c "ss -ltn | grep -q :5201"
	start_capture greater 9100
	before=$(counter returned)
	head -c $SIZE /dev/zero | ip netns exec "cli-$$" nc -N 10.1.2.2 5201
	wait $server
	is "tunnel: all of the TCP stream" "$(cat "$work/received")" $SIZE
	captured "tunnel: super-packets did arrive"
	check "tunnel: all of it was returned" \
		test "$(counter returned bytes)" -gt $SIZE
	# No segment has more than Ethernet's MTU leaves for data.
	check "tunnel: each segment is counted" test \
		$(($(counter returned) - before)) -ge $((SIZE / 1460))
	is "tunnel: nothing was dropped" "$(ctl stats --json |
		jq '[.counters[] | select(.class == "drop").packets] | add')" \
		"${dropped_before:-0}"
}

test_segmented_by_sender
test_merged_by_receiver "GRO forwarding" route rx-udp-gro-forwarding on
test_merged_by_receiver "GRO forwarding" reflect rx-udp-gro-forwarding on
test_merged_by_receiver "GRO list" route rx-gro-list on
test_merged_by_receiver "GRO list" reflect rx-gro-list on
dropped_before=$(counter drop-geneve-version)
test_tunnel
