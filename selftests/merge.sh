# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Aggregates of the load balancer's packets, and a look at how they arrive;
# behind lib.sh.

# shellcheck disable=SC2154 # from those who source this

# ask OPTION...: geneve.py; prints what it prints
ask()
{
	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL "$@"
}

# start_capture FILTER...: for one frame that comes in at the appliance
start_capture()
{
	: >"$work/tcpdump"
	ip netns exec "$APP" timeout 60 tcpdump -nqi eth0 -Q in -c 1 "$@" \
		>/dev/null 2>"$work/tcpdump" &
	capture=$!
	wait_for 60 grep -q "listening on" "$work/tcpdump" ||
		bail_out "tcpdump does not start"
}

# captured DESCRIPTION: the frame was seen, within the capture's time
captured()
{
	wait $capture
	is "$1" $? 0
}

# merge FEATURE...: the appliance's device merges what comes in one burst
merge()
{
	must ip netns exec "$APP" ethtool -K eth0 gro on "$@"
	# However slowly they come, what comes within 100 ms is a burst.
	must ip netns exec "$APP" sh -c \
		"echo 100000000 >/sys/class/net/eth0/gro_flush_timeout"
}

merge_no_more()
{
	must ip netns exec "$APP" sh -c \
		"echo 0 >/sys/class/net/eth0/gro_flush_timeout"
	must ip netns exec "$APP" ethtool -K eth0 gro off \
		rx-udp-gro-forwarding off rx-gro-list off
}
