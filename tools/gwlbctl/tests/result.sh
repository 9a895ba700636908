# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# TAP for scripts that have nothing to show but whether it was good. Sourced;
# owns $tests and $failed.

# shellcheck disable=SC2034 # for those who source this
tests=0 failed=0

# result EXIT-STATUS DESCRIPTION
result()
{
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		failed=1
	fi
}
