#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# initramfs.sh - makes the initramfs that boots a kernel of kernel.sh
#
# Owns: initramfs-HASH in the kernel's directory in the cache: guest-init.sh,
# a static busybox and the modules it takes to reach the host's files.
# May touch: nothing else.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
here=$(dirname -- "$(readlink -f -- "$0")")

# The host's files, the RAM layer over them, the channel for output.
modules="virtio_pci 9pnet_virtio 9p overlay virtio_console"

cleanup()
{
	rm -rf ${tmp:+"$tmp"}
}

main()
{
	local dir release busybox image name line

	if [ $# -ne 1 ] || [ ! -f "$1/release" ]; then
		echo "Usage: initramfs.sh DIR, as printed by kernel.sh" >&2
		exit 2
	fi
	dir=$1
	release=$(cat "$dir/release")
	busybox=$(command -v busybox)
	if [ -f "$dir/arch" ] && [ "$(cat "$dir/arch")" != amd64 ]; then
		busybox=$("$here/root.sh" "$(cat "$dir/arch")")/bin/busybox
	fi

	image=$dir/initramfs-$(cat "$0" "$here/guest-init.sh" "$busybox" |
			       sha256sum | cut -c1-12)
	if [ -f "$image" ]; then
		echo "$image"
		return
	fi

	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	tmp=$(mktemp -d "$dir/.initramfs.XXXXXX")
	mkdir -p \
		"$tmp/root"/{bin,dev,proc,sys,run,host,over-host,ram,root,modules}
	cp "$busybox" "$tmp/root/bin/busybox"
	cp "$here/guest-init.sh" "$tmp/root/init"

	# A kernel that has all of them built in needs none.
	: >"$tmp/root/modules/order"
	for name in $modules; do
		modprobe -d "$dir" -S "$release" --show-depends "$name"
	done >"$tmp/depends"
	while read -r line; do
		case $line in
		"insmod "*) ;;
		*) continue ;;	# "builtin NAME": nothing to load
		esac
		line=${line#insmod }
		line=${line%% *}
		name=${line##*/}
		name=${name%.xz}
		if [ -f "$tmp/root/modules/$name" ]; then
			continue
		fi
		case $line in
		*.xz) xz -dc "$line" >"$tmp/root/modules/$name" ;;
		*) cp "$line" "$tmp/root/modules/$name" ;;
		esac
		echo "$name" >>"$tmp/root/modules/order"
	done <"$tmp/depends"

	# Not compressed: an emulated CPU would need longer to unpack it.
	(cd "$tmp/root" && find . | busybox cpio -o -H newc -R 0:0) \
		>"$tmp/image" 2>/dev/null
	mv "$tmp/image" "$image"
	echo "$image"
}

main "$@"
