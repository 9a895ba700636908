#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh KDIR DIRECTORY - builds gwlb_kunit.ko in a directory of its own, so
# that its objects and those of gwlb.ko are not in each other's way
set -euo pipefail

top=$(dirname -- "$(readlink -f -- "$0")")/../..
kdir=$1
copy=$2

cp -r "$top/VERSION" "$top/module" "$top/uapi" "$top/selftests/kunit" \
	"$top/selftests/cases" "$copy/"
find "$copy" -name '*.o' -delete
cp "$top/Kbuild" "$copy/Kbuild.gwlb"
cp "$top/selftests/kunit/Kbuild" "$copy/Kbuild"
make -s -j "$(nproc)" -C "$kdir" M="$copy" "${@:3}" modules
