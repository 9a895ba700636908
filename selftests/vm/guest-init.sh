#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# guest-init.sh - PID 1 of a guest
#
# Owns: the guest. Stage one runs in the initramfs and builds a root from the
# host's files (9p, read-only) with a layer in RAM over them; stage two runs
# there, starts the command and powers off after it. All commands used here
# are busybox's.
# May touch: of the host, only what run.sh shares for writing (/run/gwlb-out).
#
# run.sh adds to the initramfs: /job (what to run), /kernel (the kernel's
# directory in the cache, on the host), /hot (copies of the host's files, by
# hot.py) and /whole (the directories that are all there), /over (if the share "userland" has files that come before the host's).
# It reads "up" and "exit N" from the virtio port "status", the command's output
# from "output", and concludes from a guest that ends without "exit" that
# something broke.

die()
{
	echo "guest-init: $*" >/dev/console
	poweroff -f
}

# Kernel threads and zombies have no exe.
others_alive()
{
	for proc in /proc/[0-9]*; do
		case ${proc#/proc/} in
		1|"$copier") ;;
		*) [ -e "$proc/exe" ] && return 0 ;;
		esac
	done
	return 1
}

end_others()
{
	for signal in TERM KILL; do
		tries=20
		while [ "$tries" -gt 0 ] && others_alive; do
			for proc in /proc/[0-9]*; do
				case ${proc#/proc/} in
				1|"$copier") ;;
				*) kill -"$signal" "${proc#/proc/}" ;;
				esac
			done 2>/dev/null
			sleep 0.1
			tries=$((tries - 1))
		done
	done
}

mount_devices()
{
	mount -t devtmpfs devtmpfs /dev || die "no /dev"
	ln -s /proc/self/fd /dev/fd
	ln -s fd/0 /dev/stdin
	ln -s fd/1 /dev/stdout
	ln -s fd/2 /dev/stderr
	mkdir -p /dev/pts /dev/shm /dev/net
	mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts ||
		die "no /dev/pts"
	mount -t tmpfs -o mode=1777 tmpfs /dev/shm || die "no /dev/shm"
	# A driver that is a module is loaded by opening this.
	[ -e /dev/net/tun ] || mknod -m 666 /dev/net/tun c 10 200
}

mount_sys()
{
	mount -t sysfs sysfs /sys || die "no /sys"
	mount -t cgroup2 cgroup2 /sys/fs/cgroup || die "no cgroups"
	# Kernels of our own have none.
	[ ! -d /sys/fs/bpf ] || mount -t bpf bpf /sys/fs/bpf || die "no bpf"
	mount -t debugfs debugfs /sys/kernel/debug || die "no debugfs"
	mount -t tracefs tracefs /sys/kernel/tracing || die "no tracefs"
}

mount_root()
{
	options=trans=virtio,version=9p2000.L,msize=512000

	mount -t 9p -o "$options,cache=loose,ro" hostroot /host ||
		die "no host files"
	mount -t tmpfs -o mode=755 tmpfs /ram || die "no RAM layer"
	mkdir /ram/upper /ram/work
	# A machine unlike the host has programs of its own.
	lower=/host
	if [ -e /over ]; then
		mount -t 9p -o "$options,cache=loose,ro" userland /over-host ||
			die "no files of this machine"
		lower=/over-host:/host
	fi
	[ ! -e /hot ] || lower=/hot:$lower
	mount -t overlay -o \
		"lowerdir=$lower,upperdir=/ram/upper,workdir=/ram/work" \
		overlay /root || die "no root"

	# Directories that are all there
	if [ -e /whole ]; then
		while read -r path; do
			mount --bind "/hot$path" "/root$path" || die "no $path"
		done </whole
	fi

	# What Python's packages add to each start of it, which no test needs
	rm -f /root/usr/lib/python3/dist-packages/*.pth \
		/root/usr/local/lib/python3*/dist-packages/*.pth

	# The host need not have any modules, so the directory may be missing.
	mkdir -p /root/lib/modules
	mount --bind "/root$(cat /kernel)/lib/modules" /root/lib/modules ||
		die "no modules"

	mount -t tmpfs -o mode=755 tmpfs /root/run || die "no /run"
	mkdir /root/run/gwlb /root/run/gwlb-out /root/run/lock
	cp -a /bin /init /job /limit /root/run/gwlb/
	# Not loose: a test on the host may read while the guest runs.
	mount -t 9p -o "$options,cache=mmap" out /root/run/gwlb-out ||
		die "no output directory"
}

stage_one()
{
	export PATH=/bin
	/bin/busybox --install -s /bin
	mount -t proc proc /proc
	mount_devices
	mount_sys
	while read -r name; do
		insmod "/modules/$name" || die "cannot load $name"
	done </modules/order
	mount_root

	ip link set lo up
	hostname guest
	for name in dev proc sys; do
		mount --move "/$name" "/root/$name" || die "no /$name"
	done
	# Not switch_root, which would empty the initramfs, and /hot is there
	cd /root || die "no root to go to"
	mount --move . / || die "the root cannot be moved"
	exec chroot . /run/gwlb/bin/busybox sh /run/gwlb/init stage-two
}

# Finds a port's device. The driver makes it some time after it is loaded.
port()
{
	tries=200
	while [ "$tries" -gt 0 ]; do
		for entry in /sys/class/virtio-ports/*; do
			if [ "$(cat "$entry/name" 2>/dev/null)" = "$1" ] &&
			   [ -c "/dev/${entry##*/}" ]; then
				echo "/dev/${entry##*/}"
				return
			fi
		done
		sleep 0.05
		tries=$((tries - 1))
	done
	return 1
}

# Has the kernel tell, shortly before the command's time is over, what keeps it
# busy: who finds the guest ended would like to know.
watch_out()
{
	limit=$(cat /run/gwlb/limit)
	[ "$limit" -ge 60 ] || return 0
	(
		sleep $((limit - 20))
		echo w >/proc/sysrq-trigger
		echo t >/proc/sysrq-trigger
	) 5>&- &
}

stage_two()
{
	export PATH=/run/gwlb/bin
	output=$(port output) || die "no port for output"
	status=$(port status) || die "no port for status"
	exec 5>"$status"

	# A port can be opened once. With a pipe before it, the command may
	# open /dev/stdout and /dev/stderr as often as it likes.
	mkfifo /run/gwlb/output
	(
		trap '' TERM
		exec cat </run/gwlb/output >"$output" 5>&-
	) &
	copier=$!

	# From here on every message counts, boot had warnings only.
	dmesg -n 8
	echo up >&5
	watch_out
	setsid /bin/bash /run/gwlb/job </dev/null >/run/gwlb/output 2>&1 5>&- &
	wait $!
	status=$?

	end_others
	wait "$copier"
	sync
	umount /run/gwlb-out
	echo "exit $status" >&5
	poweroff -f
}

case ${1-} in
stage-two) stage_two ;;
*) stage_one ;;
esac
