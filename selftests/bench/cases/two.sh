# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Two CPUs that have a queue each and send packets of different flows, against
# one of them. Two return 1.9 times as many packets as one if a packet costs
# 2 / 1.9 of what it costs there.
#
# two-*: QEMU lets the CPUs take turns and counts the instructions of both. That
# a second CPU makes a packet no dearer is seen here, but neither that CPUs wait
# for each other's locks, as one hardly ever runs while another has one, nor
# that they wait for each other's memory.
# lines-*: so QEMU writes down which cache lines both CPUs write. If there are
# none but those of the kernel itself, there are no locks in common either.
# plain-*: both CPUs at once, in cycles of a host that had better have nothing
# else to do.

# two_queues: the second CPU, and one for each, on both sides, each way
two_queues()
{
	local side dev cpu

	echo 1 >/sys/devices/system/cpu/cpu1/online
	for side in "$SIM wire0" "$APP eth0"; do
		read -r side dev <<<"$side"
		must ip netns exec "$side" ethtool -L "$dev" rx 2 tx 2
		for cpu in 0 1; do
			must ip netns exec "$side" sh -c "echo $((1 << cpu)) \
				>/sys/class/net/$dev/queues/tx-$cpu/xps_cpus"
		done
	done
}
