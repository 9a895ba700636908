# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How much memory the kernel holds for something: slabs with their gaps, tables,
# what is per CPU. Nothing of it is in pages that are nobody's.

# held: bytes, when nothing is on its way to be freed
held()
{
	# Grace periods, and work that is put off
	sleep 5
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { sum += $2 }
		END { print sum * 1024 }' /proc/meminfo
}

# A number of flows just over that at which the hash table has doubled, so
# each has as many buckets as it can have.
case_memory_flow()
{
	local flows=100000 before

	gwlb 1000 first
	# Caches and tables that stay
	run_sender --establish --flows 1000 --runs 1
	must ctl flow flush --all
	before=$(held)
	run_sender --establish --flows $flows --runs 1
	value memory-flow $((($(held) - before) / flows)) bytes
	gwlb_off
}

case_memory_rules()
{
	local before

	load_module
	# So that there is one before it, too
	echo "policy drop" >"$WORK/nothing"
	must ctl rule load "$WORK/nothing"
	before=$(held)
	must ctl rule load "$BENCH/10000-last.rules"
	value memory-10k-rules $(($(held) - before)) bytes
	gwlb_off
}
