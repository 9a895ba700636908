# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# nftables as people have it: a router that judges the packets themselves, not
# in a tunnel, by the same rules, and follows their connections. Packets go
# from $SIM through $APP's two devices to $SIM's second one, where XDP drops
# and counts them.

forwarded()
{
	dropped_by_xdp "$SIM" sink0
}

# router: $APP forwards what is in 10.0.0.0/8, whichever way it looks
router()
{
	[ -z "${router_is_up:-}" ] || return 0
	router_is_up=1
	must ip link add sink0 netns "$SIM" mtu 3000 type veth \
		peer name eth1 netns "$APP" mtu 3000
	must ip netns exec "$SIM" sysctl -qw net.ipv6.conf.sink0.disable_ipv6=1
	must ip netns exec "$APP" sysctl -qw net.ipv6.conf.eth1.disable_ipv6=1
	must ip -n "$SIM" link set sink0 up
	must ip -n "$APP" addr add 192.168.10.1/24 dev eth1
	must ip -n "$APP" link set eth1 up
	must ip -n "$APP" neigh replace 192.168.10.2 dev eth1 \
		lladdr "$(ip netns exec "$SIM" cat /sys/class/net/sink0/address)"
	must ip -n "$APP" route add 10.0.0.0/8 via 192.168.10.2
	must ip netns exec "$APP" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.eth0.rp_filter=0
	xdp "$SIM" sink0 xdpdrv drop

	# What sender, wire and receiving cost with packets without a tunnel
	xdp "$APP" eth0 xdpdrv drop
	measure drop-plain arrived --plain
	must ip -n "$APP" link set dev eth0 xdpdrv off
}

# nft NAME RULES OPTION...: sender's options; RULES is a file's name without its
# end, or nothing for a router that only forwards
nft()
{
	local name=$1 rules=$2

	shift 2
	router
	if [ -n "$rules" ]; then
		must ip netns exec "$APP" nft -f "$BENCH/$rules.nft"
		must sysctl -qw net.netfilter.nf_conntrack_max=1000000
		echo 262144 >/sys/module/nf_conntrack/parameters/hashsize
	fi
	must ip netns exec "$APP" sysctl -qw net.ipv4.ip_forward=1
	measure "$name" forwarded --plain "$@"
	must ip netns exec "$APP" sysctl -qw net.ipv4.ip_forward=0
	must ip netns exec "$APP" nft flush ruleset
}

case_forward()
{
	nft forward ""
}

case_nft_established()
{
	nft nft-established 1000-first --establish
}

# Connection tracking still has the flows of the one before.
case_nft_new()
{
	nft nft-new 1000-last --fresh --first 1000000 --packets 200
}
