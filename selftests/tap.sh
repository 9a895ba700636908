# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Adds up what tests say. Sourced by those who run tests: check.sh on the host
# and guest.sh in a guest. A test speaks TAP; one that stops before its plan,
# or fails without saying what, counts as one failure more.

passed=0
failed=0

# one DESCRIPTION COMMAND...: a command that is a test by itself
one()
{
	local what=$1 out

	shift
	if out=$("$@" 2>&1); then
		passed=$((passed + 1))
		echo "ok - $what"
	else
		failed=$((failed + 1))
		echo "not ok - $what"
		printf '%s\n' "$out" | tail -n 60 | sed 's/^/# /'
	fi
}

# suite NAME COMMAND...: a command that speaks TAP
suite()
{
	local name=$1 log rc plan oks nots

	shift
	log=$(mktemp)
	echo "# $name"
	"$@" 2>&1 | tee "$log"
	rc=${PIPESTATUS[0]}
	oks=$(grep -c '^ok ' "$log")
	nots=$(grep -c '^not ok ' "$log")
	# Several plans, one after the other, are what several tests print.
	plan=$(awk -F '\\.\\.' '/^1\.\.[0-9]+/ { n += $2 } END { print n + 0 }' \
		"$log")
	passed=$((passed + oks))
	failed=$((failed + nots))
	if [ "$plan" -ne $((oks + nots)) ] || [ "$plan" -eq 0 ]; then
		failed=$((failed + 1))
		echo "not ok - $name: $((oks + nots)) tests of $plan planned"
	elif [ "$rc" -ne 0 ] && [ "$nots" -eq 0 ]; then
		failed=$((failed + 1))
		echo "not ok - $name: exit code $rc, but no test failed"
	elif [ "$rc" -eq 0 ] && [ "$nots" -ne 0 ]; then
		failed=$((failed + 1))
		echo "not ok - $name: tests failed, but exit code 0"
	fi
	rm -f "$log"
}

# summary: the last line; the exit code says the same
summary()
{
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
