#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# built.sh SOURCE CONFIG CC - builds a kernel of our own into the cache
#
# Prints the kernel's directory, which has what kernel.sh says of one. It is
# named by the hash of the source, the configuration and the compiler, so it is
# built once: 20 minutes of a CPU. What was interrupted goes on next time.
#
# Owns: $cache/built, where build/ of a kernel is the tree that it was built in,
# without the objects. May touch: the cache of sources, by way of source.sh.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/debian.sh"
store=$cache/built

# How many times slower than a stock kernel all of these are, about
SLOW=4

# What they need on the kernel's command line
WORDS="kunit.enable=1"

# Goes into the hash: count it up when a kernel's directory changes shape.
layout=1

# own CONFIG: what it says itself; comments may change without another kernel.
own()
{
	grep -E '^CONFIG_|^# CONFIG_[^ ]* is not set$' "$1"
}

# word CONFIG WHAT: what is behind that in a comment, or nothing
word()
{
	sed -n "s/^# $2: //p" "$1"
}

# settings CONFIG: what it says, and what the one says that it is over, where it
# is silent itself
settings()
{
	local over

	over=$(word "$1" over)
	{
		own "$1"
		[ -z "$over" ] || own "${1%/*}/$over"
	} | awk '{ name = $1 == "#" ? $2 : $1; sub(/=.*/, "", name) }
		!seen[name]++' | sort
}

# What of it is not in the result: Kconfig drops, without a word, what it does
# not know and what depends on something that is not set. What shall not be set
# may as well be unknown.
missing_lines()
{
	settings "$1" | grep -v '^#' | comm -23 - <(sort "$2")
	settings "$1" | awk '$1 == "#" { print "^" $2 "=" }' |
		grep -f - "$2"
}

configure()
{
	local config=$1 build=$2 missing

	settings "$config" >"$build/all.config"
	"${make[@]}" KCONFIG_ALLCONFIG="$build/all.config" allnoconfig >&2
	missing=$(missing_lines "$config" "$build/.config") || :
	[ -z "$missing" ] || die "not in the kernel: ${missing//$'\n'/, }"
}

# The image and lib/modules/RELEASE, as if it had been installed
lay_out()
{
	local dir=$1 src=$2 release modules

	release=$(cat "$dir/build/include/config/kernel.release")
	modules=$dir/lib/modules/$release
	mkdir -p "$modules"
	cp "$dir/build"/modules.{builtin,builtin.modinfo,order} "$modules/"
	ln -sfn "$dir/build" "$modules/build"
	ln -sfn "$src" "$modules/source"
	depmod -b "$dir" "$release"
	# Not vmlinux: on the way that boots it, KASAN is used too early.
	cp "$dir/build/arch/x86/boot/bzImage" "$dir/image"
	echo "$SLOW" >"$dir/slow"
	echo "$WORDS" >"$dir/words"
	echo "$release" >"$dir/release"
}

# Modules need no objects, and a CI's cache has no room for them.
drop_objects()
{
	find "$1" -type f ! -path "$1/scripts/*" ! -path "$1/tools/*" \
		\( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o \
		   -name 'vmlinux*' -o -name bzImage \) \
		! -name vmlinux.symvers -delete
}

build()
{
	local dir=$1 src=$2 config=$3 cc=$4 began=$SECONDS
	local make=(make -s -C "$src" O="$dir/build" CC="$cc" HOSTCC=gcc)
	local with

	read -ra with <<<"$(word "$config" make)"
	make+=(${with[@]+"${with[@]}"})
	mkdir -p "$dir/build"
	configure "$config" "$dir/build"
	say "building ${config##*/}, which takes 20 minutes of a CPU"
	"${make[@]}" -j"$(nproc)" bzImage modules >&2
	lay_out "$dir" "$src"
	drop_objects "$dir/build"
	# Not in a pipe: a subshell has times of its own.
	times >"$dir/times"
	say "built in $((SECONDS - began)) s, of CPUs (user, system):" \
		"$(tail -n 1 "$dir/times")"
	touch "$dir/ready"
}

main()
{
	local source config cc src dir version

	[ $# -eq 3 ] || die "usage: built.sh SOURCE CONFIG CC"
	source=$1 config=$here/$2 cc=$3
	src=$("$here/source.sh" "$source")
	version=$("$cc" --version | head -n 1)
	dir=$store/${2%.config}-$({ echo "$layout $src $version"
		word "$config" make
		settings "$config"; } | sha256sum | cut -c1-12)
	# The tree knows where it is, so it cannot be moved when it is ready.
	if [ ! -e "$dir/ready" ]; then
		mkdir -p "$dir"
		exec 9>"$dir/.lock"
		flock -n 9 || { say "waiting for another ${0##*/}"; flock 9; }
		[ -e "$dir/ready" ] || build "$dir" "$src" "$config" "$cc"
	fi
	echo "$dir"
}

main "$@"
