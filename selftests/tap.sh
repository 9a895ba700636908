# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Adds up what tests say. Sourced by those who run tests: check.sh on the host
# and guest.sh in a guest. A test speaks TAP; one that stops before its plan,
# or fails without saying what, counts as one failure more.

passed=0
failed=0
# Is there a suite for which no time was left?
unbegun=""
# Each failure with the lines that follow it, for the end of a long log
failures=""

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
		out=$(tail -n 60 <<<"$out" | sed 's/^/# /')
		out="not ok - $what"$'\n'"$out"
		echo "$out"
		failures+="$out"$'\n'
	fi
}

# odd LOG: what does not show in a count: who gave up, a result that is not at
# the beginning of its line, and what was said before a plan that does not fit
odd()
{
	awk '
	{ said[NR % 12] = $0 }
	/^(not )?ok / { n++; next }
	/^Bail out!/ || /^[^#].*ok [0-9]+ - / { print }
	/^1\.\.[0-9]+/ {
		if (substr($1, 4) + 0 != n) {
			print n + 0 " tests, then " $0 ", behind"
			for (i = NR < 12 ? 1 : NR - 11; i < NR; i++)
				print "> " said[i % 12]
		}
		n = 0
	}' "$1"
}

# nothing_begun LOG: that is what a guest says for which no time was left
nothing_begun()
{
	grep -q ': no time is left$' "$1" &&
		! grep -qE '^((not )?ok |1\.\.|Bail out!)' "$1"
}

# suite NAME COMMAND...: a command that speaks TAP
suite()
{
	local name=$1 log rc plan oks nots wrong=""

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
	if [ "$rc" -eq 0 ] && nothing_begun "$log"; then
		unbegun=1
	elif [ "$plan" -ne $((oks + nots)) ] || [ "$plan" -eq 0 ]; then
		failed=$((failed + 1))
		wrong="$((oks + nots)) tests of $plan planned"
	elif grep -qx '1\.\.0' "$log"; then
		failed=$((failed + 1))
		wrong="a plan without a test, and without a reason"
	elif [ "$rc" -ne 0 ] && [ "$nots" -eq 0 ]; then
		failed=$((failed + 1))
		wrong="exit code $rc, but no test failed"
	elif [ "$rc" -eq 0 ] && [ "$nots" -ne 0 ]; then
		failed=$((failed + 1))
		wrong="tests failed, but exit code 0"
	elif [ "$nots" -eq 0 ] && grep -q '^Bail out!' "$log"; then
		failed=$((failed + 1))
		wrong="gave up, but no test failed"
	fi
	if [ "$nots" -ne 0 ]; then
		failures+="$name:"$'\n'
		failures+=$(grep -A 10 '^not ok ' "$log" | grep -v '^ok ')$'\n'
	fi
	if [ -n "$wrong" ]; then
		echo "not ok - $name: $wrong"
		failures+="not ok - $name: $wrong"$'\n'
		wrong=$(odd "$log")
		failures+=${wrong:+$wrong$'\n'}
	fi
	rm -f "$log"
}

# summary: what failed, and the last line; the exit code says the same
summary()
{
	[ -z "$failures" ] || printf '# What failed:\n%s' "$failures" |
		sed '2,$s/^/#   /'
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && { [ "$passed" -gt 0 ] || [ -n "$unbegun" ]; }
}
