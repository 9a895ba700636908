# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A VPC behind gwlbsim, for tests of real traffic; behind lib.sh. Whatever the
# hosts of it send is routed into the endpoint first.
#
#   client 10.1.1.2 --- $SIM: routes into the endpoint --- server 10.1.2.2
#          fd00:1::2             |  TUN gwe0                      fd00:2::2
#                             gwlbsim
#                                |  Geneve
#                              $APP

# shellcheck disable=SC2034,SC2154 # for, and from, those who source this

CLIENT=client-$$
SERVER=server-$$

# leg NAMESPACE N: joins it to the load balancer's side as network N, whose
# packets are routed into the endpoint
leg()
{
	local ns=$1 n=$2

	netns "$ns"
	must ip link add leg"$n" netns "$SIM" mtu 8500 type veth \
		peer name eth0 netns "$ns" mtu 8500
	must ip -n "$SIM" addr add 10.1."$n".1/24 dev leg"$n"
	must ip -n "$SIM" addr add fd00:"$n"::1/64 dev leg"$n" nodad
	must ip -n "$SIM" link set leg"$n" up
	must ip -n "$ns" addr add 10.1."$n".2/24 dev eth0
	must ip -n "$ns" addr add fd00:"$n"::2/64 dev eth0 nodad
	must ip -n "$ns" link set eth0 up
	must ip -n "$ns" route add default via 10.1."$n".1
	must ip -n "$ns" -6 route add default via fd00:"$n"::1
	# To the router itself, and for neighbours, no detour.
	must ip -n "$SIM" rule add iif leg"$n" to 10.1."$n".1 table local \
		priority 1
	must ip -n "$SIM" rule add iif leg"$n" table 100 priority 2
	must ip -n "$SIM" -6 rule add iif leg"$n" to fd00::/16 table 100 \
		priority 2
}

# start_sim [OPTION...]: needs $work
start_sim()
{
	: >"$work/sim.out"
	ip netns exec "$SIM" "$GWLBSIM" --wire wire0 --gwlb $NODE \
		--gwlb $NODE2 --appliance $LOCAL \
		--endpoint $ENDPOINT=gwe0 --stats "$work/stats" "$@" \
		>"$work/sim.out" 2>"$work/sim.log" &
	sim=$!
	wait_for 60 grep -q "gwlbsim: ready" "$work/sim.out" ||
		bail_out "gwlbsim does not start: $(cat "$work/sim.log")"
	on_exit stop $sim
	must ip -n "$SIM" route add default dev gwe0 table 100
	must ip -n "$SIM" -6 route add default dev gwe0 table 100
	must ip netns exec "$SIM" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.gwe0.rp_filter=0
}

in_client()
{
	ip netns exec "$CLIENT" "$@"
}
