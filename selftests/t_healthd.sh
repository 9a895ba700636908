#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlb-healthd and the module: each reason for 503, made for real, and the way
# back; metrics that are what gwlbctl says; and a scrape that changes nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/healthd.sh"

# From a server that was there first
test_setting_up()
{
	unfit "no module" "module hook ruleset interface flows drain" \
		"^not loaded"
	is "no module: metrics say so" "$(get /metrics | grep ^gwlb_up)" \
		"gwlb_up 0"
	load_module
	unfit "loaded" "hook ruleset interface" "^down, packets are left"
	must ctl peer set 192.168.9.0/28
	unfit "peers" "hook ruleset" "^down, packets are left"
	must ctl rule load "$work/rules"
	unfit "rules" "hook" "^down, packets are left"
	must ctl up
	fit "up"
}

test_state()
{
	must ctl down
	unfit "down" hook "^down, packets are left to the host"
	must ctl up
	fit "up again"
	echo "policy accept" | must ctl rule load -
	unfit "no rules" ruleset "^no rules are loaded, every well-formed"
	echo "policy drop" | must ctl rule load -
	fit "a policy that drops"
	must ctl rule load "$work/rules"
	fit "rules again"
}

test_interface()
{
	must ip -n "$APP" link set eth0 mtu 8567
	unfit "MTU 8567" interface "^eth0 has an MTU of 8567, less than 8568$"
	must ip -n "$APP" link set eth0 mtu 1500
	unfit "MTU 1500" interface "^eth0 has an MTU of 1500, less than 8568$"
	must ip -n "$APP" link set eth0 mtu 8568
	fit "MTU 8568"
	must ip -n "$APP" link set eth0 mtu 9001

	must ip -n "$APP" route add 192.168.9.0/28 dev eth0 mtu 1500
	unfit "a route of MTU 1500" interface "^the route by eth0 has an MTU of"
	must ip -n "$APP" route del 192.168.9.0/28 dev eth0
	fit "without it"

	must ip -n "$SIM" link set wire0 down
	check "no carrier is seen" wait_for 10 no_carrier
	unfit "no carrier" interface "^eth0 has no carrier$"
	must ip -n "$SIM" link set wire0 up
	check "carrier is seen" wait_for 10 has_carrier
	fit "carrier"

	must ip -n "$APP" link set eth0 down
	unfit "link down" interface "^there is no route to 192.168.9.0/28$"
	back_up
	fit "link up"
	test_other_interface
}

# An interface that no peer is behind does not matter, until it is the one.
test_other_interface()
{
	must ip -n "$APP" link add admin0 mtu 1500 type dummy
	must ip -n "$APP" addr add 192.168.77.1/24 dev admin0
	must ip -n "$APP" link set admin0 up
	must ip -n "$APP" route add default via 192.168.77.2 dev admin0
	fit "an interface for administration"
	must ctl peer add 192.168.77.0/24
	unfit "a peer there" interface "^admin0 has an MTU of 1500"
	must ctl peer flush
	unfit "no peers" interface "^admin0 has an MTU of 1500"
	must ip -n "$APP" route replace default via $NODE dev eth0
	fit "another default route"
	must ctl peer set 192.168.9.0/28
	must ip -n "$APP" link del admin0
	must ip -n "$APP" route del default
	fit "as before"
}

test_flows()
{
	is "100 connections" "$(gen --proto tcp --flows 100 \
		--steps '>S <SA >A')" "sent 300 returned 300 other 0"
	unfit "the table is full" flows \
		"^the table is full: 100 of 100 flows$"
	must ctl flow flush --all
	fit "flows are gone"
	is "200 attempts, more than there is room for" "$(gen --proto tcp \
		--flows 200)" "sent 200 returned 200 other 0"
	fit "a flood makes way"
	check "and says so" grep -q "100 of 100 flows, 100 of them make way" \
		<(get /)
	must ctl flow flush --all
}

# What is open goes on to its last byte, and nobody is turned away.
test_drain()
{
	local before

	is "20 connections" "$(gen --proto tcp --flows 20 \
		--steps '>S <SA >A')" "sent 60 returned 60 other 0"
	must ctl drain on
	unfit "draining" drain "^draining (gwlbctl drain off)$"
	before=$(counter returned)
	is "draining: connections go on" "$(gen --proto tcp --flows 20 \
		--steps '>A <A >FA <FA >A')" "sent 100 returned 100 other 0"
	is "draining: they are counted" $(($(counter returned) - before)) 100
	is "draining: new ones are served, too" "$(gen --proto tcp --first 20 \
		--flows 20 --steps '>S <SA >A')" "sent 60 returned 60 other 0"
	is "draining: metrics say so" "$(get /metrics |
		grep '^gwlb_draining\|^gwlb_healthy ' | xargs)" \
		"gwlb_healthy 0 gwlb_draining 1"
	must ctl drain off
	fit "not draining"
	must ctl flow flush --all
}

# The log has the changes and nothing else.
test_log()
{
	is "the log begins" "$(sed -n '2s/:.*//p' "$work/log")" unhealthy
	is "no line is like the one before" "$(tail -n +2 "$work/log" |
		sed 's/ has an MTU.*//' | uniq -d)" ""
	check "health and its end alternate" test \
		"$(grep -c '^healthy$' "$work/log")" -ge 10
}

# all_but_probes: what a scrape must not change; its own packets are counted
all_but_probes()
{
	ctl status --json | jq -c 'del(.received, .passed, .health)'
	ctl stats --json | jq -c '[.counters[] |
		select(.name != "pass-other")]'
	ctl endpoint list --json | jq -c 'del(.endpoints[].traffic.idle)'
	ctl node list --json | jq -c 'del(.nodes[].traffic.idle)'
	ctl rule list --json
	ctl flow list --json | jq -c 'del(.flows[] | .idle, .age, .expires)'
}

# Rules that were not there before count from zero.
traffic()
{
	echo "policy accept" | must ctl rule load -
	must ctl rule load "$work/rules"
	is "TCP" "$(gen --proto tcp --flows 10 --steps '>S <SA >A')" \
		"sent 30 returned 30 other 0"
	is "UDP" "$(gen --flows 5)" "sent 5 returned 5 other 0"
	is "dropped" "$(gen --flows 3 --port 54 | cut -d' ' -f1-4)" \
		"sent 3 returned 0"
	is "in a group" "$(gen --flows 4 --port 55 --endpoint $ENDPOINT2 |
		cut -d' ' -f1-4)" "sent 4 returned 0"
}

test_scrape()
{
	local before i

	all_but_probes >"$work/before"
	for i in 1 2 3 4 5; do
		get / >/dev/null
		get /metrics >/dev/null
	done
	all_but_probes >"$work/after"
	check "a scrape changes nothing" cmp "$work/before" "$work/after"
	is "promtool takes it" "$(get /metrics | promtool check metrics 2>&1)" \
		""
}

# While it is down no packet is counted, so all numbers have to be the same.
test_numbers()
{
	local unit

	must ctl down
	get /metrics >"$work/page"
	ctl stats --json >"$work/stats"
	for unit in packets bytes; do
		is "$unit received" "$(metric gwlb_received_${unit}_total)" \
			"$(jq .received.$unit "$work/stats")"
		is "$unit by reason" "$(sed -n \
			"s/^gwlb_${unit}_total{reason=\"\(.*\)\",class=\"\(.*\)\"} /\1 \2 /p" \
			"$work/page")" "$(jq -r ".counters[] |
			\"\\(.name) \\(.class) \\(.$unit)\"" "$work/stats")"
		is "$unit add up" "$(sum gwlb_${unit}_total .)" \
			"$(metric gwlb_received_${unit}_total)"
		is "$unit by endpoint" "$(sum \
			gwlb_endpoint_returned_${unit}_total .)" \
			"$(ctl endpoint list --json |
				jq "[.endpoints[].traffic.returned.$unit] |
				add")"
		is "$unit by rule" "$(sed -n \
			"s/^gwlb_rule_${unit}_total.* //p" "$work/page" |
			xargs)" "$(ctl rule list --json |
			jq ".rules[].$unit" | xargs)"
	done
	is "rules and their names" "$(grep '^gwlb_rule_packets_total' \
		"$work/page")" \
		'gwlb_rule_packets_total{rule="1",name="web",verdict="accept"} 30
gwlb_rule_packets_total{rule="2",name="dns-53.x_",verdict="accept"} 5
gwlb_rule_packets_total{rule="3",name="",verdict="drop"} 3'
	is "policies" "$(grep '^gwlb_policy_packets_total' "$work/page")" \
		'gwlb_policy_packets_total{group="blue",policy="reject"} 4
gwlb_policy_packets_total{group="",policy="drop"} 0'
	is "groups of endpoints" "$(grep '^gwlb_endpoint_info' \
		"$work/page")" \
		"gwlb_endpoint_info{endpoint=\"$ENDPOINT\",group=\"\"} 1
gwlb_endpoint_info{endpoint=\"$ENDPOINT2\",group=\"blue\"} 1"
	is "flows" "$(metric gwlb_flows) $(metric gwlb_flows_max)" "15 100"
	is "flows by endpoint" "$(sum gwlb_endpoint_flows .) $(sum \
		gwlb_endpoint_flows_new .)" "15 5"
	is "generations" "$(metric gwlb_config_generation) $(metric \
		gwlb_ruleset_generation)" "$(ctl status --json |
		jq -r '"\(.generation) \(."ruleset-generation")"')"
	is "checks" "$(sed -n 's/^gwlb_health_check.*"\(.*\)".* 0$/\1/p' \
		"$work/page")" hook
	must ctl up
}

test_reload_module()
{
	unload_module
	unfit "unloaded" "module hook ruleset interface flows drain" \
		"^not loaded"
	must insmod "$GWLB_KO"
	unfit "loaded again" "hook ruleset interface" "^down, packets are left"
	must ctl peer set 192.168.9.0/28
	must ctl rule load "$work/rules"
	must ctl up
	fit "up again, with the same server"
}

# As systemd starts it: nobody, with one capability; and without any.
test_privileges()
{
	start_healthd setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps +net_admin --ambient-caps +net_admin \
		--bounding-set -all,+net_admin --no-new-privs "$PLAIN"
	fit "CAP_NET_ADMIN is enough"
	is "also for rules" "$(get /metrics |
		grep -c '^gwlb_rule_packets_total')" 3
	end_healthd
	start_healthd setpriv --reuid 65534 --regid 65534 --clear-groups \
		--bounding-set -all --no-new-privs "$PLAIN"
	fit "health is for everybody"
	get /metrics >"$work/page"
	is "so are counters, but not rules" "$(metric gwlb_up) $(metric \
		gwlb_flows_max) $(grep -c gwlb_rule_packets "$work/page")" \
		"1 100 0"
	end_healthd
}

# Packets go back from the address that they came to, by the route that it has.
test_named_routes()
{
	local INTERFACE=eth0

	must ip -n "$APP" route add 192.168.9.0/28 dev eth0 mtu 1500
	unfit "named: a route of MTU 1500" interface \
		"^the route by eth0 has an MTU of 1500, less than 8568$"
	must ip -n "$APP" route del 192.168.9.0/28 dev eth0
	fit "named: without it"
	must ip -n "$APP" link add other0 mtu 9001 type dummy
	must ip -n "$APP" link set other0 up
	must ip -n "$APP" route add 192.168.9.0/28 dev other0
	unfit "named: routes use another one" interface \
		"^there is no route by eth0 from $LOCAL to 192.168.9.0/28$"
	must ip -n "$APP" route add default via $NODE dev eth0 onlink \
		table 100
	must ip -n "$APP" rule add from $LOCAL lookup 100
	fit "named: one for what is sent from there"
	must ip -n "$APP" rule del from $LOCAL lookup 100
	unfit "named: none any more" interface "^there is no route by eth0"
	must ctl config set send-mode reflect
	fit "named: no route is asked for"
	must ctl config set send-mode route
	must ip -n "$APP" link del other0
	must ip -n "$APP" route flush table 100
	fit "named: as before"
}

test_named_interface()
{
	start_healthd "$HEALTHD" --interface wire9
	is "an interface that is not there" "$(get / | jq -r \
		'.checks[] | select(.name == "interface").reason')" \
		"wire9: there is no such interface"
	is "gwlbctl agrees if it is told the same" "$(ctl status --interface \
		wire9 --json | jq -c .health)" "$(get /)"
	end_healthd
	start_healthd "$HEALTHD" --interface eth0
	must ip -n "$APP" link set eth0 down
	is "one that is down" "$(get / | jq -r \
		'.checks[] | select(.name == "interface").reason')" \
		"eth0 is down"
	back_up
	is "one that is up" "$(code /)" 200
	test_named_routes
	end_healthd
	start_healthd "$HEALTHD" --interface ''
	is "none is as if it was not said" "$(code /)" 200
	end_healthd
}

[ -x "$HEALTHD" ] || HEALTHD=$PLAIN
must test -x "$HEALTHD" -a -x "$PLAIN"
setup_pair
start_healthd "$HEALTHD"
test_setting_up
test_state
test_interface
test_flows
test_drain
traffic
test_scrape
test_numbers
test_reload_module
test_log
end_healthd
test_privileges
test_named_interface
