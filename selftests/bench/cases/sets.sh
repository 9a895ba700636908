# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What asking a set costs the first packet of a flow, by the set's size. The
# packet is refused then, since making a flow costs more than that and is not
# always the same. The report takes off the cost of the packet without the rule
# that asks the set.

# in_set NAME PREFIXES
in_set()
{
	gwlb_rules "$BENCH/set-$2.rules"
	measure "$1" refused --fresh
	gwlb_off
}

case_set_none()
{
	in_set set-none 0
}

case_set_100()
{
	in_set set-100 100
}

case_set_1m()
{
	in_set set-1m 1000000
}
