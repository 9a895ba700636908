// SPDX-License-Identifier: GPL-2.0-only
/*
 * event: what is told to all who listen. See event.h.
 *
 * Who reads too slowly loses events and is told so by netlink (ENOBUFS); and so
 * are all of them where there was no memory for one.
 */
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include <linux/gwlb.h>

#include "event.h"
#include "flow_message.h"
#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "parse.h"
#include "ruleset.h"

/* Logs in one second and namespace: as much as a person can want to read */
#define LOG_LIMIT	1000

/* An event of up to @size bytes of attributes. */
static struct sk_buff *event_new(size_t size, u8 cmd, gfp_t gfp, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(size, gfp | __GFP_NOWARN);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, &gwlb_nl_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Tells all who listen that there was something that they have not been told:
 * of flows and rulesets they may have a list.
 */
static void event_lost(struct gwlb_net *gn)
{
	genl_set_err(&gwlb_nl_family, gn->net, 0, GWLB_NLGRP_EVENTS, -ENOBUFS);
}

/* Sends @msg unless filling it failed with @err. */
static void event_send(struct gwlb_net *gn, struct sk_buff *msg, void *hdr,
		       int err, gfp_t gfp)
{
	if (err) {
		nlmsg_free(msg);
		event_lost(gn);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&gwlb_nl_family, gn->net, msg, 0,
				GWLB_NLGRP_EVENTS, gfp);
}

static int put_flow(struct sk_buff *msg, const struct gwlb_net *gn, u8 cmd,
		    const struct gwlb_flow *flow, enum gwlb_flow_end end)
{
	if (gwlb_flow_message_put(msg, gn, flow) ||
	    nla_put_u64_64bit(msg, GWLB_A_FLOW_TIME, ktime_get_real_ns(),
			      GWLB_A_FLOW_PAD))
		return -EMSGSIZE;
	if (cmd != GWLB_CMD_FLOW_END_EVENT)
		return 0;
	return nla_put_u32(msg, GWLB_A_FLOW_END, end);
}

/**
 * gwlb_event_flow() - tell that a flow began or ended
 * @gn: the namespace
 * @cmd: GWLB_CMD_FLOW_NEW_EVENT or GWLB_CMD_FLOW_END_EVENT
 * @flow: the flow
 * @end: why it ended, if it did
 * @gfp: how memory may be had
 *
 * Context: any but hard interrupt, RCU read side
 */
void gwlb_event_flow(struct gwlb_net *gn, u8 cmd, const struct gwlb_flow *flow,
		     enum gwlb_flow_end end, gfp_t gfp)
{
	struct sk_buff *msg;
	void *hdr;

	if (!gwlb_nl_has_listeners(gn))
		return;
	msg = event_new(gwlb_flow_message_size() +
			nla_total_size_64bit(sizeof(u64)) +	/* time */
			nla_total_size(sizeof(u32)),		/* end */
			cmd, gfp, &hdr);
	if (!msg) {
		event_lost(gn);
		return;
	}
	event_send(gn, msg, hdr, put_flow(msg, gn, cmd, flow, end), gfp);
}

/* May one more log be sent in this second? */
static bool may_log(struct gwlb_event_limit *limit)
{
	u32 now = ktime_get_seconds();
	s64 old = atomic64_read(&limit->second);
	s64 new;

	do {
		new = upper_32_bits(old) == now ? old + 1 : (u64)now << 32 | 1;
		if (lower_32_bits(new) > LOG_LIMIT)
			return false;
	} while (!atomic64_try_cmpxchg(&limit->second, &old, new));
	return true;
}

static int put_rule(struct sk_buff *msg, const struct gwlb_ruleset *rs,
		    u32 rule)
{
	const char *name = gwlb_ruleset_rule_name(rs, rule);
	const char *text = gwlb_ruleset_log_text(rs, rule);

	if (nla_put_u32(msg, GWLB_A_EVENT_RULE, rule + 1) ||
	    (name && nla_put_string(msg, GWLB_A_EVENT_NAME, name)) ||
	    (text && nla_put_string(msg, GWLB_A_EVENT_TEXT, text)))
		return -EMSGSIZE;
	return 0;
}

static int put_packet(struct sk_buff *msg, const struct gwlb_pkt *pkt,
		      const struct sk_buff *skb)
{
	u32 len = skb->len - pkt->inner_off;
	u32 snap = min_t(u32, len, GWLB_LOG_SNAP);
	struct nlattr *attr;

	if (nla_put_u64_64bit(msg, GWLB_A_EVENT_ENDPOINT, pkt->endpoint,
			      GWLB_A_EVENT_PAD) ||
	    nla_put_u32(msg, GWLB_A_EVENT_COOKIE, pkt->cookie) ||
	    nla_put_u32(msg, GWLB_A_EVENT_LENGTH, len))
		return -EMSGSIZE;
	attr = nla_reserve(msg, GWLB_A_EVENT_PACKET, snap);
	if (!attr)
		return -EMSGSIZE;
	return skb_copy_bits(skb, pkt->inner_off, nla_data(attr), snap);
}

static int put_log(struct sk_buff *msg, const struct gwlb_net *gn,
		   const struct gwlb_ruleset *rs, u32 rule,
		   const struct gwlb_pkt *pkt, const struct sk_buff *skb)
{
	if (nla_put_u64_64bit(msg, GWLB_A_EVENT_TIME, ktime_get_real_ns(),
			      GWLB_A_EVENT_PAD) ||
	    put_rule(msg, rs, rule) ||
	    put_packet(msg, pkt, skb) ||
	    nla_put_u64_64bit(msg, GWLB_A_EVENT_LOST,
			      atomic64_read(&gn->events.lost),
			      GWLB_A_EVENT_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * gwlb_event_log() - tell that a rule with log applied
 * @gn: the namespace
 * @rs: its ruleset
 * @rule: index of the rule
 * @pkt: the packet that it applied to, parsed
 * @skb: the packet, beginning with the outer IP header
 *
 * Context: bottom halves off, RCU read side
 */
void gwlb_event_log(struct gwlb_net *gn, const struct gwlb_ruleset *rs,
		    u32 rule, const struct gwlb_pkt *pkt,
		    const struct sk_buff *skb)
{
	struct sk_buff *msg = NULL;
	void *hdr;

	if (!gwlb_nl_has_listeners(gn))
		return;
	if (may_log(&gn->events))
		msg = event_new(3 * nla_total_size_64bit(sizeof(u64)) +
				3 * nla_total_size(sizeof(u32)) +
				nla_total_size(GWLB_NAME_LEN + 1) +
				nla_total_size(GWLB_TEXT_LEN + 1) +
				nla_total_size(GWLB_LOG_SNAP),
				GWLB_CMD_LOG_EVENT, GFP_ATOMIC, &hdr);
	if (!msg) {
		atomic64_inc(&gn->events.lost);
		return;
	}
	event_send(gn, msg, hdr, put_log(msg, gn, rs, rule, pkt, skb),
		   GFP_ATOMIC);
}

static int put_ruleset(struct sk_buff *msg, u32 generation)
{
	if (nla_put_u64_64bit(msg, GWLB_A_EVENT_TIME, ktime_get_real_ns(),
			      GWLB_A_EVENT_PAD) ||
	    nla_put_u32(msg, GWLB_A_EVENT_GENERATION, generation))
		return -EMSGSIZE;
	return 0;
}

/**
 * gwlb_event_ruleset() - tell that the ruleset or one of its sets changed
 * @gn: the namespace
 * @generation: what it has come to
 *
 * Context: process
 */
void gwlb_event_ruleset(struct gwlb_net *gn, u32 generation)
{
	struct sk_buff *msg;
	void *hdr;

	rcu_read_lock();
	if (!gwlb_nl_has_listeners(gn))
		goto unlock;
	msg = event_new(nla_total_size_64bit(sizeof(u64)) +
			nla_total_size(sizeof(u32)),
			GWLB_CMD_RULESET_EVENT, GFP_ATOMIC, &hdr);
	if (msg)
		event_send(gn, msg, hdr, put_ruleset(msg, generation),
			   GFP_ATOMIC);
	else
		event_lost(gn);
unlock:
	rcu_read_unlock();
}
