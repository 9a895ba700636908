# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# matrix: the kernels of selftests/vm/kernels that users have, other than the
# one that all other layers use. On each the module builds without a warning,
# loads, unloads and gives back what it has to: t_load.sh (21 tests) and every
# packet of t_cases.sh (some 1,340). LONG=1 runs all tests of the guest layer on
# each. matrix:KERNEL is one of the kernels, MATRIX lists some, TESTS some of the
# tests.

# matrix_tests: of each kernel
matrix_tests()
{
	if [ -n "${TESTS:-}" ]; then
		echo "$TESTS"
	elif [ -n "${LONG:-}" ]; then
		all_guest_tests
	else
		echo t_load.sh t_cases.sh
	fi
}

# on_kernel KERNEL: all of it on one of them
on_kernel()
{
	local KERNEL=$1 work GWLB_KO
	# what in_guest hands on
	export GWLB_KO

	work=$(mktemp -d)
	if ! go_to_machine; then
		one "$KERNEL: tools for its machine" false
		return
	fi
	GWLB_KO=$work/gwlb.ko
	KO=$GWLB_KO one "$KERNEL: module without a warning" kbuild W=1
	if [ -n "$machine" ]; then
		one "$KERNEL: tools" build tools
		# Some need the tools under sanitizers.
		one "$KERNEL: test programs" \
			build -C selftests ${LONG:+live} ${TESTS:+live}
	fi
	# shellcheck disable=SC2046 # a list
	suite "guest $KERNEL" in_guest "$KERNEL" $(matrix_tests)
	leave_machine
	rm -rf "$work"
}

# layer_matrix [KERNEL]
layer_matrix()
{
	local name

	for_guests
	for name in ${1:-${MATRIX:-6.12 7.x 6.1-arm64}}; do
		on_kernel "$name"
	done
}
