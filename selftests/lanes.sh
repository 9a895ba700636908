#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lanes.sh LAYER... - runs the layers of check.sh, two at a time, as most of
# them wait most of the time; ends in one line, "N passed, N failed".
#
# The first layer builds what the others need, so none of them runs beside it
# but $EARLY, which needs nothing and gives way. Beside those that
# tell how long something took ($ALONE), which are next, only those run that need
# no guest ($LIGHT), and they give way. A layer's output comes in one piece, when
# it has ended.
#
# $UNTIL, in seconds since 1970, is when there shall be a result, if only of a
# part: nothing is begun after it, neither a layer nor a test of a guest. What
# was not run is listed at the end. What still runs $GRACE seconds later is
# ended, and that is a failure.
#
# $KEEP, a directory, is for runs that take longer than a machine can be had: what
# a layer said that passed, all of it, is kept there. While no file of the tree
# has changed, nor what layers are told by the environment, the next run shows
# that, counts it, and runs the others. The first layer is run each time.
#
# What tests have skipped counts as passed, and is listed at the end, too.
set -u

here=$(dirname "$0")
# shellcheck source=selftests/tap.sh
. "$here/tap.sh"

ALONE=${ALONE-lab}
EARLY=${EARLY-kernel}
LIGHT=${LIGHT-unit cfn static packages fuzz}
GRACE=${GRACE:-600}
work=$(mktemp -d)
declare -A running
watchdog=""
# What no time was left for
left_out=()
# What tests have skipped
skipped=()
# Where layers of this very tree are kept
kept=""

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	end_all TERM
	[ -z "$watchdog" ] || kill -- "-$watchdog" 2>/dev/null
	wait
	rm -rf "$work"
}

# end_all SIGNAL: layers with all that they began
end_all()
{
	local pid

	for pid in "${!running[@]}"; do
		kill -s "$1" -- "-$pid" 2>/dev/null
	done
}

no_time()
{
	[ -n "${UNTIL:-}" ] && [ "$(date +%s)" -ge "$UNTIL" ]
}

# watch: tells this script when $GRACE is over, too; who does not end when he is
# told to has a tenth of it more
watch()
{
	[ -n "${UNTIL:-}" ] || return 0
	trap 'end_all TERM' USR1
	trap 'end_all KILL' USR2
	set -m
	( sleep $((UNTIL + GRACE - $(date +%s))); kill -USR1 $$
	  sleep $((GRACE / 10)); kill -USR2 $$ ) >/dev/null 2>&1 &
	set +m
	watchdog=$!
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# tree: what all that layers depend on comes to
tree()
{
	local names=(LONG KERNEL CASES TESTS MATRIX MUTANTS MINUTES REQUESTS
		     SEED PACKET_SEED CHAOS_SECONDS FUZZ_SECONDS)
	local name

	for name in "${names[@]}"; do
		echo "$name=${!name-}"
	done
	(
		set -o pipefail
		cd "$here" &&
			git ls-files -co --exclude-standard -z :/ |
			LC_ALL=C sort -z | xargs -0 sha256sum
	)
}

# keep LAYER: that is, what it said, and when; unless somebody has changed the
# tree meanwhile
keep()
{
	[ -n "$kept" ] && [ "$(tree)" = "$all" ] || return 0
	{ echo "# of $(date '+%F %T')"; cat "$work/$1"; } >"$kept/.$1" &&
		mv "$kept/.$1" "$kept/$1"
}

# show LAYER: what it said, if that is kept, as if it had been run
show()
{
	local counts

	[ -n "$kept" ] && [ -e "$kept/$1" ] || return 1
	counts=$(tail -n 1 "$kept/$1")
	[[ $counts =~ ^([0-9]+)\ passed,\ 0\ failed$ ]] || return 1
	passed=$((passed + BASH_REMATCH[1]))
	echo "# layer $1 passed before, and is not run again:"
	skips "$kept/$1" "$1"
	sed '$d' "$kept/$1"
}

# skips FILE LAYER: adds what its tests have skipped to those that are listed
skips()
{
	mapfile -t -O ${#skipped[@]} skipped < <(
		sed -nE 's/^(ok|1\.\.0).* # SKIP/'"$2: &/p" "$1")
}

# start LAYER [PRIORITY]: in a process group of its own, so that it can be ended
# with all that it began
start()
{
	if no_time; then
		left_out+=("layer $1")
		return
	fi
	set -m
	nice -n "${2:-0}" "$here/check.sh" "$1" >"$work/$1" 2>&1 </dev/null &
	set +m
	running[$!]=$1
}

# forgotten: one of those that run who does not
forgotten()
{
	local pid

	for pid in "${!running[@]}"; do
		kill -0 "$pid" 2>/dev/null || { echo "$pid"; return; }
	done
}

# finish: waits for one of those that run, shows what it said, and counts
finish()
{
	local pid="" layer rc counts what short

	# A signal ends it, too, and then there is nobody; or bash has forgotten
	# who ended just then, and how.
	while [ -z "${pid:-}" ]; do
		rc=0
		wait -n -p pid "${!running[@]}" || rc=$?
		[ $rc -ne 127 ] || pid=$(forgotten)
	done
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
	mapfile -t short < <(
		sed -n 's/^# \(.*\): no time is left$/\1/p' "$work/$layer")
	left_out+=(${short[@]+"${short[@]}"})
	skips "$work/$layer" "$layer"
	[ "$rc" -ne 0 ] || [ ${#short[@]} -gt 0 ] || keep "$layer"
	sed '/^# What failed:$/,$d; $ { /^[0-9]* passed,/d }' "$work/$layer"
}

wait_for_all()
{
	while [ ${#running[@]} -gt 0 ]; do
		finish
	done
}

# take LIST: sets $layer to the first of those that are left and in LIST
take()
{
	local i

	for i in "${!left[@]}"; do
		layer=${left[i]}
		[[ " $1 " != *" $layer "* ]] || { unset "left[i]"; return 0; }
	done
	return 1
}

[ $# -gt 0 ] || { echo "Usage: lanes.sh LAYER..." >&2; exit 2; }
first=$1
shift
left=()
if [ -n "${KEEP:-}" ]; then
	all=$(tree) || { echo "lanes.sh: KEEP wants a git tree" >&2; exit 2; }
	kept=$KEEP/$(sha256sum <<<"$all" | cut -c 1-16)
	mkdir -p "$kept" || exit 2
fi
for layer in "$@"; do
	show "$layer" || left+=("$layer")
done
watch
start "$first"
! take "$EARLY" || start "$layer" 15
while [[ " ${running[*]} " == *" $first "* ]]; do
	finish
done
export BUILT=1
while take "$ALONE"; do
	start "$layer"
	alone=$layer
	while [[ " ${running[*]} " == *" $alone "* ]]; do
		[ ${#running[@]} -gt 1 ] || ! take "$LIGHT" ||
			start "$layer" 10
		finish
	done
done
while take "${left[*]}"; do
	[ ${#running[@]} -lt 2 ] || finish
	start "$layer"
done
wait_for_all
if [ ${#left_out[@]} -gt 0 ]; then
	echo "# Not run, as no time was left:"
	printf '#   %s\n' "${left_out[@]}"
fi
if [ ${#skipped[@]} -gt 0 ]; then
	echo "# Skipped:"
	printf '#   %s\n' "${skipped[@]}"
fi
summary
