#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl trace: packets that match, and only these, with each step of their
# walk; and no trace is left behind, however it ends. Owns a scratch directory
# and, while they run, instances of the kernel's trace.
GWLBCTL=${GWLBCTL:-$(dirname "$0")/../tools/gwlbctl/tests/gwlbctl-san}
. "$(dirname "$0")/lib.sh"

FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
PYTHON=${PYTHON:-/usr/bin/python3}
INSTANCES=/sys/kernel/tracing/instances

work=$(mktemp -d)
on_exit rm -rf "$work"

gen()
{
	ip netns exec "$SIM" "$FLOWGEN" "$@" wire0 "$APP_MAC" $NODE $LOCAL
}

# Whose tracepoint is on
tracing()
{
	grep -qx 1 $INSTANCES/gwlbctl-"$tracer"/events/gwlb/gwlb_verdict/enable
}

# trace ARGUMENT...: in the background
trace()
{
	"$GWLBCTL" trace "$@" >"$work/out" 2>"$work/err" &
	tracer=$!
	wait_for 20 tracing || bail_out "no trace: $(cat "$work/err")"
}

no_instance()
{
	! ls -d $INSTANCES/gwlbctl-* 2>/dev/null
}

# ended DESCRIPTION CODE [ERROR]: the trace ends, so, and leaves nothing
ended()
{
	local rc=0

	wait "$tracer" || rc=$?
	is "$1: how it ends" "$rc $(cat "$work/err")" "$2 ${3:-}"
	check "$1: nothing is left" no_instance
}

test_filter()
{
	trace proto udp dport 53 from 10.1.0.0/16 --count 2
	must gen --proto tcp --port 53
	must gen --port 54
	must gen --client 10.3.0.0
	must gen --flows 2
	ended "two of several packets" 0
	is "only these" "$(grep -c '^[a-z]' "$work/out")" 2
	is "each step" "$(head -n 7 "$work/out" |
		sed 's/sport=[0-9]*/sport=N/; s/cookie=[0-9a-f]*/cookie=N/
		     s/bytes=[0-9]*/bytes=N/')" \
		"returned udp src=10.1.0.0 dst=10.2.0.1 sport=N dport=53 endpoint=$ENDPOINT cookie=N node=$NODE local=$LOCAL bytes=N
    outer     ok
    admission ok
    tunnel    ok
    inner     ok
    decision  ok
    sending   ok"
}

# traced N: for wait_for, so many packets
traced()
{
	[ "$(jq -s length "$work/out")" -ge "$1" ]
}

# Packets of a live connection go a shorter way; who traces sees them as well.
test_live()
{
	local options=(--steps "> <" --rounds 3)

	must gen "${options[@]}"
	trace --json --count 4
	gen "${options[@]}" >/dev/null
	wait_for 10 traced 4 || kill $tracer
	ended "packets of a flow that both sides know" 0
	is "are traced, each with all of its steps" \
		"$(jq -c '[.reason, (.steps | length)]' "$work/out" | uniq -c |
			xargs)" "4 [returned,6]"
}

test_fates()
{
	echo "policy drop" | must ctl rule load -
	trace --json --count 1
	gen --batch 1 >/dev/null
	ended "a packet that no rule accepts" 0
	is "which step ended it" "$(jq -c '[.reason, .steps[-1]]' \
		"$work/out")" '["drop-policy",{"step":"decision","ok":false}]'
	cp "$work/out" "$work/trace.json"
	must ctl peer set $NODE2/32
	trace --json --count 1
	gen --batch 1 >/dev/null
	ended "one of somebody who is no peer" 0
	is "which step ended that" "$(jq -c '[.reason, .inner, .steps[-1]]' \
		"$work/out")" \
		'["drop-not-peer",null,{"step":"admission","ok":false}]'
	cp "$work/out" "$work/trace-peer.json"
	must ctl peer flush
	echo "policy accept" | must ctl rule load -
	check "JSON is what the schema says" "$PYTHON" \
		-W ignore::DeprecationWarning \
		"$TOP/tools/gwlbctl/tests/schema.py" --some \
		"$TOP/tools/gwlbctl/schema" "$work"
}

full()
{
	[ -s "$work/out" ]
}

test_ends()
{
	trace
	kill -TERM $tracer
	ended "terminated" 0
	trace
	kill -INT $tracer
	ended "interrupted" 0

	trace
	kill -KILL $tracer
	wait $tracer 2>/dev/null
	check "killed, it leaves something" tracing
	trace --count 1
	must gen
	ended "the next one" 0

	# shellcheck disable=SC2016 # the inner shell's
	bash -c 'mkdir "$1/gwlbctl-$$" && exec "$2" trace --count 1' - \
		"$INSTANCES" "$GWLBCTL" >"$work/out" 2>"$work/err" &
	tracer=$!
	wait_for 20 tracing || note "$(cat "$work/err")"
	must gen
	ended "one with the number of who was killed" 0

	mkfifo "$work/pipe"
	"$GWLBCTL" trace >"$work/pipe" 2>"$work/err" &
	tracer=$!
	exec 9<"$work/pipe"
	wait_for 20 tracing
	exec 9<&-
	must gen --flows 4
	ended "its reader is gone" 1 \
		"Error: writing to standard output: Input/output error"
	refused "without privileges" "^Error: $INSTANCES: " setpriv \
		--reuid 65534 --clear-groups "$GWLBCTL" trace
	exits 2 "no namespace" "all network namespaces" ctl trace
}

test_no_module()
{
	must ctl down
	must rmmod gwlb
	refused "without the module" "is the module loaded" "$GWLBCTL" trace
	check "and nothing is left" no_instance
}

must test -x "$GWLBCTL"
mountpoint -q /sys/kernel/tracing ||
	must mount -t tracefs nodev /sys/kernel/tracing
setup_up
test_filter
test_live
test_fates
test_ends
test_no_module
