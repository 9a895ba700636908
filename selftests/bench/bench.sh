#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh [CASE]... - measures what a packet costs in the appliance, in
# instructions of a guest, beside what it costs in others, in the same boot.
# Without a CASE it measures all: functions case_NAME() in measure.sh and in
# cases/, and some of them again in other guests.
#
#   bench.sh floor established         what is run again and again
#   bench.sh --profile established     where they are spent, by function
#   bench.sh virtio-floor              over virtio-net, in several boots
#   bench.sh two-established           on one and on two CPUs
#   bench.sh lines-established         which cache lines two CPUs write
#   bench.sh plain-replace             in a guest that counts nothing
#
# QEMU is told that an instruction takes a nanosecond, so time is what is
# counted, and it does not matter what else this machine does. rep movs counts
# as one for each step, so the guest's kernel is told not to use it where a
# loop is as good. A tick at all times keeps time from flying while the guest
# waits for files.
#
# Owns: the directory OUT (bench-results), where bench.json is left, and a
# directory for each boot with its runs and its console; builds gwlb.ko,
# gwlbctl and what is here.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
top=$here/../..
KERNEL=${KERNEL:-6.1}
out=${OUT:-$top/bench-results}
export PROFILE=""

VIRTIO_BOOTS=3
# What is measured in other guests if nobody has chosen
OTHERS=(virtio-floor virtio-xdp-native virtio-established
	two-floor two-established plain-established plain-replace
	lines-floor lines-established lines-new)

usage()
{
	sed -n '4,14s/^# \{0,1\}//p' "$0" >&2
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

# nic NUMBER: options for a virtio-net device, on the same hub as the others;
# XDP wants packets as they are on a wire
nic()
{
	local off=csum=off,guest_csum=off,gso=off,guest_tso4=off,guest_tso6=off

	off+=,guest_ecn=off,guest_ufo=off,host_tso4=off,host_tso6=off
	off+=,host_ecn=off,host_ufo=off,romfile=
	echo --qemu -netdev --qemu "hubport,id=hub$1,hubid=0" --qemu -device \
		--qemu "virtio-net-pci,netdev=hub$1,mac=02:00:00:00:00:0$1,$off"
}

# guest NAME DIRECTORY [CASE]...: measures them there; without one, all
guest()
{
	local cpus=1 accel=tcg,thread=single options nics=()

	# Seconds pass quickly in a guest that waits, so its limit is none.
	# shellcheck disable=SC2054 # the commas are for the kernel and QEMU
	options=(--append "clearcpuid=erms,fsrm,112 nohz=off"
		--qemu -icount --qemu shift=0,sleep=off --timeout 9000000)
	case $1 in
	two)
		# The second one comes later: while there is no tick, each
		# waits for the other for seconds.
		cpus=2
		options+=(--append "maxcpus=1 tsc=reliable")
		;;
	virtio)
		read -ra nics <<<"$(nic 1) $(nic 2)"
		options+=("${nics[@]}")
		;;
	lines)
		cpus=2
		options=(--timeout 1200
			--qemu -plugin --qemu "$here/lines.so,out=$out/$2/lines")
		;;
	plain)
		cpus=2
		accel=tcg,thread=multi
		options=(--timeout 600)
		;;
	esac

	mkdir -p "$out/$2"
	GUEST=$1 GWLB_ACCEL=$accel timeout "${TIMEOUT:-3600}" \
		"$here/../vm/run.sh" --kernel "$KERNEL" --cpus $cpus \
		--memory 2048 --env PROFILE --env GUEST --out "$out/$2" \
		"${options[@]}" -- "$here/measure.sh" "${@:3}" >&2 || rc=$?
}

# others NAME CASE...: those of them that are for this guest, without NAME
others()
{
	printf '%s\n' "${@:2}" | sed -n "s/^$1-//p"
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
out=$(cd "$out" && pwd)
rm -rf "$out"/{one,two,plain,lines,virtio-*,bench.json}

rc=0
mapfile -t ones < <(printf '%s\n' "$@" | grep -vE '^(two|virtio|plain|lines)-|^$')
if [ ${#ones[@]} -gt 0 ] || [ $# -eq 0 ]; then
	guest one one "${ones[@]}"
fi
[ $# -gt 0 ] || set -- "${OTHERS[@]}"
for name in two plain lines; do
	mapfile -t cases < <(others $name "$@")
	[ ${#cases[@]} -eq 0 ] || guest $name $name "${cases[@]}"
done
if [ -f "$out/lines/order" ]; then
	"$here/lines.py" "$out/lines" >"$out/lines/shared" || rc=$?
fi
mapfile -t cases < <(others virtio "$@")
for ((i = 1; i <= VIRTIO_BOOTS && ${#cases[@]} > 0; i++)); do
	guest virtio virtio-$i "${cases[@]}"
done

if [ -n "$PROFILE" ]; then
	"$here/profile.py" "$out/one" "$@" || rc=$?
else
	"$here/report.py" "$out" || rc=$?
fi
exit "$rc"
