# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What can be seen without building anything. checkpatch and shellcheck are slow
# and look at each file by itself, so that as many run as there are CPUs, and a
# file that was found clean is not looked at again before it changes, nor they.
#
# CI and LONG: the same

# files DIRECTORY... PATTERN: what the tree has of that, built or not; a bare
# machine has no git
files()
{
	local pattern=${!#}

	find "${@:1:$#-1}" -name "$pattern" ! -name '*.mod.c' | LC_ALL=C sort
}

# It asks git which words in mixed case the kernel's headers use, if there is a
# .git, though there may be no git; so it is shown none, and a tree without
# headers.
checkpatch()
{
	local src root rc=0

	src=$(source_of 6.1) || return 1
	root=$(mktemp -d)
	mkdir "$root/include"
	GIT_DIR=$root/none perl "$src/scripts/checkpatch.pl" --no-tree \
		--root="$root" --strict --terse --max-line-length=80 \
		--no-summary --show-types "$@" 2>&1 || rc=$?
	rm -rf "$root" .checkpatch-camelcase.date.*
	return $rc
}

# checkpatch_all IGNORED FILE...: true if it has nothing to say
checkpatch_all()
{
	local ignored=$1 out

	shift
	out=$(checkpatch --ignore "$ignored" -f "$@")
	# It says so when it finds nothing, if it says anything.
	out=$(grep -v 'no obvious style problems' <<<"$out")
	[ -z "$out" ] || { echo "$out"; return 1; }
}

# A script that is sourced by others tells nothing by itself.
shellcheck_all()
{
	shellcheck -S warning -x -P SCRIPTDIR "${@:2}"
}
export -f source_of checkpatch checkpatch_all shellcheck_all

# clean_names WITH FILE...: a name for each of them, as it is, when looked at
# with that
clean_names()
{
	sha256sum "${@:2}" | tr '/ ' '__' | sed "s/^/$1-/"
}

# are_clean COMMAND ARGUMENT WITH FILE...: COMMAND finds nothing in any of them.
# WITH is what else its word depends on.
are_clean()
{
	local command=$1 argument=$2 with name rc=0 i todo=() names=()
	local known=${GWLB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gwlb}/clean

	with=$(sha256sum <<<"$(declare -f checkpatch "$1") $2 $3" |
		cut -c 1-32)
	shift 3
	# No files, no complaints: that would be too easy.
	[ $# -gt 0 ] || { echo "no files"; return 1; }
	mkdir -p "$known"
	# What was not asked for in a month is forgotten.
	find "$known" -type f -mtime +30 -delete
	i=0
	for name in $(clean_names "$with" "$@"); do
		i=$((i + 1))
		if [ -e "$known/$name" ]; then
			touch "$known/$name"
			continue
		fi
		todo+=("${!i}")
		names+=("$known/$name")
	done
	echo "${#todo[@]} of $# are looked at"
	[ ${#todo[@]} -gt 0 ] || return 0
	printf '%s\0' "${todo[@]}" | xargs -0 -n 8 -P "$(nproc)" \
		bash -c "$command"' "$@"' _ "$argument" || rc=1
	[ $rc -ne 0 ] || touch "${names[@]}"
	return $rc
}

# checkpatch_is_clean IGNORED FILE...
checkpatch_is_clean()
{
	are_clean checkpatch_all "$1" "$(source_of 6.1)" "${@:2}"
}

# scripts_are_clean FILE...: their word depends on what they source, which is
# not executable
scripts_are_clean()
{
	local sourced

	sourced=$(find cloudformation packaging tools selftests -name '*.sh' \
		! -perm -100 -exec sha256sum {} + | sort; shellcheck --version)
	are_clean shellcheck_all "" "$sourced" "$@"
}

kernel_doc()
{
	local src

	src=$(source_of 6.1) || return 1
	perl "$src/scripts/kernel-doc" -none -Werror "$@"
}

# parse.c, inner.c, match.c, index*.c and tcp.c are pure, index_build.h is for
# index*.c, netlink.h is for main.c and for those who read and write messages,
# versions are for compat/.
include_directions()
{
	local bad file

	# A rule about a file that is gone is kept by nobody.
	for file in {parse,inner,match,tcp,main,event,gso,node,xmit}.c usual.h \
		{stats,tally}.c index_build.h flow_{filter,message}.c; do
		[ -e "module/$file" ] || { echo "no module/$file"; return 1; }
	done
	bad=$(grep -n '#include "' module/{parse,inner}.c module/usual.h |
		grep -vE '"(parse|inner)\.h"'
	      grep -n '#include "' module/match.c |
		grep -vE '"(index|match|set)\.h"'
	      grep -n '#include "' module/index*.[ch] |
		grep -vE '"(array|index|index_build|match)\.h"'
	      grep -ln '#include "index_build.h"' module/*.[ch] |
		grep -v '^module/index'
	      grep -n '#include "' module/tcp.c | grep -v '"tcp.h"'
	      grep -ln '#include "netlink.h"' module/*.[ch] |
		grep -vE 'module/(main|event|flow_(filter|message))\.c' |
		grep -vE 'module/([a-z]+_parse|([a-z]+_)?netlink)\.c'
	      grep -n '#include "\(hook\|netlink\)' module/{parse,gso,node}.c \
		module/{xmit,stats,tally}.c
	      grep -n 'LINUX_VERSION_CODE\|KERNEL_VERSION' module/*.[ch])
	[ -z "$bad" ] || { echo "$bad"; return 1; }
}

same_version()
{
	[ "$(grep -o '[0-9]*\.[0-9]*\.[0-9]*' dkms.conf | sort -u)" = \
		"$(cat VERSION)" ] &&
		grep -q "^## $(cat VERSION)\b" CHANGELOG.md
}

# The table of counters in the README says what uapi/gwlb.yaml says.
readme_counters()
{
	local table

	table=$(tools/ynl/reasons.py --markdown uapi/gwlb.yaml) &&
		[ -n "$table" ] || return 1
	! grep -vxFf README.md <<<"$table"
}

# shellcheck source=selftests/docs.sh
. selftests/docs.sh

layer_style()
{
	local generated='^module/netlink_gen|^uapi/' user scripts
	local not_in_user_space

	# Macros of the kernel, tables made by macros, sentences in one piece.
	not_in_user_space=ARRAY_SIZE,BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO
	not_in_user_space+=,PREFER_KERNEL_TYPES,VOLATILE,CAMELCASE
	not_in_user_space+=,EMBEDDED_FUNCTION_NAME,SPLIT_STRING
	not_in_user_space+=,LONG_LINE_STRING,COMPLEX_MACRO,MACRO_ARG_REUSE
	not_in_user_space+=,OPEN_ENDED_LINE

	user=$(files tools selftests '*.[ch]')
	scripts="$(files cloudformation tools selftests '*.sh') .ci/run"
	scripts+=" selftests/hooks/pre-commit packaging/systemd/gwlb-service"
	scripts+=" packaging/image/customize $(files packaging '*.sh')"
	# Tracepoints have a layout of their own, as in the kernel.
	# shellcheck disable=SC2046,SC2086 # names without blanks
	{
	one "checkpatch: module" checkpatch_is_clean "SPLIT_STRING" \
		$(files module '*.[ch]' |
		  grep -vE "$generated|^module/(compat/|trace\.h)")
	one "checkpatch: compat" checkpatch_is_clean \
		"LINUX_VERSION_CODE,CONSTANT_COMPARISON" \
		$(files module/compat '*.h')
	one "checkpatch: tools and tests" checkpatch_is_clean \
		"$not_in_user_space" $user
	one "kernel-doc: module" kernel_doc \
		$(files module '*.[ch]' | grep -vE "$generated")
	one "kernel-doc: tools and tests" kernel_doc $user
	one "shellcheck" scripts_are_clean $scripts
	}
	one "include directions" include_directions
	one "one version everywhere" same_version
	one "the README has all counters" readme_counters
	one "the threat model has its tests" selftests/threats.py .
	one "what is to be typed has its tests" docs_tested
	one "mutants apply" mutants_apply
}
