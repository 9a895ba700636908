# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The debug kernel (vm/debug.config): KUnit suites, and tests of the guest
# layer once more, while KASAN, UBSAN, lockdep and others look on; whatever they
# say on the console is a failure, and so is memory that is lost.
#
# debug has the KUnit suites, which take each packet of the table through the walk
# as skbs of every shape, and what they cannot show: rulesets that replace each
# other by messages, while flows on real devices live (t_swap). The long run has
# all else: debug:module what is about the module, debug:programs what is about
# the programs, and debug:chance 30,000 requests and 200,000 packets by chance: some
# 200 of these are all that this kernel can judge in a second.
DEBUG_TESTS="kunit/t_kunit.sh t_swap.sh"
DEBUG_CHANCE="fuzz/t_fuzz.sh pktfuzz/t_packets.sh"

# debug_modules DIRECTORY: both modules, for that kernel
debug_modules()
{
	local kdir

	kdir=$(selftests/vm/kernel.sh --path build debug) || return 1
	mkdir "$1/gwlb" "$1/kunit"
	cp -r Kbuild VERSION module uapi "$1/gwlb/"
	find "$1/gwlb" -name '*.o' -delete
	build -s -C "$kdir" M="$1/gwlb" modules &&
		selftests/kunit/build.sh "$kdir" "$1/kunit"
}

# debug_guest PART DIRECTORY TEST...
debug_guest()
{
	local part=$1 dir=$2

	shift 2
	YNL_SRC=$(source_of ynl) GWLB_KO=$dir/gwlb/gwlb.ko COUNT=50000 \
		KUNIT_KO=$dir/kunit/gwlb_kunit.ko \
		selftests/vm/run.sh --kernel debug --timeout 14400 \
		--out "$OUT/debug${part:+-$part}" --env YNL_SRC \
		--env GWLB_KO --env KUNIT_KO --env COUNT \
		-- selftests/guest.sh "$@"
}

# What takes longest of it, by itself, as it needs nothing
layer_kernel()
{
	one "debug kernel is built" selftests/vm/kernel.sh debug
}

# layer_debug [module|programs|chance]
layer_debug()
{
	local part=${1:-} dir tests=$DEBUG_TESTS

	case $part in
	"") ;;
	module) tests=$(module_tests | grep -vx t_swap.sh) ;;
	programs) tests=$(tool_tests) ;;
	chance) tests=$DEBUG_CHANCE ;;
	*) one "debug has a part $part" false; return ;;
	esac
	for_guests
	dir=$(mktemp -d)
	one "debug kernel" selftests/vm/kernel.sh debug
	one "modules for it" debug_modules "$dir"
	# shellcheck disable=SC2086 # a list
	suite "guest debug${part:+: $part}" debug_guest "$part" "$dir" \
		${TESTS:-$tests}
	rm -rf "$dir"
}
