# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# packets: random packets against the module, every one of which has to have
# the fate that a model says (pktfuzz/). CI's size is 200,000 packets, 4 runs of
# 50,000: both send modes, in PRE_ROUTING and at ingress. With LONG=1 it is
# 10,000,000, 100 runs of 100,000. PACKET_SEED is the first run's seed.

# packets_in_guest KERNEL RUNS COUNT
packets_in_guest()
{
	SEED=${PACKET_SEED:-1} RUNS=$2 COUNT=$3 \
		selftests/vm/run.sh --kernel "$1" --timeout 28800 \
		--out "$OUT/packets" --env GWLB_KO --env SEED --env RUNS \
		--env COUNT -- selftests/guest.sh pktfuzz/t_packets.sh
}

layer_packets()
{
	for_guests
	if [ -n "${LONG:-}" ]; then
		suite "packets: 10,000,000" \
			packets_in_guest "$KERNEL" 100 100000
	else
		suite "packets: 200,000" packets_in_guest "$KERNEL" 4 50000
	fi
}
