// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happened to all packets of a network namespace: one counter for each
 * reason, their messages, sums and sentences. Owns the memory of the list.
 */

#include <errno.h>
#include <gwlb_reasons.h>
#include <linux/gwlb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "counter.h"
#include "out.h"

static const struct {
	const char *name;
	enum counter_class class;
	const char *sentence;
} reasons[] = {
#define X(number, text, kind, doc) \
	[number] = { .name = (text), .class = (kind), .sentence = (doc) },
	GWLB_REASONS(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const classes[COUNTER_CLASSES] = {
	[GWLB_CLASS_RETURNED] = "returned",
	[GWLB_CLASS_PASS] = "pass",
	[GWLB_CLASS_DROP] = "drop",
	[COUNTER_CLASS_OTHER] = "other",
};

/**
 * counter_class() - what a reason amounts to
 * @counter: the counter
 *
 * Return: the class; of a reason that is newer than this program, by the
 * first word of its name.
 */
enum counter_class counter_class(const struct counter *counter)
{
	if (counter->reason < COUNT(reasons))
		return reasons[counter->reason].class;
	if (!strncmp(counter->name, "returned", strlen("returned")))
		return GWLB_CLASS_RETURNED;
	if (!strncmp(counter->name, "pass-", strlen("pass-")))
		return GWLB_CLASS_PASS;
	if (!strncmp(counter->name, "drop-", strlen("drop-")))
		return GWLB_CLASS_DROP;
	return COUNTER_CLASS_OTHER;
}

/**
 * counter_class_name() - name of a class
 * @class: the class
 *
 * Return: the name.
 */
const char *counter_class_name(enum counter_class class)
{
	return classes[class];
}

/**
 * counter_of() - the counter of a reason, at 0
 * @reason: enum gwlb_reason
 * @counter: filled in
 */
void counter_of(__u32 reason, struct counter *counter)
{
	*counter = (struct counter) { .reason = reason };
	if (reason < COUNT(reasons))
		snprintf(counter->name, sizeof(counter->name), "%s",
			 reasons[reason].name);
	else
		snprintf(counter->name, sizeof(counter->name), "reason-%u",
			 reason);
}

/**
 * counter_explain() - say what a counter counts
 * @counter: the counter
 *
 * Return: a sentence.
 */
const char *counter_explain(const struct counter *counter)
{
	if (counter->reason < COUNT(reasons))
		return reasons[counter->reason].sentence;
	return "Unknown to this gwlbctl, which is older than the module.";
}

static int add(struct counters *counters, const struct counter *counter)
{
	struct counter *list;

	list = realloc(counters->list, (counters->count + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	counters->list = list;
	counters->list[counters->count++] = *counter;
	return 0;
}

/**
 * counter_decode() - read one message of counter-get
 * @nlh: the message
 * @counters: gets one more
 *
 * Return: 0 or a negative errno.
 */
int counter_decode(const struct nlmsghdr *nlh, struct counters *counters)
{
	const struct nlattr *tb[GWLB_A_COUNTER_MAX + 1];
	struct counter counter = { .reason = 0 };

	if (attr_parse_msg(nlh, tb, GWLB_A_COUNTER_MAX) < 0 ||
	    !tb[GWLB_A_COUNTER_PACKETS] || !tb[GWLB_A_COUNTER_BYTES] ||
	    attr_u64(tb[GWLB_A_COUNTER_PACKETS], &counter.amount.packets) < 0 ||
	    attr_u64(tb[GWLB_A_COUNTER_BYTES], &counter.amount.bytes) < 0)
		return -EBADMSG;

	if (!tb[GWLB_A_COUNTER_REASON]) {
		counters->has_received = true;
		counters->received = counter.amount;
		return 0;
	}

	if (attr_u32(tb[GWLB_A_COUNTER_REASON], &counter.reason) < 0)
		return -EBADMSG;
	snprintf(counter.name, sizeof(counter.name), "reason-%u",
		 counter.reason);
	if (tb[GWLB_A_COUNTER_NAME] &&
	    attr_string(tb[GWLB_A_COUNTER_NAME], counter.name,
			sizeof(counter.name)) < 0)
		return -EBADMSG;
	return add(counters, &counter);
}

static int take_counter(const struct nlmsghdr *nlh, void *data)
{
	return counter_decode(nlh, data);
}

static void forget_counters(void *data)
{
	counter_free(data);
}

/**
 * counter_list() - ask for all counters
 * @nl: the conversation
 * @counters: filled in; give it to counter_free() also after an error
 *
 * Return: 0 or a negative errno.
 */
int counter_list(struct nl *nl, struct counters *counters)
{
	int err;

	memset(counters, 0, sizeof(*counters));
	if (!nl_request(nl, GWLB_CMD_COUNTER_GET, 0))
		return -ENOMEM;
	err = nl_dump(nl, take_counter, forget_counters, counters);
	if (!err && !counters->has_received)
		return -EBADMSG;
	return err;
}

/**
 * counter_free() - release the list
 * @counters: all counters
 */
void counter_free(struct counters *counters)
{
	free(counters->list);
	memset(counters, 0, sizeof(*counters));
}

/**
 * counter_sum() - sum of one class
 * @counters: all counters
 * @class: the class
 *
 * Return: the sum.
 */
struct amount counter_sum(const struct counters *counters,
			  enum counter_class class)
{
	struct amount sum = { 0, 0 };
	size_t i;

	for (i = 0; i < counters->count; i++) {
		if (counter_class(&counters->list[i]) != class)
			continue;
		sum.packets += counters->list[i].amount.packets;
		sum.bytes += counters->list[i].amount.bytes;
	}
	return sum;
}

/**
 * counter_missing() - received - returned - passed - dropped
 * @counters: all counters
 *
 * Return: packets without a reason; negative if there are more reasons than
 * packets.
 */
long long counter_missing(const struct counters *counters)
{
	__u64 missing = counters->received.packets;

	/* unsigned numbers may wrap on the way, the result is the same */
	missing -= counter_sum(counters, GWLB_CLASS_RETURNED).packets;
	missing -= counter_sum(counters, GWLB_CLASS_PASS).packets;
	missing -= counter_sum(counters, GWLB_CLASS_DROP).packets;
	return (long long)missing;
}

/**
 * counter_balance() - is every packet accounted for
 * @before: counters that did not balance
 * @after: the same, read once more
 *
 * A packet in the middle of its walk is counted as received and has no
 * reason yet, and the counters are not all read in the same moment. So only a
 * difference without traffic, or one that stays the very same under traffic,
 * is an error.
 *
 * Return: the verdict on @after.
 */
enum balance counter_balance(const struct counters *before,
			     const struct counters *after)
{
	if (!counter_missing(after))
		return BALANCE_OK;
	if (before->received.packets != after->received.packets &&
	    counter_missing(before) != counter_missing(after))
		return BALANCE_MOVING;
	return BALANCE_BROKEN;
}

/**
 * counter_amount_json() - packets and bytes as JSON
 * @amount: how much
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *counter_amount_json(const struct amount *amount)
{
	return json_pack("{s:I, s:I}", "packets", out_u64(amount->packets),
			 "bytes", out_u64(amount->bytes));
}
