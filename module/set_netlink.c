// SPDX-License-Identifier: GPL-2.0-only
/*
 * set_netlink: named sets and their elements, as user space asks for them and
 * changes them. See netlink.h.
 */
#include <linux/errno.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include <linux/gwlb.h>

#include "gwlb.h"
#include "match.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "ruleset.h"
#include "ruleset_netlink.h"
#include "ruleset_parse.h"
#include "set.h"

/**
 * struct set_position - how far a dump has come
 * @changes: how many changes there had been when the dump began: since one more
 *	@element may be gone. Not the generation, which comes round: whoever
 *	leaves a dump for hours could have it do so.
 * @element: the last element of @set that was put; NULL if none was
 * @set: index of the next set, or of the one with the next element
 * @begun: @changes is set
 */
struct set_position {
	u64 changes;
	struct gwlb_element *element;
	u32 set;
	bool begun;
};

static struct set_position *position(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct set_position) > sizeof(cb->ctx));
	return (struct set_position *)cb->ctx;
}

/* Sets */

static int put_set(struct sk_buff *msg, const struct gwlb_set *set)
{
	struct nlattr *nest = nla_nest_start(msg, GWLB_A_RULESET_SET);

	if (!nest ||
	    nla_put_string(msg, GWLB_A_SET_NAME, gwlb_set_name(set)) ||
	    nla_put_u32(msg, GWLB_A_SET_TYPE, gwlb_set_type(set)) ||
	    nla_put_u32(msg, GWLB_A_SET_COUNT, gwlb_set_count(set)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int answer_set(struct genl_info *info, const struct gwlb_set *set)
{
	struct sk_buff *msg;
	void *hdr;

	msg = gwlb_nl_answer_new(info, NLMSG_DEFAULT_SIZE, GWLB_CMD_SET_GET,
				 &hdr);
	if (!msg)
		return -ENOMEM;
	return gwlb_nl_answer(msg, hdr, info, put_set(msg, set));
}

/* The set that a request names, or NULL and @err */
static struct gwlb_set *named_set(struct genl_info *info,
				  const struct gwlb_ruleset *rs, int *err)
{
	struct nlattr *attr = info->attrs[GWLB_A_RULESET_NAME];
	char name[GWLB_NAME_LEN + 1];
	u32 set;

	*err = -EINVAL;
	if (GENL_REQ_ATTR_CHECK(info, GWLB_A_RULESET_NAME)) {
		NL_SET_ERR_MSG(info->extack, "which set?");
		return NULL;
	}
	*err = -ENOENT;
	nla_strscpy(name, attr, sizeof(name));
	set = gwlb_ruleset_find_set(rs, name);
	if (set == GWLB_NO_SET) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "there is no such set");
		return NULL;
	}
	*err = 0;
	return rs->sets[set];
}

/**
 * gwlb_nl_set_get_doit() - GWLB_CMD_SET_GET, one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL without a name, -ENOENT if there is no such set, or
 *         -ENOMEM
 */
int gwlb_nl_set_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct gwlb_set *set;
	int err;

	mutex_lock(&gn->rules_lock);
	set = named_set(info, gwlb_nl_rules(gn), &err);
	if (set)
		err = answer_set(info, set);
	mutex_unlock(&gn->rules_lock);
	return err;
}

static int dump_set(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct gwlb_set *set)
{
	void *hdr = gwlb_nl_dump_put(skb, cb, GWLB_CMD_SET_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_set(skb, set)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * gwlb_nl_set_get_dumpit() - GWLB_CMD_SET_GET, all
 * @skb: the answer
 * @cb: the dump
 *
 * Return: length of @skb, 0 at the end, or an error
 */
int gwlb_nl_set_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));
	struct set_position *pos = position(cb);
	const struct gwlb_ruleset *rs;
	int err;

	err = gwlb_nl_refuse_filter(cb, GWLB_A_RULESET_NAME);
	if (err)
		return err;
	mutex_lock(&gn->rules_lock);
	rs = gwlb_nl_rules(gn);
	/* 0 would be no generation at all */
	cb->seq = rs->generation + 1;
	while (pos->set < rs->n_sets && !dump_set(skb, cb, rs->sets[pos->set]))
		pos->set++;
	mutex_unlock(&gn->rules_lock);
	return skb->len;
}

/**
 * gwlb_nl_set_flush_doit() - GWLB_CMD_SET_FLUSH
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -EINVAL without a name, -ENOENT if there is no such set, -ESTALE
 *         if the generation is not the expected one, or -ENOMEM
 */
int gwlb_nl_set_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct gwlb_set *set;
	int err;

	mutex_lock(&gn->rules_lock);
	err = gwlb_nl_expect(gn, info);
	if (err)
		goto unlock;
	set = named_set(info, gwlb_nl_rules(gn), &err);
	if (!set || !gwlb_set_count(set))
		goto unlock;
	err = gwlb_set_flush(set);
	if (!err)
		gwlb_ruleset_changed(gn);
unlock:
	mutex_unlock(&gn->rules_lock);
	return err;
}

/* Elements */

static int put_element(struct sk_buff *msg, const struct gwlb_set *set,
		       const struct gwlb_element *element)
{
	struct gwlb_value value;

	gwlb_set_value(set, element, &value);
	switch (value.type) {
	case GWLB_VALUE_PREFIX:
		return gwlb_nl_put_prefix(msg, GWLB_A_VALUES_PREFIX,
					  value.prefix.family,
					  &value.prefix.address,
					  value.prefix.len);
	case GWLB_VALUE_RANGE:
		return nla_put_u32(msg, GWLB_A_VALUES_RANGE,
				   value.range.first << 16 |
				   value.range.last);
	default:
		return nla_put_u64_64bit(msg, GWLB_A_VALUES_ID, value.id,
					 GWLB_A_VALUES_PAD);
	}
}

/* Moves @pos on as far as @skb, and a nest, have room.
 *
 * Return: 0 at the end of the set, or -EMSGSIZE
 */
static int put_elements(struct sk_buff *skb, struct gwlb_set *set,
			struct set_position *pos)
{
	struct nlattr *nest = nla_nest_start(skb, GWLB_A_RULESET_VALUES);
	unsigned char *mark;
	struct gwlb_element *next;
	bool any = false;

	if (!nest ||
	    nla_put_string(skb, GWLB_A_VALUES_SET, gwlb_set_name(set)))
		return -EMSGSIZE;
	while ((next = gwlb_set_next(set, pos->element))) {
		mark = skb_tail_pointer(skb);
		if (mark - (unsigned char *)nest > U16_MAX / 2 ||
		    put_element(skb, set, next)) {
			nlmsg_trim(skb, mark);
			break;
		}
		pos->element = next;
		any = true;
	}
	if (next && !any)
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_elements(struct sk_buff *skb, struct netlink_callback *cb,
			 struct gwlb_set *set, struct set_position *pos)
{
	void *hdr = gwlb_nl_dump_put(skb, cb, GWLB_CMD_ELEMENT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_elements(skb, set, pos)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * gwlb_nl_element_get_start() - begin a dump of elements
 * @cb: the dump, of which nothing can be said before 6.2: there is no extack
 *
 * Return: 0
 */
int gwlb_nl_element_get_start(struct netlink_callback *cb)
{
	return 0;
}

/**
 * gwlb_nl_element_get_done() - end a dump of elements
 * @cb: the dump, which holds nothing
 *
 * Return: 0
 */
int gwlb_nl_element_get_done(struct netlink_callback *cb)
{
	return 0;
}

/**
 * gwlb_nl_element_get_dumpit() - GWLB_CMD_ELEMENT_GET, all of all sets
 * @skb: the answer
 * @cb: the dump; each message has elements of one set
 *
 * When anything changed, the place where the last call ended may be gone. So
 * the dump ends there, and says by NLM_F_DUMP_INTR that it is not complete.
 *
 * Return: length of @skb, 0 at the end, or -EINVAL for a filter
 */
int gwlb_nl_element_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct gwlb_net *gn = gwlb_net(sock_net(skb->sk));
	struct set_position *pos = position(cb);
	const struct gwlb_ruleset *rs;
	struct gwlb_set *set;
	bool unchanged;
	int err;

	err = gwlb_nl_refuse_filter(cb, GWLB_A_RULESET_VALUES);
	if (err)
		return err;
	mutex_lock(&gn->rules_lock);
	rs = gwlb_nl_rules(gn);
	if (!pos->begun)
		pos->changes = gn->rules_changes;
	pos->begun = true;
	unchanged = pos->changes == gn->rules_changes;
	cb->seq = unchanged ? 1 : 2;
	while (unchanged && pos->set < rs->n_sets) {
		set = rs->sets[pos->set];
		if (!gwlb_set_next(set, pos->element)) {
			pos->element = NULL;
			pos->set++;
		} else if (dump_elements(skb, cb, set, pos)) {
			break;
		}
	}
	mutex_unlock(&gn->rules_lock);
	return skb->len;
}

static int is_element(struct gwlb_set *set, const struct gwlb_value *value)
{
	return gwlb_set_holds(set, value) ? 0 : -ENOENT;
}

/* Does something with all elements in a request. */
static int each_element(struct genl_info *info, const struct gwlb_ruleset *rs,
			gwlb_value_fn *fn, u32 *n)
{
	const struct nlattr *attr;
	int rem, set, err;

	*n = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_RULESET_VALUES)
			continue;
		set = gwlb_values_set(rs, attr, info->extack);
		if (set < 0)
			return set;
		err = gwlb_values_each(rs->sets[set], attr, fn, n,
				       info->extack);
		if (err)
			return err;
	}
	if (*n)
		return 0;
	NL_SET_ERR_MSG(info->extack, "which elements?");
	return -EINVAL;
}

/**
 * gwlb_nl_element_get_doit() - GWLB_CMD_ELEMENT_GET, is there one?
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 if there is, -ENOENT if not, or there is no such set; -EINVAL
 *         unless there is exactly one question
 */
int gwlb_nl_element_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	u32 n;
	int err;

	mutex_lock(&gn->rules_lock);
	err = each_element(info, gwlb_nl_rules(gn), is_element, &n);
	mutex_unlock(&gn->rules_lock);
	if (!err && n > 1) {
		NL_SET_ERR_MSG(info->extack, "one element at a time");
		return -EINVAL;
	}
	return err;
}

static int change_elements(struct genl_info *info, gwlb_value_fn *fn)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	const struct gwlb_ruleset *rs;
	u32 i, n;
	int err;

	mutex_lock(&gn->rules_lock);
	err = gwlb_nl_expect(gn, info);
	if (err)
		goto unlock;
	rs = gwlb_nl_rules(gn);
	err = each_element(info, rs, fn, &n);
	for (i = 0; i < rs->n_sets; i++)
		gwlb_set_settle(rs->sets[i], !err);
	if (!err)
		gwlb_ruleset_changed(gn);
unlock:
	mutex_unlock(&gn->rules_lock);
	return err;
}

/**
 * gwlb_nl_element_add_doit() - GWLB_CMD_ELEMENT_ADD
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error after which everything is as it was: -EINVAL for an
 *         element that does not fit its set, -ENOENT for an unknown set,
 *         -EEXIST for an element that is there, -E2BIG for too many, -ESTALE
 *         if the generation is not the expected one, -ENOMEM
 */
int gwlb_nl_element_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_elements(info, gwlb_set_add);
}

/**
 * gwlb_nl_element_del_doit() - GWLB_CMD_ELEMENT_DEL
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error after which everything is as it was: -EINVAL for an
 *         element that does not fit its set, -ENOENT for an unknown set or
 *         element, -ESTALE if the generation is not the expected one
 */
int gwlb_nl_element_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_elements(info, gwlb_set_del);
}
