#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The man page is clean, and has every option, check and metric that the
# program has.
set -eu

cd "$(dirname "$0")"
page=../gwlb-healthd.8
# shellcheck source=tools/gwlbctl/tests/result.sh
. ../../gwlbctl/tests/result.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# found PATTERN DESCRIPTION: in the page
found()
{
	local rc=0

	sed 's/Fl Fl /--/g' "$page" | grep -q -- "$1" || rc=1
	result $rc "man page has $2"
}

if command -v mandoc >/dev/null; then
	# what is installed on this host is none of our business
	out=$(mandoc -Tlint "$page" 2>&1 |
		grep -v 'mandoc\.db lacks\|not found: Xr gwlb') || :
	[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
	[ -z "$out" ] && rc=0 || rc=1
	result $rc "mandoc has nothing to say"
else
	result 0 "mandoc # SKIP not installed"
fi

for option in $(./gwlb-healthd-san --help | grep -o -- '--[a-z]*'); do
	found "$option\>" "$option"
done
for check in module hook ruleset interface flows drain; do
	found "^\.It Cm $check\$" "$check"
done
./t_metrics "$work/metrics"
for family in $(sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' "$work/metrics"); do
	found "\<$family\>" "$family"
done

echo "1..$tests"
exit $failed
