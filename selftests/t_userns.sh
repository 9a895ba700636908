#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A user without any privilege makes a user namespace, is root there, and runs
# an appliance: what all such users can hold in flows is limited, and takes
# nothing from the namespaces of the host.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"
. "$(dirname "$0")/percpu.sh"

LIMIT=100

# guest N: a user's network namespace guest-N-$$, wired to the load balancer's
# side by wireN; the user himself says "up"
guest()
{
	local name=guest-$1-$$ n=$1

	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn \
		sh -c "'$GWLBCTL' up && echo up && exec sleep infinity" \
		>"$work/guest.$n" 2>&1 &
	users[n]=$!
	on_exit stop ${users[n]}
	wait_for 60 grep -qx up "$work/guest.$n" ||
		bail_out "no user namespace: $(cat "$work/guest.$n")"
	must ip netns attach "$name" ${users[n]}
	on_exit ip netns del "$name"
	wired "$n" "$name"
}

# wired N NAMESPACE: by 192.168.N.0/24
wired()
{
	must ip link add "wire$1" netns "$SIM" type veth \
		peer name eth0 netns "$2"
	must ip -n "$SIM" addr add "192.168.$1.1/24" dev "wire$1"
	must ip -n "$2" addr add "192.168.$1.100/24" dev eth0
	must ip -n "$SIM" link set "wire$1" up
	must ip -n "$2" link set eth0 up
}

# flows_through N NAMESPACE FLOWS: questions and answers, one after the other,
# so that no flow is young when the next one begins; prints how many came back
flows_through()
{
	local mac

	mac=$(ip netns exec "$2" cat /sys/class/net/eth0/address)
	ip netns exec "$SIM" "$FLOWGEN" --batch 1 --steps '> <' --flows "$3" \
		"wire$1" "$mac" "192.168.$1.1" "192.168.$1.100"
}

# guest_has N: flows
guest_has()
{
	"$GWLBCTL" -n "guest-$1-$$" status --json | jq .flows
}

one_more()
{
	[ "$(flows_through 1 guest-1-$$ 100)" = \
		"sent 200 returned 200 other 0" ]
}

test_flows()
{
	is "a table of flows has an end" "$(flows_through 1 guest-1-$$ 250)" \
		"sent 500 returned $((2 * LIMIT)) other 0"
	is "where the limit is" "$(guest_has 1)" $LIMIT
	is "for that reason" "$("$GWLBCTL" -n guest-1-$$ stats --json |
		jq '.counters[] | select(.name == "drop-flow-full").packets')" \
		$((500 - 2 * LIMIT))
	is "it is one for all of them" "$(flows_through 2 guest-2-$$ 10)" \
		"sent 20 returned 0 other 0"
	is "but not for the host's own" "$(flows_through 20 "$APP" 250)" \
		"sent 500 returned 500 other 0"
	must "$GWLBCTL" -n guest-1-$$ flow flush --all
	is "what is free anybody may have" "$(flows_through 2 guest-2-$$ 60)" \
		"sent 120 returned 120 other 0"
	is "and no more" "$(flows_through 1 guest-1-$$ 60)" \
		"sent 120 returned $((2 * (LIMIT - 60))) other 0"
	stop "${users[2]}"
	must ip netns del guest-2-$$
	# It goes in its own time, and its flows with it.
	check "what a namespace had is free when it is gone" wait_for 60 one_more
	echo 50 >/sys/module/gwlb/parameters/guest_flows
	must "$GWLBCTL" -n guest-1-$$ flow flush --all
	is "the limit can be changed" "$(flows_through 1 guest-1-$$ 100)" \
		"sent 200 returned 100 other 0"
}

# namespaces N: a user makes so many, one after the other, each with a part of
# the module, and leaves it
namespaces()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '
		for i in $(seq '"$1"'); do
			unshare -Urn true || exit 1
		done'
}

# Those that other tests have are there before and after.
test_namespaces()
{
	local before

	before=$(percpu_blocks | wc -l)
	check "namespaces come and go" namespaces 300
	check_percpu "no per-CPU memory is left of them" $((before - 1))
}

# heavy N: so many rules that look for an address in a set 256 times
heavy()
{
	local i values

	printf -v values '@a, %.0s' {1..256}
	echo "set a address { }"
	for ((i = 0; i < $1; i++)); do
		echo "rule from ${values%, } drop"
	done
}

# A set may have 129 prefix lengths, and a packet may be asked about twice: as an
# error, say, and then as the flow that it quotes. So 3 of these rules look
# 198,144 times.
test_looks()
{
	local before

	heavy 3 >"$work/3"
	heavy 4 >"$work/4"
	check "a user's rules may look often" \
		"$GWLBCTL" -n guest-1-$$ rule load "$work/3"
	before=$("$GWLBCTL" -n guest-1-$$ rule list | cksum)
	refused "but not for as long as he wants" "more than 262144 times" \
		"$GWLBCTL" -n guest-1-$$ rule load "$work/4"
	is "which changed nothing" \
		"$("$GWLBCTL" -n guest-1-$$ rule list | cksum)" "$before"
	check "those of the host may" ctl rule load "$work/4"
	echo "policy accept" | must ctl rule load -
}

# send_guest N EXPECT [--gso]: so many datagrams, to the first guest; how many
# came back
send_guest()
{
	local mac

	mac=$(ip netns exec guest-1-$$ cat /sys/class/net/eth0/address)
	ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire1 \
		--mac "$mac" --node 192.168.1.1 --local 192.168.1.100 \
		--count "$1" --expect "$2" "${@:3}" |
		sed 's/ exact [0-9]* other 0$//'
}

# aggregate N EXPECT: the same, all at once
aggregate()
{
	send_guest "$1" "$2" --gso
}

# A packet is not looked at for longer because others came with it.
test_aggregate()
{
	local before

	must "$GWLBCTL" -n guest-1-$$ flow flush --all
	must "$GWLBCTL" -n guest-1-$$ rule load - <<<"policy accept"
	is "an aggregate is taken apart" "$(aggregate 10 10)" \
		"sent 10 returned 10"
	heavy 3 >"$work/3"
	must "$GWLBCTL" -n guest-1-$$ rule load "$work/3"
	before=$(dropped_gso)
	is "one of many is asked about, if rules look often" \
		"$(aggregate 10 1)" "sent 10 returned 1"
	check "the others are dropped" wait_for 10 more_dropped "$before" 9
	is "each by itself is asked about" "$(send_guest 10 10)" \
		"sent 10 returned 10"
	is "and all are let through then, as nobody is asked" \
		"$(aggregate 10 10)" "sent 10 returned 10"
	must "$GWLBCTL" -n guest-1-$$ rule load - <<<"policy accept"
}

dropped_gso()
{
	"$GWLBCTL" -n guest-1-$$ stats --json |
		jq '.counters[] | select(.name == "drop-gso").packets'
}

# more_dropped BEFORE N: for wait_for, so many since
more_dropped()
{
	[ "$(dropped_gso)" = $(($1 + $2)) ]
}

# charged WHAT: as charged.py says
charged()
{
	sed -n "s/^$1 //p" "$work/charged"
}

# What rules take is the cgroup's of who loads them: what is kept of a request
# is more than the request. Putting them together needs for a while, for each
# rule, 33 bytes for the index (allocate() in index_build.c) and a place for its
# match of 16 (struct gwlb_known_match) at least.
test_charged()
{
	if ! grep -qw memory /sys/fs/cgroup/cgroup.controllers; then
		ok "rules are charged # SKIP this kernel charges nobody"
		return
	fi
	must sh -c 'echo +memory >/sys/fs/cgroup/cgroup.subtree_control'
	on_exit sh -c 'echo -memory >/sys/fs/cgroup/cgroup.subtree_control'
	# Not by ip, which hides cgroups.
	nsenter --net=/run/netns/guest-1-$$ "$TOP/selftests/charged.py" \
		/sys/fs/cgroup/charged-$$ >"$work/charged" 2>&1 ||
		bail_out "rules of one's own: $(cat "$work/charged")"
	note "$(xargs <"$work/charged")"
	# An address of either family, and its place in a list
	check "elements of sets are charged to who adds them" \
		[ "$(charged elements)" -ge $((16 + 8)) ]
	check "rules are charged to who loads them" \
		[ "$(charged kept)" -gt "$(charged request)" ]
	check "and what it takes to build them" \
		[ "$(charged spare)" -gt $(((33 + 16) * 65536)) ]
}

work=$(mktemp -d)
on_exit rm -rf "$work"
users=()
load_module
is "without a parameter the limit is what the README says" \
	"$(cat /sys/module/gwlb/parameters/guest_flows)" 65536
must rmmod gwlb
must insmod "$GWLB_KO" guest_flows=$LIMIT
netns "$SIM"
netns "$APP"
wired 20 "$APP"
must ctl up
guest 1
guest 2
test_flows
test_namespaces
test_looks
test_aggregate
test_charged
