# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Real TCP through the kernel's own geneve device, whose segments are wrapped
# together: how many bytes a second get from a client to a server, once with
# gwlb in $APP, which sends what comes to where it came from, and once with a
# plain router there, which forwards the same packets to another address of
# $SIM. All else is the same: tunnel, devices, hops.

# shellcheck source=selftests/tunnel.sh
. "$TOP/selftests/tunnel.sh"

gso_mtu()
{
	must ip -n "$SIM" link set dev wire0 mtu "$1"
	must ip -n "$APP" link set dev eth0 mtu "$1"
}

# client -- $SIM, which has the tunnel to $APP and back -- server
gso_up()
{
	# XDP wants small packets.
	must ip -n "$SIM" link set dev wire0 xdpdrv off
	gso_mtu 9001
	tunnel_up
	must ip netns exec "$SIM" sysctl -qw \
		net.ipv4.conf.wire0.rp_filter=0 \
		net.ipv4.conf.wire0.accept_local=1
	# What $SIM itself sends to its second address goes by $APP.
	must ip -n "$SIM" rule add pref 10 lookup local
	must ip -n "$SIM" rule add pref 5 iif lo to $NODE2 lookup 200
	must ip -n "$SIM" rule del pref 0
	must ip -n "$SIM" route add $NODE2 via $LOCAL dev wire0 table 200
	must ip netns exec "$APP" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.eth0.send_redirects=0
}

gso_down()
{
	must ip -n "$SIM" rule add pref 0 lookup local
	must ip -n "$SIM" rule del pref 5
	must ip -n "$SIM" rule del pref 10
	must ip -n "$SIM" link del gnv
	must ip -n "$SIM" link del cli
	must ip -n "$SIM" link del srv
	must ip netns exec "$APP" sysctl -qw net.ipv4.ip_forward=0
	gso_mtu 3000
	xdp "$SIM" wire0 xdpdrv drop
}

# tcp NAME: once
tcp()
{
	local rate

	rate=$("$BENCH/tcp.py" "cli-$$" "srv-$$" 10.1.2.2) ||
		bail_out "tcp.py: $rate"
	value "$1" "$rate" "kilobytes a second"
}

case_gso()
{
	local i before

	gso_up
	for ((i = 0; i < 7; i++)); do
		echo "policy accept" >"$WORK/rules"
		gwlb_rules "$WORK/rules"
			tunnel_to $LOCAL
		before=$(counter returned bytes)
		tcp gso
		check "gso: the bytes went through the appliance" \
			[ $(($(counter returned bytes) - before)) -gt 100000000 ]
		gwlb_off
		tunnel_to $NODE2
		tcp gso-forward
	done
	gso_down
}
