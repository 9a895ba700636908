#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The suites of gwlb_kunit.ko ($KUNIT_KO), which run when it is loaded. In a
# guest with a kernel that has KUnit; prints TAP.
set -u

module=${KUNIT_KO:?}
here=$(dirname "$0")
begin="t_kunit.sh: process $$ begins"
count=0
failed=0

finish()
{
	rmmod gwlb_kunit 2>/dev/null
	ip link del kunit 2>/dev/null
}

# report OK DESCRIPTION
report()
{
	count=$((count + 1))
	echo "$1 $count - $2"
	[ "$1" = ok ] || failed=$((failed + 1))
}

# The addresses of skb_test.c
give_addresses()
{
	ip link add kunit type dummy &&
		ip addr add 10.254.11.101/24 brd 10.254.11.255 dev kunit &&
		ip addr add 10.254.11.102/24 brd 10.254.11.255 dev kunit &&
		ip link set kunit up &&
		ip route add 10.254.12.1/32 dev kunit
}

# said SUITE: what the kernel said of it this time. Not results in debugfs: that
# has 512 bytes for a test, and is without the result of one that says more.
said()
{
	dmesg -t | sed "1,/^$begin\$/d" |
		sed -n "/# Subtest: $1\$/,/^\(not \)\?ok [0-9]* \(- \)\?$1\$/p"
}

# take_over SUITE: a line of ours for each of its tests, with what it said
take_over()
{
	local line plan=0 seen=0

	while read -r line; do
		case $line in
		"1..1"|"KTAP version"*) ;;
		1..*) plan=${line#1..} ;;
		"ok "*" $1"|"not ok "*" $1") ;;
		"ok "*) seen=$((seen + 1)); report ok "$1: ${line##* }" ;;
		"not ok "*) seen=$((seen + 1)); report "not ok" "$1: ${line##* }" ;;
		*) echo "# ${line#\# }" ;;
		esac
	done < <(said "$1")
	if [ "$seen" -eq 0 ] || [ "$seen" -ne "$plan" ]; then
		report "not ok" "$1: $seen tests of $plan planned"
	fi
}

trap finish EXIT
echo "TAP version 13"
give_addresses || { echo "Bail out! no addresses"; exit 1; }
echo "$begin" >/dev/kmsg
if ! insmod "$module"; then
	echo "Bail out! $module cannot be loaded"
	exit 1
fi
# By their sources, so that none is missed that did not run.
for suite in $(sed -n 's/^\t\.name = "\(gwlb_[a-z_]*\)",$/\1/p' \
	       "$here"/*_test.c); do
	take_over "$suite"
done
echo "1..$count"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
