# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the kernel's memory is in, for tests of what is left when something is
# over.

# meminfo NAME: memory, in kilobytes
meminfo()
{
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

# no_more_than NAME KB: for wait_for
no_more_than()
{
	[ "$(meminfo "$1")" -le "$2" ]
}

# shrink: what was freed, and is kept by caches and by KASAN, is given back
shrink()
{
	local cache

	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
}

# orphans FILE: what is allocated by code of modules that are gone: each line
# there is where one was, from and to. Booted with slub_debug=U, the kernel
# remembers who allocated what.
orphans()
{
	awk 'FNR == NR { from[NR] = $1 ""; to[NR] = $2 ""; next }
		function ours(at,   i) {
			for (i in from)
				if (at >= from[i] && at < to[i])
					return 1
			return 0
		}
		/^ *[0-9]+ / { end(); text = FILENAME ":\n"; found = 0 }
		{
			for (i = 1; i <= NF; i++)
				if ($i ~ /^0x[0-9a-f]+$/ && ours($i ""))
					found = 1
			text = text $0 "\n"
		}
		function end() { if (found) printf "%s", text }
		END { end() }' \
		"$1" /sys/kernel/debug/slab/*/alloc_traces \
		<(sed 's/^/1 /' /proc/vmallocinfo)
}

no_orphans()
{
	[ -z "$(orphans "$1")" ]
}

# check_orphans FILE
check_orphans()
{
	if [ ! -e /sys/kernel/debug/slab/kmalloc-64/alloc_traces ]; then
		ok "leftovers # SKIP this kernel does not remember whose they are"
	elif wait_for 60 no_orphans "$1"; then
		ok "leftovers: nothing of a module that is gone"
	else
		not_ok "leftovers: nothing of a module that is gone"
		note "$(orphans "$1" | head -n 100)"
	fi
}
