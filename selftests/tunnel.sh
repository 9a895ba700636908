# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's own geneve device as the load balancer, whose TCP segments it
# wraps together; behind lib.sh.
#
#   cli-$$ 10.1.1.2 --- $SIM: gnv, which has the tunnel --- srv-$$ 10.1.2.2

# shellcheck disable=SC2154 # from those who source this

# tunnel_up [OPTION...]: all but where it leads to; with options of the device
tunnel_up()
{
	local side n=1

	for side in cli srv; do
		netns "$side-$$"
		must ip link add $side netns "$SIM" type veth \
			peer name eth0 netns "$side-$$"
		must ip -n "$SIM" addr add 10.1.$n.1/24 dev $side
		must ip -n "$SIM" link set $side up
		must ip -n "$side-$$" addr add 10.1.$n.2/24 dev eth0
		must ip -n "$side-$$" link set eth0 up
		must ip -n "$side-$$" route add default via 10.1.$n.1
		must ip -n "$SIM" rule add iif $side table 100
		n=$((n + 1))
	done
	must ip -n "$SIM" link add gnv type geneve external innerprotoinherit \
		"$@"
	must ip -n "$SIM" link set gnv up mtu 8500
	must ip -n "$SIM" route add default dev gnv table 100
	must ip netns exec "$SIM" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.gnv.rp_filter=0
}

# tunnel_to ADDRESS: with GWLB's options
tunnel_to()
{
	local options=0108:01:0123456789abcdef,0108:02:0000000000000000

	options+=,0108:03:deadbeef
	tc -n "$SIM" qdisc del dev gnv clsact 2>/dev/null
	must tc -n "$SIM" qdisc add dev gnv clsact
	must tc -n "$SIM" filter add dev gnv egress matchall \
		action tunnel_key set src_ip "$NODE" dst_ip "$1" id 0 \
		dst_port 6081 ttl 255 geneve_opts $options
}
