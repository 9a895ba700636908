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

usage()
{
	cat <<-USAGE
	Usage: source.sh NAME

	Makes sure that the source NAME (see the file "sources") is in the
	cache and prints where it is.
	USAGE
}

# unpack DEB FINAL PART...
unpack()
{
	local deb=$1 final=$2 tarball

	shift 2
	mkdir "$tmp/deb" "$tmp/tree"
	dpkg-deb -x "$deb" "$tmp/deb"
	rm "$deb"
	tarball=$(find "$tmp/deb/usr/src" -name 'linux-source-*.tar.xz')
	say "unpacking ${tarball##*/}"
	tar -xf "$tarball" -C "$tmp/tree" --strip-components=1 \
		--wildcards "${@/#/'*/'}"
	mv "$tmp/tree" "$final"
}

# Sets $dir to the newest source of a line of "sources".
resolve()
{
	local suites=$1 package=$2 record version hash

	shift 2
	apt_setup "$suites"
	record=$(apt-cache "${apt[@]}" --no-all-versions show "$package")
	version=$(sed -n 's/^Version: //p' <<<"$record")
	hash=$(sed -n 's/^SHA256: //p' <<<"$record")
	dir=$store/$package-$(sha256sum <<<"$layout $hash $*" | cut -c1-12)
	if [ -d "$dir" ]; then
		return
	fi
	tmp=$(mktemp -d "$store/.tmp.XXXXXX")
	fetch_deb "$package" "$version" "$hash" "$tmp"
	unpack "$deb" "$dir" "$@"
}

cleanup()
{
	rm -rf ${tmp:+"$tmp"}
}

main()
{
	local name=${1:-} line suites package parts memo dir=""

	case $name in
	-h|--help) usage; exit 0 ;;
	""|-*) usage >&2; exit 2 ;;
	esac
	line=$(awk -v name="$name" '$1 == name' "$here/sources")
	[ -n "$line" ] || { say "no source $name"; usage >&2; exit 2; }
	read -r _ suites package parts <<<"$line"

	lock_store
	# Ask the mirror once a day.
	memo=$store/.newest/$(sha256sum <<<"$layout $line" | cut -c1-12)
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
