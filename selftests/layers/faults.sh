# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# No memory at each allocation in turn, in the debug kernel, which says if any
# is lost: of each request, with sets of 30 elements; of packets; and of the last
# 100 allocations of loading and of 200 of making a namespace. With LONG=1 sets
# have 100 elements, and all allocations fail. See fuzz/t_faults.sh.

# faults_module DIRECTORY: the module for that kernel, whose memory per CPU fails,
# too
faults_module()
{
	cp -r Kbuild VERSION module uapi "$1/" &&
		find "$1" -name '*.o' -delete &&
		build -s -C "$(selftests/vm/kernel.sh --path build debug)" \
			KCFLAGS="-include $PWD/selftests/fuzz/percpu.h" \
			M="$1" modules
}

layer_faults()
{
	local dir many=30 load=100 netns=200

	[ -z "${LONG:-}" ] || many=100 load=0 netns=0
	for_guests
	dir=$(mktemp -d)
	one "module for the debug kernel" faults_module "$dir"
	MANY=$many LOAD=$load NETNS=$netns GWLB_KO=$dir/gwlb.ko \
		suite "faults" selftests/vm/run.sh --kernel debug \
		--timeout 36000 --out "$OUT/faults" --env GWLB_KO \
		--env MANY --env LOAD --env NETNS \
		-- selftests/guest.sh fuzz/t_faults.sh
	rm -rf "$dir"
}
