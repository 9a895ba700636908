/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ruleset_netlink: what requests about rulesets and about sets share.
 */
#ifndef _GWLB_RULESET_NETLINK_H
#define _GWLB_RULESET_NETLINK_H

struct genl_info;
struct gwlb_net;
struct gwlb_ruleset;

struct gwlb_ruleset *gwlb_nl_rules(struct gwlb_net *gn);
int gwlb_nl_expect(struct gwlb_net *gn, struct genl_info *info);

#endif /* _GWLB_RULESET_NETLINK_H */
