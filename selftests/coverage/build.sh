#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh KDIR DIRECTORY - builds the gwlb.ko that counts, in a directory of
# its own, where report.py will look for what the compiler left
set -euo pipefail

top=$(dirname -- "$(readlink -f -- "$0")")/../..
kdir=$1
copy=$2

cp -r "$top/VERSION" "$top/module" "$top/uapi" "$top/selftests/coverage" \
	"$copy/"
find "$copy" -name '*.o' -delete
cp "$top/Kbuild" "$copy/Kbuild.gwlb"
cp "$top/selftests/coverage/Kbuild" "$copy/Kbuild"
make -s -j "$(nproc)" -C "$kdir" M="$copy" modules
