#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh TEST... - runs tests one after the other; their TAP is the output.
# Meant for a guest, as the tests load the module and make namespaces. When it is
# $LEFT seconds old, no further test is begun.
here=$(dirname "$0")
rc=0
# shellcheck source=selftests/percpu.sh
. "$here/percpu.sh"

# The kernel patches its own code: netfilter when the first hook of a kind comes
# and when the last one goes, and others when a secret is first needed. Under
# traffic on both CPUs, QEMU without KVM now and then goes on to run the code as
# it was, a breakpoint, for ever. So there is always one of each kind of hook
# that tests come and go with, in a namespace that none of them uses, and what
# needs a secret was done before.
hold_hooks()
{
	nft -f - <<-NFT
		table ip hold {
			chain prerouting {
				type filter hook prerouting priority 0
			}
		}
		table netdev hold {
			chain ingress {
				type filter hook ingress device lo priority 0
			}
		}
	NFT
}

# The first event that anybody traces has the scheduler note who runs, which is
# such a patch, too. So one is on all the time, of what hardly ever happens.
hold_trace()
{
	local dir=/sys/kernel/tracing event=events/module/module_load

	[ -d $dir ] || return 0
	mountpoint -q $dir || mount -t tracefs nodev $dir || return 1
	[ -d $dir/$event ] || return 0
	mkdir -p $dir/instances/hold &&
		echo 1 >$dir/instances/hold/$event/enable
}

# A host that reads two datagrams and says when it is ready for them. Like a
# flood's it is one of several sockets that share a port.
reader="
from socket import *
with socket(AF_INET6, SOCK_DGRAM) as s:
	s.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
	s.bind(('::', 7))
	print('ready', flush=True)
	s.recv(1)
	s.recv(1)
"

# once NAMESPACE: what a host does with datagrams that somebody waits for and
# with those that nobody does, and with connections, all of them from another
# host, as there is no limit of rate to what it sends itself
once()
{
	local to ready pid

	ip netns add "$1" &&
		ip link add once0 type veth peer name once1 netns "$1" &&
		ip addr add 192.0.2.1/30 dev once0 &&
		ip addr add 2001:db8::1/64 dev once0 nodad &&
		ip -n "$1" addr add 192.0.2.2/30 dev once1 &&
		ip -n "$1" addr add 2001:db8::2/64 dev once1 nodad &&
		ip link set once0 up && ip -n "$1" link set once1 up || return 1
	exec {ready}< <(exec ip netns exec "$1" python3 -c "$reader")
	pid=$!
	read -r <&"$ready" || return 1
	for to in 192.0.2.2 2001:db8::2; do
		echo >"/dev/udp/$to/7" && echo >"/dev/udp/$to/9" || return 1
		! { echo >"/dev/tcp/$to/9"; } 2>/dev/null || return 1
	done
	wait $pid && exec {ready}<&- && ip netns del "$1"
}

# A kernel that looks for memory that nobody has a pointer to any more
kmemleak=/sys/kernel/debug/kmemleak

# What is lost before the tests is none of ours.
forget_leaks()
{
	[ ! -e $kmemleak ] || { echo scan && echo clear; } >$kmemleak
}

# no_leaks: a test by itself. kmemleak does not look at what is younger than 5
# seconds, and believes that something is lost if it was so twice: what is in a
# register now, or in a list that changes, will be found the next time.
no_leaks()
{
	local found=unknown

	[ -e $kmemleak ] || return 0
	sleep 6
	if echo scan >$kmemleak && echo scan >$kmemleak; then
		found=$(cat $kmemleak)
	fi
	if [ -z "$found" ]; then
		echo "ok 1 - no memory is lost"
	else
		sed 's/^/# /' <<<"$found"
		echo "not ok 1 - no memory is lost"
		rc=1
	fi
	echo "1..1"
}

# What is left per CPU of modules that are gone, by script, and of how many blocks.
# Some is freed by whoever comes by, and soon. Of which scripts it is not known.
blocks=0
blocks_left=""
unwatched=""

count_blocks()
{
	local found tries

	if [ ! -d $percpu ] || [ "$(percpu_missed)" -ne 0 ]; then
		unwatched+=" $1"
		return
	fi
	for tries in {1..20}; do
		found=$(percpu_blocks)
		[[ $found == *$'\n'* ]] || break
		sleep 1
	done
	blocks=$((blocks + ${found%%$'\n'*}))
	[[ $found != *$'\n'* ]] ||
		blocks_left+="$1, after $tries s:"$'\n'"${found#*$'\n'}"$'\n'
}

# no_blocks_left: a test by itself
no_blocks_left()
{
	echo "# modules had $blocks blocks per CPU"
	if [ -n "$blocks_left" ]; then
		sed 's/^/# /' <<<"$blocks_left"
		echo "not ok 1 - no memory per CPU is lost"
		rc=1
	elif [ -n "$unwatched" ]; then
		echo "ok 1 - no memory per CPU is lost" \
			"# SKIP not seen, or not all of it:$unwatched"
	else
		echo "ok 1 - no memory per CPU is lost"
	fi
	echo "1..1"
}

# What a module counted that does (coverage/), each time it went
counts=/run/gwlb-counts

# keep_counts: for the host, which may not wait for the last test
keep_counts()
{
	[ -e $counts ] || return 0
	cat $counts >>/run/gwlb-out/counts && rm $counts
}

# no_time: somebody else may have run tests in this guest before
no_time()
{
	local age

	read -r age _ </proc/uptime
	[ -n "${LEFT:-}" ] && [ "${age%.*}" -ge "$LEFT" ]
}

hold_hooks || exit 1
hold_trace || exit 1
once once || exit 1
forget_leaks || exit 1
for test in "$@"; do
	if no_time; then
		echo "# $test: no time is left"
		continue
	fi
	echo "# $test"
	began=$SECONDS
	percpu_watch || rc=1
	"$here/$test" || rc=1
	echo "# $test: $((SECONDS - began)) s"
	# The next one shall not inherit anything.
	if [ -d /sys/module/gwlb ]; then
		echo "not ok - $test left the module loaded"
		rmmod gwlb
		rc=1
	fi
	count_blocks "$test"
	keep_counts || rc=1
done
no_blocks_left
no_leaks
exit $rc
