#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh PLAN - in a guest: runs what the lines of PLAN say, "NAME MODULE TEST
# [PART...]", with the output in /run/gwlb-out/NAME. One whose test does not end
# is given up, with those behind it: nobody knows what it left. One that no time
# was left for is named, and has no output.
cd "$(dirname "$0")/.." || exit 1

# What they would do a million times, a few thousand times; and more often what
# is wrong for an instant only
export FLOWS=4000 SIZE=4000000 REPLACEMENTS=2000

while read -r name ko test parts <&3; do
	echo "# $name"
	GWLB_KO=$ko KUNIT_KO=$ko ONLY=$parts \
		timeout $((1800 * ${SLOW:-1})) ./guest.sh "$test" \
		>"/run/gwlb-out/$name" 2>&1
	# 124: the time was over
	[ $? -ne 124 ] || exit 1
	if grep -q ': no time is left$' "/run/gwlb-out/$name"; then
		echo "# $name: no time is left"
		rm "/run/gwlb-out/$name"
	fi
done 3<"$1"
