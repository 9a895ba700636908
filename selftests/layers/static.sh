# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What compilers and checkers find without running anything, but for sparse, which
# looks on where the module is built (build). smatch is not packaged by Debian, so
# it is not among them.
#
# CI and LONG: the same

# Of the kernel's semantic patches those that are about something that the
# module does. What is not here is about other APIs, or takes minutes.
cocci_scripts=(
	api/err_cast api/kfree_mismatch api/kvmalloc api/memdup
	api/alloc/alloc_cast api/alloc/zalloc-simple
	free/ifnullfree free/kfree free/kfreeaddr
	iterators/itnull iterators/list_entry_update iterators/use_after_iter
	locks/call_kern locks/double_lock locks/flags locks/mini_lock
	misc/array_size misc/badty misc/cond_no_effect misc/doubleinit
	misc/excluded_middle misc/flexible_array misc/ifcol misc/minmax
	misc/newline_in_nl_msg misc/noderef misc/orplus misc/returnvar
	misc/semicolon misc/swap misc/test_addr
	null/deref_null null/eno null/kmerr
	tests/doublebitand tests/doubletest tests/odd_ptr_err
	tests/unsigned_lesser_than_zero
)

# coccinelle_one DIRECTORY SCRIPT...: as "make coccicheck MODE=report" does it
coccinelle_one()
{
	local script file out bad=0

	for script in "${@:2}"; do
		file=$1/$script.cocci
		# shellcheck disable=SC2046 # options
		out=$(spatch -D report --very-quiet --no-show-diff \
			$(sed -n 's|^// *Options: *||p' "$file") \
			--cocci-file "$file" --dir module -I uapi -I module \
			2>&1) || bad=1
		[ -z "$out" ] || { echo "$script:"; echo "$out"; bad=1; }
	done
	return $bad
}
export -f coccinelle_one

coccinelle()
{
	local dir

	dir=$(source_of 6.1)/scripts/coccinelle || return 1
	printf '%s\0' "${cocci_scripts[@]}" | xargs -0 -n 5 -P "$(nproc)" \
		bash -c 'coccinelle_one "$@"' _ "$dir"
}

# each_file COMMAND FILE...: with the flags that the file is compiled with in
# $flags
each_file()
{
	local command=$1 file rc=0 flags

	shift
	for file; do
		read -ra flags <<<"$FLAGS"
		case $file in
		tools/*/geneve_judge.c)
			flags+=(-Iselftests/unit/shim -Imodule) ;;
		tools/*) flags+=(-DVERSION='"0"') ;;
		esac
		"$command" "$file" || rc=1
	done
	return $rc
}

# An optimizer takes away what the analyzer is to find. That memcpy() sets what
# it writes to is not known to gcc 12, so what is not set is left to clang-tidy.
analyze()
{
	gcc -O0 -fanalyzer -Werror -Wno-analyzer-use-of-uninitialized-value \
		"${flags[@]}" -c -o /dev/null "$1"
}

tidy()
{
	clang-tidy-14 --quiet --warnings-as-errors='*' "$1" -- "${flags[@]}" \
		2>/dev/null
}
export -f each_file analyze tidy

# user_space COMMAND: for each file in C that runs as a program, a few of them
# at a time; not for those that cmocka's macros make hard to read for checkers
user_space()
{
	local flags

	flags=$(pkg-config --cflags libmnl jansson yaml-0.1 libpcap \
		libmicrohttpd)
	flags+=" -std=gnu11 -D_GNU_SOURCE -D__SANE_USERSPACE_TYPES__"
	flags+=" -Iuapi -Itools/gwlbctl -Itools/gwlb-healthd"
	find tools/gwlbctl tools/gwlb-healthd selftests/gwlbsim \
		selftests/flowgen selftests/cases -name '*.c' \
		! -path '*/tests/*' ! -name 'test_*' -print0 | sort -z |
		FLAGS=$flags xargs -0 -n 4 -P "$(nproc)" \
		bash -c 'each_file "$@"' _ "$1"
}

layer_static()
{
	layer_style
	one "generated files are fresh" tools/ynl/regen.sh --check
	one "clang" clang_build
	one "coccinelle: ${#cocci_scripts[@]} semantic patches" coccinelle
	one "gcc -fanalyzer: tools and tests" user_space analyze
	one "clang-tidy: tools and tests" user_space tidy
}

# Compiled, not loaded: there are no versions of the kernel's symbols.
clang_build()
{
	local tree

	tree=$(selftests/vm/clang.sh 6.1) || return 1
	K=$tree kbuild W=1 CC=clang-14
}
