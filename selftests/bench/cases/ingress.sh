# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# gwlb at netdev ingress, before the stack has looked at a packet

case_ingress()
{
	gwlb 1000 first
	if ! ctl config show | grep -q ^attach; then
		note "ingress: gwlbctl does not know it"
	else
		must ctl config set attach ingress dev eth0
		measure ingress back --establish
	fi
	gwlb_off
}
