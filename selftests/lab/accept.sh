#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# accept.sh CASE - the acceptance suite on a lab: builds the region of a case
# from the templates, lets traffic pass, has appliances die and come back, and
# takes everything down. A case is an architecture and what is special:
#
#   single-aws     separated-aws       the templates' defaults
#   single-cn      separated-cn        in the partition of China
#   single-cidrs   separated-cidrs     all addresses and the health port others
#   single-zones   separated-zones     three zones
#   single-zonal   separated-zonal     four appliances, cross-zone off
#   single-original separated-original the original quickstart's routes: does
#                                      the check of coverage bite?
#
# Runs as root in a guest; the module may be loaded already. Several can run
# at the same time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
for part in lab traffic capture coverage policy load failover drain; do
	# shellcheck source=/dev/null
	. "$TOP/selftests/lab/accept_$part.sh"
done

usage()
{
	trap - EXIT
	sed -n '4,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# The load balancer compared every packet that came back byte for byte; what
# did not come back went to dead appliances, or a rule has dropped it. One that
# drains is unhealthy, too, and drops what its rules refuse: so some of what is
# missing at unhealthy ones may have been dropped.
judge_balancer()
{
	local stats dropped

	stats=$(balancer stats)
	is "every packet that came back to GWLB was right" \
		"$(jq -c '[.differences, .unsolicited, .duplicates,
			.no_neighbour, .send_failed, .deliver_failed,
			.wire_lost, .too_big]' <<<"$stats")" \
		"[0,0,0,0,0,0,0,0]"
	# shellcheck disable=SC2154 # set when they die
	dropped=$(($(dropped drop-) + dropped_by_dead))
	check "and what did not come back was lost with an appliance, or dropped" \
		jq -e "[.missing - .missing_unhealthy, $dropped, .missing] |
			debug | . == sort" <<<"$stats"
}

judge_balance()
{
	local a

	for a in "${APPLIANCES[@]}"; do
		is "$a: received = returned + passed + dropped" \
			"$(on "$a" "$GWLBCTL" stats --json | jq -c '
			[.received.packets - ([.counters[].packets] | add),
			 .received.bytes - ([.counters[].bytes] | add)]')" \
			"[0,0]"
	done
}

took()
{
	note "$CASE: $1: $((SECONDS - since)) s"
	since=$SECONDS
}

basics()
{
	coverage_begins
	traffic
	coverage_ends
}

rules_again()
{
	local a

	for a in "${APPLIANCES[@]}"; do
		must inside "$a" /usr/lib/gwlb/gwlb-service reload
	done
}

main()
{
	local since=$SECONDS

	[ $# -eq 1 ] && case_arguments "$1" || usage
	work=$(mktemp -d)
	on_exit rm -rf "$work"
	load_module
	head -c $SIZE /dev/urandom >"$work/download"
	lab_up "$1"
	took "up"
	basics
	if [[ $CASE == *-original ]]; then
		judge_hole
		took "traffic"
		return
	fi
	judge_walk
	judge_allow_list
	judge_captures
	judge_coverage
	judge_spread
	rules_again
	took "traffic"
	appliance_dies
	took "death"
	all_die
	took "death of all"
	some_come_back
	took "return"
	victim_is_started
	# On all, for GWLB may find the one that was started healthy by now.
	policy
	took "policy"
	victim_is_back
	took "return of all"
	drain
	took "drain"
	judge_balancer
	judge_balance
}

main "$@"
