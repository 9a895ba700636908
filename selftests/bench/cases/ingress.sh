# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# gwlb at netdev ingress, before the stack has looked at a packet, and empty
# hooks there

at_ingress()
{
	must ctl config set attach ingress dev eth0
}

case_ingress()
{
	gwlb 1000 first
	at_ingress
	measure ingress back --establish
	gwlb_off
}

# Each packet asks the rules.
case_ingress_denied()
{
	gwlb 1000 last
	at_ingress
	measure ingress-denied refused --fresh --port 23
	gwlb_off
}

case_ingress_denied_remembered()
{
	gwlb_remembers
	at_ingress
	measure ingress-denied-remembered refused_or_remembered --establish \
		--flows 1000 --port 23
	gwlb_off
}

case_ingress_floor()
{
	must insmod "$BENCH/floor/gwlb_floor.ko" device=eth0
	measure ingress-floor back
	must rmmod gwlb_floor
}

case_ingress_floor_drop()
{
	must insmod "$BENCH/floor/gwlb_floor.ko" device=eth0 drop=1
	measure ingress-floor-drop into_appliance
	must rmmod gwlb_floor
}
