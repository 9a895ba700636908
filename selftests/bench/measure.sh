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
VALUES=/run/gwlb-out/values
INVALID=/run/gwlb-out/invalid

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

# run_sender OPTION...: for said
run_sender()
{
	report=$(ip netns exec "$SIM" "$BENCH/sender" "$@" "$wire" "$APP_MAC" \
		$NODE $LOCAL) || bail_out "sender: $report"
}

# said WHAT: the number that the sender has printed behind this word
said()
{
	sed -n "s/^$1 //p" <<<"$report"
}

# measure NAME WHERE OPTION...: sender's options; WHERE is the function that
# counts the packets where they should end up
measure()
{
	case $GUEST in
	one) measure_once "$@" ;;
	virtio) measure_once "virtio-$1" "${@:2}" --burst 32 --spin 500000 ;;
	two|plain)
		measure_once "$GUEST-$1-1" "${@:2}"
		# Its end is known to a tick only.
		measure_once "$GUEST-$1-2" "${@:2}" --cpus 2 --runs 25
		;;
	lines)
		measure_once "lines-$1" "${@:2}" --cpus 2 --flows 2000 \
			--packets 500 --runs 1
		echo "$1" >>/run/gwlb-out/order
		grep " [tTwW] " /proc/kallsyms \
			>"/run/gwlb-out/symbols.$(($(wc -l \
				</run/gwlb-out/order) - 1))"
		;;
	esac
}

measure_once()
{
	local name=$1 where=$2 before sent

	shift 2
	before=$($where)
	run_sender "$@"
	sent=$(said sent)
	if within 5 came "$sent" "$where" "$before"; then
		ok "$name: $sent packets"
		said run | sed "s/^/$name /" >>"$RUNS"
		[ -z "$PROFILE" ] || profile "$name" "$@"
	else
		not_ok "$name: $sent packets sent"
		echo "$name" >>"$INVALID"
		note "$where: $(($($where) - before))"
	fi
}

# value NAME NUMBER UNIT: what is not found by counting instructions
value()
{
	ok "$1: $2 $3"
	echo "$*" >>"$VALUES"
}

# profile NAME OPTION...: the same once more, with other packets; leaves the
# number of samples of each of the kernel's functions
profile()
{
	local name=$1 pid

	shift
	rm -f "$WORK"/{control,answer}
	mkfifo "$WORK"/{control,answer}
	# A prime, or else the same places of a packet's way would be met.
	perf record -q -a -D -1 -e cpu-clock:k -c 19997 \
		--control "fifo:$WORK/control,$WORK/answer" \
		-o "$WORK/perf.data" >"$WORK/perf.log" 2>&1 &
	pid=$!
	must ip netns exec "$SIM" "$BENCH/sender" --first 1000000 \
		--perf "$WORK" "$@" "$wire" "$APP_MAC" $NODE $LOCAL
	kill -INT $pid
	wait $pid
	perf report --stdio -q -i "$WORK/perf.data" -F sample,symbol \
		2>>"$WORK/perf.log" |
		awk '$2 == "[k]" { print $1, $3 }' \
		>"/run/gwlb-out/profile-$name"
	check "$name: profile" [ -s "/run/gwlb-out/profile-$name" ]
}

# gwlb RULES WHERE [MODE]: the module with so many rules, and no flows; WHERE
# is the one that accepts, first or last
gwlb()
{
	gwlb_rules "$BENCH/$1-$2.rules" "${@:3}"
}

# gwlb_rules FILE [MODE]: the module with these rules, and no flows
gwlb_rules()
{
	load_module
	must ctl rule load "$1"
	must ctl config set send-mode "${2:-reflect}"
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

refused_or_remembered()
{
	echo $(($(counter drop-rule) + $(counter drop-remembered)))
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

into_appliance()
{
	ip -n "$APP" -s -json link show dev eth0 |
		jq '.[0].stats64.rx.packets'
}

nowhere()
{
	ip -n "$SIM" -s -json link show dev nowhere |
		jq '.[0].stats64.tx.packets'
}

# What the sender alone costs, for packets that end at the appliance: as no XDP
# copies them anywhere, "drop" would take off more than they cost. Their share
# of the wire is not taken off, to their disadvantage.
case_nowhere()
{
	local wire=nowhere

	must ip -n "$SIM" link add nowhere type dummy
	must ip -n "$SIM" link set nowhere up
	measure nowhere nowhere
	must ip -n "$SIM" link del nowhere
}

case_floor()
{
	must insmod "$BENCH/floor/gwlb_floor.ko"
	measure floor back
	must rmmod gwlb_floor
}

# Where packets were dropped is counted by nobody: none has come back.
case_floor_drop()
{
	must insmod "$BENCH/floor/gwlb_floor.ko" drop=1
	measure floor-drop into_appliance
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

# The module that remembers which flows are refused
gwlb_remembers()
{
	{ cat "$BENCH/1000-last.rules"; echo refused remember; } \
		>"$WORK/rules"
	gwlb_rules "$WORK/rules"
}

# Flows of which the table knows that they are refused
case_denied_remembered()
{
	gwlb_remembers
	measure denied-remembered refused_or_remembered --establish \
		--flows 1000 --port 23
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

for file in "$BENCH"/cases/*.sh; do
	# shellcheck source=/dev/null
	. "$file"
done
WORK=$(mktemp -d)
on_exit rm -rf "$WORK"
uname -r >/run/gwlb-out/kernel
: >"$RUNS"
: >"$VALUES"
: >"$INVALID"
# XDP on veth takes no larger packets.
case $GUEST in
virtio) virtio_pair ;;
two|plain|lines)
	setup_pair 3000
	two_queues
	;;
*) setup_pair 3000 ;;
esac
xdp "$SIM" wire0 xdpdrv drop
wire=wire0
# What is taken off from all others is always measured.
case_drop
[ "$GUEST" != one ] || case_nowhere
[ $# -gt 0 ] || mapfile -t all < <(compgen -A function case_)
for name in "${@/#/case_}" ${all[@]+"${all[@]}"}; do
	[[ $name = case_drop || $name = case_nowhere ]] || "${name//-/_}"
done
