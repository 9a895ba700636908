#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo_guest.sh [single|separated]... - what "make demo" shows, inside the
# guest: for each architecture a region of AWS in network namespaces, built
# from the CloudFormation templates, whose appliances run gwlb.ko. Every step
# is checked; the first that fails ends the demo.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
for part in lab traffic coverage load failover; do
	# shellcheck source=/dev/null
	. "$TOP/selftests/lab/accept_$part.sh"
done
PATH=$PATH:$TOP/tools/gwlbctl

# What lib.sh does for tests, done for people: no TAP, and the end at the
# first failure.
trap undo_all EXIT

# shellcheck disable=SC2317 # what is sourced calls it
ok()
{
	printf '    => %s\n' "$*"
}

not_ok()
{
	fail "not so: $*"
}

bail_out()
{
	fail "$*"
}

fail()
{
	printf '\nDEMO FAILED: %s\n' "$*"
	exit 1
}

say()
{
	printf '\n--- %s\n' "$*"
}

# show HOST COMMAND...: as one would type it there, with what it prints
show()
{
	printf '%s# %s\n' "$1" "${*:2}"
	inside "$@"
}

# One zone below the other, as packets see them
picture()
{
	local zone host

	printf '\n%s, zone by zone, as the templates have it:\n\n' \
		"$(jq -r .architecture "$work/lab.json")"
	echo "   Internet: clients ${CLIENTS[*]}"
	for zone in "${!VPCE_OF[@]}"; do
		printf '   %s\n' "    |" "zone $zone"
		for host in "${HOSTS[@]}"; do
			[ "${ZONE[$host]}" = "$zone" ] &&
				[ -n "${PUBLIC[$host]-}" ] &&
				printf '       |  %-10s %-15s %s\n' "$host" \
					"${PUBLIC[$host]}" "${ADDRESS[$host]}"
		done
		printf '       |\n   %s ====> %s\n       |\n' \
			"${VPCE_OF[$zone]}" "$(nodes_and_appliances "$zone")"
		for host in "${WEBS[@]}"; do
			[ "${ZONE[$host]}" != "$zone" ] ||
				printf '   %s %s\n' "$host" "${ADDRESS[$host]}"
		done
	done
}

nodes_and_appliances()
{
	local a

	printf 'GWLB %s <-- Geneve -->' "$(jq -r --arg z "$1" \
		'.gwlb.nodes[] | select(.zone == $z).address' "$work/lab.json")"
	for a in "${APPLIANCES[@]}"; do
		[ "${ZONE[$a]}" != "$1" ] ||
			printf ' %s %s' "$a" "${ADDRESS[$a]}"
	done
}

appliances()
{
	say "The appliances were started by gwlb.service; GWLB checks their health"
	show appliance1 cat /etc/gwlb/gwlb.conf
	show appliance1 cat /etc/gwlb/rules.conf
	show appliance1 gwlbctl status || fail "no status"
	show gwlb curl -sS "http://${ADDRESS[appliance1]}:$HEALTH_PORT/" ||
		fail "no answer to a health check"
	echo
}

ping_out()
{
	local web=${WEBS[0]}

	say "A web server pings a client, and asks what its address is"
	show "$web" ping -c 3 "${CLIENTS[0]}" | tee "$work/shown"
	grep -q "3 received" "$work/shown" || fail "ping out"
	show "$web" curl -sS "http://${CLIENTS[0]}/ip" | tee "$work/shown"
	is "seen outside is the NAT gateway of its zone" \
		"$(tail -n 1 "$work/shown")" "${NAT_OF[${ZONE[$web]}]}"
}

curl_in()
{
	local alb n

	say "Clients ask the load balancer"
	for alb in "${ALBS[@]}"; do
		for n in 1 2 3 4 5 6; do
			show internet curl -sS --max-time 10 \
				"http://${PUBLIC[$alb]}/" || fail "curl $n"
		done | tee "$work/shown"
		check "$alb takes the web servers in turn" alternates \
			"${#WEBS[@]}" "$(grep '^Web Server' "$work/shown")"
	done
}

log_in()
{
	local web

	say "From the bastion to the web servers, and out"
	for web in "${WEBS[@]}"; do
		show bastion ssh "${ADDRESS[$web]}" \
			"hostname; ping -q -c 2 ${CLIENTS[1]}" ||
			fail "ssh $web"
	done
}

# ping_place IDENTIFIER: the appliance that its last packet met
ping_place()
{
	all_flows | jq -rs --argjson id "$1" '
		map(select(.protocol == 1 and ."source-port" == $id)) |
		min_by(.idle).on'
}

wire()
{
	local place

	say "The same on the wire: each packet comes in and goes back"
	long_ping 3001 "${WEBS[0]}" "${CLIENTS[2]}" "$work/wire.ping"
	pinging=$!
	wait_for 10 more_replies "$work/wire.ping" 1
	place=$(ping_place 3001)
	show "$place" timeout 20 tcpdump -nvvi eth0 -c 4 'port 6081' \
		2>/dev/null | tee "$work/wire"
	stop_ping $pinging
	check "in: from GWLB to the appliance" grep -Eq \
		"^ *(${NODES[0]}|${NODES[1]})\.[0-9]+ > ${ADDRESS[$place]}\.6081" \
		"$work/wire"
	check "back: ports and options are the same, addresses swapped" \
		grep -Eq \
		"^ *${ADDRESS[$place]}\.[0-9]+ > (${NODES[0]}|${NODES[1]})\.6081" \
		"$work/wire"
}

coverage()
{
	say "Was everything inspected that the web servers have sent and got?"
	coverage_ends
	coverage_table
	check "100 %, both ways" covered
}

draining()
{
	say "One appliance is drained, the one that has this ping's flow"
	long_ping 3002 "${WEBS[0]}" "${CLIENTS[3]}" "$work/drain.ping"
	pinging=$!
	wait_for 10 more_replies "$work/drain.ping" 1
	drained=$(ping_place 3002)
	show "$drained" gwlbctl drain on
	show gwlb curl -sS -w '%{http_code}\n' \
		"http://${ADDRESS[$drained]}:$HEALTH_PORT/" | tail -n 1
	check "GWLB finds it unhealthy and has others take over" \
		wait_for 30 target_is "${ADDRESS[$drained]}" unhealthy
	n=$(replies "$work/drain.ping")
	wait_for 10 more_replies "$work/drain.ping" $((n + 3))
	check "the flow is elsewhere" [ "$(ping_place 3002)" != "$drained" ]
	stop_ping $pinging
	tail -n 2 "$work/drain.ping"
	is "and nothing was lost" \
		"$(ping_record "$work/drain.ping" | cut -d' ' -f1)" 0
	show "$drained" gwlbctl drain off
}

firewall()
{
	local a rc=0

	say "Rules decide, from the next packet on"
	{ echo "rule closed: proto tcp dport 80 direction in reject"
	  inside appliance1 cat /etc/gwlb/rules.conf; } >"$work/closed"
	for a in "${APPLIANCES[@]}"; do
		echo "$a# gwlbctl rule load - <<<'$(head -n 1 "$work/closed")...'"
		must inside "$a" gwlbctl rule load - <"$work/closed"
	done
	show internet curl -sS -f --max-time 10 "http://${PUBLIC[alb1]}/" ||
		rc=$?
	check "a request fails" [ $rc -ne 0 ]
	for a in "${APPLIANCES[@]}"; do
		show "$a" /usr/lib/gwlb/gwlb-service reload
	done
	show internet curl -sS -f --max-time 10 "http://${PUBLIC[alb1]}/" ||
		fail "the old rules, but no answer"
	show appliance1 gwlbctl rule list --counters
}

death()
{
	local gap

	say "An appliance dies, the one that has this ping's flow"
	check "$drained is healthy again" \
		wait_for 40 target_is "${ADDRESS[$drained]}" healthy
	long_ping 3003 "${WEBS[1]}" "${CLIENTS[0]}" "$work/death.ping"
	pinging=$!
	wait_for 10 more_replies "$work/death.ping" 1
	victim=$(ping_place 3003)
	must python3 "$LAB_PY" kill "$LAB" "$victim"
	echo "$victim is dead."
	check "GWLB finds it unhealthy" \
		wait_for 30 target_is "${ADDRESS[$victim]}" unhealthy
	n=$(replies "$work/death.ping")
	wait_for 10 more_replies "$work/death.ping" $((n + 3)) ||
		fail "the ping does not go on"
	stop_ping $pinging
	tail -n 2 "$work/death.ping"
	gap=$(ping_record "$work/death.ping" | cut -d' ' -f3)
	check "silent for $gap ms of $(limit) at most, then it went on" \
		[ "$gap" -le "$(limit)" ]
	show internet curl -sS -f --max-time 10 "http://${PUBLIC[alb1]}/" ||
		fail "requests do not go on"
}

verdict()
{
	local a

	say "What the appliances that live have counted"
	for a in "${APPLIANCES[@]}"; do
		[ "$a" = "$victim" ] || show "$a" gwlbctl stats --explain
	done
	say "What gwlbsim says: is every packet back byte for byte?"
	balancer stats | jq -c '{sent, returned, missing, missing_unhealthy,
		differences, unsolicited, duplicates}' | tee "$work/verdict"
	check "every packet that came back was right" jq -e \
		'.differences + .unsolicited + .duplicates == 0 and
			.returned > 0' "$work/verdict"
}

play()
{
	local since=$SECONDS

	say "Building the region from cloudformation/$1-vpc"
	lab_up "$1-aws"
	picture
	appliances
	coverage_begins
	ping_out
	curl_in
	log_in
	wire
	coverage
	draining
	firewall
	death
	verdict
	say "Taking it down"
	must python3 "$LAB_PY" down "$LAB"
	echo "$1: $((SECONDS - since)) s"
}

[ $# -gt 0 ] || set -- single separated
work=$(mktemp -d)
on_exit rm -rf "$work"
load_module
for architecture; do
	play "$architecture"
done
printf '\nDEMO OK\n'
