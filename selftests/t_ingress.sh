#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets are taken where they come in from a device. What becomes of a packet
# must not depend on that, so other tests are done once more; and devices go
# and come, are renamed and moved, and the place is changed under traffic.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"
. "$(dirname "$0")/vpc.sh"

INGRESS="attach ingress dev eth0"
# Enough of it for real traffic; the other tests have sent a lot already.
SIZE=$((10 << 20))

# again TEST [VARIABLE=VALUE...]: its TAP lines become ours
again()
{
	local test=$1 line n=0 bad=0 plan="" rc=""

	shift
	while read -r line; do
		case $line in
		"ok "*) ok "$test: ${line#* - }"; n=$((n + 1)) ;;
		"not ok "*) not_ok "$test: ${line#* - }"; bad=$((bad + 1)) ;;
		1..*) plan=${line#1..} ;;
		"rc "*) rc=${line#rc } ;;
		*) echo "$line" ;;
		esac
	done < <(env ATTACH="$INGRESS" "$@" "$TOP/selftests/$test"; echo "rc $?")
	# Who gives up has a plan, too: of what was done by then.
	is "$test: it came to its end" "$plan tests, exit code $rc" \
		"$((n + bad)) tests, exit code $((bad > 0))"
}

ask()
{
	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL "$@"
}

# taken DESCRIPTION: a packet is returned
taken()
{
	is "$1" "$(ask)" "sent 1 returned 1 exact 1 other 0"
}

# left DESCRIPTION: the module does not even see it
left()
{
	local before

	before=$(counter received)
	is "$1" "$(ask --expect 0 --wait 0; must ping_app; counter received)" \
		"sent 1 returned 0 exact 0 other 0
$before"
}

# What was sent before it has arrived by then.
ping_app()
{
	ip netns exec "$SIM" ping -qc 1 -W 10 $LOCAL
}

# attached: as status has it
attached()
{
	ctl status | sed -n 's/^attach: *//p'
}

unhealthy_hook()
{
	ctl status --json | jq -r '.health.checks[] |
		select(.name == "hook" and (.ok | not)).reason'
}

test_refusals()
{
	local before

	before=$(ctl config show --json)
	refused "ingress without a device" \
		"attach ingress needs a device to take packets from" \
		ctl up attach ingress
	refused "a device that is not there" "no device of this name.*eth1" \
		ctl up attach ingress dev eth0 dev eth1
	must ip -n "$APP" link property add dev eth0 altname other0
	refused "an alternative name" "alternative names do not count" \
		ctl up attach ingress dev other0
	refused "the same device twice" "given twice" \
		ctl up $INGRESS dev eth0
	refused "a device without ingress" "only attach ingress has devices" \
		ctl config set dev eth0
	refused "a device of prerouting" "only attach ingress has devices" \
		ctl config set attach prerouting dev eth0
	is "none of this changed anything" "$(ctl config show --json)" \
		"$before"
}

test_up()
{
	must ctl up $INGRESS
	is "status has it" "$(attached)" "ingress eth0"
	is "so has config show" "$(ctl config show | grep -A1 ^attach |
		xargs)" "attach ingress dev eth0"
	is "and JSON" "$(ctl status --json | jq -c '[.attach, .devices]')" \
		'["ingress",[{"name":"eth0","attached":true}]]'
	is "completion knows the devices" "$("$GWLBCTL" --complete -n "$APP" \
		up dev | grep -v ^- | xargs)" "lo eth0"
	taken "a packet is returned"
	must ctl down
	is "down keeps the place" "$(attached)" "ingress eth0"
	left "and takes nothing"
	must ctl up
	taken "up takes it up again"
	must ctl config set send-mode reflect
	taken "another setting changes nothing about it"
	must ctl config set send-mode route
}

# What is not IPv4, or a VLAN's, is none of ours.
test_others()
{
	local before

	before=$(counter pass-other)
	check "ping to the host" ip netns exec "$SIM" ping -qc 3 -i 0.1 $LOCAL
	is "is passed, and counted" "$(counter pass-other)" $((before + 3))

	must ip -n "$SIM" link add link wire0 name wire0.5 type vlan id 5
	must ip -n "$APP" link add link eth0 name eth0.5 type vlan id 5
	must ip -n "$SIM" addr add 192.168.5.1/24 dev wire0.5
	must ip -n "$APP" addr add 192.168.5.100/24 dev eth0.5
	must ip -n "$SIM" link set wire0.5 up
	must ip -n "$APP" link set eth0.5 up
	before=$(counter received)
	check "ARP and ping in a VLAN, and IPv6" ip netns exec "$SIM" \
		ping -qc 3 -i 0.1 192.168.5.100
	is "are not counted" "$(counter received)" "$before"
	must ctl config set dev eth0 dev eth0.5
	check "ping in a VLAN whose device is named" ip netns exec "$SIM" \
		ping -qc 3 -i 0.1 192.168.5.100
	is "is counted, once" "$(counter received)" $((before + 3))
	must ip -n "$APP" link del eth0.5
	must ip -n "$SIM" link del wire0.5
	must ctl config set dev eth0
}

# chain PRIORITY: how many datagrams for GWLB's port a chain of that priority has
# seen
chain()
{
	ip netns exec "$APP" nft --json list counter netdev order "at${1#-}" |
		jq '.nftables[] | select(.counter).counter.packets'
}

# README: netdev chains below -450 come before it, all others are passed by.
test_order()
{
	local priority

	for priority in -500 -449 0; do
		must ip netns exec "$APP" nft -f - <<-NFT
			table netdev order {
				counter at${priority#-} { }
				chain c${priority#-} {
					type filter hook ingress device eth0 \
						priority $priority
					udp dport 6081 counter name \
						at${priority#-}
				}
			}
		NFT
	done
	taken "a packet, with other chains there"
	is "those before it see it, those behind it do not" \
		"$(chain -500) $(chain -449) $(chain 0)" "1 0 0"
	must ip netns exec "$APP" nft delete table netdev order
}

test_two_devices()
{
	must ip link add wire1 netns "$SIM" mtu 9001 type veth \
		peer name eth1 netns "$APP" mtu 9001
	must ip -n "$APP" addr add 192.168.10.100/24 dev eth1
	must ip -n "$SIM" addr add 192.168.10.1/24 dev wire1
	must ip -n "$APP" link set eth1 up
	must ip -n "$SIM" link set wire1 up
	must ctl config set dev eth0 dev eth1
	is "status has both" "$(attached)" "ingress eth0, eth1"
	taken "the first of two devices"
	is "the second of two devices" "$(ask_second)" \
		"sent 1 returned 1 exact 1 other 0"
	must ctl config set dev eth0
	taken "the one that is left"
	is "not the one that is not named any more" \
		"$(ask_second --wait 1)" "sent 1 returned 0 exact 0 other 0"
	must ctl config set attach prerouting
	is "status has no device in prerouting" "$(attached)" prerouting
	is "which takes packets of all devices" "$(ask_second)" \
		"sent 1 returned 1 exact 1 other 0"
	must ctl config set $INGRESS
	must ip -n "$APP" link del eth1
}

ask_second()
{
	local mac

	mac=$(ip netns exec "$APP" cat /sys/class/net/eth1/address)
	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire1 \
		--mac "$mac" --node 192.168.10.1 --local 192.168.10.100 "$@"
}

# Packets are coming in all the time.
test_devices()
{
	local flood

	ip netns exec "$SIM" nice -n 19 "$TOP/selftests/flowgen/flood" \
		wire0 "$APP_MAC" $NODE $LOCAL >/dev/null &
	flood=$!
	wait_for 10 reaches returned $(($(counter returned) + 100)) ||
		bail_out "flood does not start"
	must ip -n "$APP" link del eth0
	stop $flood
	is "a device that is gone" "$(attached)" "ingress eth0 (not there)"
	is "is no health" "$(unhealthy_hook)" \
		"not attached to eth0, which is not there"
	check "the rest can be changed meanwhile" \
		ctl config set send-mode reflect
	must ctl config set send-mode route
	must ctl down
	must ctl up
	is "up works without it" "$(attached)" "ingress eth0 (not there)"
	plug_wire
	is "a device of its name takes its place" "$(attached)" "ingress eth0"
	is "and is healthy" "$(unhealthy_hook)" ""
	taken "its packets are taken"

	rename_app eth0 eth9
	is "another name is another device" "$(attached)" \
		"ingress eth0 (not there)"
	left "whose packets are left to the stack"
	rename_app eth9 eth0
	taken "by its old name it is itself again"

	netns "other-$$"
	must ip -n "$APP" link set eth0 netns "other-$$"
	is "a device in another namespace is gone" "$(attached)" \
		"ingress eth0 (not there)"
	must ip -n "other-$$" link set eth0 netns "$APP"
	is "until it comes back" "$(attached)" "ingress eth0"
	address_app
	taken "and is what it was"
}

# rename_app OLD NEW: of the appliance's device
rename_app()
{
	must ip -n "$APP" link set "$1" down
	must ip -n "$APP" link set "$1" name "$2"
	must ip -n "$APP" link set "$2" up
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev "$2"
}

# What a device forgets on its way between namespaces
address_app()
{
	must ip -n "$APP" addr add $LOCAL/24 dev eth0
	must ip -n "$APP" link set eth0 up
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev eth0
	must ip -n "$APP" neigh replace $NODE2 lladdr "$SIM_MAC" dev eth0
}

# Of a flow that both sides know, what ip_rcv() refuses is left to it, and what
# follows a packet on the wire is no part of it.
test_unchecked()
{
	local q="udp 10.1.0.1 1000 10.2.0.1 53" r="udp 10.2.0.1 53 10.1.0.1 1000"
	local before

	rules <<<"policy accept"
	must ctl up $INGRESS
	fate "unchecked: the question" returned "$q"
	fate "unchecked: the answer" returned "$r"
	fate "unchecked: and again" returned times=1 "$q"
	before=$(counter returned bytes)
	fate "unchecked: padded" returned pad=7 "$q"
	is "unchecked: padding does not count" \
		"$(($(counter returned bytes) - before))" 104
	fate "unchecked: its checksum is wrong" "!0 were counted" flip=11 "$q"
	fate "unchecked: so is what it sums up" "!0 were counted" flip=8 "$q"
	fate "unchecked: its length is" "!0 were counted" flip=3 "$q"
	rules <<<"policy drop
		refused remember"
	fate "unchecked: refused" drop-policy "$q"
	fate "unchecked: refused again" drop-remembered "$q"
	fate "unchecked: refused, and its checksum is wrong" \
		"!0 were counted" flip=11 "$q"
}

ROUNDS=10

# Every packet of the client is on its way through gwlbsim and the module, or
# back; the pings are not, and must not be counted at both places.
test_change()
{
	local i bad=0 client pinger before pings

	leg "$CLIENT" 1
	leg "$SERVER" 2
	start_sim
	check "ping through the appliance" in_client ping -qc 5 -i 0.1 10.1.2.2
	before=$(counter pass-other)
	# Nice, so that what is tested gets its turn.
	ip netns exec "$CLIENT" nice -n 19 ping -qf -w 300 10.1.2.2 \
		>"$work/client" &
	client=$!
	ip netns exec "$SIM" nice -n 19 ping -qf -w 300 $LOCAL \
		>"$work/pinger" &
	pinger=$!
	for ((i = 0; i < ROUNDS; i++)); do
		ctl config set attach prerouting || bad=$((bad + 1))
		more_returned || bad=$((bad + 1))
		ctl config set $INGRESS || bad=$((bad + 1))
		more_returned || bad=$((bad + 1))
	done
	is "$ROUNDS times there and back" $bad 0
	# It is how ping ends well.
	kill -INT $client $pinger
	wait $client $pinger
	kill $sim
	wait $sim
	is "gwlbsim: every packet came back byte for byte" $? 0
	note "$(cat "$work/sim.log" "$work/client" "$work/pinger")"
	is "gwlbsim: differences" "$(jq .differences "$work/stats")" 0
	is "gwlbsim: unsolicited" "$(jq .unsolicited "$work/stats")" 0
	is "gwlbsim: missing" "$(jq .missing "$work/stats")" 0
	is "what gwlbsim sent since the start is what the module returned" \
		"$(($(counter returned) - returned_before))" \
		"$(jq .sent "$work/stats")"
	pings=$(sed -n 's/ packets transmitted.*//p' "$work/pinger")
	check "no ping is counted twice" test \
		$(($(counter pass-other) - before)) -le "$pings"
}

more_returned()
{
	wait_for 20 reaches returned $(($(counter returned) + 20))
}

work=$(mktemp -d)
on_exit rm -rf "$work"

load_module
setup_pair
test_refusals
test_up
test_others
test_order
test_two_devices
test_devices
returned_before=$(counter returned)
test_change
undo_all

load_module
setup_pair
start_probe
test_unchecked
undo_all

again t_cases.sh ATTACH="$INGRESS dev case0"
again t_tap.sh
again t_shared.sh
again t_gso.sh SIZE=$SIZE
again t_traffic.sh SIZE=$SIZE
again t_churn.sh ROUNDS=5
