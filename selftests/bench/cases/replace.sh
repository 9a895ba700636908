# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How long it takes to replace 10,000 rules by 10,000 others while packets come
# in, from the start of gwlbctl to its end, and how much of that is gwlbctl's
# own time in the kernel, to a tick of 4 ms; no packet may be lost. A guest that
# counts instructions takes a nanosecond for each; another one is as fast as
# this machine can emulate it.

REPLACEMENTS=7

# timed NAME COMMAND...: values NAME and NAME-system, how long it takes
timed()
{
	local name=$1 all system TIMEFORMAT="%R %S"

	shift
	{ time must "$@"; } 2>"$WORK/time"
	read -r all system <"$WORK/time"
	value "$name" "$((10#${all/./}))" milliseconds
	value "$name-system" "$((10#${system/./}))" milliseconds
}

case_replace()
{
	local i pid before began came sent prefix="" which=(last first)

	[ "$GUEST" = one ] || prefix=$GUEST-
	gwlb 10000 first
	# Nobody waits for files.
	cp "$GWLBCTL" "$BENCH"/10000-*.rules "$WORK/"
	before=$(back)
	# Nice, so that it does not take half of the CPU.
	nice -n 19 ip netns exec "$SIM" "$BENCH/sender" --establish \
		--flows 1000 --runs 1000 --burst 64 wire0 "$APP_MAC" \
		$NODE $LOCAL >"$WORK/sender" &
	pid=$!
	wait_for 60 grep -q "^run" "$WORK/sender"
	began=$(back)
	for ((i = 0; i < REPLACEMENTS; i++)); do
		timed "${prefix}replace" "$WORK/gwlbctl" -n "$APP" \
			rule load "$WORK/10000-${which[i % 2]}.rules"
	done
	came=$(($(back) - began))
	kill -TERM $pid
	wait $pid
	sent=$(sed -n 's/^sent //p' "$WORK/sender")
	check "${prefix}replace: packets came meanwhile, $came of them" \
		[ $came -gt 1000 ]
	value "${prefix}replace-lost" $((sent - $(back) + before)) packets
	# What gwlbctl does before it asks the module
	timed "${prefix}replace-check" "$WORK/gwlbctl" rule check \
		"$WORK/10000-last.rules"
	gwlb_off
}
