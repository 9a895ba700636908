// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow_netlink: flows as user space sees them: one, all, or those that pass a
 * filter; and how user space ends them.
 *
 * The table changes while it is walked. A flow that is there from the
 * beginning of a dump to its end is shown; one that comes or goes meanwhile
 * may be. When the table gets another size the walk begins anew, so that flows
 * are shown twice: then the dump is marked with NLM_F_DUMP_INTR, and who
 * cares tells them by their id.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include <linux/gwlb.h>

#include "flow_filter.h"
#include "flow_message.h"
#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"

/* After so many flows others may run. */
#define WALK_BREATH	256

/**
 * struct flow_walk - a way through the table of flows
 * @iter: where it has come
 * @filter: which flows are looked for
 * @id: the flow at @iter, if that has been dealt with
 * @steps: how many flows were looked at
 * @restarts: how often it began anew
 * @resumed: the flow at @iter may have gone meanwhile
 * @ready: @filter was read
 * @over: flows that are over but not collected yet are looked for, too
 */
struct flow_walk {
	struct rhashtable_iter iter;
	struct gwlb_flow_filter filter;
	u64 id;
	u32 steps;
	u32 restarts;
	bool resumed;
	bool ready;
	bool over;
};

/* The walk */

static void walk_resume(struct flow_walk *walk)
	__acquires(RCU)
{
	if (rhashtable_walk_start_check(&walk->iter) == -EAGAIN)
		walk->restarts++;
	walk->resumed = true;
}

static void walk_pause(struct flow_walk *walk)
	__releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
}

/* The flow that was found last was not dealt with: find it again. */
static void walk_again(struct flow_walk *walk)
{
	walk->id = 0;
}

/* The flow behind the one that was dealt with. Where that went away during a
 * pause, what came after it is in its place.
 */
static struct gwlb_flow *walk_step(struct flow_walk *walk)
{
	struct gwlb_flow *flow;

	if (walk->resumed) {
		walk->resumed = false;
		flow = rhashtable_walk_peek(&walk->iter);
		if (IS_ERR_OR_NULL(flow) || flow->id != walk->id)
			return flow;
	}
	return rhashtable_walk_next(&walk->iter);
}

/* The next flow that passes the filter, or NULL at the end. It can be used
 * until the next call. The pauses come before a flow is dealt with, as it is
 * the caller who may remove it, and from what is in the table the walk finds
 * its way back best.
 */
static struct gwlb_flow *walk_next(struct flow_walk *walk,
				   const struct gwlb_net *gn)
{
	struct gwlb_flow *flow;

	while ((flow = walk_step(walk))) {
		if (IS_ERR(flow)) {
			walk->restarts++;
			continue;
		}
		if (++walk->steps % WALK_BREATH == 0) {
			walk_again(walk);
			walk_pause(walk);
			cond_resched();
			walk_resume(walk);
			continue;
		}
		walk->id = flow->id;
		if (gwlb_flow_filter_passes(&walk->filter, flow) &&
		    (walk->over || !gwlb_flow_is_over(flow)))
			break;
	}
	return flow;
}

static void walk_begin(struct flow_walk *walk, struct gwlb_net *gn)
{
	rhashtable_walk_enter(&gn->flows.hash, &walk->iter);
	walk->id = 0;
}

static void walk_end(struct flow_walk *walk)
{
	rhashtable_walk_exit(&walk->iter);
}

/* What user space asks */

/**
 * gwlb_nl_flow_get_doit() - GWLB_CMD_FLOW_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL without an id or with a bad filter, -ENOENT, or -ENOMEM
 */
int gwlb_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct flow_walk walk = {};
	struct gwlb_flow *flow;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_FLOW_ID)) {
		NL_SET_ERR_MSG(info->extack, "which flow?");
		return -EINVAL;
	}
	err = gwlb_flow_filter_parse(&walk.filter, gn, info->attrs,
				     info->extack);
	if (err)
		return err;
	msg = gwlb_nl_answer_new(info, gwlb_flow_message_size(),
				 GWLB_CMD_FLOW_GET, &hdr);
	if (!msg)
		return -ENOMEM;

	walk_begin(&walk, gn);
	walk_resume(&walk);
	flow = walk_next(&walk, gn);
	err = flow ? gwlb_flow_message_put(msg, gn, flow) : -ENOENT;
	walk_pause(&walk);
	walk_end(&walk);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such flow");
	return gwlb_nl_answer(msg, hdr, info, err);
}

static struct flow_walk *walk_of(struct netlink_callback *cb)
{
	return *(struct flow_walk **)cb->ctx;
}

/**
 * gwlb_nl_flow_get_start() - GWLB_CMD_FLOW_GET, all: begin
 * @cb: the dump
 *
 * Return: 0 or -ENOMEM
 */
int gwlb_nl_flow_get_start(struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(cb->skb->sk));
	struct flow_walk *walk = kzalloc(sizeof(*walk), GFP_KERNEL);

	if (!walk)
		return -ENOMEM;
	walk_begin(walk, gn);
	*(struct flow_walk **)cb->ctx = walk;
	return 0;
}

/**
 * gwlb_nl_flow_get_done() - GWLB_CMD_FLOW_GET, all: end
 * @cb: the dump, which was read to its end or given up
 *
 * Return: 0
 */
int gwlb_nl_flow_get_done(struct netlink_callback *cb)
{
	struct flow_walk *walk = walk_of(cb);

	walk_end(walk);
	kfree(walk);
	return 0;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct gwlb_net *gn, const struct gwlb_flow *flow)
{
	void *hdr = gwlb_nl_dump_put(skb, cb, GWLB_CMD_FLOW_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (gwlb_flow_message_put(skb, gn, flow)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * gwlb_nl_flow_get_dumpit() - GWLB_CMD_FLOW_GET, all
 * @skb: the answer
 * @cb: the dump
 *
 * The filter is read by the first call: what gwlb_nl_flow_get_start() has to
 * say about it would be lost in older kernels.
 *
 * Return: length of @skb, 0 at the end, or -EINVAL or -ENOENT for a bad filter
 */
int gwlb_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));
	struct flow_walk *walk = walk_of(cb);
	struct gwlb_flow *flow;
	int err;

	if (!walk->ready) {
		err = gwlb_flow_filter_parse(&walk->filter, gn,
					     gwlb_compat_dump_attrs(cb),
					     cb->extack);
		if (err)
			return err;
		walk->ready = true;
	}

	walk_resume(walk);
	while ((flow = walk_next(walk, gn))) {
		cb->seq = 1 + walk->restarts;
		if (dump_one(skb, cb, gn, flow)) {
			walk_again(walk);
			break;
		}
	}
	cb->seq = 1 + walk->restarts;
	walk_pause(walk);
	return skb->len;
}

/* Ends flows up to @last. Those that came later are not meant, or this might
 * go on for ever. What is over already takes a place until it is collected, so
 * it goes, too, but has ended by itself: @flushed counts the others.
 * Return: false if nothing was left to be ended
 */
static bool flush(struct flow_walk *walk, struct gwlb_net *gn, u64 last,
		  u32 *flushed)
{
	struct gwlb_flow *flow;
	bool over, any = false;

	walk_begin(walk, gn);
	walk_resume(walk);
	while ((flow = walk_next(walk, gn))) {
		if (flow->id > last)
			continue;
		over = gwlb_flow_is_over(flow);
		if (!gwlb_flow_remove(gn, flow, over ? GWLB_FLOW_END_TIMEOUT :
						       GWLB_FLOW_END_FLUSHED))
			continue;
		any = true;
		*flushed += !over;
	}
	walk_pause(walk);
	walk_end(walk);
	return any;
}

/**
 * gwlb_nl_flow_flush_doit() - GWLB_CMD_FLOW_FLUSH
 * @skb: the request
 * @info: the request, parsed
 *
 * One walk may miss a flow, if others end at the same time; it is hard to
 * miss the same one again.
 *
 * Return: 0, -EINVAL or -ENOENT for a bad filter, or -ENOMEM
 */
int gwlb_nl_flow_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	u64 last = atomic64_read(&gn->flows.last_id);
	struct flow_walk walk = { .over = true };
	struct sk_buff *msg;
	u32 flushed = 0;
	void *hdr;
	int err;

	err = gwlb_flow_filter_parse(&walk.filter, gn, info->attrs,
				     info->extack);
	if (err)
		return err;
	msg = gwlb_nl_answer_new(info, nla_total_size(sizeof(u32)),
				 GWLB_CMD_FLOW_FLUSH, &hdr);
	if (!msg)
		return -ENOMEM;
	while (flush(&walk, gn, last, &flushed))
		;
	return gwlb_nl_answer(msg, hdr, info,
			      nla_put_u32(msg, GWLB_A_FLOW_FLUSHED, flushed));
}
