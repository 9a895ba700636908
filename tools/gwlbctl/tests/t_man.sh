#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The man pages are clean, and have every command and option that the program
# has, and every check of doctor.
set -eu

cd "$(dirname "$0")"
page=../gwlbctl.8
# shellcheck source=tools/gwlbctl/tests/result.sh
. ./result.sh

# lint TOOL COMMAND...: it must say nothing
lint()
{
	local tool=$1 out

	shift
	if ! command -v "$tool" >/dev/null; then
		tests=$((tests + 1))
		echo "ok $tests - $tool # SKIP not installed"
		return
	fi
	# what is installed on this host is none of our business
	out=$("$@" 2>&1 | grep -v 'mandoc\.db lacks\|not found: Xr gwlb') || :
	if [ -n "$out" ]; then
		printf '%s\n' "$out" | sed 's/^/# /'
		result 1 "$tool has nothing to say"
	else
		result 0 "$tool has nothing to say"
	fi
}

text()
{
	sed -e 's/^\.\(It\|Op\|Sh\) //' -e 's/\<\(Cm\|Fl\|Oo\|Ns\) //g' \
		-e 's/Fl Fl /--/g' "$page"
}

# shellcheck disable=SC2317 # called by lint
man_warnings()
{
	LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \
		"$1" >/dev/null
}

# The words that may follow "$@" and are no options
commands()
{
	./gwlbctl-san --complete "$@" | grep -v ^-
}

check_command()
{
	local rc=0

	text | grep -q "^$*\>" || rc=1
	result $rc "man page has $*"
}

check_option()
{
	local rc=0

	sed 's/Fl Fl /--/g' "$page" | grep -q -- "$1\>" || rc=1
	result $rc "man page has $1"
}

for file in "$page" ../gwlbctl-*.8; do
	lint mandoc mandoc -Tlint "$file"
	lint man man_warnings "$file"
done

# some WHAT N: there were more tests than N, or a list was empty
some()
{
	local rc=0

	[ "$tests" -gt "$2" ] || rc=1
	result $rc "there are $1"
}

# collect COMMAND: adds the options that it takes
collect()
{
	options+=$(./gwlbctl-san --complete "$@" | grep ^-)$'\n' || :
}

options=""
before=$tests
for command in $(commands); do
	collect "$command"
	# what comes after a command that is no group is an argument
	if ./gwlbctl-san "$command" -h | grep -q "^Usage: .* COMMAND$"; then
		for sub in $(commands "$command"); do
			check_command "$command" "$sub"
			collect "$command" "$sub"
		done
	else
		check_command "$command"
	fi
done
some commands $before
before=$tests
for option in $(sort -u <<<"$options"); do
	check_option "$option"
done
some options $before

before=$tests
for name in $(sed -n 's/.*\[DOCTOR_[A-Z]*\] = "\([a-z]*\)",/\1/p' \
	../doctor.c); do
	rc=0
	grep -q "^\.It Ic $name\$" ../gwlbctl-doctor.8 || rc=1
	result $rc "man page has the check $name"
done
some checks $before

echo "1..$tests"
exit $failed
