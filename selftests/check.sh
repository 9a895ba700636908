#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh LAYER... - runs tests, cheap ones first, and ends in one line,
# "N passed, N failed".
#
#   style   what can be seen without building anything
#   static  style, generated files, clang, coccinelle
#   unit    user-space parts, under sanitizers
#   cfn     the CloudFormation templates, as far as that goes without AWS
#   fuzz    the parser, the rules and rules files, for FUZZ_SECONDS (30) each
#   build   module (sparse, too) and tools without a warning, DKMS
#   guest   the module, in a guest
#   tools   the programs with the module, in a guest
#   lab     both architectures, built from the templates, in a guest
#   mutant  a module that is broken on purpose has to turn a test red
#
# More layers are in selftests/layers, a file for each. Some have parts,
# LAYER:PART, for what only the long run has. After a layer comes how many tests
# it had and how long it took.
set -u

cd "$(dirname "$0")/.." || exit 1
# shellcheck source=selftests/tap.sh
. selftests/tap.sh

export KERNEL=${KERNEL:-6.1}
export CMOCKA_MESSAGE_OUTPUT=TAP
# Consoles of guests and what tests leave there; kept if OUT says where.
if [ -z "${OUT:-}" ]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT" ${machine:+"$machine"}' EXIT
fi

# Sources of a kernel: for checkpatch, for clang, for ynl.
source_of()
{
	selftests/vm/source.sh "$1"
}

# build ARGUMENT...: make, on all CPUs
build()
{
	make -j "$(nproc)" "$@"
}

kdir()
{
	selftests/vm/kernel.sh --path build "$KERNEL"
}

# What is built for another machine is built in a copy of the tree, from
# scratch, and tested there. Its compiler is in the environment then.
go_to_machine()
{
	local variables

	variables=$(selftests/vm/cross.sh "$KERNEL") || return 1
	[ -n "$variables" ] || return 0
	machine=$(mktemp -d)
	# Tests have a user who is not root run what is in it.
	chmod 0755 "$machine"
	cp -r .ci ./* "$machine/" && cd "$machine" || return 1
	eval "$variables"
	make -s clean
}

# And back
leave_machine()
{
	[ -n "$machine" ] || return 0
	cd "$top" && rm -rf "$machine"
	machine=""
	unset CC PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
}

# kbuild ARGUMENT...: builds the module in a copy of the tree, so that no
# other build's objects are in the way; a warning is an error. KO says where
# to put it, if anywhere.
kbuild()
{
	local copy rc

	copy=$(mktemp -d)
	cp -r Kbuild VERSION module uapi "$copy/"
	find "$copy" -name '*.o' -delete
	build -C "${K:-$(kdir)}" M="$copy" "$@" modules >"$copy/log" 2>&1
	rc=$?
	cat "$copy/log"
	# What the kernel's own headers are warned of is not ours.
	if grep -E "^$copy/[^ ]*: (warning|error)|^WARNING: modpost" \
	   "$copy/log"; then
		rc=1
	fi
	[ -z "${KO:-}" ] || cp "$copy/gwlb.ko" "$KO" || rc=1
	rm -rf "$copy"
	return $rc
}

# Layers

layer_unit()
{
	suite "unit: lanes of layers" selftests/lanes_test.sh
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
	one "fuzz: parser, ${FUZZ_SECONDS:-30} seconds" \
		make -C tools/fuzz fuzz-parse FUZZ_SECONDS="${FUZZ_SECONDS:-30}"
	one "fuzz: rules, ${FUZZ_SECONDS:-30} seconds" \
		make -C tools/fuzz fuzz-match FUZZ_SECONDS="${FUZZ_SECONDS:-30}"
	one "fuzz: rules files, ${FUZZ_SECONDS:-30} seconds" \
		make -C tools/fuzz fuzz-rules FUZZ_SECONDS="${FUZZ_SECONDS:-30}"
}

# tools_build DIRECTORY CC: all of them anew; a warning is an error
tools_build()
{
	make -C "$1/tools/gwlbctl" clean &&
		make -C "$1/tools/gwlb-healthd" clean &&
		make -C "$1/selftests" clean &&
		build -C "$1" tools CC="$2" CFLAGS="-O2 -g -Werror" &&
		build -C "$1/selftests" CC="$2" CFLAGS="-O2 -g -Werror"
}

# tools_here: those that are tested, and their tests
tools_here()
{
	tools_build . "${CC:-gcc}" && build -C selftests live
}

# tools_clang: in a copy, so that those that are tested stay
tools_clang()
{
	local copy rc=0

	copy=$(mktemp -d)
	cp -r Makefile VERSION uapi tools selftests module "$copy/"
	tools_build "$copy" clang || rc=1
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
	case $(selftests/vm/kernel.sh --path arch "$KERNEL") in
	arm64) args+=(-a aarch64) ;;
	esac
	dkms add "${args[@]}" && dkms build "${args[@]}" &&
		dkms install --no-depmod "${args[@]}" &&
		find "$work/modules" -name 'gwlb.ko*' | grep . &&
		dkms remove "${args[@]}" --no-depmod || rc=1
	rm -rf "$work"
	return $rc
}

layer_build()
{
	local sparse=(C=2 CF=-D__CHECK_ENDIAN__)

	# For another machine it is enough that it is built.
	[ -z "$machine" ] || sparse=()
	KO=$PWD/gwlb.ko one "module: no warning${sparse:+, nor from sparse}" \
		kbuild W=1 ${sparse[@]+"${sparse[@]}"}
	one "tools and test programs: no warning from gcc" tools_here
	# It knows no other machine's libraries.
	[ -n "$machine" ] || one "tools: no warning from clang" tools_clang
	one "dkms: add, build, install, remove" dkms_build
}

# in_guest NAME TEST...: on a busy machine two thirds of all of them took 40
# minutes; a run for others is over after 90.
in_guest()
{
	local name=$1 limit=4200

	shift
	[ -z "${LONG:-}" ] || limit=9000
	YNL_SRC=$(source_of ynl) \
		selftests/vm/run.sh --kernel "$KERNEL" \
		--timeout $limit \
		--out "$OUT/$name" --env YNL_SRC --env GWLB_KO --env CASES \
		-- selftests/guest.sh "$@"
}

# What runs in guests, unless an earlier layer has built it.
for_guests()
{
	if [ -z "${layers[build]:-}" ] && [ -z "$built" ]; then
		one "module" build module KDIR="$(kdir)"
		one "tools" build tools
		one "test programs" build -C selftests live
	fi
	built=1
}

# Those of the programs, which take as long as those of the module
tool_tests()
{
	printf '%s\n' t_docs.sh t_doctor.sh t_flows_cli.sh t_healthd.sh \
		t_healthd_load.sh t_import.sh t_report.sh t_rules_text.sh \
		t_service.sh t_trace.sh ../tools/gwlbctl/tests/t_live.sh
}

module_tests()
{
	(cd selftests && printf '%s\n' t_*.sh) | grep -vFx -f <(tool_tests)
}

all_guest_tests()
{
	module_tests
	tool_tests
}

layer_guest()
{
	for_guests
	suite "guest runner" selftests/vm/t_vm.sh
	# shellcheck disable=SC2046 # a list
	suite "guest $KERNEL" in_guest "$KERNEL" ${TESTS:-$(module_tests)}
}

layer_tools()
{
	for_guests
	# shellcheck disable=SC2046 # a list
	suite "tools $KERNEL" in_guest tools $(tool_tests)
}

# Both architectures, and each thing that may be otherwise in one of them; all
# cases in the long run; or those that CASES lists.
layer_lab()
{
	local CASES=${CASES:-}

	if [ -z "$CASES" ] && [ -z "${LONG:-}" ]; then
		CASES="single-aws separated-aws single-zones separated-cidrs"
		CASES+=" single-original separated-zonal"
	fi
	for_guests
	export CASES
	suite "lab $KERNEL" in_guest lab lab/t_play.sh lab/t_lab.sh
}

for layer in selftests/layers/*.sh; do
	[ -e "$layer" ] || continue
	# shellcheck source=/dev/null
	. "$layer"
done

# lanes.sh says so of what runs after the build.
built=${BUILT:-}
machine="" top=$PWD
declare -A layers
for layer in "$@"; do
	declare -F "layer_${layer%%:*}" >/dev/null ||
		{ echo "check.sh: no layer $layer" >&2; exit 2; }
	layers[$layer]=1
done
go_to_machine || { echo "check.sh: no tools for $KERNEL" >&2; exit 1; }
[ -z "$machine" ] || built=""
for layer in "$@"; do
	echo "# layer: $layer"
	before=$((passed + failed)) began=$SECONDS
	part=""
	[ "${layer%%:*}" = "$layer" ] || part=${layer#*:}
	"layer_${layer%%:*}" ${part:+"$part"}
	echo "# layer $layer: $((passed + failed - before)) tests," \
		"$((SECONDS - began)) s"
done
leave_machine
summary
