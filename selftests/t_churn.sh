#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Up and down, namespaces that go away and the module being unloaded, each of
# them many times while packets come in on all CPUs as fast as they can.
# Whatever goes wrong is in the kernel's log, which the guest's runner reads.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/percpu.sh"

ROUNDS=${ROUNDS:-12}

# in_sim_namespace: the first flood has got that far
in_sim_namespace()
{
	grep -q wire0: "/proc/${floods[0]}/net/dev"
}

# start_floods: one for each CPU
start_floods()
{
	local cpu

	floods=()
	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		# Nice, so that what is tested gets its turn.
		ip netns exec "$SIM" taskset -c $cpu nice -n 19 \
			"$TOP/selftests/flowgen/flood" \
			--endpoints 50 --nodes 2 \
			wire0 "$APP_MAC" $NODE $LOCAL >/dev/null &
		floods+=($!)
	done
	wait_for 10 in_sim_namespace ||
		bail_out "flood does not start"
}

stop_floods()
{
	local pid

	for pid in "${floods[@]}"; do
		stop "$pid"
	done
	floods=()
}

# returned: how many packets came back so far, without starting a program
returned()
{
	local name packets

	while read -r name _ packets _; do
		if [ "$name" = wire0: ]; then
			echo "$packets"
			return
		fi
	done <"/proc/${floods[0]}/net/dev"
}

# flowing: packets are returned at this moment
flowing()
{
	local end=$((SECONDS + 20)) enough=$(($(returned) + 200))

	until [ "$(returned)" -ge "$enough" ]; do
		[ $SECONDS -lt $end ] || return 1
	done
}

on_exit stop_floods
floods=()

test_up_down()
{
	local i bad=0

	setup_up
	start_floods
	for ((i = 0; i < ROUNDS; i++)); do
		flowing || bad=$((bad + 1))
		ctl down || bad=$((bad + 1))
		up >/dev/null || bad=$((bad + 1))
	done
	is "$ROUNDS times down and up" $bad 0
	stop_floods
	check_balance
}

test_unload()
{
	local i bad=0

	start_floods
	for ((i = 0; i < ROUNDS; i++)); do
		flowing || bad=$((bad + 1))
		rmmod gwlb || bad=$((bad + 1))
		insmod "$GWLB_KO" || bad=$((bad + 1))
		up >/dev/null || bad=$((bad + 1))
	done
	is "$ROUNDS times unloaded and loaded" $bad 0
	stop_floods
	must rmmod gwlb
	check_percpu "no per-CPU memory is lost by that"
	must insmod "$GWLB_KO"
}

test_namespace()
{
	local i bad=0

	for ((i = 0; i < ROUNDS; i++)); do
		must ip netns del "$APP"
		must ip netns add "$APP"
		must ip link add wire0 netns "$SIM" mtu 9001 type veth \
			peer name eth0 netns "$APP" mtu 9001 address "$APP_MAC"
		must ip -n "$SIM" addr add $NODE/24 dev wire0
		must ip -n "$APP" addr add $LOCAL/24 dev eth0
		must ip -n "$SIM" link set wire0 up
		must ip -n "$APP" link set eth0 up
		must up
		start_floods
		flowing || bad=$((bad + 1))
		must ip netns del "$APP"
		must ip netns add "$APP"
		stop_floods
	done
	is "$ROUNDS namespaces removed" $bad 0
	check "the module is not held by any of them" rmmod gwlb
	check_percpu "no per-CPU memory is left of them"
	must insmod "$GWLB_KO"
}

test_up_down
test_unload
test_namespace
