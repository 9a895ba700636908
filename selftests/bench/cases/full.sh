# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A flood of new flows that meets a full table. What is established came by
# one endpoint, the flood comes by the next, so that counters of endpoints tell
# them apart. Each packet of an established flow is followed by one that begins
# a flow, which is more than 500,000 new flows a second for any appliance that
# returns as many packets.
#
# A guest that counts instructions has time for every packet, so what is seen
# here is what the table makes of it: whether established flows lose theirs. How
# many a busy machine loses because the flood takes its time depends on the
# machine: 500,000 times what full-new costs is what is missing every second.

FULL_FLOWS=100000

# full ROOM: the module with room for so many flows more than are established
full()
{
	sed "s/^flow-max .*/flow-max $((FULL_FLOWS + $1))/" \
		"$BENCH/1000-first.rules" >"$WORK/rules"
	gwlb_rules "$WORK/rules"
}

# returned_by ENDPOINT: packets
returned_by()
{
	ctl endpoint show "$1" --json | jq .traffic.returned.packets
}

# flooded NAME ROOM: how many of the packets of established flows are
# returned, in percent
flooded()
{
	local before=0 flood old

	full "$2"
	run_sender --establish --flows $FULL_FLOWS --runs 1
	before=$(returned_by "$ENDPOINT")
	run_sender --flows $FULL_FLOWS --flood 1
	flood=$(said flood)
	old=$(($(said sent) - flood))
	note "$1: $old packets of established flows, $flood of new ones"
	value "$1" $(((($(returned_by "$ENDPOINT") - before)) * 100 / old)) \
		percent
	gwlb_off
}

# There are flows that nobody has answered yet, and they make way.
case_full_young()
{
	flooded full-young 10000
}

# All flows in the table are established, so there is no room for a new one.
case_full_old()
{
	flooded full-old 0
}

# What it costs to make way for a new flow and to make that
case_full_new()
{
	full 10000
	measure full-new back --establish --flows $FULL_FLOWS --fresh \
		--first 1000000
	gwlb_off
}
