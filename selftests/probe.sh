# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for those who source this
#
# What tests of rules and flows begin with, behind lib.sh: rules from a here
# document, single packets whose fate is compared (probe.py), and many
# (flowgen). Owns a probe.py that runs until the test ends.

FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
ENDPOINT2=vpce-0123456789abcdef1
OTHER=vpce-0aaaaaaaaaaaaaaa0
UNKNOWN=vpce-0bbbbbbbbbbbbbbb0

# Packets that most rules say nothing of
U="udp 10.1.0.1 1000 10.2.0.1 53"
U6="udp fd00:1::1 1000 fd00:2::1 53"
T="tcp 10.1.0.1 1000 10.2.0.1 80"
T6="tcp fd00:1::1 1000 fd00:2::1 80"
PING="icmp 10.1.0.1 10.2.0.1 8 0"
PING6="icmp fd00:1::1 fd00:2::1 128 0"
GRE="ip 10.1.0.1 10.2.0.1 47"

# A connection's two directions, TCP flags to follow
C=$T
S="tcp 10.2.0.1 80 10.1.0.1 1000"
C6=$T6
S6="tcp fd00:2::1 80 fd00:1::1 1000"

# start_probe: needs the two namespaces
start_probe()
{
	local ready

	work=$(mktemp -d)
	on_exit rm -rf "$work"
	coproc PROBE { exec "$TOP/selftests/probe.py" --sim "$SIM" \
		--app "$APP" --dev wire0 --mac "$APP_MAC" --node $NODE \
		--local $LOCAL 2>"$work/probe.log"; }
	# Bash unsets its own variable when the process ends.
	# shellcheck disable=SC2153 # set by coproc
	probe=$PROBE_PID
	on_exit stop_probe
	read -r ready <&"${PROBE[0]}" ||
		ready=
	[ "$ready" = ready ] ||
		bail_out "probe.py does not start: $(cat "$work/probe.log")"
}

stop_probe()
{
	stop "$probe"
}

# send PACKET...: its fate is in $fate
send()
{
	echo "$*" >&"${PROBE[1]}"
	read -r fate <&"${PROBE[0]}" ||
		bail_out "probe.py ended: $(cat "$work/probe.log")"
}

# fate DESCRIPTION EXPECTED PACKET...: EXPECTED is a pattern
fate()
{
	local what=$1 expected=$2

	shift 2
	send "$@"
	# shellcheck disable=SC2053 # a pattern
	if [[ $fate == $expected ]]; then
		ok "$what"
	else
		not_ok "$what"
		note "$*: $fate"
		note "expected: $expected"
	fi
}

# reload: loads the rules that come on standard input
reload()
{
	cat >"$work/rules"
	must ctl rule load "$work/rules"
}

# rules: likewise, and begins anew: no flows, and no counts, not even those of
# a policy, which lasts as long as its verdict
rules()
{
	no_flows
	echo "policy drop" | must ctl rule load -
	echo "policy accept" | must ctl rule load -
	reload
	ctl stats --json >"$work/before"
}

# gen OPTION...: flowgen; prints what it prints
gen()
{
	ip netns exec "$SIM" "$FLOWGEN" "$@" wire0 "$APP_MAC" $NODE $LOCAL
}

# flows: how many there are
flows()
{
	ctl status --json | jq .flows
}

# flows_are N: for wait_for
flows_are()
{
	[ "$(flows)" = "$1" ]
}

# no_flows: as at the beginning of all
no_flows()
{
	must ctl flow flush --all
}

# flow_field FILTER: of the only flow
flow_field()
{
	ctl flow list --json | jq -c "if (.flows | length) == 1
		then .flows[0] | $1 else \"\(.flows | length) flows\" end"
}

# state_is EXPECTED: of the only flow
state_is()
{
	is "state: $1" "$(flow_field .state)" "\"$1\""
}

# flows_new: how many flows are young: one side of them was heard
flows_new()
{
	ctl --json endpoint list | jq '[.endpoints[]."flows-new"] | add'
}

# handshake: between the two sides of a connection, $C and $S
handshake()
{
	send "$C" S
	send "$S" SA
	send "$C" A
}

# tallies NAME...: packets of these rules; policy is that of options, and
# policy:NAME that of a group
tallies()
{
	ctl rule list --counters --json | jq -r '. as $all | [$ARGS.positional[] |
		. as $name |
		if . == "policy"
		then $all.policies[] | select(.group == null)
		elif startswith("policy:")
		then $all.policies[] | select(.group == $name[7:])
		else $all.rules[] | select(.name == $name)
		end | .packets] | join(" ")' --args "$@"
}

# verdict_sum VERDICT: packets and bytes of all rules and policies that say so
verdict_sum()
{
	ctl rule list --counters --json | jq -c --arg v "$1" '
		[(.rules[] | select(.verdict == $v)),
		 (.policies[] | select(.policy == $v))] |
		[([.[].packets] | add // 0), ([.[].bytes] | add // 0)]'
}

# since_rules REASON...: packets and bytes since the rules were loaded
since_rules()
{
	ctl stats --json | jq -c --slurpfile before "$work/before" '
		def sum: [.counters[] |
			select(.name | IN($ARGS.positional[]))] |
			[([.[].packets] | add), ([.[].bytes] | add)];
		[sum, ($before[0] | sum)] |
		[.[0][0] - .[1][0], .[0][1] - .[1][1]]' --args "$@"
}

# dropped REASON: packets since the rules were loaded
dropped()
{
	since_rules "$1" | jq '.[0]'
}

# What the module tells

# start_monitor [KIND...]: into $work/events, from now on
start_monitor()
{
	"$GWLBCTL" -n "$APP" monitor --json >"$work/events" &
	monitor=$!
	on_exit stop $monitor
	wait_for 20 tells_something || bail_out "monitor says nothing"
}

# tells_something: for wait_for; any other ruleset is an event
tells_something()
{
	echo "flow-max $((RANDOM + 1000))" | ctl rule load - &&
		[ -s "$work/events" ]
}

stop_monitor()
{
	stop $monitor
}

# events FILTER: of all so far
events()
{
	jq -c "$1" "$work/events" | tr '\n' ' ' | sed 's/ $//'
}
