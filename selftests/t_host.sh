#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The appliance's own network around the module: hooks that come before it,
# routes that encrypt, neighbours that are missing, and its tracepoint.
. "$(dirname "$0")/lib.sh"

TRACE=/sys/kernel/tracing
EVENT=$TRACE/events/gwlb/gwlb_verdict

ask()
{
	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL "$@"
}

# dropped COUNTER [OPTION]...: a packet is not returned and hits that counter. An
# echo is not answered either if there is no way back.
dropped()
{
	local before

	before=$(counter "$1")
	[[ $(ask --expect 0 "${@:2}") == *" returned 0 exact 0 other 0"* ]] ||
		return 1
	wait_for 10 reaches "$1" $((before + 1))
}

# What the trace says of packets, without its header
traced()
{
	grep gwlb_verdict $TRACE/trace
}

start_trace()
{
	echo >$TRACE/trace
	echo 1 >$EVENT/enable
}

test_trace()
{
	start_trace
	is "tracing: the packet comes back" "$(ask)" \
		"sent 1 returned 1 exact 1 other 0"
	check "tracing: it is shown with all that was read from it" \
		grep -q "returned node=$NODE local=$LOCAL bytes=160 endpoint=00123456789abcdef cookie=c0000000 proto=17 src=::ffff:10.1.0.0 sport=1000 dst=::ffff:10.2.0.1 dport=53" \
		<(traced)
	# perf reads this format and knows no function of ours.
	is "tracing: the format calls nothing" \
		"$(grep -c 'gwlb_[a-z_]*(' $EVENT/format)" 0
	echo 0 >$EVENT/enable
}

# The first letter of a line's flags: b when bottom halves are off in a
# process; the third: s in softirq.
preemptible()
{
	traced | awk '{ print $3 }' | grep -vc '^b\|^..[sS]'
}

test_queued()
{
	local pid work

	work=$(mktemp)
	on_exit rm -f "$work"
	must ip netns exec "$APP" nft -f - <<-'NFT'
		table ip early {
			chain in {
				type filter hook prerouting priority -500;
				udp dport 6081 queue num 0
			}
		}
	NFT
	ip netns exec "$APP" "$TOP/selftests/nfqueue.py" >"$work" 2>&1 &
	pid=$!
	wait_for 10 grep -q ready "$work" || bail_out "$(cat "$work")"
	start_trace
	is "packets that were queued to user space come back" \
		"$(ask --count 20)" "sent 20 returned 20 exact 20 other 0"
	echo 0 >$EVENT/enable
	is "all of them are traced" "$(traced | grep -c "returned node=$NODE")" 20
	is "none of them is walked with bottom halves on" "$(preemptible)" 0
	stop $pid
	must ip netns exec "$APP" nft delete table ip early
}

# test_ipsec [WORD...]: with a policy for all of UDP, or one that WORDs are of, too
test_ipsec()
{
	local key=0x00112233445566778899aabbccddeeff
	local before what="what has to be encrypted${*:+ ($*)}"

	before=$(counter returned)
	must ip -n "$APP" xfrm state add src $LOCAL dst $NODE proto esp \
		spi 0x100 mode transport enc 'cbc(aes)' $key \
		auth 'hmac(sha256)' $key${key#0x}
	must ip -n "$APP" xfrm policy add src $LOCAL dst $NODE proto udp "$@" \
		dir out tmpl src $LOCAL dst $NODE proto esp mode transport
	# Cached routes do not know of it before the tables change.
	must ip -n "$APP" route flush cache
	check "$what is not sent in clear" \
		dropped drop-no-route
	is "none was" "$(counter returned)" "$before"
	must ip -n "$APP" xfrm policy flush
	must ip -n "$APP" xfrm state flush
	must ip -n "$APP" route flush cache
	is "without the policy packets are sent" "$(ask)" \
		"sent 1 returned 1 exact 1 other 0"
}

# Nobody has made a key yet, and the kernel would keep packets until then.
test_ipsec_pending()
{
	must ip netns exec "$APP" sysctl -qw net.core.xfrm_larval_drop=0
	must ip -n "$APP" xfrm policy add src $LOCAL dst $NODE proto udp \
		dir out tmpl src $LOCAL dst $NODE proto esp mode transport
	must ip -n "$APP" route flush cache
	check "nor is what waits for a key" dropped drop-no-route
	must ip -n "$APP" xfrm policy flush
	must ip netns exec "$APP" sysctl -qw net.core.xfrm_larval_drop=1
	must ip -n "$APP" route flush cache
	is "which is not remembered" "$(ask)" \
		"sent 1 returned 1 exact 1 other 0"
}

# What comes encrypted does not go back in clear: reflect knows no policies.
test_ipsec_reflect()
{
	local ns key=0x00112233445566778899aabbccddeeff

	must ctl config set send-mode reflect
	for ns in "$SIM" "$APP"; do
		must ip -n "$ns" xfrm state add src $NODE dst $LOCAL proto esp \
			spi 0x200 mode transport enc 'cbc(aes)' $key \
			auth 'hmac(sha256)' $key${key#0x}
	done
	must ip -n "$SIM" xfrm policy add src $NODE dst $LOCAL proto udp \
		dir out tmpl src $NODE dst $LOCAL proto esp mode transport
	check "reflect: what came encrypted stays here" \
		dropped drop-no-link --gso
	for ns in "$SIM" "$APP"; do
		must ip -n "$ns" xfrm policy flush
		must ip -n "$ns" xfrm state flush
	done
	is "reflect: what comes in clear goes back" "$(ask)" \
		"sent 1 returned 1 exact 1 other 0"
	must ctl config set send-mode route
}

test_routes()
{
	must ip -n "$APP" route add unreachable $NODE/32
	check "an unreachable node" dropped drop-no-route
	must ip -n "$APP" route del unreachable $NODE/32
	must ip -n "$APP" route add blackhole $NODE/32
	check "a node in a black hole" dropped drop-no-route
	must ip -n "$APP" route del blackhole $NODE/32
	must ip -n "$APP" route add $NODE/32 dev eth0 mtu 1400
	check "an MTU that is too small for the way back" ask_large
	must ip -n "$APP" route del $NODE/32 dev eth0 mtu 1400
	is "and back again" "$(ask)" "sent 1 returned 1 exact 1 other 0"
}

ask_large()
{
	local before

	before=$(counter drop-too-big)
	[ "$(ask --size 1400 --expect 0)" = \
	  "sent 1 returned 0 exact 0 other 0" ] || return 1
	wait_for 10 reaches drop-too-big $((before + 1))
}

# too_big ADDRESS: an ICMP error from there, sent by nobody who was asked: what
# you send to the load balancer is too big for 68 bytes. It quotes an answer to a
# ping, of which no socket knows that it was never sent.
too_big()
{
	ip netns exec "$SIM" python3 - "$1" $LOCAL $NODE <<-'PYTHON'
		import socket, struct, sys

		def summed(data):
		    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
		    while total >> 16:
		        total = (total & 0xffff) + (total >> 16)
		    return struct.pack("!H", ~total & 0xffff)

		def with_sum(data, at):
		    return data[:at] + summed(data) + data[at + 2:]

		source, host, node = map(socket.inet_aton, sys.argv[1:])
		quoted = with_sum(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1428, 1,
		                              0, 64, 1, 0, host, node), 10)
		quoted += with_sum(struct.pack("!BBHHH", 0, 0, 0, 7, 1), 2)
		error = with_sum(struct.pack("!BBHHH", 3, 4, 0, 0, 68) + quoted,
		                 2)
		with socket.socket(socket.AF_INET, socket.SOCK_RAW,
		                   socket.IPPROTO_ICMP) as raw:
		    raw.bind((socket.inet_ntoa(source), 0))
		    raw.sendto(error, (socket.inet_ntoa(host), 0))
	PYTHON
}

has_learned()
{
	ip -n "$APP" route get $NODE | grep -q "mtu .*552"
}

# A neighbour's word about the way back
test_too_big()
{
	must too_big $NODE2
	check "the host believes that the way back is narrow" 		wait_for 10 has_learned
	is "packets go back all the same" "$(ask --size 1400)" 		"sent 1 returned 1 exact 1 other 0"
	must ip -n "$APP" route flush cache
}

# bridged SETTING VALUE...: of what a bridge shows to IPv4's hooks, in $APP
bridged()
{
	while [ $# -gt 0 ]; do
		must ip netns exec "$APP" sysctl -qw "net.bridge.bridge-nf-$1=$2"
		shift 2
	done
}

# A bridge can take packets out of PPPoE before the hooks see them: their
# Ethernet header is not right in front of them then.
test_pppoe()
{
	if ! modprobe -q br_netfilter; then
		ok "PPPoE on a bridge # SKIP this kernel has no br_netfilter"
		return
	fi
	on_exit modprobe -r br_netfilter
	must ip -n "$APP" link add br0 address "$APP_MAC" type bridge
	must ip -n "$APP" link set eth0 master br0
	must ip -n "$APP" addr del $LOCAL/24 dev eth0
	must ip -n "$APP" addr add $LOCAL/24 dev br0
	must ip -n "$APP" link set br0 mtu 9001 up
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev br0
	must ctl config set send-mode reflect
	bridged call-iptables 1 filter-pppoe-tagged 1
	is "bridge: packets come back" "$(ask)" \
		"sent 1 returned 1 exact 1 other 0"
	check "bridge: not those that came in PPPoE" \
		dropped drop-no-link --pppoe
	must ctl config set send-mode route
	must ip -n "$APP" link del br0
	must ip -n "$APP" addr add $LOCAL/24 dev eth0
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev eth0
}

setup_up
test_trace
test_queued
test_ipsec
test_ipsec dport 6081
test_ipsec_pending
test_ipsec_reflect
test_routes
test_too_big
test_pppoe
check_balance
