#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh [--arch ARCH] DIRECTORY - builds gwlb-dkms and gwlb-tools, Debian's
# packages, and leaves them there.
#
# ARCH is what gwlb-tools is for, if that is not what this machine is: then
# Debian's cross compiler builds it, with the libraries of that architecture
# (dpkg --add-architecture ARCH; apt-get install gcc-aarch64-linux-gnu, and what
# debian/control wants as NAME:ARCH).
#
# The version is that of the file VERSION, what has changed that of CHANGELOG.md
# (its newest entries), the date that of $SOURCE_DATE_EPOCH or of the last
# commit, so that the same tree makes the same packages.
#
# Owns: a directory in $TMPDIR while it runs, where a copy of the tree is.
set -euo pipefail

top=$(dirname -- "$(readlink -f -- "$0")")/..
cd "$top"

arch=()
if [ "${1:-}" = --arch ] && [ $# -gt 1 ]; then
	arch=(--host-arch "$2")
	shift 2
fi
case $#${1:-} in
1[!-]*) ;;
*) echo "Usage: deb.sh [--arch ARCH] DIRECTORY" >&2; exit 2 ;;
esac
mkdir -p -- "$1"
to=$(cd -- "$1" && pwd)
version=$(cat VERSION)

# Seconds since 1970
date_of_tree()
{
	if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
	elif ! git log -1 --format=%ct 2>/dev/null; then
		stat -c %Y CHANGELOG.md
	fi
}

# CHANGELOG.md's newest entries, as Debian writes them
changelog()
{
	echo "gwlb ($version) unstable; urgency=medium"
	echo
	awk '/^## / { n++; next } n == 1 && NF { print "  " $0 }' CHANGELOG.md |
		fold -s -w 79 | sed 's/^[^ ]/    &/; s/ *$//'
	echo
	echo " -- $1  $(date -R -u -d "@$SOURCE_DATE_EPOCH")"
}

SOURCE_DATE_EPOCH=$(date_of_tree)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/gwlb-$version
mkdir "$tree"
cp -r CHANGELOG.md Kbuild Makefile VERSION dkms.conf module packaging tools \
	uapi "$tree/"
# gwlbctl has the module's parser.
mkdir -p "$tree/selftests/unit"
cp -r selftests/unit/shim "$tree/selftests/unit/"
find "$tree" -type f \( -name '*.o' -o -name '*.cmd' -o -name '*.d' \) -delete
rm -f "$tree/tools/gwlbctl/gwlbctl" "$tree/tools/gwlb-healthd/gwlb-healthd"
mv "$tree/packaging/debian" "$tree/debian"
changelog "$(sed -n 's/^Maintainer: //p' "$tree/debian/control")" \
	>"$tree/debian/changelog"
(cd "$tree" && dpkg-buildpackage -b -us -uc ${arch[@]+"${arch[@]}"})
cp "$work"/gwlb-*.deb "$to/"
