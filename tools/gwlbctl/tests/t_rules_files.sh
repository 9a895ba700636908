#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rules files that are installed, and the examples of their man page, are
# good; and the page has every word that the language has.
# Owns: a scratch directory.
set -eu

cd "$(dirname "$0")"
page=../gwlb-rules.5
# shellcheck source=tools/gwlbctl/tests/result.sh
. ./result.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check FILE
check()
{
	local rc=0 out

	out=$(./gwlbctl-san rule check "$1" 2>&1) || rc=1
	result $rc "$(basename "$1") can be loaded"
	[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
}

# Those examples of the page that are no commands, each in a file
examples()
{
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAGNOSTICS/p' "$page" |
		awk -v dir="$work" '
			/^\.Bd/ { inside = 1; n++; next }
			/^\.Ed/ { inside = 0 }
			inside && !/^# gwlbctl/ { print >dir "/example-" n }'
}

lint()
{
	local out rc=0

	if ! command -v mandoc >/dev/null; then
		tests=$((tests + 1))
		echo "ok $tests - mandoc # SKIP not installed"
		return
	fi
	# what is installed on this host is none of our business
	out=$(mandoc -Tlint "$page" 2>&1 |
	      grep -v 'mandoc\.db lacks\|not found: Xr gwlb') || :
	if [ -n "$out" ]; then
		printf '%s\n' "$out" | sed 's/^/# /'
		rc=1
	fi
	result $rc "mandoc has nothing to say"
}

# What the language has: the names in its tables, and the statements
words()
{
	grep -o '{ "[a-z0-9-]*"' ../names.c | cut -d'"' -f2
	grep -o '{ "[a-z-]*", \(rules_\)\?take_' ../rules_text.c | cut -d'"' -f2
	echo log limit burst comment not none
}

# Other spellings of what the page has
aliases=" icmpv6 neighbor-solicitation neighbor-advertisement "

lint
for file in ../rules/*.rules; do
	check "$file"
done
examples
for file in "$work"/example-*; do
	check "$file"
done

missing=
for word in $(words | tr ' ' '\n' | sort -u); do
	case $aliases in
	*" $word "*) continue ;;
	esac
	grep -qE "(^|[ ,|(])$word([ ,|.:;)]|\$)" "$page" ||
		missing+=" $word"
done
[ -z "$missing" ] || echo "# missing:$missing"
[ -z "$missing" ] && rc=0 || rc=1
result $rc "the man page has every word"

echo "1..$tests"
exit $failed
