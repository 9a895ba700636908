#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel_debs.sh DIRECTORY - fetches Debian's newest kernel for clouds with its
# headers, as packages, and prints the name of the one before, as packages of
# that have it: 6.1.0-56-cloud-amd64
#
# Owns: DIRECTORY, and in the cache what vm/debian.sh owns.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/../vm/debian.sh"

store=$cache/image
[ $# -eq 1 ] || die "Usage: kernel_debs.sh DIRECTORY"
lock_store
apt_setup bookworm,bookworm-updates,bookworm-security

# The newest last
releases()
{
	apt-cache "${apt[@]}" pkgnames linux-headers-6.1.0- |
		sed -n 's/^linux-headers-\(.*-cloud-amd64\)$/\1/p' | sort -V
}

mapfile -t all < <(releases)
[ ${#all[@]} -ge 2 ] || die "the mirror has one kernel only"
newest=${all[-1]}
mkdir -p -- "$1"
cd -- "$1"
for pkg in "linux-image-$newest" "linux-headers-$newest" \
	   "linux-headers-${newest%-cloud*}-common"; do
	say "fetching $pkg"
	apt-get "${apt[@]}" -qq download "$pkg" >&2
done
echo "${all[-2]}"
