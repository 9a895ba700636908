# SPDX-License-Identifier: GPL-2.0-only
#
# What gwlb-healthd has from ../gwlbctl: what reads the module and the host's
# network, and nothing that prints rules or commands.

SHARED := attr cidr config counter extack health health_examine names netns \
	nl nl_open out prefix rtnl rules rules_compare rules_decode ruleset \
	ruleset_decode traffic utf8 vpce
