# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# native: what needs namespaces, but no module, at once and on this machine, as
# that takes a third of the time that it takes in a guest: gwlbsim (326 tests)
# and the network of the lab (58). A machine without what they need, or of
# another kind than $KERNEL, has them in a guest.

native_tests()
{
	(cd selftests && echo gwlbsim/t_*.sh lab/t_fabric.sh)
}

# The kinds of nftables' chains and rules that these tests make
NATIVE_RULES="
table netdev native {
	chain in { type filter hook ingress device veth0 priority 0; }
	chain out { type filter hook egress device veth0 priority 0; }
}
table ip native {
	chain in {
		type nat hook prerouting priority -100
		tcp dport 80 dnat to 192.0.2.1
	}
	chain out {
		type nat hook postrouting priority 100
		snat to 192.0.2.1
	}
}
table inet native {
	chain forward {
		type filter hook forward priority 0
		ct state established counter accept
	}
}"

# native_can: namespaces with such rules and the devices that they make
native_can()
{
	local name=native-$$ rc=1

	[ -z "$machine" ] && ip netns add "$name" || return 1
	ip -n "$name" link add veth0 type veth peer name veth1 &&
		ip -n "$name" link add bridge0 type bridge &&
		ip -n "$name" tuntap add tun0 mode tun &&
		ip -n "$name" rule add iif veth0 table 100 &&
		ip netns exec "$name" nft -f - <<<"$NATIVE_RULES" && rc=0
	ip netns del "$name"
	return $rc
}

# native_all: each in a process of its own, shown when all have ended
native_all()
{
	local dir test rc=0 pids=()

	dir=$(mktemp -d)
	for test in $(native_tests); do
		"selftests/$test" >"$dir/$(basename "$test")" 2>&1 &
		pids+=($!)
	done
	for test in "${pids[@]}"; do
		wait "$test" || rc=1
	done
	for test in $(native_tests); do
		echo "# $test"
		cat "$dir/$(basename "$test")"
	done
	rm -rf "$dir"
	return $rc
}

layer_native()
{
	for_guests
	if native_can >/dev/null 2>&1; then
		suite "native" native_all
	else
		# shellcheck disable=SC2046 # a list
		suite "native, in a guest" in_guest native $(native_tests)
	fi
}
