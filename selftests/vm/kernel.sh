#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh - puts a distribution kernel and its headers into the cache
#
# Owns: $cache/kernel, where each kernel lives in a directory named by release
# and by the hash of its packages, so that what is there never changes.
# May touch: nothing else, apart from kernels of our own, which are built.sh's.
# Nothing is installed and the host's apt is only
# asked for its mirror, so no root is needed.
#
# A kernel's directory:
#   release                what uname -r says
#   image                  what qemu -kernel boots fastest
#   lib/modules/RELEASE/   with modules.dep; build and source are valid links
#   usr/src, usr/lib       the headers, moved here: KDIR= for the module
#   arch                   what machine it is for, if not for amd64
#   slow                   how many times slower than another it is, if it is
#   words                  what it needs on its command line, if anything
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/debian.sh"
store=$cache/kernel

# Goes into the hash: count it up when a kernel's directory changes shape.
layout=1

usage()
{
	cat <<-USAGE
	Usage: kernel.sh [--path PART] NAME

	Makes sure that the kernel NAME (see the file "kernels") is in the
	cache and prints where PART of it is:
	  dir      the directory of all parts (default)
	  release  the kernel's release, not a path
	  image    what qemu -kernel loads
	  modules  lib/modules/RELEASE
	  build    headers to build modules against (KDIR=)
	  source   the part of the headers that all flavours share
	  cc       the compiler that the kernel wants, not a path
	  arch     the machine that it is for, not a path

	The cache is \$GWLB_CACHE, or gwlb in \$XDG_CACHE_HOME or ~/.cache.
	USAGE
}

bad_usage()
{
	say "$@"
	usage >&2
	exit 2
}

# Prints "package version sha256" for a metapackage and for every package of
# the kernel's own that it leads to (an ABI's image, headers, kbuild, ...). Of
# alternatives the first counts: the next are unsigned copies.
follow()
{
	local todo=("$@") seen=" " pkg record deps dep

	while [ "${#todo[@]}" -gt 0 ]; do
		pkg=${todo[0]}
		todo=("${todo[@]:1}")
		if [[ $seen == *" $pkg "* ]]; then
			continue
		fi
		seen+="$pkg "

		record=$(apt-cache "${apt[@]}" --no-all-versions show "$pkg") ||
			return 1
		awk -v pkg="$pkg" '
			/^Version: / { version = $2 }
			/^SHA256: / { hash = $2 }
			END { print pkg, version, hash }' <<<"$record"

		deps=$(sed -n 's/^\(Pre-\)\?Depends: //p' <<<"$record" |
		       tr ',' '\n' | sed 's/^ *//; s/[ :|].*//')
		for dep in $deps; do
			# What builds runs here, for whatever it builds.
			if [[ $dep == linux-kbuild-* && $arch != amd64 ]]; then
				todo+=("$dep:amd64")
			elif [[ $dep =~ ^linux-[a-z]+-[0-9] ]]; then
				todo+=("$dep")
			fi
		done
	done
}

# Unpacks the ELF kernel from vmlinuz, because an emulated CPU needs seconds for
# that at every boot. If it cannot be had, vmlinuz does as well.
make_image()
{
	local tree=$1 zipped=boot/vmlinuz-$2 plain=vmlinux-$2
	local magic tool offset

	# Newer packages keep it beside the modules.
	[ -f "$tree/$zipped" ] || zipped=lib/modules/$2/vmlinuz
	[ -f "$tree/$zipped" ] || die "$2: no boot image in the packages"
	ln -s "$zipped" "$tree/image"

	while read -r tool magic; do
		magic=$(printf '%b' "$magic")
		offset=$(LC_ALL=C grep -abom1 "$magic" "$tree/$zipped" |
			 LC_ALL=C sed -n '1s/:.*//p') || continue
		# The tool fails after the fact, at what follows the archive.
		tail -c "+$((offset + 1))" "$tree/$zipped" |
			"$tool" -dc >"$tree/$plain" 2>/dev/null || :
		if [ "$(head -c 4 "$tree/$plain")" = $'\x7fELF' ]; then
			ln -sf "$plain" "$tree/image"
			return
		fi
		rm "$tree/$plain"
	done <<-'FORMATS'
	xz \xfd7zXZ
	zstd \x28\xb5\x2f\xfd
	FORMATS
}

# A headers' Makefile that needs nothing said on make's command line: for another
# machine than this, and for tools that this machine's C library is too old for.
# Those run with the /usr of a root of root.sh, which nobody else sees.
make_self_sufficient()
{
	local makefile=$1 rest

	rest=$(cat "$makefile")
	{
		echo "export DEB_BUILD_ARCH := amd64"
		echo "export DEB_HOST_ARCH := $arch"
		if [ "$arch" = arm64 ]; then
			echo "export DEB_HOST_GNU_TYPE := aarch64-linux-gnu"
		fi
		[ -n "$root" ] || { echo "$rest"; return; }
		cat <<-MAKEFILE
		ifndef IN_ROOT
		export IN_ROOT := 1
		export LC_ALL := C
		\$(or \$(MAKECMDGOALS),all): in-root ;
		in-root: ; +@unshare -m \$(if \$(filter-out 0,\$(shell id -u)),-r) \\
		sh -c 'mount --bind $root/usr /usr && exec make "\$\$@"' - \\
		\$(MAKECMDGOALS)
		.PHONY: in-root
		else
		$rest
		endif
		MAKEFILE
	} >"$makefile"
}

# Fetches and unpacks the packages of a list and moves the result to its name
# in one step: a reader sees all of a kernel or none of it.
unpack()
{
	local list=$1 final=$2 release=$3 pkg version hash link target

	tmp=$(mktemp -d "$store/.tmp.XXXXXX")
	mkdir "$tmp/debs" "$tmp/tree"
	while read -r pkg version hash; do
		fetch_deb "$pkg" "$version" "$hash" "$tmp/debs"
		dpkg-deb -x "$deb" "$tmp/tree"
		rm "$deb"
	done <<<"$list"

	say "unpacking $release"
	rm -rf "$tmp/tree/usr/share"
	# Newer packages know /usr/lib/modules only.
	if [ ! -e "$tmp/tree/lib" ]; then
		ln -s usr/lib "$tmp/tree/lib"
	fi
	echo "$release" >"$tmp/tree/release"

	# What newer headers have for BTF; with it they would insist on pahole.
	rm -f "$tmp/tree/usr/src/linux-headers-$release/vmlinux"
	sed -i "s|/usr/src/|$final/usr/src/|g" \
		"$tmp/tree/usr/src/linux-headers-$release/Makefile"
	if [ -n "$root" ] || [ "$arch" != amd64 ]; then
		make_self_sufficient \
			"$tmp/tree/usr/src/linux-headers-$release/Makefile"
		echo "$arch" >"$tmp/tree/arch"
	fi
	for link in "$tmp/tree/lib/modules/$release"/{build,source}; do
		target=$(readlink "$link")
		ln -sfn "$final/usr/src/${target##*/}" "$link"
	done
	depmod -b "$tmp/tree" "$release"

	make_image "$tmp/tree" "$release"
	mv "$tmp/tree" "$final"
}

# Sets $dir to the newest kernel of a line of "kernels".
resolve()
{
	local suites=$1 image=$2 headers=$3
	local list releases versions

	apt_setup "$suites" "$arch"
	list=$(follow "$image" "$headers") || return 1

	# A suite can be caught in the middle of an update.
	releases=$(sed -n 's/^linux-\(image\|headers\)-\([0-9][^ ]*\) .*/\2/p' \
		   <<<"$list" | grep -v -- '-common' | sort -u)
	versions=$(awk '/^linux-(image|headers)-/ { print $2 }' <<<"$list" |
		   sort -u)
	if [[ $releases$versions == *$'\n'* ]]; then
		die "image and headers differ: ${releases//$'\n'/, }" \
		    "of ${versions//$'\n'/, }"
	fi

	# The metapackages are empty; what they lead to makes the kernel.
	list=$(grep -E '^linux-[a-z]+-[0-9]' <<<"$list" | sort)
	dir=$store/$releases-$(sha256sum <<<"$layout $list${root:+ $root}" |
			       cut -c1-12)
	if [ ! -d "$dir" ]; then
		unpack "$list" "$dir" "$releases"
	fi
}

# print_part PART DIR
print_part()
{
	local part=$1 dir=$2

	case $part in
	dir) echo "$dir" ;;
	release) cat "$dir/release" ;;
	image) echo "$dir/image" ;;
	modules) echo "$dir/lib/modules/$(cat "$dir/release")" ;;
	build|source)
		readlink "$dir/lib/modules/$(cat "$dir/release")/$part"
		;;
	esac
}

cleanup()
{
	rm -rf ${tmp:+"$tmp"}
}

main()
{
	local part=dir name="" line suites image headers cc arch root memo rc

	while [ $# -gt 0 ]; do
		case $1 in
		--path)
			[ $# -ge 2 ] || bad_usage "--path needs a value"
			part=$2
			shift
			;;
		-h|--help)
			usage
			exit 0
			;;
		-*)
			bad_usage "unknown option $1"
			;;
		*)
			[ -z "$name" ] || bad_usage "one NAME only"
			name=$1
			;;
		esac
		shift
	done
	[ -n "$name" ] || bad_usage "NAME is missing"
	case $part in
	dir|release|image|modules|build|source|cc|arch) ;;
	*) bad_usage "unknown part $part" ;;
	esac

	line=$(awk -v name="$name" '$1 == name' "$here/kernels")
	[ -n "$line" ] || bad_usage "no kernel $name in $here/kernels"
	read -r _ suites image headers cc arch root <<<"$line"
	arch=${arch:-amd64}
	case $part in
	cc) echo "$cc"; return ;;
	arch) echo "$arch"; return ;;
	esac
	if [ -n "$root" ]; then
		root=$("$here/root.sh" "$root")
	fi

	if [ "$suites" = built ]; then
		dir=$("$here/built.sh" "$image" "$headers" "$cc")
		print_part "$part" "$dir"
		return
	fi

	lock_store

	# Ask the mirror once a day; without a network the last answer stands.
	memo=$store/.newest/$(sha256sum <<<"$layout $line" | cut -c1-12)
	dir=""
	if [ -n "$(find "$memo" -mmin -1440 2>/dev/null)" ]; then
		dir=$(readlink "$memo")
	fi
	if [ ! -d "$dir" ]; then
		# Not "if (...)": that would switch off -e in the subshell.
		set +e
		(
			set -e
			trap cleanup EXIT
			resolve "$suites" "$image" "$headers"
			ln -sfn "$dir" "$memo"
		)
		rc=$?
		set -e
		if [ "$rc" -ne 0 ]; then
			[ -d "$memo" ] || die "cannot get kernel $name"
			say "keeping the last kernel $name"
		fi
		dir=$(readlink "$memo")
	fi
	print_part "$part" "$dir"
}

main "$@"
