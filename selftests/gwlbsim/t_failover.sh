#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# End-to-end test of gwlbsim when targets die, come and go: health checks, both
# kinds of failover, deregistration, fail-open, and who is to blame for what is
# missing. Needs root and /dev/net/tun, no kernel module.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/region.sh"

make_region
start_appliances

# The responders go on writing at the end of what is left: nothing.
forget_askers()
{
	local name

	for name in a1 a2 b1; do
		: >"$work/checks-$name"
	done
}

# askers NAME: who checked its health, and how it asked
askers()
{
	sort -u "$work/checks-$1" | paste -sd ' '
}

# all_asked N: each appliance was asked by that many nodes
all_asked()
{
	local name

	for name in a1 a2 b1; do
		[ "$(sort -u "$work/checks-$name" | wc -l)" -eq "$1" ] ||
			return 1
	done
}

test_probers()
{
	local a="10.9.1.10 /health" b="10.9.2.10 /health"

	forget_askers
	start_checked
	is "off: checked by the node of its zone" \
		"$(askers a1), $(askers a2), $(askers b1)" "$a, $a, $b"
	stop_region
	forget_askers
	start_checked --cross-zone on
	check "on: checked by all nodes" wait_for 10 all_asked 2
	is "on: from the nodes' addresses" "$(askers b1)" "$a $b"
	stop_region
}

test_initial()
{
	start_region --health http:8080/ --healthy 10
	is "targets begin as initial" \
		"$(control targets | jq -c '[.targets[].state] | unique')" \
		'["initial"]'
	is "an initial target gets nothing" "$(udp 10.1.0.2 1000 3)" 0
	shows "and that is counted" '.no_healthy_appliance == 3 and .sent == 0'
	stop_region
}

# said STATE: how often it was said of the first appliance
said()
{
	grep -c "appliance $A1 is $1" "$work/sim.err"
}

# Two bad ones are not enough (or four good ones would be heard of), three are;
# three good ones are not enough (or three bad ones would), four are.
test_thresholds()
{
	start_region --health http:8080/ --health-interval 1000 --healthy 4 \
		--unhealthy 3
	healthy a1
	health a1 503 503 200 200 200 200 503 503 503 200 200 200 503 503 503 \
		200
	check "thresholds are reached" \
		wait_for 60 stat_is '.a1.checks_failed >= 8'
	healthy a1
	is "and not before: unhealthy once" "$(said unhealthy)" 1
	is "healthy twice" "$(said healthy)" 2
	stop_region
}

test_answers()
{
	start_checked
	health a1 400
	check "unhealthy by status 400" \
		wait_for 20 stat_is '.a1.state == "unhealthy"'
	health a1 399
	check "healthy by status 399" \
		wait_for 20 stat_is '.a1.state == "healthy"'
	health a1 hang
	check "unhealthy without an answer" \
		wait_for 20 stat_is '.a1.state == "unhealthy"'
	shows "the others are healthy" '.a2.state == "healthy" and
		.b1.state == "healthy"'
	health a1 200
	stop_region
}

test_rebalance()
{
	local flows others

	start_checked --cross-zone on --failover rebalance
	is "flows begin" "$(udp 10.1.0.2 1000 60)" 60
	flows=$(number .a1.flows)
	others=$(number '[.a2.flows, .b1.flows] | add')
	kill_appliance a1
	unhealthy a1
	is "rebalance: flows of a dead target come back" \
		"$(udp 10.1.0.2 1000 60)" 60
	shows "rebalance: its flows moved, and no others" "
		.rebalanced == $flows and .a1.flows == 0 and
		.a2.flows + .b1.flows == 60 and .flows == 60"
	is "rebalance: they keep their cookies" \
		"$(grep -c 'vpce-' "$work/sim.err")" 60
	shows "rebalance: each packet went to the target of its flow" "
		.a1.sent == 2 * $flows and .missing == 0 and
		.a2.sent + .b1.sent == 4 * $others + 2 * $flows"
	revive a1 10.9.11.1
	healthy a1
	is "rebalance: flows come back afterwards" "$(udp 10.1.0.2 1000 60)" 60
	shows "rebalance: they do not go home" "
		.rebalanced == $flows and .a1.flows == 0"
	stop_region
}

test_no_rebalance()
{
	local flows

	start_checked --cross-zone on
	is "flows begin" "$(udp 10.1.0.2 1000 60)" 60
	flows=$(number .a1.flows)
	kill_appliance a1
	unhealthy a1
	is "no_rebalance: flows of a dead target are lost" \
		"$(udp 10.1.0.2 1000 60)" $((60 - flows))
	shows "no_rebalance: their packets are missing, as it is dead" "
		.missing == $flows and .missing_unhealthy == $flows and
		.a1.missing_unhealthy == $flows and .rebalanced == 0"
	is "no_rebalance: new flows live" "$(udp 10.1.0.2 2000 30)" 30
	shows "no_rebalance: somewhere else" ".a1.flows == $flows"
	revive a1 10.9.11.1
	healthy a1
	is "no_rebalance: all is well when it is back" \
		"$(udp 10.1.0.2 1000 60)" 60
	stop_region
}

# Lost before anybody knew; and without a reason
test_blame()
{
	local flows n

	start_checked --unhealthy 10 --health-timeout 400
	is "flows begin" "$(udp 10.1.0.2 1000 20)" 20
	flows=$(number .a1.flows)
	kill_appliance a1
	n=$(udp 10.1.0.2 1000 20)
	is "packets are lost before their target is unhealthy" \
		"$n" $((20 - flows))
	unhealthy a1
	shows "they are put down to its death" "
		.missing == $flows and .missing_unhealthy == $flows"
	revive a1 10.9.11.1
	healthy a1
	stop_region

	reflect a1 drop
	start_checked
	n=$(udp 10.1.0.2 1000 20)
	flows=$(number .a1.flows)
	shows "what an appliance drops is not put down to its death" "
		.missing == $flows and .missing_unhealthy == 0 and $n > 0 and
		.a1.missing == $flows"
	kill_appliance a1
	unhealthy a1
	shows "not even if it dies later" ".missing_unhealthy == 0"
	revive a1 10.9.11.1
	reflect a1
	stop_region
}

test_deregister()
{
	local flows sent ok

	start_checked --failover "$1" --deregistration-delay 15000
	is "$1: flows begin" "$(udp 10.1.0.2 1000 40)" 40
	flows=$(number .a1.flows)
	is "$1: deregistered" "$(control "deregister $A1" | jq -r .state)" \
		draining
	is "$1: flows of a draining target live" "$(udp 10.1.0.2 1000 40)" 40
	is "$1: new flows live" "$(udp 10.1.0.2 2000 40)" 40
	shows "$1: on another target" ".a1.flows == $flows and
		.a1.sent == 4 * $flows and .a1.state == \"draining\""
	check "$1: unused after the delay" \
		wait_for 20 stat_is '.a1.state == "unused"'
	is "$1: flows live all the same" "$(udp 10.1.0.2 1000 40)" 40
	if [ "$1" = rebalance ]; then
		shows "$1: on another target" ".rebalanced == $flows and
			.a1.flows == 0 and .a1.sent == 4 * $flows"
	else
		shows "$1: where they were" ".rebalanced == 0 and
			.a1.flows == $flows and .a1.sent == 6 * $flows"
	fi
	ok=$(number .a1.checks_ok)
	sent=$(number .a2.checks_ok)
	wait_for 20 stat_is ".a2.checks_ok >= $sent + 3"
	is "$1: nobody checks what is unused" "$(number .a1.checks_ok)" "$ok"
	is "$1: registered again, it is new" \
		"$(control "register $A1" | jq -r .state)" initial
	healthy a1
	is "$1: it gets flows again" "$(udp 10.1.0.2 3000 40)" 40
	shows "$1: some" ".a1.flows > 0 and .a2.flows > 0 and .missing == 0"
	stop_region
}

test_fail_open()
{
	start_checked --failover rebalance --deregistration-delay 0
	is "flows begin" "$(udp 10.1.0.2 1000 20)" 20
	health a1 503
	health a2 503
	unhealthy a1
	unhealthy a2
	is "all are unhealthy: flows live" "$(udp 10.1.0.2 1000 20)" 20
	is "all are unhealthy: new flows live" "$(udp 10.1.0.2 2000 20)" 20
	shows "all are unhealthy: they stay in their zone" '.fail_open == 20 and
		.b1.sent == 0 and .a1.flows > 0 and .a2.flows > 0'
	health a1 200
	healthy a1
	is "one is healthy: flows live" "$(udp 10.1.0.2 1000 20)" 20
	is "one is healthy: new flows live" "$(udp 10.1.0.2 3000 20)" 20
	shows "one is healthy: it has them" '.fail_open == 20 and
		.a1.flows == .flows - .a2.flows and .a2.flows < 20'
	health a2 200
	control "deregister $B1" >/dev/null
	is "a zone without a target: a black hole" "$(udp 10.1.0.3 1000 5)" 0
	shows "a zone without a target: counted" '.no_healthy_appliance == 5'
	stop_region
}

test_probers
test_initial
test_thresholds
test_answers
test_rebalance
test_no_rebalance
test_blame
test_deregister rebalance
test_deregister no_rebalance
test_fail_open
