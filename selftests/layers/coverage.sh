# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How much of module/ the tests of the guest layer run: 90 % of the lines at
# least. The module is built to count that itself (coverage/), so that the
# kernel is the usual one. TESTS lists some of the tests, which will hardly be
# enough. What was not run is in $OUT/coverage/missing.
#
# CI and LONG: the same, in the long run only, as it is the guest layer again.
LEAST=90

# coverage_guest MODULE TEST...
coverage_guest()
{
	YNL_SRC=$(source_of ynl) GWLB_KO=$1 \
		selftests/vm/run.sh --kernel 6.1 --timeout 7200 \
		--out "$OUT/coverage" --env YNL_SRC --env GWLB_KO \
		-- selftests/guest.sh "${@:2}"
}

layer_coverage()
{
	local dir kdir

	for_guests
	dir=$(mktemp -d)
	kdir=$(selftests/vm/kernel.sh --path build 6.1)
	one "module that counts" selftests/coverage/build.sh "$kdir" "$dir"
	rm -f "$OUT/coverage/counts"
	# shellcheck disable=SC2046,SC2086 # a list
	suite "guest coverage" coverage_guest "$dir/gwlb.ko" \
		${TESTS:-$(all_guest_tests)}
	suite "coverage" selftests/coverage/report.py --least "$LEAST" \
		--missing "$OUT/coverage/missing" "$OUT/coverage/counts" "$dir"
	rm -rf "$dir"
}
