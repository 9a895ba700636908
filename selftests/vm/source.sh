#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# source.sh - puts the sources of a distribution kernel into the cache
#
# Owns: $cache/source, where each source lives in a directory named by the hash
# of its package, so that what is there never changes. May touch: nothing else.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/debian.sh"
store=$cache/source

# Goes into the hash: count it up when a directory changes shape.
layout=1

# PACKAGE.patch: what kernels that are built of it cannot do without
patches=$here/patches

usage()
{
	cat <<-USAGE
	Usage: source.sh NAME

	Makes sure that the source NAME (see the file "sources") is in the
	cache and prints where it is.
	USAGE
}

# mend PACKAGE TREE: a patch that is not needed any more says so.
mend()
{
	local change=$patches/$1.patch

	[ -e "$change" ] || return 0
	say "patching $1 by patches/$1.patch"
	patch -s -p1 -d "$2" <"$change" >&2 ||
		die "patches/$1.patch does not fit $1; is it needed still?"
}

# unpack PACKAGE DEB FINAL PART...
unpack()
{
	local package=$1 deb=$2 final=$3 tarball

	shift 3
	mkdir "$tmp/deb" "$tmp/tree"
	dpkg-deb -x "$deb" "$tmp/deb"
	rm "$deb"
	tarball=$(find "$tmp/deb/usr/src" -name 'linux-source-*.tar.xz')
	say "unpacking ${tarball##*/}"
	tar -xf "$tarball" -C "$tmp/tree" --strip-components=1 \
		--wildcards "${@/#/'*/'}"
	mend "$package" "$tmp/tree"
	mv "$tmp/tree" "$final"
}

# Sets $dir to the newest source of a line of "sources", with $change in it.
resolve()
{
	local suites=$1 package=$2 record version hash

	shift 2
	apt_setup "$suites"
	record=$(apt-cache "${apt[@]}" --no-all-versions show "$package")
	version=$(sed -n 's/^Version: //p' <<<"$record")
	hash=$(sed -n 's/^SHA256: //p' <<<"$record")
	dir=$store/$package-$(sha256sum <<<"$layout $hash $*$change" |
			      cut -c1-12)
	if [ -d "$dir" ]; then
		return
	fi
	tmp=$(mktemp -d "$store/.tmp.XXXXXX")
	fetch_deb "$package" "$version" "$hash" "$tmp"
	unpack "$package" "$deb" "$dir" "$@"
}

cleanup()
{
	rm -rf ${tmp:+"$tmp"}
}

main()
{
	local name=${1:-} line suites package parts memo change="" dir=""

	case $name in
	-h|--help) usage; exit 0 ;;
	""|-*) usage >&2; exit 2 ;;
	esac
	line=$(awk -v name="$name" '$1 == name' "$here/sources")
	[ -n "$line" ] || { say "no source $name"; usage >&2; exit 2; }
	read -r _ suites package parts <<<"$line"
	if [ -e "$patches/$package.patch" ]; then
		change=" $(cat "$patches/$package.patch")"
	fi

	lock_store
	# Ask the mirror once a day.
	memo=$store/.newest/$(sha256sum <<<"$layout $line$change" | cut -c1-12)
	if [ -n "$(find "$memo" -mmin -1440 2>/dev/null)" ]; then
		dir=$(readlink "$memo")
	fi
	if [ ! -d "$dir" ]; then
		trap cleanup EXIT
		# shellcheck disable=SC2086 # a list
		resolve "$suites" "$package" $parts
		ln -sfn "$dir" "$memo"
	fi
	echo "$dir"
}

main "$@"
