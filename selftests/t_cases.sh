#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every packet of the table (cases/) has the fate that the RFCs and the
# documentation of the counters give it, in both send modes, and with a
# checksum that is left to the device.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/stage.sh"

# play NAME MODE OPTION...: the table; its TAP lines become ours
play()
{
	local name=$1 mode=$2 line done=""

	shift 2
	must ctl config set send-mode "$mode"
	while read -r line; do
		case $line in
		"ok "*) ok "$name: ${line#* - }" ;;
		"not ok "*) not_ok "$name: ${line#* - }" ;;
		1..*) done=1 ;;
		*) echo "$line" ;;
		esac
	done < <(ip netns exec "$SIM" "$TOP/selftests/cases/pktcases" \
		"${STAGE[@]}" --mac "$APP_MAC" --mode "$mode" "$@" 2>&1)
	[ -n "$done" ] || not_ok "$name: the table was played to its end"
}

load_module
setup_stage
# The device without link layer that pktcases makes gets this name. It cannot
# be named before there is one.
must ip -n "$APP" link add case0 type dummy
must ctl peer set "${PEERS[@]}"
must up
must ip -n "$APP" link del case0
play route route
play reflect reflect
play "route, unfinished" route --unfinished
play "reflect, unfinished" reflect --unfinished
check_balance
