# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A program in user space that reads packets from a raw socket, swaps the
# addresses and writes them back. Sender and reflector take turns: one runs
# until it has sent a burst, the other until there is nothing left to answer.

case_reflector()
{
	local pid softirqd

	# Nobody else has a turn while these two have something to do, but for
	# who brings their packets.
	softirqd=$(pgrep ksoftirqd/0)
	must sysctl -qw kernel.sched_rt_runtime_us=-1
	must chrt --fifo -p 2 "$softirqd"
	ip netns exec "$APP" "$BENCH/reflector" $LOCAL &
	pid=$!
	wait_for 10 ip netns exec "$APP" sh -c "ss -lun | grep -q :6081"
	measure reflector back --turns
	stop $pid
	must chrt --other -p 0 "$softirqd"
}
