#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# measure.sh [CASE]... - measures cases, in a guest that bench.sh has booted.
# Prints TAP: a case is ok if all packets were where they should be. Writes to
# /run/gwlb-out/runs a line for each run of such a case: its name, and how many
# instructions a packet took on the whole way.
#
# Packets go from $SIM to the appliance $APP and back, where XDP drops and
# counts them. A case is a function case_NAME, with underscores for dashes.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

BENCH=$TOP/selftests/bench
RUNS=/run/gwlb-out/runs

# xdp NAMESPACE DEVICE MODE PROGRAM
xdp()
{
	must ip -n "$1" link set dev "$2" "$3" obj "$BENCH/xdp.o" \
		program "$4"
}

# dropped_by_xdp NAMESPACE DEVICE: so many packets so far
dropped_by_xdp()
{
	ip netns exec "$1" ethtool -S "$2" |
		awk '/rx_queue_[0-9]+_xdp_drops/ { n += $2 } END { print n + 0 }'
}

back()
{
	dropped_by_xdp "$SIM" wire0
}

# came N FUNCTION BEFORE: FUNCTION counts N more than before
came()
{
	[ $(($($2) - $3)) -eq "$1" ]
}

# measure NAME WHERE OPTION...: sender's options; WHERE is the function that
# counts the packets where they should end up
measure()
{
	local name=$1 where=$2 before work sent

	shift 2
	before=$($where)
	work=$(ip netns exec "$SIM" "$BENCH/sender" "$@" wire0 "$APP_MAC" \
		$NODE $LOCAL) || bail_out "sender: $work"
	sent=$(sed -n 's/^sent //p' <<<"$work")
	if came "$sent" "$where" "$before"; then
		ok "$name: $sent packets"
		sed -n "s/^run /$name /p" <<<"$work" >>"$RUNS"
		[ -z "$PROFILE" ] || profile "$name" "$@"
	else
		not_ok "$name: $sent packets sent"
		note "$where: $(($($where) - before))"
	fi
}

# profile NAME OPTION...: the same once more, with other packets; leaves the
# number of samples of each of the kernel's functions
profile()
{
	local name=$1 pid

	shift
	rm -f "$work_dir"/{control,answer}
	mkfifo "$work_dir"/{control,answer}
	# A prime, or else the same places of a packet's way would be met.
	perf record -q -a -D -1 -e cpu-clock:k -c 19997 \
		--control "fifo:$work_dir/control,$work_dir/answer" \
		-o "$work_dir/perf.data" >"$work_dir/perf.log" 2>&1 &
	pid=$!
	must ip netns exec "$SIM" "$BENCH/sender" --first 1000000 \
		--perf "$work_dir" "$@" wire0 "$APP_MAC" $NODE $LOCAL
	kill -INT $pid
	wait $pid
	perf report --stdio -q -i "$work_dir/perf.data" -F sample,symbol \
		2>>"$work_dir/perf.log" |
		awk '$2 == "[k]" { print $1, $3 }' \
		>"/run/gwlb-out/profile-$name"
	check "$name: profile" [ -s "/run/gwlb-out/profile-$name" ]
}

# gwlb RULES WHERE [MODE]: the module with so many rules, and no flows; WHERE
# is the one that accepts, first or last
gwlb()
{
	load_module
	"$BENCH/rules.py" "$1" "$2" >"$work_dir/rules"
	must ctl rule load "$work_dir/rules"
	must ctl config set send-mode "${3:-reflect}"
	must ctl up
}

# Nothing is left of it then, not even flows that are yet to be freed.
gwlb_off()
{
	must rmmod gwlb
}

refused()
{
	counter drop-rule
}

# Cases

arrived()
{
	dropped_by_xdp "$APP" eth0
}

# What sender and wire cost. XDP on veth copies each packet that was not sent
# by XDP; here it does so at the appliance, elsewhere at the end of the way
# back, so that this is taken off from all, too.
case_drop()
{
	xdp "$APP" eth0 xdpdrv drop
	measure drop arrived
	must ip -n "$APP" link set dev eth0 xdpdrv off
}

case_floor()
{
	must insmod "$BENCH/floor/gwlb_floor.ko"
	measure floor back
	must rmmod gwlb_floor
}

# established NAME RULES FLOWS MODE: which rule has accepted the flows does
# not matter any more, so it is the one that makes them known soonest
established()
{
	gwlb "$2" first "$4"
	measure "$1" back --establish --flows "$3"
	gwlb_off
}

case_established()
{
	established established 1000 100000 reflect
}

case_established_route()
{
	established established-route 1000 100000 route
}

case_established_10k_rules()
{
	established established-10k-rules 10000 100000 reflect
}

case_established_1m_flows()
{
	established established-1m-flows 1000 1000000 reflect
}

case_new()
{
	gwlb 1000 last
	measure new back --fresh --packets 500
	gwlb_off
}

case_new_10k_rules()
{
	gwlb 10000 last
	measure new-10k-rules back --fresh --packets 200
	gwlb_off
}

case_denied()
{
	gwlb 1000 last
	measure denied refused --fresh --port 23
	gwlb_off
}

case_xdp_native()
{
	xdp "$APP" eth0 xdpdrv swap
	measure xdp-native back
	must ip -n "$APP" link set dev eth0 xdpdrv off
}

case_xdp_generic()
{
	xdp "$APP" eth0 xdpgeneric swap
	measure xdp-generic back
	must ip -n "$APP" link set dev eth0 xdpgeneric off
}

# As AWS's samples do it
case_hairpin()
{
	must ip netns exec "$APP" sysctl -qw net.ipv4.ip_forward=1
	must ip netns exec "$APP" iptables-legacy -t nat -A PREROUTING \
		-p udp -s $NODE -d $LOCAL --dport 6081 \
		-j DNAT --to-destination $NODE:6081
	must ip netns exec "$APP" iptables-legacy -t nat -A POSTROUTING \
		-p udp -s $NODE -d $NODE --dport 6081 -j MASQUERADE
	measure hairpin back
	must ip netns exec "$APP" iptables-legacy -t nat -F
	must ip netns exec "$APP" sysctl -qw net.ipv4.ip_forward=0
}

work_dir=$(mktemp -d)
on_exit rm -rf "$work_dir"
# XDP on veth takes no larger packets.
setup_pair 3000
xdp "$SIM" wire0 xdpdrv drop
uname -r >/run/gwlb-out/kernel
: >"$RUNS"
# What is taken off from all others is always measured.
case_drop
[ $# -gt 0 ] || mapfile -t all < <(compgen -A function case_)
for name in "${@/#/case_}" ${all[@]+"${all[@]}"}; do
	[ "$name" = case_drop ] || "${name//-/_}"
done
