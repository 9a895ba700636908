#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mixed traffic for so many MINUTES: SOAK_FLOWS in the table, which come and go
# at a fixed rate, each living for SOAK_LIFE seconds. Every SOAK_EVERY seconds a
# look at what there is of flows, slabs and per-CPU memory: the last third of
# these samples has to be as the first third is. A flow that is in the cache
# but not in the table waits for its grace period, or was lost: when the
# traffic has ended there may be none.
#
# Not a t_*.sh, as it wants a guest of its own, booted with slab_nomerge, and
# time: selftests/layers/chaos.sh runs it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"
. "$(dirname "$0")/memory.sh"

MINUTES=${MINUTES:-1}
SOAK_FLOWS=${SOAK_FLOWS:-5000}
SOAK_LIFE=${SOAK_LIFE:-10}
SOAK_EVERY=${SOAK_EVERY:-2}
# Margins between both thirds. Flows: three percent, as the collector takes its
# time, and two batches of each generator. Memory in kilobytes: what other
# things in the guest do, and two percent of what the flows take.
FLOWS_MARGIN=$((SOAK_FLOWS * 3 / 100 + 2 * 5 * 64))
SLAB_MARGIN=$((4096 + SOAK_FLOWS * 256 / 1024 / 50))
PERCPU_MARGIN=256

RATE=$((SOAK_FLOWS / SOAK_LIFE))
# How many may be waiting for their grace period while they are counted
LIMBO=$((2 * RATE + 256))

gens=()

# start_gen NAME PERCENT OPTION...: so many of a hundred flows, until it is
# stopped
start_gen()
{
	local name=$1 rate=$(($2 * RATE / 100))

	shift 2
	ip netns exec "$SIM" "$FLOWGEN" --rounds 0 --fresh --flows 1000000 \
		--rate $((rate ? rate : 1)) \
		--outer-port $((60000 + ${#gens[@]})) "$@" \
		wire0 "$APP_MAC" $NODE $LOCAL >"$work/gen.$name" &
	gens+=($!)
	names+=("$name")
}

stop_gens()
{
	local pid

	for pid in "${gens[@]}"; do
		stop "$pid"
	done
	gens=()
}

# Fragments, and an ICMP error: each line is another datagram
start_fragments()
{
	local n=0

	while :; do
		n=$((n + 1))
		echo "id=$n len=1000 frag=0+504 udp 10.7.0.1 $((n % 60000 + \
			1024)) 10.2.0.1 53"
		echo "id=$n len=1000 frag=504+504 udp 10.7.0.1 1024 10.2.0.1 53"
		echo "error 10.2.0.9 10.7.0.1 3 3 about udp 10.7.0.1" \
			"$((n % 60000 + 1024)) 10.2.0.1 53"
		sleep 1
	done | "$TOP/selftests/probe.py" --sim "$SIM" --app "$APP" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL \
		>"$work/fragments" &
	gens+=($!)
}

# What there is

# objects: flows in the slab cache; those that nobody has are given back before
# they are counted
objects()
{
	echo 1 >/sys/kernel/slab/gwlb_flow/shrink
	awk '$1 == "gwlb_flow" { print $2 }' /proc/slabinfo
}

# sample FILE: seconds, flows, flows in the cache beyond these, unreclaimable
# slabs, per-CPU memory, packets so far
sample()
{
	local n o at packets

	packets=$(counter returned)
	at=$((SECONDS - began))
	n=$(flows)
	o=$(objects)
	echo "$at $n $((o - n)) $(meminfo SUnreclaim) $(meminfo Percpu)" \
		"$packets" >>"$1"
}

# even: the samples, but flows as if each life of one had seen as many packets
# as any other. A busy machine sends late, and then more at once.
even()
{
	cat "$out/filling" "$out/samples" | awk -v from="$1" -v life="$2" '
		function at(t,   i) {
			for (i = n; i > 1 && x[i - 1] > t; i--)
				;
			return y[i - 1] + (y[i] - y[i - 1]) * (t - x[i - 1]) / \
				(x[i] > x[i - 1] ? x[i] - x[i - 1] : 1)
		}
		{ n++; x[n] = $1; y[n] = $6; line[n] = $0 }
		n > from { seen[n] = $6 - at($1 - life); sum += seen[n] }
		END {
			for (i = from + 1; i <= n; i++) {
				split(line[i], f)
				print f[1], int(f[2] * sum / (n - from) / seen[i]),
					f[3], f[4], f[5]
			}
		}'
}

# third FIRST|LAST COLUMN: its mean over that third of the samples
third()
{
	awk -v which="$1" -v column="$2" '
		{ x[NR] = $column }
		END {
			n = int(NR / 3)
			from = which == "first" ? 1 : NR - n + 1
			for (i = from; i < from + n; i++)
				sum += x[i]
			printf "%d\n", sum / n
		}' "$out/even"
}

# flat NAME COLUMN MARGIN [more]: the thirds differ by no more than MARGIN, or,
# with "more", the last has no more than that above the first
flat()
{
	local name=$1 column=$2 margin=$3 first last diff

	if [ "$(wc -l <"$out/even")" -lt 3 ]; then
		not_ok "$name: fewer samples than three"
		return
	fi
	first=$(third first "$column")
	last=$(third last "$column")
	diff=$((last - first))
	[ "${4:-}" = more ] || diff=${diff#-}
	if [ "$diff" -le "$margin" ]; then
		ok "$name: $first in the first third, $last in the last"
	else
		not_ok "$name: $first in the first third, $last in the last"
		note "they may differ by $margin"
	fi
}

# full: the first flows have ended and were found by the collector, which takes
# 8 seconds for all of the table; so there are as many as there will be
full()
{
	[ $((SECONDS - began)) -ge $((SOAK_LIFE + 20)) ] &&
		[ "$(flows)" -ge $((SOAK_FLOWS * 9 / 10)) ]
}

# fill: until it is full, or the machine turns out to be too slow
fill()
{
	local end=$((SECONDS + SOAK_LIFE * 3 + 120))

	until full; do
		[ $SECONDS -lt $end ] || bail_out \
			"$(flows) flows, not $SOAK_FLOWS: too slow a machine"
		sample "$out/filling"
		sleep "$SOAK_EVERY"
	done
}

objects_are()
{
	[ "$(objects)" = "$1" ]
}

check_gens()
{
	local name

	for name in "${names[@]}"; do
		note "$name: $(cat "$work/gen.$name")"
		check "$name: all that was sent came back" grep -Eqx \
			'sent ([1-9][0-9]*) returned \1 other 0' \
			"$work/gen.$name"
	done
	# What others had counted meanwhile is said, too.
	note "fragments: $(wc -l <"$work/fragments") lines"
	check "fragments: they were sent" \
		[ "$(wc -l <"$work/fragments")" -ge $((MINUTES * 15)) ]
	is "fragments: all came back" "$(grep -vE \
		'^ready$|^returned$|!1 came back' "$work/fragments" |
		sort | uniq -c | head)" ""
}

[ -d /sys/kernel/slab ] || bail_out "no /sys/kernel/slab"
names=()
setup_up
grep -q '^gwlb_flow ' /proc/slabinfo ||
	bail_out "the cache of flows is not to be seen: boot with slab_nomerge"
work=$(mktemp -d)
on_exit rm -rf "$work"
on_exit stop_gens
# Kept, and to be looked at while it runs, if the guest has a place for that
out=$work
[ ! -d /run/gwlb-out ] || out=/run/gwlb-out
rm -f "$out"/{filling,samples,even}
rules <<-RULES
	policy accept
	flow-max $((2 * SOAK_FLOWS)); flow-max-endpoint $((2 * SOAK_FLOWS))
	timeout tcp-syn $SOAK_LIFE; timeout tcp-established $SOAK_LIFE
	timeout tcp-closing $SOAK_LIFE; timeout tcp-closed $SOAK_LIFE
	timeout udp $SOAK_LIFE; timeout icmp $SOAK_LIFE
	timeout other $SOAK_LIFE
RULES
began=$SECONDS
start_gen tcp 30 --cpu 0 --proto tcp --steps '>S <SA >A' --endpoints 8
start_gen closed 20 --cpu 1 --proto tcp --port 80 \
	--steps '>S <SA >A <FA >FA <A'
start_gen udp 25 --cpu 0 --steps '> <'
start_gen icmp 5 --cpu 1 --proto icmp --clients 60000 --steps '> <'
start_gen ipv6 20 --cpu 1 --proto tcp --client fd00:1:: --server fd00:2::1 \
	--steps '>S <SA >A'
start_fragments
fill
note "full after $((SECONDS - began)) s: $(flows) flows"
end=$((SECONDS + MINUTES * 60))
while [ $SECONDS -lt $end ]; do
	sample "$out/samples"
	sleep "$SOAK_EVERY"
done
note "$(wc -l <"$out/samples") samples; seconds, flows, others in the cache," \
	"slab kB, percpu kB, packets"
note "$(sed -n '1p; $p' "$out/samples")"
# The collector needs 8 seconds for all of the table, 4 for a flow.
even "$(wc -l <"$out/filling")" $((SOAK_LIFE + 4)) >"$out/even"
flat "flows" 2 $FLOWS_MARGIN
flat "flows that are in no table" 3 $LIMBO more
flat "kB of slabs" 4 $SLAB_MARGIN
flat "kB of per-CPU memory" 5 $PERCPU_MARGIN
stop_gens
check_gens
check_balance
check "afterwards: all flows end" wait_for $((SOAK_LIFE * 2 + 120)) flows_are 0
check "afterwards: none is left in the cache" wait_for 60 objects_are 0
note "$(objects) in the cache"
