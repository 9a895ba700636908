#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh LAYER... - runs tests, cheap ones first, and ends in one line,
# "N passed, N failed".
#
#   style   what can be seen without building anything
#   static  style, generated files, sparse, clang
#   unit    user-space parts, under sanitizers
#   cfn     the CloudFormation templates, as far as that goes without AWS
#   fuzz    the parser, the rules and rules files, for FUZZ_SECONDS (60) each
#   build   module and tools without a warning, DKMS
#   guest   everything that needs the module, in a guest
#   lab     both architectures, built from the templates, in a guest
#   mutant  a module that is broken on purpose has to turn a test red
set -u

cd "$(dirname "$0")/.." || exit 1
# shellcheck source=selftests/tap.sh
. selftests/tap.sh

export KERNEL=${KERNEL:-6.1}
export CMOCKA_MESSAGE_OUTPUT=TAP
# Consoles of guests and what tests leave there; kept if OUT says where.
if [ -z "${OUT:-}" ]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT"' EXIT
fi

# Sources of a kernel: for checkpatch, for clang, for ynl.
source_of()
{
	selftests/vm/source.sh "$1"
}

kdir()
{
	selftests/vm/kernel.sh --path build "$KERNEL"
}

# kbuild ARGUMENT...: builds the module in a copy of the tree, so that no
# other build's objects are in the way; a warning is an error
kbuild()
{
	local copy rc

	copy=$(mktemp -d)
	cp -r Kbuild VERSION module uapi "$copy/"
	find "$copy" -name '*.o' -delete
	make -C "${K:-$(kdir)}" M="$copy" "$@" modules >"$copy/log" 2>&1
	rc=$?
	cat "$copy/log"
	# What the kernel's own headers are warned of is not ours.
	if grep -E "^$copy/[^ ]*: (warning|error)|^WARNING: modpost" \
	   "$copy/log"; then
		rc=1
	fi
	rm -rf "$copy"
	return $rc
}

# Layers

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

# files DIRECTORY... PATTERN: what the tree has of that, built or not; a bare
# machine has no git
files()
{
	local pattern=${!#}

	find "${@:1:$#-1}" -name "$pattern" ! -name '*.mod.c' | LC_ALL=C sort
}

# checkpatch_is_clean IGNORED FILE...
checkpatch_is_clean()
{
	local ignored=$1 out

	shift
	# No files, no complaints: that would be too easy.
	[ $# -gt 0 ] || { echo "no files"; return 1; }
	out=$(checkpatch --ignore "$ignored" -f "$@")
	# It says so when it finds nothing, if it says anything.
	out=$(grep -v 'no obvious style problems' <<<"$out")
	[ -z "$out" ] || { echo "$out"; return 1; }
}

kernel_doc()
{
	local src

	src=$(source_of 6.1) || return 1
	perl "$src/scripts/kernel-doc" -none -Werror "$@"
}

# parse.c, inner.c, match.c, index.c and tcp.c are pure, netlink.h is for main.c
# and for those who read and write messages, versions are for compat/.
include_directions()
{
	local bad

	bad=$(grep -n '#include "' module/{parse,inner}.c module/usual.h |
		grep -vE '"(parse|inner)\.h"'
	      grep -n '#include "' module/match.c |
		grep -vE '"(index|match|set)\.h"'
	      grep -n '#include "' module/index.c |
		grep -vE '"(array|index|match)\.h"'
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
	tools/ynl/reasons.py --markdown uapi/gwlb.yaml |
		grep -vxFf README.md | grep . && return 1
	return 0
}

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
	one "shellcheck" shellcheck -S warning -x -P SCRIPTDIR $scripts
	}
	one "include directions" include_directions
	one "one version everywhere" same_version
	one "the README has all counters" readme_counters
}

layer_static()
{
	layer_style
	one "generated files are fresh" tools/ynl/regen.sh --check
	one "sparse, with endian checks" kbuild C=2 CF=-D__CHECK_ENDIAN__
	one "clang" clang_build
}

# Compiled, not loaded: there are no versions of the kernel's symbols.
clang_build()
{
	local tree

	tree=$(selftests/vm/clang.sh 6.1) || return 1
	K=$tree kbuild W=1 CC=clang-14
}

layer_unit()
{
	suite "unit: parser, rules" make -s -C selftests/unit check
	suite "unit: gwlbsim" make -s -C selftests/gwlbsim check
	suite "unit: gwlbctl" make -s -C tools/gwlbctl check
	suite "unit: gwlb-healthd" make -s -C tools/gwlb-healthd check
}

layer_cfn()
{
	local test

	for test in selftests/cfn/t_*; do
		suite "cfn: $(basename "$test")" "$test"
	done
}

# Each begins with what was committed and stops at the first finding.
layer_fuzz()
{
	one "fuzz: parser, ${FUZZ_SECONDS:-60} seconds" \
		make -C tools/fuzz fuzz-parse FUZZ_SECONDS="${FUZZ_SECONDS:-60}"
	one "fuzz: rules, ${FUZZ_SECONDS:-60} seconds" \
		make -C tools/fuzz fuzz-match FUZZ_SECONDS="${FUZZ_SECONDS:-60}"
	one "fuzz: rules files, ${FUZZ_SECONDS:-60} seconds" \
		make -C tools/fuzz fuzz-rules FUZZ_SECONDS="${FUZZ_SECONDS:-60}"
}

tools_build()
{
	local copy rc=0

	copy=$(mktemp -d)
	cp -r VERSION uapi tools selftests module "$copy/"
	make -C "$copy/tools/gwlbctl" clean &&
		make -C "$copy/tools/gwlb-healthd" clean &&
		make -C "$copy/selftests" clean &&
		make -C "$copy/tools/gwlbctl" CC="$1" CFLAGS="-O2 -Werror" &&
		make -C "$copy/tools/gwlb-healthd" CC="$1" \
			CFLAGS="-O2 -Werror" &&
		make -C "$copy/selftests" CC="$1" CFLAGS="-O2 -Werror" || rc=1
	rm -rf "$copy"
	return $rc
}

# DKMS in a tree of its own, against the kernel of the guest.
dkms_build()
{
	local work release rc=0 args

	work=$(mktemp -d)
	release=$(selftests/vm/kernel.sh --path release "$KERNEL") || return 1
	mkdir -p "$work/src/gwlb-$(cat VERSION)" "$work/tree" \
		"$work/modules/$release"
	cp -r Kbuild VERSION dkms.conf module uapi \
		"$work/src/gwlb-$(cat VERSION)"
	args=(--dkmstree "$work/tree" --sourcetree "$work/src"
	      --installtree "$work/modules" -k "$release"
	      --kernelsourcedir "$(kdir)" -m "gwlb/$(cat VERSION)")
	dkms add "${args[@]}" && dkms build "${args[@]}" &&
		dkms install --no-depmod "${args[@]}" &&
		find "$work/modules" -name 'gwlb.ko*' | grep . &&
		dkms remove "${args[@]}" --no-depmod || rc=1
	rm -rf "$work"
	return $rc
}

layer_build()
{
	one "module: no warning" kbuild W=1
	one "module" make module KDIR="$(kdir)"
	one "tools: no warning from gcc" tools_build gcc
	one "tools: no warning from clang" tools_build clang
	one "tools" make tools
	one "test programs" make -C selftests live
	one "dkms: add, build, install, remove" dkms_build
}

# in_guest NAME TEST...
in_guest()
{
	local name=$1

	shift
	YNL_SRC=$(source_of ynl) \
		selftests/vm/run.sh --kernel "$KERNEL" --timeout 3600 \
		--out "$OUT/$name" --env YNL_SRC --env GWLB_KO --env CASES \
		-- selftests/guest.sh "$@"
}

# What runs in guests, unless an earlier layer has built it.
for_guests()
{
	if [ -z "${layers[build]:-}" ] && [ -z "$built" ]; then
		one "module" make module KDIR="$(kdir)"
		one "tools" make tools
		one "test programs" make -C selftests live
	fi
	built=1
}

layer_guest()
{
	for_guests
	suite "guest runner" selftests/vm/t_vm.sh
	# shellcheck disable=SC2086 # a list
	suite "guest $KERNEL" in_guest "$KERNEL" \
		${TESTS:-$(cd selftests && echo t_*.sh gwlbsim/t_*.sh) \
			../tools/gwlbctl/tests/t_live.sh}
}

# All cases, or those that CASES lists.
layer_lab()
{
	for_guests
	suite "lab $KERNEL" in_guest lab lab/t_fabric.sh lab/t_lab.sh
}

# killed PATCH TEST: the module with that patch fails that test
killed()
{
	local patch=$1 test=$2 copy out rc

	copy=$(mktemp -d)
	cp -r Kbuild VERSION module uapi "$copy/"
	patch -s -d "$copy" -p1 <"$patch" &&
		make -s -C "$(kdir)" M="$copy" modules >"$copy/log" 2>&1 ||
		{ cat "$copy/log"; rm -rf "$copy"; return 1; }
	out=$(GWLB_KO=$copy/gwlb.ko in_guest mutant "$test" 2>&1)
	rc=$?
	rm -rf "$copy"
	echo "$out"
	[ $rc -ne 0 ] && grep -q '^not ok' <<<"$out" &&
		grep -q '^1\.\.[0-9]' <<<"$out"
}

layer_mutant()
{
	local patch test

	for patch in selftests/mutants/*.patch; do
		test=$(sed -n 's/^Killed-by: //p' "$patch")
		one "mutant $(basename "$patch" .patch) is killed by $test" \
			killed "$patch" "$test"
	done
}

built=""
declare -A layers
for layer in "$@"; do
	layers[$layer]=1
done
for layer in "$@"; do
	echo "# layer: $layer"
	"layer_$layer"
done
summary
