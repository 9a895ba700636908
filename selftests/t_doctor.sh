#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl doctor: it says nothing of a healthy appliance; each fault that is
# planted is named by its own check and by no other, and when it is mended
# nothing is said again. Owns a scratch directory, and what it plants in $APP.
GWLBCTL=${GWLBCTL:-$(dirname "$0")/../tools/gwlbctl/tests/gwlbctl-san}
. "$(dirname "$0")/lib.sh"

OLD=$TOP/tools/gwlbctl/tests/gwlbctl-old
HEALTHD=${HEALTHD:-$TOP/tools/gwlb-healthd/gwlb-healthd}
FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
PYTHON=${PYTHON:-/usr/bin/python3}
ENDPOINT2=vpce-0123456789abcdef1
# Rounds a second that are no load, even if some are late and come at once: of
# 500 packets doctor asks whose work they are, and an emulator may need half a
# CPU for so many.
QUIET=25

work=$(mktemp -d)
on_exit rm -rf "$work"

cat >"$work/rules" <<-RULES
	policy drop
	flow-max 100
	flow-max-endpoint 100
	group blue { endpoint $ENDPOINT }
	rule proto udp accept
RULES

doctor()
{
	ctl doctor --interval "${INTERVAL:-0.3}" "$@"
}

# healthy DESCRIPTION: with a packet in front of it, as silence of five minutes
# is a finding, and all of this takes longer on a slow machine
healthy()
{
	local out rc=0

	must gen >/dev/null
	out=$(doctor 2>&1) || rc=$?
	is "$1: nothing is said" "$rc $out" "0 "
}

# finds DESCRIPTION CHECK PATTERN [OPTION]...: this check and no other, and
# what it saw
finds()
{
	local what=$1 check=$2 pattern=$3 out rc=0

	shift 3
	out=$(doctor --json "$@" 2>"$work/err") || rc=$?
	is "$what: named by $check" \
		"$rc $(jq -r '[.findings[].check] | unique | join(" ")' \
		<<<"$out") $(jq '.unknown | length' <<<"$out")" "1 $check 0"
	check "$what: it says what it saw" grep -q -- "$pattern" \
		<<<"$(jq -r '.findings[0].found' <<<"$out")"
	[ ! -s "$work/err" ] || note "$(<"$work/err")"
	[ -z "$out" ] || printf '%s\n' "$out" >"$work/doctor-$check.json"
}

gen()
{
	ip netns exec "$SIM" "$FLOWGEN" "$@" wire0 "$APP_MAC" $NODE $LOCAL
}

# sender OPTION...: without end, in the background; not gen, which is a shell,
# and would not take it along when it is stopped
sender()
{
	ip netns exec "$SIM" "$FLOWGEN" --rounds 0 "$@" wire0 "$APP_MAC" \
		$NODE $LOCAL >"$work/sender" 2>&1 &
	sender=$!
}

start_healthd()
{
	: >"$work/log"
	ip netns exec "$APP" "$HEALTHD" --port 8080 2>"$work/log" &
	healthd=$!
	wait_for 20 grep -q "answers at port" "$work/log" ||
		bail_out "gwlb-healthd does not start: $(cat "$work/log")"
}

neighbours()
{
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev eth0
	must ip -n "$APP" neigh replace $NODE2 lladdr "$SIM_MAC" dev eth0
}

test_healthy()
{
	finds "before the first packet" traffic "has come so far"
	must gen
	healthy "at work"
	is "as JSON, too" "$(doctor --json)" '{"findings":[],"unknown":[]}'
}

test_state()
{
	must ctl down
	finds "down" state "the module is down"
	must ctl up
	healthy "up again"
	must ctl drain on
	finds "draining" drain "health checks are made to fail"
	must ctl drain off
	healthy "no longer draining"
	must ctl peer flush
	finds "no peers" peers "there is no list of peers"
	must ctl peer set 192.168.9.0/28
	healthy "peers again"
}

test_rules()
{
	echo "policy accept" | must ctl rule load -
	finds "no rules" ruleset "no rules are loaded"
	must ctl rule load "$work/rules"
	healthy "rules again"
	sed 's/drop/reject/' "$work/rules" |
		must ctl rule load - --confirm 3600
	finds "not confirmed" confirm "the ruleset before comes back in"
	must ctl rule rollback
	healthy "rolled back"
	{ echo "timeout udp 119"; cat "$work/rules"; } |
		must ctl rule load -
	finds "a timeout that is too short" timeouts "after 119 s"
	must ctl rule load "$work/rules"
	healthy "all are long enough"
}

test_flows()
{
	must ctl flow flush --all
	must gen --flows 89
	healthy "89 of 100 flows"
	must gen --flows 90
	finds "90 of 100 flows" flows "there are 90 flows, of 100"
	must ctl flow flush --all
	healthy "none of them left"
}

test_endpoints()
{
	must gen --endpoint $ENDPOINT2
	finds "an endpoint in no group" endpoints "in no group: $ENDPOINT2"
	sed "s/ $ENDPOINT / $ENDPOINT, $ENDPOINT2 /" "$work/rules" |
		must ctl rule load -
	healthy "it is in one"
}

test_interface()
{
	must ip -n "$APP" link set eth0 mtu 8567
	finds "a small MTU" mtu "eth0 has an MTU of 8567"
	must ip -n "$APP" link set eth0 mtu 8568
	healthy "it is large enough"
	must ip -n "$APP" route change 192.168.9.0/24 dev eth0 mtu 1500
	finds "a route with a small MTU" mtu "route by eth0 has an MTU of 1500"
	must ip -n "$APP" route change 192.168.9.0/24 dev eth0
	healthy "it has none any more"
	must ip -n "$SIM" link set wire0 down
	wait_for 20 no_carrier
	finds "nobody at the other end" interface "eth0 has no carrier"
	must ip -n "$SIM" link set wire0 up
	neighbours
	wait_for 20 has_carrier
	healthy "somebody is there"
	finds "an interface that is none" interface "there is no such" \
		--interface none0
}

no_carrier()
{
	ctl status | grep -q "has no carrier"
}

has_carrier()
{
	! no_carrier
}

test_gro()
{
	local feature

	for feature in rx-udp-gro-forwarding rx-gro-list; do
		must ip netns exec "$APP" ethtool -K eth0 $feature on
		finds "$feature" gro "$feature of eth0 is on"
		must ip netns exec "$APP" ethtool -K eth0 $feature off
		healthy "$feature off"
	done
}

test_ahead()
{
	must ip netns exec "$APP" nft -f - <<-NFT
		table netdev early {
			chain first {
				type filter hook ingress device eth0 priority 0
				udp dport 9 drop
			}
			chain other {
				type filter hook ingress device lo priority 0
				udp dport 9 drop
			}
		}
		table ip late {
			chain last {
				type filter hook prerouting priority -300
				udp dport 9 drop
			}
		}
	NFT
	finds "a chain of the device" ahead \
		"chain first in table netdev early is asked first"
	must ip netns exec "$APP" nft delete chain netdev early first
	healthy "only chains that are asked later"
	must ip netns exec "$APP" nft -f - <<-NFT
		add chain ip late raw { type filter hook prerouting priority -500; policy drop; }
	NFT
	finds "a chain in PRE_ROUTING" ahead \
		"chain raw in table ip late is asked first"
	must ip netns exec "$APP" nft delete chain ip late raw
	healthy "it is gone"
	must ip netns exec "$APP" tc qdisc add dev eth0 clsact
	healthy "tc without filters"
	must ip netns exec "$APP" tc filter add dev eth0 ingress matchall \
		action pass
	finds "a tc filter" ahead "tc filters of eth0"
	must ip netns exec "$APP" tc qdisc del dev eth0 clsact
	healthy "no filter"
}

listens()
{
	ip netns exec "$APP" ss -Huln 'sport = 6081' | grep -q .
}

test_port()
{
	local listener

	ip netns exec "$APP" nc -u -l 6081 >/dev/null 2>&1 </dev/null &
	listener=$!
	wait_for 20 listens
	finds "a process at the port" port "is open, by nc (process $listener)"
	stop $listener
	healthy "nobody at the port"
	if ! ip -n "$APP" link add gnv0 type geneve external 2>/dev/null; then
		ok "a tunnel at the port # SKIP this kernel has no geneve"
		return
	fi
	must ip -n "$APP" link set gnv0 up
	finds "a tunnel at the port" port "is open, by the kernel"
	must ip -n "$APP" link del gnv0
	healthy "no tunnel"
}

test_devices()
{
	must ip -n "$APP" link add dummy0 type dummy
	must ip -n "$APP" link set dummy0 up
	must ctl config set attach ingress dev eth0 dev dummy0
	healthy "packets are taken from two devices"
	must ip -n "$APP" link del dummy0
	finds "one of them is gone" devices "from dummy0, which is not there"
	must ctl config set attach ingress dev eth0
	healthy "it is not asked for"
}

test_blind()
{
	must ip -n "$APP" link add dummy0 type dummy
	must ip -n "$APP" link set dummy0 up
	must ctl config set attach ingress dev dummy0
	sender --rate $QUIET
	wait_for 20 arrive
	INTERVAL=10 finds "packets are taken from another device" blind \
		"eth0 received .* packets in .* s, and the module saw none"
	must ctl config set attach prerouting
	healthy "they are taken from all"
	stop $sender
	must ip -n "$APP" link del dummy0
}

# more than those who answer ARP
arrive()
{
	local before now

	before=$(received)
	sleep 0.2
	now=$(received)
	[ "$now" -gt $((before + 5)) ]
}

received()
{
	ip netns exec "$APP" cat /sys/class/net/eth0/statistics/rx_packets
}

grows()
{
	local before

	before=$(counter "$1")
	sleep 0.1
	[ "$(counter "$1")" -gt "$before" ]
}

test_drops()
{
	must ctl peer set $NODE2/32
	sender --rate $QUIET
	wait_for 20 grows drop-not-peer
	INTERVAL=1 finds "somebody who is no peer" drops "^drop-not-peer: "
	must ctl peer set 192.168.9.0/28
	healthy "he is one"
	stop $sender

	# Geneve of version 1; without a process each, of which a busy machine
	# does not begin one in every 0.3 seconds
	ip netns exec "$SIM" bash -c "exec 3>/dev/udp/$LOCAL/6081 4<> <(:)
	while :; do
		printf '\x48\0\x08\0\0\0\0\0' >&3
		read -rt 0.01 -u 4
	done" &
	sender=$!
	wait_for 20 grows drop-geneve-version
	INTERVAL=1 finds "malformed packets" malformed \
		"^drop-geneve-version: "
	stop $sender
	healthy "no more of them"
}

test_healthd()
{
	stop "$healthd"
	finds "nobody answers health checks" healthd "does not run here"
	ip netns exec "$SIM" "$HEALTHD" --port 8080 2>/dev/null &
	healthd=$!
	wait_for 20 answers
	finds "but in another namespace" healthd "does not run here"
	stop $healthd
	start_healthd
	healthy "somebody does"
}

answers()
{
	ip netns exec "$SIM" curl -s http://127.0.0.1:8080/
}

# With both CPUs busy nobody is idle, and an emulator's may be anything.
test_queues()
{
	sender --cpu 0 --flows 64 --batch 64
	check "one CPU has all the work" wait_for 60 skewed
	stop $sender
	healthy "none has any"
}

skewed()
{
	INTERVAL=1 doctor | grep -q "^queues: CPU 0 spends .* on packets"
}

test_version()
{
	is "an old gwlbctl" "$("$OLD" -n "$APP" doctor --interval 0.1 |
		head -n 1)" \
		"version: gwlbctl has version 0.0.1, the module $(<"$TOP/VERSION")"
}

test_schema()
{
	check "JSON is what the schema says" "$PYTHON" \
		-W ignore::DeprecationWarning \
		"$TOP/tools/gwlbctl/tests/schema.py" --some \
		"$TOP/tools/gwlbctl/schema" "$work"
}

# A doctor who loads the module would find it loaded.
test_module()
{
	must ctl down
	must rmmod gwlb
	finds "no module" module "the module is not loaded"
	check "and it is not loaded by that" test ! -d /sys/module/gwlb
}

must test -x "$GWLBCTL" -a -x "$OLD" -a -x "$HEALTHD"
setup_up
must ip -n "$APP" route add default via $NODE
must ctl peer set 192.168.9.0/28
must ctl rule load "$work/rules"
start_healthd
on_exit stop_healthd
stop_healthd()
{
	stop "$healthd"
}
test_healthy
test_state
test_rules
test_flows
test_endpoints
test_interface
test_gro
test_ahead
test_port
test_devices
test_blind
test_drops
test_healthd
test_queues
test_version
test_schema
test_module
