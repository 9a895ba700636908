#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# npm.sh - runs programs of npm packages whose versions are pinned
#
# Owns: $cache/npm, where each set of packages lives in a directory named by
# the hash of package-lock.json, so that what is there never changes. Nothing is
# installed into the tree or into the system. May touch: nothing else.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=selftests/vm/debian.sh
. "$here/../vm/debian.sh"
store=$cache/npm

# Goes into the hash: count it up when a directory changes shape.
layout=1
# The oldest node that the validator runs with; Debian 12 has 18.
oldest=20

usage()
{
	cat <<-USAGE
	Usage: npm.sh PROGRAM [ARGUMENT]...
	       npm.sh --path

	Runs PROGRAM, a file of JavaScript or the name of a program that one of
	the packages has, with a node that is new enough; it finds the packages
	in \$GWLB_NODE_MODULES. --path prints that directory.
	USAGE
}

# Does this node run what we have?
new_enough()
{
	[[ $("$1" --version 2>/dev/null) =~ ^v([0-9]+)\. ]] &&
		[ "${BASH_REMATCH[1]}" -ge "$oldest" ]
}

# Sets $node: the system's, or else the one among the packages.
choose_node()
{
	omit=--omit=optional
	node=$(command -v node || command -v nodejs || true)
	if [ -z "$node" ] || ! new_enough "$node"; then
		omit=""
		node=""
	fi
}

# The packages run no scripts when they are installed, which no one of them
# needs; npm compares each with its hash in the lock file.
install()
{
	command -v npm >/dev/null || die "needs npm (apt-get install npm)"
	tmp=$(mktemp -d "$store/.tmp.XXXXXX")
	cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$tmp"
	say "installing the packages of package-lock.json"
	# shellcheck disable=SC2086 # an option, or none
	(cd "$tmp" && npm ci $omit --ignore-scripts --no-audit --no-fund \
		--no-update-notifier >&2) || die "npm failed"
	mv "$tmp" "$dir"
}

cleanup()
{
	rm -rf ${tmp:+"$tmp"}
}

main()
{
	local program=${1:-} node omit dir

	case $program in
	-h|--help) usage; exit 0 ;;
	--path) [ $# -eq 1 ] || { usage >&2; exit 2; } ;;
	""|-*) usage >&2; exit 2 ;;
	esac

	choose_node
	dir=$store/$(cat "$here/package-lock.json" - <<<"$layout $omit" |
		sha256sum | cut -c1-12)
	if [ ! -d "$dir" ]; then
		lock_store
		trap cleanup EXIT
		# Who held the lock may have done it.
		[ -d "$dir" ] || install
		exec 9>&-
	fi
	if [ "$program" = --path ]; then
		echo "$dir/node_modules"
		return
	fi
	# npm installs the one for this machine, if there is one.
	[ -n "$node" ] ||
		node=$(find "$dir/node_modules" -path '*/node-linux-*/bin/node')
	new_enough "$node" || die "no node that runs here: ${node:-none}"
	shift
	if [[ $program != */* ]]; then
		program=$dir/node_modules/.bin/$program
	fi
	[ -f "$program" ] || die "no program $program"
	GWLB_NODE_MODULES=$dir/node_modules exec "$node" "$program" "$@"
}

main "$@"
