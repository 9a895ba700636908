#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pktgen hands over packets that it still holds itself. They are no Geneve
# packets that anybody would return, but none of them may be lost or written.
. "$(dirname "$0")/lib.sh"

COUNT=20000

# pg FILE COMMAND...: pktgen of the load balancer's side
pg()
{
	local file=$1

	shift
	must ip netns exec "$SIM" sh -c "echo '$*' >/proc/net/pktgen/$file"
}

must modprobe pktgen
on_exit rmmod pktgen
setup_up
pg kpktgend_0 add_device wire0
for setting in "count $COUNT" "pkt_size 200" "dst_mac $APP_MAC" \
	       "src_min $NODE" "src_max $NODE" "dst $LOCAL" \
	       "udp_src_min 60000" "udp_src_max 60001" \
	       "udp_dst_min 6081" "udp_dst_max 6081" "delay 0"; do
	pg wire0 "$setting"
done
pg pgctrl start

wait_for 20 reaches received $COUNT
is "every shared packet is counted" "$(counter received)" $COUNT
# pktgen writes be9be955 where the Geneve header would be: version 2.
is "and dropped for its Geneve version" "$(counter drop-geneve-version)" \
	$COUNT
check_balance
