# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Who has which memory per CPU: kmemleak does not look for what of that is lost,
# and /proc/meminfo has pages of it, each of many blocks. So the kernel's own
# events tell. Nothing may be left of a module that is gone.
percpu=/sys/kernel/tracing/instances/percpu

# percpu_watch: from now on, in order, whatever the CPU. In ten minutes of chaos
# there are 8 megabytes of events on one CPU.
percpu_watch()
{
	local event

	[ -d /sys/kernel/tracing/events/percpu ] || return 0
	if [ ! -d $percpu ]; then
		mkdir $percpu && echo 16384 >$percpu/buffer_size_kb &&
			echo counter >$percpu/trace_clock &&
			echo nooverwrite >$percpu/trace_options &&
			echo nohash-ptr >$percpu/trace_options || return 1
		for event in percpu/percpu_{alloc,free}_percpu \
			     module/module_load; do
			echo 1 >$percpu/events/"$event"/enable || return 1
		done
		echo stacktrace \
			>$percpu/events/percpu/percpu_alloc_percpu/trigger ||
			return 1
	fi
	echo >$percpu/trace
}

# percpu_missed: how many events there was no place for
percpu_missed()
{
	awk '/^(overrun|dropped events):/ { n += $NF } END { print n + 0 }' \
		$percpu/per_cpu/cpu*/stats
}

# percpu_blocks: how many blocks gwlb, and modules that are gone, have had so far,
# and then a line for each that is still there. Who asked for one is in its stack:
# gwlb_ and something, or a number, which is how functions of a module that is gone
# are shown. So is what a module begins with, as that goes when it has begun: if
# do_one_initcall is in the stack, the module is the one that the task loaded last.
# What comes in between is another CPU's.
percpu_blocks()
{
	awk '
	function field(name,   i) {
		for (i = 1; i <= NF; i++)
			if (index($i, name "=") == 1)
				return substr($i, length(name) + 2)
	}
	function count() {
		if (!by)
			return
		n++
		at[ptr] = said[cpu] ", by" by
		by = ""
	}
	/^ => / {
		if (!by && (/ => gwlb_/ || / => 0x/))
			by = $0
		if (/ => do_one_initcall/ && by ~ / 0x/ &&
		    loads[task[cpu]] !~ /^gwlb/)
			by = ""
		next
	}
	{ count() }
	match($0, / module_load: /) {
		loads[$1] = substr($0, RSTART + RLENGTH)
	}
	match($0, / \[[0-9]+\] /) { cpu = substr($0, RSTART, RLENGTH) }
	/ percpu_alloc_percpu: / {
		last[cpu] = field("ptr")
		said[cpu] = $0
		task[cpu] = $1
	}
	/ <stack trace>$/ { ptr = last[cpu] }
	/ percpu_free_percpu: / { delete at[field("ptr")] }
	END {
		count()
		print n + 0
		for (ptr in at)
			print at[ptr]
	}' $percpu/trace
}

# percpu_no_more_than N: blocks, for wait_for
percpu_no_more_than()
{
	[ "$(percpu_blocks | wc -l)" -le $(($1 + 1)) ]
}

# check_percpu NAME [N]: a test: not more than N blocks are left, or none, and
# there were some
check_percpu()
{
	local blocks

	if [ ! -d $percpu ]; then
		ok "$1 # SKIP nobody watches, as guest.sh does"
		return
	fi
	check "$1" wait_for 20 percpu_no_more_than "${2:-0}"
	blocks=$(percpu_blocks)
	note "of ${blocks%%$'\n'*} blocks $(($(wc -l <<<"$blocks") - 1)) are left," \
		"$(percpu_missed) events were missed"
	if [ "$(percpu_missed)" -ne 0 ] || [ "${blocks%%$'\n'*}" -eq 0 ]; then
		not_ok "$1: and all of it was seen"
	fi
}
