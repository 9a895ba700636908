#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# t_lab.sh [CASE...] - the acceptance suite, accept.sh, for these cases, for
# those that $CASES lists, or for all of them. Two at a time, as they wait more
# than they work; what a case says is shown when it is over.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

ALL=(single-aws separated-aws single-cn separated-cn single-cidrs
     separated-cidrs single-zones separated-zones single-zonal separated-zonal
     single-original separated-original)
AT_ONCE=2
# Seconds for one case, many times what it takes
LIMIT=1800

# one CASE: in the background
one()
{
	local rc=0

	timeout --kill-after=30 $LIMIT "$TOP/selftests/lab/accept.sh" "$1" \
		>"$work/$1" 2>&1 || rc=$?
	echo $rc >"$work/$1.status"
}

# What a case said is said again, so that there is one plan for all.
report()
{
	# shellcheck disable=SC2154 # of lib.sh
	local line plan="" n=0 bad=$failed

	while IFS= read -r line; do
		case $line in
		"ok "*)
			ok "${line#ok * - }"
			n=$((n + 1))
			;;
		"not ok "*)
			not_ok "${line#not ok * - }"
			n=$((n + 1))
			;;
		1..*) plan=${line#1..} ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$work/$1"
	if [ "$n" != "$plan" ]; then
		not_ok "$1: $n tests of ${plan:-nobody knows how many}"
	elif [ "$(cat "$work/$1.status")" != 0 ] && [ "$bad" -eq $failed ]; then
		not_ok "$1: no test failed, but it did"
	fi
	rm "$work/$1.status"
}

report_those_that_are_over()
{
	local status

	for status in "$work"/*.status; do
		[ ! -e "$status" ] || report "$(basename "$status" .status)"
	done
}

cases=("$@")
[ $# -gt 0 ] || read -ra cases <<<"${CASES:-${ALL[*]}}"
work=$(mktemp -d)
on_exit rm -rf "$work"
load_module
# The first namespace makes ip set up a mount, which two cannot do at once.
must ip netns add "$SIM"
must ip netns del "$SIM"

for case in "${cases[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge $AT_ONCE ]; do
		wait -n
		report_those_that_are_over
	done
	one "$case" &
done
while [ -n "$(jobs -rp)" ]; do
	wait -n
	report_those_that_are_over
done
report_those_that_are_over
