#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh [CASE]... - measures what a packet costs in the appliance, in
# instructions of a guest, beside what it costs in others, in the same boot.
# Without a CASE it measures all: the functions case_NAME() in measure.sh.
#
#   bench.sh floor established         what is run again and again
#   bench.sh --profile established     where they are spent, by function
#
# QEMU is told that an instruction takes a nanosecond, so time is what is
# counted, and it does not matter what else this machine does. rep movs counts
# as one for each step, so the guest's kernel is told not to use it where a
# loop is as good. A tick at all times keeps time from flying while the guest
# waits for files.
#
# Owns: the directory OUT (bench-results), where bench.json, the runs and the
# console are left; builds gwlb.ko, gwlbctl and what is here.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
top=$here/../..
KERNEL=${KERNEL:-6.1}
out=${OUT:-$top/bench-results}
export PROFILE=""

usage()
{
	sed -n '4,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

build()
{
	local kdir

	kdir=$("$here/../vm/kernel.sh" --path build "$KERNEL")
	make -s -C "$top" module KDIR="$kdir"
	make -s -C "$top" tools
	make -s -C "$here"
	make -s -C "$here" floor KDIR="$kdir"
}

case ${1-} in
--profile)
	[ $# -eq 2 ] || usage
	PROFILE=1
	shift
	;;
-*) usage ;;
esac

build >&2
mkdir -p "$out"
rm -f "$out"/{runs,kernel,bench.json,profile-*}

# Seconds of the guest pass quickly when it waits, so its own limit is none.
rc=0
GWLB_ACCEL=tcg,thread=single timeout "${TIMEOUT:-3600}" \
	"$here/../vm/run.sh" --kernel "$KERNEL" --cpus 1 --memory 2048 \
	--timeout 9000000 --env PROFILE --out "$out" \
	--append "clearcpuid=erms,fsrm,112 nohz=off" \
	--qemu -icount --qemu shift=0,sleep=off \
	-- "$here/measure.sh" "$@" >&2 || rc=$?
if [ -n "$PROFILE" ]; then
	"$here/profile.py" "$out" "$@" || rc=$?
else
	"$here/report.py" "$out" || rc=$?
fi
exit "$rc"
