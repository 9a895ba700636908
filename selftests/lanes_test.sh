#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lanes_test.sh - tests that lanes.sh counts what layers say, that nothing which
# fails or hangs looks green, and what it does when time is over. Its layers are
# a few lines each. Prints TAP.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# What lanes.sh was told that runs this is not for those here.
unset LONG KERNEL CASES TESTS MATRIX MUTANTS MINUTES REQUESTS SEED PACKET_SEED
unset CHAOS_SECONDS FUZZ_SECONDS UNTIL GRACE KEEP ALONE EARLY LIGHT

tmp=$(mktemp -d)
on_exit rm -rf "$tmp"

# lanes LAYER...: of layers that are pieces of a script
lanes()
{
	"$tmp/lanes.sh" "$@" >"$tmp/out" 2>&1
	rc=$?
}

last_is()
{
	[ "$(tail -n 1 "$tmp/out")" = "$1" ] || { cat "$tmp/out"; false; }
}

says()
{
	grep -qxF -- "$1" "$tmp/out"
}

# suite_of LINE...: what is said at the end of a suite that prints these lines
suite_of()
{
	(
		. "$tmp/tap.sh"
		suite it printf '%s\n' "$@"
		summary
	) >"$tmp/out" 2>&1
	rc=$?
}

# gone PID: for wait_for
gone()
{
	! kill -0 "$1"
}

cp "$TOP/selftests/lanes.sh" "$TOP/selftests/tap.sh" "$tmp/"
cat >"$tmp/check.sh" <<'LAYERS'
#!/bin/bash
case $1 in
good)
	echo "2 passed, 0 failed"
	;;
bad)
	printf '%s\n' "# What failed:" "#   not ok 1 - it" "1 passed, 1 failed"
	exit 1
	;;
skips)
	printf '%s\n' "ok 1 - it" "ok 2 - that # SKIP there is none" \
		"1..2" "1..0 # SKIP not here" "2 passed, 0 failed"
	;;
dead)
	exit 3
	;;
short)
	echo "# t_rest.sh: no time is left"
	echo "5 passed, 0 failed"
	;;
late)
	while [ "$(date +%s)" -lt "$UNTIL" ]; do sleep 0.1; done
	echo "1 passed, 0 failed"
	;;
light)
	nice >"${0%/*}/light"
	echo "1 passed, 0 failed"
	;;
heavy)
	touch "${0%/*}/heavy"
	echo "1 passed, 0 failed"
	;;
alone)
	for ((i = 0; i < 50; i++)); do
		[ ! -s "${0%/*}/light" ] || break
		sleep 0.1
	done
	[ ! -e "${0%/*}/heavy" ]
	echo "1 passed, $? failed"
	;;
early)
	nice >"${0%/*}/early"
	echo "1 passed, 0 failed"
	;;
first)
	for ((i = 0; i < 50; i++)); do
		[ ! -s "${0%/*}/early" ] || break
		sleep 0.1
	done
	[ -s "${0%/*}/early" ] && [ ! -e "${0%/*}/light" ]
	echo "1 passed, $? failed"
	;;
counted)
	echo >>"${0%/*}/counted"
	printf '%s\n' "ok 1 - a # SKIP none" "4 passed, 0 failed"
	;;
editor)
	echo "# edited" >>"${0%/*}/tap.sh"
	echo "1 passed, 0 failed"
	;;
stubborn)
	trap '' TERM
	while :; do
		sleep 1
	done
	;;
hung)
	sleep 1000 &
	echo $! >"${0%/*}/hung"
	wait
	;;
esac
LAYERS
chmod +x "$tmp/check.sh"
export ALONE=""
# That of those who run this is none of its concern.
unset UNTIL GRACE LIGHT EARLY KEEP
# Nor is the repository of a hook, or of a rebase, that runs this.
unset "${!GIT_@}"

lanes good good bad
check "results are added up" last_is "5 passed, 1 failed"
check "one that failed is a failure" [ $rc -eq 1 ]
check "and is named at the end" says "#   not ok 1 - it"
lanes skips good
check "what is skipped counts as passed" last_is "4 passed, 0 failed"
check "and is listed" says "#   skips: ok 2 - that # SKIP there is none"
check "so is a script that is skipped" says "#   skips: 1..0 # SKIP not here"
lanes good dead
check "one that says nothing is a failure" last_is "2 passed, 1 failed"
check "and is named, too" \
	says "not ok - layer dead: exit code 3, no count"

UNTIL=$(($(date +%s) + 10)) lanes short late late bad
check "no layer begins when time is over" last_is "7 passed, 0 failed"
check "which is no failure" [ $rc -eq 0 ]
check "layers that were not run are listed" says "#   layer bad"
check "tests that were not run are, too" says "#   t_rest.sh"

EARLY=early LIGHT=light lanes first light good early
check "only what needs nothing runs beside the first one" \
	last_is "5 passed, 0 failed"
lower=$(($(nice) + 15))
is "and gives way" "$(cat "$tmp/early")" $((lower < 19 ? lower : 19))
rm "$tmp/light"

ALONE=alone LIGHT=light lanes good heavy light alone
check "nothing runs beside what runs alone" last_is "5 passed, 0 failed"
lower=$(($(nice) + 10))
is "but what gives way" "$(cat "$tmp/light")" $((lower < 19 ? lower : 19))

UNTIL=$(($(date +%s) + 10)) GRACE=1 lanes hung good
check "what hangs is ended" last_is "0 passed, 1 failed"
check "with all that it began" wait_for 10 gone "$(cat "$tmp/hung")"

UNTIL=$(($(date +%s) + 10)) GRACE=1 lanes stubborn good
check "and so is what does not want to be" last_is "0 passed, 1 failed"

# ran: how often the layer that counts that was
ran()
{
	wc -l <"$tmp/counted"
}

export KEEP=$tmp/keep
lanes good counted
check "who wants to keep what passed has a tree" [ $rc -eq 2 ]
git init -q "$tmp"
printf '%s\n' '*' '!*.sh' >"$tmp/.gitignore"
UNTIL=$(($(date +%s) + 600)) lanes good counted bad short
check "what is kept is counted" last_is "12 passed, 1 failed"
UNTIL=$(($(date +%s) + 600)) lanes good counted bad short
check "the next time, too" last_is "12 passed, 1 failed"
check "what failed has failed" [ $rc -eq 1 ]
is "what passed was not run again" "$(ran)" 1
check "and that is said" \
	says "# layer counted passed before, and is not run again:"
check "what it skipped is listed" says "#   counted: ok 1 - a # SKIP none"
check "so is what there was no time for" says "#   t_rest.sh"
check "one of which not all was run is run again" \
	[ "$(grep -c "layer short passed before" "$tmp/out")" -eq 0 ]
LONG=1 lanes good counted
is "so is one that is told something else" "$(ran)" 2
echo "# another" >>"$tmp/tap.sh"
lanes good counted
is "or of which a file has changed" "$(ran)" 3
check "and is counted once" last_is "6 passed, 0 failed"
cp "$tmp/tap.sh" "$tmp/before"
lanes good editor
mv "$tmp/before" "$tmp/tap.sh"
lanes good editor
check "what tested another tree is not kept" \
	[ "$(grep -c "layer editor passed before" "$tmp/out")" -eq 0 ]
unset KEEP

suite_of "ok 1 - a" "not ok 2 - b" "# why" "1..2"
check "a suite is counted" last_is "1 passed, 2 failed"
suite_of "ok 1 - a" "noise ok 2 - b" "1..2" "ok 1 - c" "1..1"
check "who does not keep to its plan has failed" last_is "2 passed, 1 failed"
check "and how is said" says "#   1 tests, then 1..2, behind"
check "with what it said last" says "#   > noise ok 2 - b"
check "a result that was not counted is shown" says "#   noise ok 2 - b"
check "and nothing of who did" [ "$(grep -c "ok 1 - c" "$tmp/out")" -eq 1 ]
suite_of "ok 1 - a" "Bail out! no wire" "1..2"
check "who gave up says why" says "#   Bail out! no wire"
suite_of "ok 1 - a" "Bail out! no wire" "1..1"
check "and has failed, whatever plan he has" last_is "1 passed, 1 failed"
suite_of "# t_a.sh: no time is left"
check "what was not begun has not failed" last_is "0 passed, 0 failed"
check "nor has who wanted to begin it" [ $rc -eq 0 ]
suite_of "# t_a.sh: no time is left" "not what a guest says of a test" \
	"Bail out! no wire"
check "unless something else was the matter" last_is "0 passed, 1 failed"
suite_of
check "who says nothing at all has failed" last_is "0 passed, 1 failed"
