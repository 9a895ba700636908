#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rulesets are replaced as a whole while packets come in on all CPUs: none of
# them is judged by half of one and half of another, and none is lost.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

REPLACEMENTS=${REPLACEMENTS:-400}
FILLERS=${FILLERS:-300}

# fillers: rules that match nothing that is sent here
fillers()
{
	local i

	for ((i = 0; i < FILLERS; i++)); do
		echo "rule to 198.51.$((i >> 8)).$((i & 255)) proto udp reject"
	done
}

# Both accept the same packets, but whoever takes the options, a set or the
# group from one of them and rules from the other, or begins in one list of
# rules and goes on in the other, can find nothing that accepts.
write_rulesets()
{
	{
		echo "policy drop; timeout udp 1000"
		echo "inside 10.1.0.0/16"
		echo "set hosts address { 10.2.0.1 }"
		echo "set others address { 10.1.0.0/16 }"
		echo "group g { endpoint $ENDPOINT }"
		echo "rule out: group g direction out to @hosts proto udp accept"
		fillers
	} >"$work/a"
	{
		echo "policy drop; timeout udp 1000"
		echo "inside none"
		echo "set hosts address { 192.0.2.1 }"
		echo "set others address { 10.2.0.0/16 }"
		echo "group g { endpoint $ENDPOINT }"
		fillers
		echo "rule in: group g direction in to @others proto udp accept"
	} >"$work/b"
}

# start_gen NAME OPTION...: until it is stopped; nice, so that what is tested
# gets its turn
start_gen()
{
	local name=$1

	shift
	ip netns exec "$SIM" nice -n 19 "$FLOWGEN" --rounds 0 "$@" \
		wire0 "$APP_MAC" $NODE $LOCAL >"$work/gen.$name" &
	gens+=($!)
}

# Some flows that live, and on each CPU ever new ones
start_gens()
{
	start_gen live --cpu 0 --flows 64 --steps "> <" --client 10.1.0.0
	start_gen fresh0 --cpu 0 --flows 64 --steps "> <" --fresh \
		--outer-port 60001 --client 10.1.100.0
	start_gen fresh1 --cpu $(($(nproc) - 1)) --flows 64 --steps "> <" \
		--fresh --outer-port 60002 --client 10.1.200.0
}

stop_gens()
{
	local pid

	for pid in "${gens[@]}"; do
		stop "$pid"
	done
	gens=()
}

# check_gens NAME: nothing was lost
check_gens()
{
	local what

	for what in live fresh0 fresh1; do
		note "$what: $(cat "$work/gen.$what")"
		check "$1, $what flows: all sent came back" grep -Eqx \
			'sent ([1-9][0-9]*) returned \1 other 0' \
			"$work/gen.$what"
	done
}

# more_returned: for wait_for, 500 packets more than $mark
more_returned()
{
	reaches returned $((mark + 500))
}

# drops: all there were
drops()
{
	ctl stats --json |
		jq '[.counters[] | select(.class == "drop").packets] | add'
}

test_under_traffic()
{
	local i bad=0 before generation

	rules <"$work/a"
	before=$(drops)
	start_gens
	generation=$(ctl status --json | jq '.["ruleset-generation"]')
	for ((i = 0; i < REPLACEMENTS; i += 2)); do
		ctl rule load "$work/b" || bad=$((bad + 1))
		ctl rule load "$work/a" || bad=$((bad + 1))
	done >"$work/load" 2>&1
	is "$REPLACEMENTS replacements" $bad 0
	[ $bad -eq 0 ] || note "$(head "$work/load")"
	is "each is a generation" \
		"$(($(ctl status --json | jq '.["ruleset-generation"]') -
			generation))" $REPLACEMENTS
	mark=$(counter returned)
	check "packets still come back" wait_for 20 more_returned
	stop_gens
	check_gens "rules"
	is "no packet was judged by half a ruleset" "$(($(drops) - before))" 0
	check_balance
}

# Elements of sets, the same way
test_sets_under_traffic()
{
	local i bad=0 before

	rules <"$work/a"
	before=$(drops)
	start_gens
	for ((i = 0; i < REPLACEMENTS / 10; i++)); do
		ctl set add hosts 10.3.0.0/16 2001:db8::1 || bad=$((bad + 1))
		ctl set del hosts 10.3.0.0/16 2001:db8::1 || bad=$((bad + 1))
	done >"$work/load" 2>&1
	is "sets: changed often" $bad 0
	mark=$(counter returned)
	check "sets: packets still come back" wait_for 20 more_returned
	stop_gens
	check_gens "sets"
	is "sets: nothing was dropped" "$(($(drops) - before))" 0
	check_balance
}

# One flow that the last of many rules has refused, which is remembered, and
# rulesets without that rule: each packet is refused by rules of one time.
test_remembered()
{
	local i bad=0 before

	{
		echo "policy drop; refused remember"
		fillers
		echo "rule last: proto udp drop"
	} >"$work/many"
	echo "policy drop; refused remember; rule last: proto udp drop" \
		>"$work/one"
	rules <"$work/one"
	before=$(dropped_by_rules)
	ip netns exec "$SIM" nice -n 19 "$TOP/selftests/flowgen/flood" \
		--count 1000000000 wire0 "$APP_MAC" $NODE $LOCAL &
	gens+=($!)
	for ((i = 0; i < REPLACEMENTS / 10; i++)); do
		ctl rule load "$work/many" || bad=$((bad + 1))
		ctl rule load "$work/one" || bad=$((bad + 1))
	done >"$work/load" 2>&1
	stop_gens
	is "remembered: replaced often" $bad 0
	check "remembered: packets were refused" test \
		$(($(dropped_by_rules) - before)) -gt $((REPLACEMENTS * 10))
	is "remembered: all by this rule or for what it had said" \
		"$(ctl stats --json | jq -c '[.counters[] | select(.class ==
		"drop" and .packets > 0).name] | sort')" \
		'["drop-remembered","drop-rule"]'
	check_balance
}

dropped_by_rules()
{
	echo $(($(counter drop-rule) + $(counter drop-remembered)))
}

gens=()
setup_up
start_probe
on_exit stop_gens
write_rulesets
test_under_traffic
test_sets_under_traffic
test_remembered
