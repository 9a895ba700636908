#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A capture on the appliance shows what came in and what went out: the tap
# holds a clone of the packet that is rewritten in place.
. "$(dirname "$0")/lib.sh"

COUNT=20

work=$(mktemp -d)
on_exit rm -rf "$work"
setup_up

# captured N: tcpdump has written N packets
captured()
{
	[ "$(tcpdump -nr "$work/pcap" 2>/dev/null | wc -l)" -ge "$1" ]
}

# direction SOURCE DESTINATION SOURCE-MAC DESTINATION-MAC: how many are so
direction()
{
	tcpdump -nr "$work/pcap" "udp dst port 6081 and src host $1 and \
		dst host $2 and ether src $3 and ether dst $4" 2>/dev/null |
		wc -l
}

# The cookies of the packets of one direction, which number them: 60 bytes
# into the outer IP header, and 4 more for the option's own header.
cookies()
{
	tcpdump -nxr "$work/pcap" "src host $1" 2>/dev/null |
		awk '/0x0040:/ { print $2 $3 }' | sort
}

test_mode()
{
	local mode=$1 pid

	must ctl config set send-mode "$mode"
	: >"$work/log"
	ip netns exec "$APP" tcpdump -i eth0 -s 0 -U -w "$work/pcap" \
		udp port 6081 2>"$work/log" &
	pid=$!
	wait_for 60 grep -q "listening on" "$work/log" ||
		bail_out "tcpdump does not start: $(cat "$work/log")"
	is "$mode: with a tap, packets come back as they were sent" \
		"$(ip netns exec "$SIM" "$TOP/selftests/geneve.py" \
			--dev wire0 --mac "$APP_MAC" --node $NODE \
			--local $LOCAL --count $COUNT)" \
		"sent $COUNT returned $COUNT exact $COUNT other 0"
	check "$mode: the capture has all of them twice" \
		wait_for 20 captured $((2 * COUNT))
	stop $pid
	is "$mode: what came in is seen as it came" \
		"$(direction $NODE $LOCAL "$SIM_MAC" "$APP_MAC")" $COUNT
	is "$mode: what went out is seen as it went" \
		"$(direction $LOCAL $NODE "$APP_MAC" "$SIM_MAC")" $COUNT
	is "$mode: it is the same packets" "$(cookies $NODE)" \
		"$(cookies $LOCAL)"
	is "$mode: all different" "$(cookies $NODE | uniq | wc -l)" $COUNT
	check_balance
}

# A tap that holds what it got, while it is written to
test_held()
{
	local mode=$1 pid

	must ctl config set send-mode "$mode"
	: >"$work/held"
	ip netns exec "$APP" "$TOP/selftests/held.py" eth0 >"$work/held" &
	pid=$!
	wait_for 10 grep -q ready "$work/held" || bail_out "no tap"
	is "$mode: with a tap that holds them, packets come back" \
		"$(ip netns exec "$SIM" "$TOP/selftests/geneve.py" \
			--dev wire0 --mac "$APP_MAC" --node $NODE \
			--local $LOCAL --count $COUNT)" \
		"sent $COUNT returned $COUNT exact $COUNT other 0"
	stop $pid
	is "$mode: what is held of those that came is as it came" \
		"$(grep -c "^in $NODE $LOCAL$" "$work/held")" $COUNT
	is "$mode: and of those that went, as it went" \
		"$(grep -c "^out $LOCAL $NODE$" "$work/held")" $COUNT
	check_balance
}

test_mode route
test_mode reflect
test_held route
test_held reflect
