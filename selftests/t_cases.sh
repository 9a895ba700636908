#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every packet of the table (cases/) has the fate that the RFCs and the
# documentation of the counters give it, in both send modes, and with a
# checksum that is left to the device.
. "$(dirname "$0")/lib.sh"

# Nobody answers on the load balancer's side: it has no address at all, so
# that each packet the appliance sees is one of the table.
MTU=8600
GWLB=10.254.11.60
APPLIANCE=10.254.11.101
SECOND=10.254.11.102
STRANGER=10.254.12.1
UNROUTED=198.51.100.1
BROADCAST=10.254.11.255

setup_wire()
{
	netns "$SIM"
	netns "$APP"
	# Nothing is to come by itself, and no half packet is to be kept until
	# the stack complains of it, much later. But whatever is left to the
	# stack that should not be is to be seen: no limit on ICMP.
	must ip netns exec "$SIM" sysctl -qw \
		net.ipv6.conf.default.disable_ipv6=1
	must ip netns exec "$APP" sysctl -qw \
		net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.ipfrag_low_thresh=0 net.ipv4.ipfrag_high_thresh=0 \
		net.ipv4.icmp_ratemask=0
	# One packet of the table is larger than the appliance's MTU.
	must ip link add wire0 netns "$SIM" mtu $((MTU + 100)) type veth \
		peer name eth0 netns "$APP" mtu $MTU
	must ip -n "$APP" addr add $APPLIANCE/24 brd $BROADCAST dev eth0
	must ip -n "$APP" addr add $SECOND/24 brd $BROADCAST dev eth0
	must ip -n "$SIM" link set wire0 arp off up
	must ip -n "$APP" link set eth0 arp off up
	must ip -n "$APP" route add $STRANGER/32 dev eth0
	SIM_MAC=$(ip netns exec "$SIM" cat /sys/class/net/wire0/address)
	APP_MAC=$(ip netns exec "$APP" cat /sys/class/net/eth0/address)
	must ip -n "$APP" neigh replace $GWLB lladdr "$SIM_MAC" dev eth0
	must ip -n "$APP" neigh replace $STRANGER lladdr "$SIM_MAC" dev eth0
}

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
		--netns "$APP" --dev wire0 --mac "$APP_MAC" \
		--appliance $APPLIANCE --second $SECOND --gwlb $GWLB \
		--stranger $STRANGER --unrouted $UNROUTED \
		--elsewhere 10.254.11.103 --broadcast $BROADCAST \
		--mtu $MTU --mode "$mode" "$@" 2>&1)
	[ -n "$done" ] || not_ok "$name: the table was played to its end"
}

load_module
setup_wire
# The device without link layer that pktcases makes gets this name. It cannot
# be named before there is one.
must ip -n "$APP" link add case0 type dummy
must ctl peer set 10.254.11.0/24 $UNROUTED/32
must up
must ip -n "$APP" link del case0
play route route
play reflect reflect
play "route, unfinished" route --unfinished
play "reflect, unfinished" reflect --unfinished
check_balance
