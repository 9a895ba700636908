#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# made.sh DIRECTORY KDIR DEB... - leaves there, for each package gwlb-dkms,
# its source as gwlb-VERSION, and in that gwlb.ko for the kernel of KDIR, for a
# machine that would take too long: see make.
set -eu

to=$1 kdir=$2
shift 2
mkdir -p "$to"
for deb; do
	name=gwlb-$(dpkg-deb -f "$deb" Version)
	dpkg-deb -x "$deb" "$to/unpacked"
	mv "$to/unpacked/usr/src/$name" "$to/$name"
	rm -r "$to/unpacked"
	cp -r "$to/$name" "$to/build"
	make -s -j2 -C "$kdir" M="$(readlink -f "$to/build")" modules
	mv "$to/build/gwlb.ko" "$to/$name/"
	rm -r "$to/build"
done
