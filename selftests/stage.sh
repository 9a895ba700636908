# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Addresses and wire for programs that play single packets (cases/, pktfuzz/);
# behind lib.sh. Both take the options $STAGE, and the module has to know $PEERS.

# shellcheck disable=SC2034,SC2154 # for, and from, those who source this

# Nobody answers on the load balancer's side: it has no address at all, so
# that each packet the appliance sees is one that was played.
MTU=8600
GWLB=10.254.11.60
APPLIANCE=10.254.11.101
SECOND=10.254.11.102
STRANGER=10.254.12.1
UNROUTED=198.51.100.1
BROADCAST=10.254.11.255
PEERS=(10.254.11.0/24 "$UNROUTED/32")
STAGE=(--netns "$APP" --dev wire0 --appliance "$APPLIANCE"
       --second "$SECOND" --gwlb "$GWLB" --stranger "$STRANGER"
       --unrouted "$UNROUTED" --elsewhere 10.254.11.103
       --broadcast "$BROADCAST" --mtu "$MTU")

# setup_stage: both namespaces and the wire
setup_stage()
{
	netns "$SIM"
	netns "$APP"
	watch_arrivals
	# Nothing is to come by itself, and no half packet is to be kept until
	# the stack complains of it, much later. But whatever is left to the
	# stack that should not be is to be seen: no limit on ICMP.
	must ip netns exec "$SIM" sysctl -qw \
		net.ipv6.conf.default.disable_ipv6=1
	must ip netns exec "$APP" sysctl -qw \
		net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.ipfrag_low_thresh=0 net.ipv4.ipfrag_high_thresh=0 \
		net.ipv4.icmp_ratemask=0
	SIM_MAC=02:00:00:00:00:01
	APP_MAC=02:00:00:00:00:02
	# One packet of the table is larger than the appliance's MTU.
	must ip link add wire0 netns "$SIM" address $SIM_MAC \
		mtu $((MTU + 100)) type veth \
		peer name eth0 netns "$APP" address $APP_MAC mtu $MTU
	must ip -n "$SIM" link set wire0 arp off up
	must ip -n "$APP" -batch - <<-END
		addr add $APPLIANCE/24 brd $BROADCAST dev eth0
		addr add $SECOND/24 brd $BROADCAST dev eth0
		link set eth0 arp off up
		route add $STRANGER/32 dev eth0
		neigh replace $GWLB lladdr $SIM_MAC dev eth0
		neigh replace $STRANGER lladdr $SIM_MAC dev eth0
	END
}
