# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# chaos: everything at once on two CPUs (chaos.sh), for 60 seconds on the stock
# kernel, in the long run for 10 minutes. chaos:debug and chaos:kcsan: the same on
# kernels that we build, with all debugging, and with KCSAN, which looks for data
# races.
#
# soak: the same load for long (soak.sh), and whether a planted leak of one flow
# in 1,000 is seen. A minute with 5,000 flows; in the long run half an hour with
# 500,000. MINUTES is another time.

# chaos_guest NAME KERNEL SCRIPT [WORDS]: slabs of its own for each cache, or
# else nobody can tell whose objects they are. WORDS are for the kernel.
chaos_guest()
{
	selftests/vm/run.sh --kernel "$2" --timeout 6000 \
		--append "slab_nomerge ${4:-}" --out "$OUT/$1" \
		--env GWLB_KO --env CHAOS_SECONDS --env MINUTES \
		--env SOAK_FLOWS --env SOAK_LIFE --env SOAK_EVERY \
		-- selftests/guest.sh "$3"
}

# module_for KERNEL: builds it for that one; its path
module_for()
{
	local copy=$OUT/module-$1

	rm -rf "$copy"
	mkdir -p "$copy"
	cp -r Kbuild VERSION module uapi "$copy/"
	find "$copy" -name '*.o' -delete
	build -s -C "$(selftests/vm/kernel.sh --path build "$1")" \
		M="$copy" modules >"$copy/log" 2>&1 &&
		echo "$copy/gwlb.ko"
}

# In a kernel that is slow by design so many want the CPUs that softirqs, where
# callbacks of RCU are, have to wait, and then everybody waits, for minutes, for
# grace periods. There they are in threads that go first.
RCU_FIRST="rcutree.use_softirq=0 rcutree.kthread_prio=2"

# layer_chaos [KERNEL]
layer_chaos()
{
	local kernel=${1:-} ko

	for_guests
	export CHAOS_SECONDS=60
	[ -z "${LONG:-}" ] || CHAOS_SECONDS=600
	if [ -z "$kernel" ]; then
		suite "chaos $KERNEL, $CHAOS_SECONDS s" chaos_guest chaos \
			"$KERNEL" chaos.sh "slub_debug=U,kmalloc-*"
		return
	fi
	one "kernel $kernel" selftests/vm/kernel.sh "$kernel"
	ko=$(module_for "$kernel")
	one "module for it" test -n "$ko"
	GWLB_KO=$ko suite "chaos $kernel, $CHAOS_SECONDS s" \
		chaos_guest "chaos-$kernel" "$kernel" chaos.sh "$RCU_FIRST"
}

# leak_is_seen PATCH: the module with that patch turns the soak red
leak_is_seen()
{
	local copy out rc

	copy=$(mktemp -d)
	cp -r Kbuild VERSION module uapi "$copy/"
	find "$copy" -name '*.o' -delete
	patch -s -d "$copy" -p1 <"$1" &&
		build -s -C "$(kdir)" M="$copy" modules >"$copy/log" 2>&1 ||
		{ cat "$copy/log"; rm -rf "$copy"; return 1; }
	out=$(MINUTES=1 SOAK_FLOWS=5000 SOAK_LIFE=10 SOAK_EVERY=2 \
		GWLB_KO=$copy/gwlb.ko chaos_guest leak "$KERNEL" soak.sh 2>&1)
	rc=$?
	rm -rf "$copy"
	echo "$out"
	[ $rc -ne 0 ] && grep -q '^not ok .* none is left in the cache' <<<"$out"
}

layer_soak()
{
	local minutes=1

	for_guests
	export SOAK_FLOWS=5000 SOAK_LIFE=10 SOAK_EVERY=2
	if [ -n "${LONG:-}" ]; then
		SOAK_FLOWS=500000 SOAK_LIFE=300 SOAK_EVERY=10 minutes=30
	fi
	export MINUTES=${MINUTES:-$minutes}
	suite "soak: $MINUTES minutes with $SOAK_FLOWS flows" \
		chaos_guest soak "$KERNEL" soak.sh
	one "soak: a leak of one flow in 1,000 is seen" \
		leak_is_seen selftests/layers/leak.patch
}
