#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dist.sh DIRECTORY - leaves the source of what is committed there, as
# gwlb-VERSION.tar.gz. The same commit makes the same file.
set -euo pipefail

top=$(dirname -- "$(readlink -f -- "$0")")/..

[ $# -eq 1 ] || { echo "Usage: dist.sh DIRECTORY" >&2; exit 2; }
version=$(git -C "$top" show HEAD:VERSION)
mkdir -p -- "$1"
git -C "$top" archive --format=tar --prefix="gwlb-$version/" HEAD |
	gzip -9n >"$1/gwlb-$version.tar.gz"
