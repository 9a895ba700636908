#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl report of an appliance at work: all of it is there, and it says who
# talked to whom only when that is asked for. Owns a scratch directory.
GWLBCTL=${GWLBCTL:-$(dirname "$0")/../tools/gwlbctl/tests/gwlbctl-san}
. "$(dirname "$0")/lib.sh"

FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}

work=$(mktemp -d)
on_exit rm -rf "$work"

# What no other file than that of flows has
PEOPLE='10\.77\.0\.|10\.88\.0\.'

# unpack NAME OPTION...: makes an archive and takes it apart
unpack()
{
	local name=$1

	shift
	must ctl report "$@" "$work/$name.tar"
	must mkdir "$work/$name"
	must tar -xf "$work/$name.tar" -C "$work/$name" --strip-components 1
}

# these NAME FILTER: of the manifest
these()
{
	jq -r "[.files[] | select($2) | .file] | unique | join(\" \")" \
		"$work/$1/manifest.json"
}

test_contents()
{
	unpack all
	is "all of gwlbctl's commands succeed, but for doctor, who found something" \
		"$(these all '.command != null and .status != 0
			and (.command | startswith("gwlbctl"))')" doctor.json
	is "nothing was too late or too much" \
		"$(these all '.error != null')" ""
	is "status.json" "$(jq -r .state "$work/all/status.json")" up
	is "stats.json" "$(jq .received.packets "$work/all/stats.json")" \
		"$(counter received)"
	is "endpoints.json" "$(jq -r '.endpoints[0].id' \
		"$work/all/endpoints.json")" $ENDPOINT
	is "nodes.json" "$(jq -r '.nodes[0].address' "$work/all/nodes.json")" \
		$NODE
	check "rules.txt can be loaded" ctl rule check "$work/all/rules.txt"
	check "doctor.json" grep -q '"check":"peers"' "$work/all/doctor.json"
	is "flows.json" "$(jq -c '[.flows, .protocols, .states.new]' \
		"$work/all/flows.json")" '[7,{"tcp":2,"udp":5},5]'
	check "links.txt is of the namespace" grep -q ": eth0" \
		"$work/all/links.txt"
	check "ethtool-eth0.txt" grep -q "^rx-udp-gro-forwarding: off" \
		"$work/all/ethtool-eth0.txt"
	check "kernel.txt" test -s "$work/all/kernel.txt"
	is "kernel.txt is about nothing else" \
		"$(grep -vc gwlb "$work/all/kernel.txt")" 0
}

test_people()
{
	is "nobody is in it" "$(grep -lErs "$PEOPLE" "$work/all")" ""
	unpack flows --flows
	is "with --flows only flows.txt has them" \
		"$(grep -lErs "$PEOPLE" "$work/flows")" "$work/flows/flows.txt"
	is "all of them" "$(grep -cE "$PEOPLE" "$work/flows/flows.txt")" 7
}

gen()
{
	ip netns exec "$SIM" "$FLOWGEN" --client 10.77.0.0 --clients 7 \
		--server 10.88.0.1 "$@" wire0 "$APP_MAC" $NODE $LOCAL
}

test_no_module()
{
	must ctl down
	must rmmod gwlb
	unpack none
	is "without the module it is not loaded, and that is said" \
		"$([ -d /sys/module/gwlb ]; echo $?) $(these none \
		'.error == "the module is not loaded"')" \
		"1 config.json endpoints.json flows.json nodes.json rules.txt stats.json status.json version.json"
}

must test -x "$GWLBCTL"
setup_up
must ip -n "$APP" route add default via $NODE
# On a slow machine two reports take longer than a flow of UDP's usually lives.
printf '%s\n' "timeout udp 3600" "rule proto tcp, udp accept" |
	must ctl rule load -
must gen --flows 5
must gen --proto tcp --steps ">S <SA >A" --flows 2
test_contents
test_people
test_no_module
