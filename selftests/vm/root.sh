#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# root.sh - puts the files of another Debian into the cache
#
# Owns: $cache/root, where each root lives in a directory named by the hash of
# its packages, so that what is there never changes. Packages are unpacked, not
# configured. May touch: nothing else.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/debian.sh"
store=$cache/root

# Goes into the hash: count it up when a directory changes shape.
layout=1

usage()
{
	cat <<-USAGE
	Usage: root.sh NAME

	Makes sure that the root NAME (see the file "roots") is in the cache
	and prints where it is.
	USAGE
}

# Unpacks what lies in apt's archive. Debian's own directories are links since
# trixie, so they are here, too.
unpack()
{
	local final=$1 deb name

	mkdir "$tmp/tree" "$tmp/tree/usr"
	for name in bin sbin lib lib64; do
		mkdir "$tmp/tree/usr/$name"
		ln -s "usr/$name" "$tmp/tree/$name"
	done
	for deb in "$tmp"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$tmp/tree" --keep-directory-symlink \
				--no-same-owner --exclude='./dev/*' \
				--exclude='./usr/share/doc/*' \
				--exclude='./usr/share/locale/*' \
				--exclude='./usr/share/man/*'
	done
	# What the packages would have done when they are configured.
	[ -e "$tmp/tree/usr/bin/awk" ] || ln -s mawk "$tmp/tree/usr/bin/awk"
	# The host's and its user data show through where this has nothing.
	rm -rf "${tmp:?}/tree"/{etc,var,tmp,run,proc,sys,dev,root,home}
	mv "$tmp/tree" "$final"
}

# Sets $dir to the newest state of a line of "roots".
resolve()
{
	local name=$1 arch=$2 suites=$3 list install

	shift 3
	apt_setup "$suites" "$arch"
	install=(apt-get "${apt[@]}" -qq -y -o APT::Install-Recommends=false
		 install)
	# Names, sizes and hashes of the files, without where they are from.
	list=$("${install[@]}" --print-uris "$@" | cut -d ' ' -f 2- | sort)
	[ -n "$list" ] || die "apt would install nothing"
	dir=$store/$name-$(sha256sum <<<"$layout $list" | cut -c1-12)
	if [ -d "$dir" ]; then
		return
	fi
	tmp=$(mktemp -d "$store/.tmp.XXXXXX")
	mkdir -p "$tmp/debs/partial"
	say "fetching $(wc -l <<<"$list") packages of $suites for $arch"
	"${install[@]}" -o Dir::Cache::archives="$tmp/debs" --download-only \
		"$@" >&2
	say "unpacking $name"
	unpack "$dir"
}

cleanup()
{
	rm -rf ${tmp:+"$tmp"}
}

main()
{
	local name=${1:-} line arch suites packages memo dir=""

	case $name in
	-h|--help) usage; exit 0 ;;
	""|-*) usage >&2; exit 2 ;;
	esac
	line=$(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "$here/roots" |
	       awk -v name="$name" '$1 == name')
	[ -n "$line" ] || { say "no root $name"; usage >&2; exit 2; }
	read -r _ arch suites packages <<<"$line"

	lock_store
	# Ask the mirror once a day.
	memo=$store/.newest/$(sha256sum <<<"$layout $line" | cut -c1-12)
	if [ -n "$(find "$memo" -mmin -1440 2>/dev/null)" ]; then
		dir=$(readlink "$memo")
	fi
	if [ ! -d "$dir" ]; then
		trap cleanup EXIT
		# shellcheck disable=SC2086 # a list
		resolve "$name" "$arch" "$suites" $packages
		ln -sfn "$dir" "$memo"
	fi
	echo "$dir"
}

main "$@"
