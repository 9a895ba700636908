#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No memory, at each allocation in turn: of each request, of packets, of making
# namespaces and of loading the module. Wants a kernel that can fail on demand;
# that nothing else was lost is for guest.sh to say, which asks kmemleak.
#
# MANY is how many elements are many; LOAD how many of the last allocations of
# loading, 0 for all; NETNS is 0 if all of making a namespace are to fail, too,
# most of which are not the module's.
. "$(dirname "$0")/../lib.sh"

MANY=${MANY:-30}
LOAD=${LOAD:-100}
NETNS=${NETNS:-200}
FAULTS=${FAULTS:-$TOP/selftests/fuzz/faults}
debug=/sys/kernel/debug
kmemleak=$debug/kmemleak

# set_fault ATTRIBUTE VALUE: of all that there are, where they have it
set_fault()
{
	local file

	for file in $debug/fail{slab,_page_alloc}/"$1"; do
		[ ! -e "$file" ] || echo "$2" >"$file" || bail_out "$file"
	done
}

# Allocations that may wait fail, too, and small ones, and nothing is said of
# each. What the kernel says of failed allocations looks like a complaint, so
# that goes into a file only, and it is read here, not panicked of.
spare_nothing()
{
	[ -e /proc/self/fail-nth ] || bail_out "this kernel does not fail"
	set_fault verbose 0
	set_fault ignore-gfp-wait 0
	set_fault ignore-gfp-highmem 0
	set_fault min-order 0
	must dmesg -C
	must dmesg -n 1
	on_exit dmesg -n 8
	must sysctl -q kernel.panic_on_warn=0
	on_exit sysctl -q kernel.panic_on_warn=1
	: >"$kernel_log"
	dmesg -w >"$kernel_log" &
	on_exit stop $!
}

# Complaints. A failed allocation is told with a call trace, which is all right
# here; and Linux itself warns when jump_label_module_notify() or
# event_define_fields() have none, of whatever module, and walks tables without a
# lock when fib4_rules_init() undoes its work.
complaints()
{
	awk '/WARNING: .* (jump_label_module_notify|event_define_fields)\+/ { next }
		/WARNING: suspicious RCU usage/ { held = $0; next }
		held && /\.[ch]:[0-9]+ / {
			if ($0 !~ / net\/ipv4\/fib_frontend\.c:/)
				print held "\n" $0
			held = ""
		}
		/WARNING:|BUG:|Oops|KASAN|UBSAN|refcount_t|INFO:/
		END { if (held) print held }' "$kernel_log"
}

# tests NAME ARGUMENT...: those that faults itself tells in TAP
tests()
{
	local line rc=unknown

	while read -r line; do
		case $line in
		"ok "*) ok "${line#ok * - }" ;;
		"not ok "*) not_ok "${line#not ok * - }" ;;
		1..*) ;;
		"rc "*) rc=${line#rc } ;;
		*) echo "# ${line#\# }" ;;
		esac
	done < <(ip netns exec "$APP" "$FAULTS" "$@" 2>&1; echo "rc $?")
	is "$1: all were tried" "$rc" 0
}

# all_tried WHAT ARGUMENT...: one test, with how many there were
all_tried()
{
	local what=$1 out rc

	shift
	out=$("$FAULTS" "$@" 2>&1)
	rc=$?
	is "$what" $rc 0
	note "${out//# /}"
}

# lost: what nobody has a pointer to any more, but for the name of a slab cache
# that /sys had no memory for: sysfs_slab_add() of Linux 6.1 does not free it.
# It is forgotten then, as guest.sh would take it for ours.
lost()
{
	sleep 6
	echo scan >$kmemleak
	echo scan >$kmemleak
	awk '/^unreferenced object/ { end(); text = known = "" }
		/ sysfs_slab_add\+/ { known = 1 }
		{ text = text $0 "\n" }
		END { end() }
		function end() { if (!known) printf "%s", text }' $kmemleak
	echo clear >$kmemleak
}

test_load()
{
	all_tried "loading the module" load "$LOAD" "$work/gwlb.ko"
	[ ! -e $kmemleak ] || is "loading the module: nothing is lost" \
		"$(lost)" ""
}

# The module's part is among the last 200.
test_netns()
{
	all_tried "making namespaces" netns 200
	[ "$NETNS" != 0 ] || all_tried "making namespaces, all of it" netns 0
}

test_control()
{
	tests control "$MANY"
}

test_path()
{
	tests path tun0
}

work=$(mktemp -d)
on_exit rm -rf "$work"
kernel_log=$work/kernel.log
[ ! -d /run/gwlb-out ] || kernel_log=/run/gwlb-out/kernel.log
must strip -g -o "$work/gwlb.ko" "$GWLB_KO"
modprobe -aq nf_reject_ipv4 nf_reject_ipv6
spare_nothing
test_load
load_module
netns "$APP"
must ip -n "$APP" tuntap add tun0 mode tun
must ip -n "$APP" addr add 172.16.255.100/16 dev tun0
must ip -n "$APP" link set tun0 up
test_netns
# What packets have left can be listed then.
test_path
test_control
# With all that went wrong before, the end has to go well, too. What the kernel
# says of it has been read when it has said what we say then.
must ip netns del "$APP"
must rmmod gwlb
must sh -c 'echo "faults: the end" >/dev/kmsg'
check "all that the kernel has said was read" \
	wait_for 60 grep -q "faults: the end" "$kernel_log"
is "the kernel has nothing to complain about" "$(complaints)" ""
