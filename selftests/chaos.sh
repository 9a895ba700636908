#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything at once, on all CPUs, for CHAOS_SECONDS (60): traffic of all kinds,
# rules replaced and tried, sets and peers changed, dumps, events, captures,
# flows flushed, up and down, places and devices changed, namespaces that come
# and go, the module reloaded. Then it is quiet, and all has to work and to add
# up; when the module is gone, nothing is left of it. What else goes wrong is in
# the kernel's log, which the guest's runner reads.
#
# Nobody does what he does as fast as he can, or who is slow never gets his turn
# on a slow machine. Each actor has so many rounds, evenly over the time. If
# some have not had a third of them by then, it goes on until they have, while
# those who had theirs do something now and then. A kernel that is slow by design
# gets less to do.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"
. "$(dirname "$0")/memory.sh"
. "$(dirname "$0")/percpu.sh"

CHAOS_SECONDS=${CHAOS_SECONDS:-60}
# An actor that has not had its rounds by then is stuck.
CHAOS_LATEST=$((CHAOS_SECONDS + 300 * ${SLOW:-1}))
# Flows that are begun in a second on each CPU, all the time, a few at once
STEADY=$((100 / SLOW / SLOW))
# Of memory that the kernel keeps for itself, in kilobytes
SLAB_SLACK=8192

CHURN=churn-$$
CHURN_LOCAL=192.168.10.100
CHURN_NODE=192.168.10.1

# What a command may say because of what others do meanwhile: the module is not
# there, or has just come back and has no rules yet; rules with other sets came
# in between; rules on trial have to be confirmed first.
EXCUSES='module gwlb is not loaded|there is no such set|the set has it already'
EXCUSES+='|the set has no such element|still has to be confirmed'

actors=()
names=()
steady=()

# write_rulesets: two that differ in all that rules can have
write_rulesets()
{
	local i

	{
		echo "policy drop; timeout udp 2; flow-max 2000"
		echo "pickup loose; refused remember"
		echo "set hosts address { 10.2.0.1, fd00:2::1 }"
		echo "group g { endpoint $ENDPOINT }"
		for ((i = 0; i < 100; i++)); do
			echo "rule to 198.51.100.$i proto udp dport $i reject"
		done
		echo "rule f: fragment later accept"
		echo "rule out: group g to @hosts log \"a\" accept"
	} >"$work/a"
	{
		echo "policy accept; timeout tcp-syn 2; on-full stateless"
		echo "set hosts address { 10.1.0.0/16, fd00:1::/32 }"
		echo "rule icmp: proto icmp, ipv6-icmp state related accept"
		echo "rule limited: proto udp limit 100/second accept"
		echo "rule no: from @hosts proto tcp dport 81 reject"
	} >"$work/b"
}

# try COMMAND...: it works, or says why it cannot just now
try()
{
	local out

	out=$("$@" 2>&1) && return 0
	grep -qE -- "$EXCUSES" <<<"$out" ||
		printf '%s: %s\n' "$*" "$out" >>"$work/bad"
	return 1
}

# pause_until MS: of the clock of now_ms
pause_until()
{
	local left

	now_ms
	left=$(($1 - ms))
	[ $left -gt 0 ] || return 0
	# A program that sleeps is slow to start. Nobody writes there.
	read -rt "$((left / 1000)).$(printf '%03d' $((left % 1000)))" -u "$never"
	return 0
}

# now_ms: sets ms
now_ms()
{
	ms=$((${EPOCHREALTIME/./} / 1000))
}

# next_turn N MOST: when the next round is to begin, after N: sets turn. Who had
# his share leaves the CPUs to others, but does not leave it all as he did last:
# what is down has to come up again.
next_turn()
{
	turn=$((began_ms + $1 * CHAOS_SECONDS * 1000 / $2))
	if [ "$1" -ge "$2" ] ||
	   { [ $SECONDS -ge $end ] && [ "$1" -ge $(($2 / 3)) ]; }; then
		now_ms
		turn=$((ms + 3000))
	fi
}

# act NAME MOST ROUND...: calls the function ROUND again and again until all
# have had enough, so that it has worked MOST times in a minute, of a kernel that
# is not slow; it is told how often it has. What did not work is tried again soon.
act()
{
	local name=$1 most=$(($2 * CHAOS_SECONDS / 60 / SLOW)) n=0 turn

	shift 2
	[ $most -ge 3 ] || most=3
	echo $most >"$work/most.$name"
	echo 0 >"$work/rounds.$name"
	(
		until [ -e "$work/enough" ]; do
			if "$@" $n; then
				n=$((n + 1))
				next_turn $n $most
			else
				now_ms
				turn=$((ms + 500))
			fi
			echo $n >"$work/rounds.$name"
			pause_until $turn
		done
	) >/dev/null 2>>"$work/errors" &
	actors+=($!)
	names+=("$name")
}

# start_steady CPU PORT: traffic at a fixed rate until it is stopped
start_steady()
{
	ip netns exec "$SIM" "$FLOWGEN" --cpu "$1" --outer-port "$2" \
		--rate $STEADY --batch 8 --rounds 0 --fresh \
		--flows 1000000 --clients 60000 --steps '> <' \
		wire0 "$APP_MAC" $NODE $LOCAL \
		>"$work/steady.$2" 2>&1 &
	steady+=($!)
}

stop_steady()
{
	local pid

	for pid in "${steady[@]}"; do
		stop "$pid"
	done
	steady=()
}

# Rounds

# some_returned FILE: what flowgen, or geneve.py, printed; while the appliance
# is down nothing comes back. Only flowgen knows which packets are its own.
some_returned()
{
	grep -qE '^sent [0-9]+ returned [1-9][0-9]* (other 0|exact )' "$1"
}

traffic()
{
	local out=$work/gen.$BASHPID

	gen --cpu "$1" --outer-port "$2" --flows $((100 / SLOW)) --rounds 2 \
		"${@:3}" >"$out" && some_returned "$out"
}

# mixed CPU PORT ROUND: one kind after the other
mixed()
{
	case $(($3 % 4)) in
	0) traffic "$1" "$2" --steps '> <' ;;
	1) traffic "$1" "$2" --proto tcp --steps '>S <SA >A <FA >FA <A' ;;
	2) traffic "$1" "$2" --proto icmp --fresh --steps '> <' ;;
	3) traffic "$1" "$2" --client fd00:1:: --server fd00:2::1 \
		--proto tcp --steps '>S <R' ;;
	esac
}

# Aggregates of datagrams
aggregates()
{
	local out=$work/gso

	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node $NODE2 --local $LOCAL --gso \
		--endpoint "${ENDPOINT#vpce-}" --count 20 --wait 5 >"$out" &&
		some_returned "$out"
}

# Fragments, errors and answers, one by one. What others had counted meanwhile
# is said, too.
single()
{
	"$TOP/selftests/probe.py" --sim "$SIM" --app "$APP" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL >"$work/single" \
		2>>"$work/single.log" <<-PACKETS
		id=1 len=1000 frag=0+504 udp 10.1.0.1 1000 10.2.0.1 53
		id=1 len=1000 frag=504+256 udp 10.1.0.1 1000 10.2.0.1 53
		id=1 len=1000 frag=496+256 udp 10.1.0.1 1000 10.2.0.1 53
		udp 10.1.0.1 1000 10.2.0.1 53
		error 10.2.0.9 10.1.0.1 3 3 about udp 10.1.0.1 1000 10.2.0.1 53
		tcp 10.1.0.1 1000 10.2.0.1 81 S
	PACKETS
	grep -qE '^returned$|![1-9][0-9]* came back' "$work/single"
}

rulesets()
{
	try ctl rule load "$work/a" && try ctl rule load "$work/b"
}

# Rules on trial, which come back by themselves
trial()
{
	try ctl rule load --confirm 1 "$work/a"
}

# Rules may come in between, and with them the set as they have it.
sets()
{
	local rc=0

	try ctl set add hosts 10.3.0.0/16 2001:db8::1 || rc=1
	try ctl set del hosts 10.3.0.0/16 2001:db8::1
	return $rc
}

peers()
{
	try ctl peer set 192.168.9.0/28 && try ctl peer flush
}

# dumps ROUND: one after the other
dumps()
{
	local lists=("flow list" "rule list --counters" "endpoint list"
		     "node list" "set list" stats status)

	# shellcheck disable=SC2086 # words are wanted
	try ctl ${lists[$1 % ${#lists[@]}]}
}

flushes()
{
	try ctl flow flush endpoint $ENDPOINT && try ctl flow flush --all
}

# up_down ROUND: in one place, in the other, and moved between them
up_down()
{
	case $(($1 % 4)) in
	0) try ctl down && try ctl up attach prerouting ;;
	1) try ctl down && try ctl up attach ingress dev eth0 ;;
	2) try ctl config set attach prerouting send-mode reflect ;;
	3) try ctl config set attach ingress dev eth0 send-mode route ;;
	esac
}

# A device that packets are to be taken from comes and goes.
devices()
{
	local rc=1

	ip link add extra0 netns "$APP" type veth peer name extra1 \
		netns "$APP" &&
		try ctl config set attach ingress dev eth0 dev extra0 && rc=0
	ip -n "$APP" link del extra0
	return $rc
}

captures()
{
	ip netns exec "$APP" timeout 60 tcpdump -nqi eth0 -c 20 \
		-w /dev/null 2>"$work/capture"
	grep -q '^20 packets captured' "$work/capture"
}

# Events are told to somebody who goes away meanwhile.
events()
{
	ip netns exec "$APP" timeout 60 "$GWLBCTL" monitor --count 5 --json \
		>"$work/events" 2>>"$work/events.log"
	[ -s "$work/events" ]
}

# churned PID: for wait_for, packets come back from there to that process
churned()
{
	local name packets

	while read -r name packets _; do
		[ "$name" != churn0: ] || [ "$packets" -lt 500 ] || return 0
	done <"/proc/$1/net/dev"
	return 1
}

# A namespace under traffic goes away, with all that is up in it.
namespaces()
{
	local flood mac rc=1

	ip netns add "$CHURN"
	ip link add churn0 netns "$SIM" type veth peer name eth0 netns "$CHURN"
	ip -n "$CHURN" addr add $CHURN_LOCAL/24 dev eth0
	ip -n "$SIM" link set churn0 up
	ip -n "$CHURN" link set eth0 up
	mac=$(ip netns exec "$SIM" cat /sys/class/net/churn0/address)
	ip -n "$CHURN" neigh replace $CHURN_NODE lladdr "$mac" dev eth0
	mac=$(ip netns exec "$CHURN" cat /sys/class/net/eth0/address)
	try "$GWLBCTL" -n "$CHURN" up && rc=0
	ip netns exec "$SIM" "$TOP/selftests/flowgen/flood" \
		--rate $((2000 / SLOW)) --endpoints 20 \
		churn0 "$mac" $CHURN_NODE $CHURN_LOCAL &
	flood=$!
	wait_for 10 churned $flood || rc=1
	ip netns del "$CHURN"
	wait_for 60 no_device churn0 || kill $flood
	wait $flood || rc=1
	return $rc
}

# no_device NAME: on the load balancer's side
no_device()
{
	! ip -n "$SIM" link show "$1"
}

# lives: for wait_for, the module has done something since it was loaded
lives()
{
	reaches returned 100
}

# insert: loads the module, and keeps in mind where it is
insert()
{
	local at size

	insmod "$GWLB_KO" || return 1
	read -r at </sys/module/gwlb/sections/.text
	read -r size </sys/module/gwlb/coresize
	printf '0x%x 0x%x\n' "$at" $((at + size)) >>"$work/places"
}

reload_module()
{
	local out

	until out=$(rmmod gwlb 2>&1); do
		# Who reads a dump holds it.
		grep -q "in use" <<<"$out" || echo "$out" >>"$work/bad"
		[ $SECONDS -lt "$latest" ] || return 1
		now_ms
		pause_until $((ms + 100))
	done
	insert 2>>"$work/bad" || return 1
	try up && try ctl rule load "$work/a" && wait_for 60 lives
}

# slab_is_back: for wait_for
slab_is_back()
{
	shrink
	no_more_than SUnreclaim $((slab_before + SLAB_SLACK))
}

stop_actors()
{
	local pid

	for pid in "${actors[@]}"; do
		stop "$pid"
	done
	actors=()
}

# all_had_theirs: each actor has had a third of its rounds
all_had_theirs()
{
	local name most n

	for name in "${names[@]}"; do
		read -r most <"$work/most.$name" &&
			read -r n <"$work/rounds.$name" &&
			[ "$n" -ge $((most / 3)) ] || return 1
	done
}

# acting: some of them still do
acting()
{
	local pid

	for pid in "${actors[@]}"; do
		! kill -0 "$pid" 2>/dev/null || return 0
	done
	return 1
}

test_all_at_once()
{
	local cpu=$(($(nproc) - 1)) name began=$SECONDS

	end=$((SECONDS + CHAOS_SECONDS))
	latest=$((SECONDS + CHAOS_LATEST))
	now_ms
	began_ms=$ms
	start_steady 0 60002
	start_steady $cpu 60003
	act mixed0 24 mixed 0 60000
	act mixed1 24 mixed $cpu 60001
	act aggregates 3 aggregates
	act single 3 single
	act rulesets 18 rulesets
	act trial 6 trial
	act sets 18 sets
	act peers 18 peers
	act dumps 42 dumps
	act flushes 18 flushes
	act up_down 24 up_down
	act devices 9 devices
	act captures 9 captures
	act events 6 events
	act namespaces 6 namespaces
	act reload 6 reload_module
	until [ $SECONDS -ge $end ] && all_had_theirs; do
		[ $SECONDS -lt $latest ] || break
		sleep 1
	done
	touch "$work/enough"
	while acting && [ $SECONDS -lt $((latest + 120)) ]; do
		sleep 1
	done
	note "all at once for $((SECONDS - began)) s"
	stop_actors
	stop_steady
	for name in "${names[@]}"; do
		check_rounds "$name" "$(cat "$work/most.$name")" \
			"$(cat "$work/rounds.$name")"
	done
	check_steady "$work"/steady.*
	is "nothing was said that has no excuse" \
		"$(sort "$work/bad" | uniq -c | head -n 20)" ""
}

# check_rounds NAME MOST ROUNDS
check_rounds()
{
	local least=$(($2 / 3))

	if [ "${3:-0}" -ge $least ]; then
		ok "$1 had its rounds"
		note "$3 of $2"
	else
		not_ok "$1 had its rounds"
		note "${3:-0}, not $least; $(tail -n 5 "$work/errors")"
	fi
}

# check_steady FILE...: nothing came back that was not sent
check_steady()
{
	local file returned other

	for file in "$@"; do
		note "$(cat "$file")"
		read -r _ _ _ returned _ other <"$file"
		check "steady traffic went on" [ "${returned:-0}" -ge 1000 ]
		is "nothing else came back" "$other" 0
	done
}

# flows_of_endpoints: how many they have, all together
flows_of_endpoints()
{
	ctl endpoint list --json | jq '[.endpoints[].flows] | add'
}

test_afterwards()
{
	must ctl up attach prerouting
	must ctl peer flush
	# Rules on trial may still be there for a second.
	check "afterwards: rules" wait_for 60 ctl rule load "$work/b"
	no_flows
	forget_arrivals
	is "afterwards: all is returned" \
		"$(gen --flows 1000 --steps '> <' --client 10.9.0.0)" \
		"sent 2000 returned 2000 other 0"
	is "afterwards: as many flows" "$(flows)" 1000
	is "afterwards: endpoints have as many" "$(flows_of_endpoints)" 1000
	check_balance
	no_flows
	is "afterwards: none after a flush" "$(flows)" 0
	is "afterwards: endpoints have none" "$(flows_of_endpoints)" 0
}

cache_is_there()
{
	grep -q '^gwlb_flow ' /proc/slabinfo
}

test_leftovers()
{
	cache_is_there && had_cache=1
	must ip netns del "$SIM"
	must ip netns del "$APP"
	check "leftovers: the module can go" rmmod gwlb
	[ -z "$had_cache" ] || exits 1 "leftovers: no cache of flows" "" \
		cache_is_there
	check_percpu "leftovers: no per-CPU memory"
	check "leftovers: other memory is back" wait_for 60 slab_is_back
	check_orphans "$work/places"
	note "slab $slab_before kB, now $(meminfo SUnreclaim)"
}

work=$(mktemp -d)
on_exit rm -rf "$work"
on_exit stop_actors
on_exit stop_steady
exec {never}<> <(:)
had_cache=""
: >"$work/bad"
: >"$work/errors"
write_rulesets
setup_up
must ctl rule load "$work/a"
# One round alone fills caches that the kernel keeps.
end=$SECONDS latest=$((SECONDS + 300))
for n in 0 1 2 3; do
	mixed 0 60000 $n
done
namespaces >/dev/null
must rmmod gwlb
shrink
slab_before=$(meminfo SUnreclaim)
must insert
must up
must ctl rule load "$work/a"
test_all_at_once
test_afterwards
test_leftovers
