#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh [single|separated] - builds what is needed and plays demo_guest.sh in
# a guest, for one architecture or, by default, for both
set -eu

cd "$(dirname "$0")/.."

case $#${1-} in
0) architectures=(single separated) ;;
1single|1separated) architectures=("$1") ;;
*)
	echo "demo: an architecture is single or separated, not $*" >&2
	exit 2
	;;
esac
# "make demo ARCH=single" means this script; to the kernel's makefiles it would
# be a processor.
unset ARCH MAKEFLAGS MAKEOVERRIDES MFLAGS

step()
{
	printf '\n==> %s\n' "$*"
}

step "Fetching Debian's stock kernel and its headers"
build=$(selftests/vm/kernel.sh --path build "${KERNEL:-6.1}")

step "Building gwlb.ko, gwlbctl, gwlb-healthd and gwlbsim"
# Quiet, unless it goes wrong.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for what in "module KDIR=$build" "tools" "-C selftests/gwlbsim"; do
	# shellcheck disable=SC2086 # words
	if ! make $what >"$log" 2>&1; then
		cat "$log" >&2
		echo "demo: make $what failed" >&2
		exit 1
	fi
done
ls -l gwlb.ko tools/gwlbctl/gwlbctl tools/gwlb-healthd/gwlb-healthd \
	selftests/gwlbsim/gwlbsim

step "Booting a guest, as the module needs a kernel of its own"
selftests/vm/run.sh --kernel "${KERNEL:-6.1}" --timeout 600 --env GWLB_KO \
	-- selftests/demo_guest.sh "${architectures[@]}" || {
	echo "demo: FAILED" >&2
	exit 1
}
step "The guest's kernel has not complained, the demo is over"
