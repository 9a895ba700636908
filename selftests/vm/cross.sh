#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cross.sh KERNEL - prints, as assignments for the shell, what a Makefile of
# ours needs in its environment to make programs for the machine that a kernel
# of "kernels" is for; nothing if that is this machine.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")

arch=$("$here/kernel.sh" --path arch "$1")
case $arch in
amd64)
	exit 0
	;;
arm64)
	triplet=aarch64-linux-gnu
	;;
esac
root=$("$here/root.sh" "$arch")
cc=$("$here/kernel.sh" --path cc "$1")
echo "export CC='$cc --sysroot=$root'"
# In an emulator each start of a program with sanitizers takes seconds.
echo "export SAN="
echo "export PKG_CONFIG_SYSROOT_DIR=$root"
echo "export PKG_CONFIG_LIBDIR=$root/usr/lib/$triplet/pkgconfig"
