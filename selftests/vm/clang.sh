#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# clang.sh - prints a tree to compile modules in with clang
#
# Debian's headers are configured for gcc, and clang refuses its flags. So the
# same configuration is made once more, for clang, from the kernel's sources.
# What is built there is compiled, not loaded: symbols have no versions.
#
# Owns: $cache/clang, a directory for each kernel.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/debian.sh"
store=$cache/clang

main()
{
	local src headers dir

	src=$("$here/source.sh" "$1")
	headers=$("$here/kernel.sh" --path build "$1")
	lock_store
	dir=$store/$(sha256sum <<<"$src $headers" | cut -c1-12)
	# The tree knows where it is, so it cannot be moved when it is ready.
	if [ ! -e "$dir/ready" ]; then
		say "preparing $src for clang"
		rm -rf "$dir"
		mkdir -p "$dir"
		cp "$headers/.config" "$dir/"
		make -s -C "$src" O="$dir" CC=clang-14 HOSTCC=gcc \
			olddefconfig modules_prepare >&2
		cp "$headers/Module.symvers" "$dir/"
		touch "$dir/ready"
	fi
	echo "$dir"
}

main "$@"
