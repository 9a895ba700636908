#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lanes.sh LAYER... - runs the layers of check.sh, two at a time, as most of
# them wait most of the time; ends in one line, "N passed, N failed".
#
# The first layer runs alone: it builds what the others need. So do those that
# tell how long something took ($ALONE), after all others. A layer's output
# comes in one piece, when it has ended.
set -u

here=$(dirname "$0")
# shellcheck source=selftests/tap.sh
. "$here/tap.sh"

ALONE=${ALONE-lab}
work=$(mktemp -d)
declare -A running

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	[ ${#running[@]} -eq 0 ] || kill -- "${!running[@]}" 2>/dev/null
	wait
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start LAYER: in a process group of its own, so that it can be ended with all
# that it began
start()
{
	set -m
	"$here/check.sh" "$1" >"$work/$1" 2>&1 </dev/null &
	set +m
	running[$!]=$1
}

# finish: waits for one of those that run, shows what it said, and counts
finish()
{
	local pid layer rc=0 counts what

	wait -n -p pid "${!running[@]}" || rc=$?
	layer=${running[$pid]}
	unset "running[$pid]"
	counts=$(tail -n 1 "$work/$layer")
	if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
	else
		[ "$rc" -ne 0 ] || rc=1
		counts="no count"
	fi
	what=$(sed -n '/^# What failed:$/,$ { s/^#   //; /^# What/d
		/^[0-9]* passed,/d; p }' "$work/$layer")
	if [ "$rc" -ne 0 ] && [ -z "$what" ]; then
		failed=$((failed + 1))
		what="not ok - layer $layer: exit code $rc, $counts"
		echo "$what" >>"$work/$layer"
	fi
	failures+=${what:+$what$'\n'}
	sed '/^# What failed:$/,$d; $ { /^[0-9]* passed,/d }' "$work/$layer"
}

wait_for_all()
{
	while [ ${#running[@]} -gt 0 ]; do
		finish
	done
}

[ $# -gt 0 ] || { echo "Usage: lanes.sh LAYER..." >&2; exit 2; }
start "$1"
shift
wait_for_all
export BUILT=1
for layer in "$@"; do
	[[ " $ALONE " != *" $layer "* ]] || continue
	[ ${#running[@]} -lt 2 ] || finish
	start "$layer"
done
wait_for_all
for layer in "$@"; do
	[[ " $ALONE " == *" $layer "* ]] || continue
	start "$layer"
	wait_for_all
done
summary
