#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A million flows at once: the last is as good as the first, and nothing is
# left of them when they are gone.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

FLOWS=${FLOWS:-1000000}

# slab: kilobytes that the kernel holds in small objects, the hash table of
# flows, and whatever else is neither cache nor anybody's memory
slab()
{
	awk '/^(Slab|VmallocUsed):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
}

no_more_slab_than()
{
	[ "$(slab)" -le "$1" ]
}

# half FIRST CPU PORT: half of all flows, from one CPU
half()
{
	gen --first "$1" --cpu "$2" --outer-port "$3" --batch 256 \
		--flows $((FLOWS / 2)) >"$work/half.$2"
}

# flow_of N: packets of the flow of that number
flow_of()
{
	local n=$1

	ctl flow list --json from "10.1.0.$((n % 256))" \
		sport $((1024 + n / 256)) |
		jq -c '[.flows[] | .original.packets, .reply.packets]'
}

# as_good N: another packet of that flow, and an answer
as_good()
{
	local n=$1

	is "flow $n: another packet" "$(gen --first $((n - 1)))" \
		"sent 1 returned 1 other 0"
	is "flow $n: an answer" "$(gen --first $((n - 1)) --steps '<')" \
		"sent 1 returned 1 other 0"
	is "flow $n: counted both ways" "$(flow_of $((n - 1)))" "[2,1]"
}

setup_up
start_probe
rules <<-RULES
	policy drop
	flow-max $((FLOWS + FLOWS / 10))
	flow-max-endpoint $((FLOWS + FLOWS / 10))
	timeout udp 3600
	rule from 10.1.0.0/16 proto udp state new accept
RULES
# The first flows fill caches that the kernel keeps.
gen --flows 10000 >"$work/first"
no_flows
before=$(slab)
started=$SECONDS
half 0 0 60000 &
first=$!
half $((FLOWS / 2)) $(($(nproc) - 1)) 60001
wait $first
note "$FLOWS flows in $((SECONDS - started)) seconds"
is "half of the flows: all came back" \
	"$(sort "$work"/half.*)" "$(printf '%s\n%s' \
		"sent $((FLOWS / 2)) returned $((FLOWS / 2)) other 0" \
		"sent $((FLOWS / 2)) returned $((FLOWS / 2)) other 0")"
is "they are all there" "$(flows)" "$FLOWS"
note "$((($(slab) - before) * 1024 / FLOWS)) bytes for each"
as_good 1
as_good 1024
as_good 1025
as_good $((FLOWS / 2))
as_good "$FLOWS"
is "nobody is in two flows" "$(flows)" "$FLOWS"
is "an answer to no question" "$(gen --first "$FLOWS" --steps '<')" \
	"sent 1 returned 0 other 0"
is "one more" "$(gen --first "$FLOWS")" "sent 1 returned 1 other 0"
check_balance

started=$SECONDS
check "flush" ctl flow flush --all
is "flush: none is left" "$(flows)" 0
note "flushed in $((SECONDS - started)) seconds"
# A flow is 200 bytes or more. What may stay is a hash table that shrinks step
# by step, and slabs that are not quite empty: less than a tenth of that.
check "flush: the memory is back" wait_for 60 no_more_slab_than \
	$((before + FLOWS / 50))

# The same way out as most flows take
rules <<-RULES
	flow-max $((FLOWS + FLOWS / 10))
	flow-max-endpoint $((FLOWS + FLOWS / 10))
	timeout udp 5
RULES
started=$SECONDS
note "$(gen --batch 256 --flows $((FLOWS / 5)))"
check "timeout: the table is empty" wait_for 60 flows_are 0
note "filled and timed out in $((SECONDS - started)) seconds"
check "timeout: the memory is back" wait_for 60 no_more_slab_than \
	$((before + FLOWS / 50))
check_balance
