#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh TEST... - runs tests one after the other; their TAP is the output.
# Meant for a guest, as the tests load the module and make namespaces.
here=$(dirname "$0")
rc=0

for test in "$@"; do
	echo "# $test"
	"$here/$test" || rc=1
	# The next one shall not inherit anything.
	if [ -d /sys/module/gwlb ]; then
		echo "not ok - $test left the module loaded"
		rmmod gwlb
		rc=1
	fi
done
exit $rc
