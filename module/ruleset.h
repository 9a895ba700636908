/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ruleset: all rules, groups, sets and options of a namespace, as one
 * snapshot. Owns the snapshot and how it is replaced. But for the generation,
 * and what is in its sets, it is never edited: a change makes a new one, puts
 * it in the place of the old one and frees that after a grace period.
 */
#ifndef _GWLB_RULESET_H
#define _GWLB_RULESET_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <asm/barrier.h>

#include <linux/gwlb.h>

#include "account.h"
#include "index.h"
#include "match.h"

struct gwlb_net;
struct gwlb_set;

/* What is found by a name that no set has */
#define GWLB_NO_SET	U32_MAX

/**
 * struct gwlb_inside - which addresses are inside
 * @prefixes: source addresses in one of these come from inside
 * @n: how many
 */
struct gwlb_inside {
	const struct gwlb_prefix *prefixes;
	u32 n;
};

/**
 * struct gwlb_options - what applies to the whole ruleset
 *
 * What was not given has its default here.
 *
 * @inside: what is inside, for endpoints in no group and groups that have no
 *	list of their own
 * @flow_max: how many flows there may be
 * @flow_max_endpoint: how many one endpoint may have
 * @timeout_tcp_syn: seconds, as all of these
 * @timeout_tcp_established: seconds
 * @timeout_tcp_closing: seconds
 * @timeout_tcp_closed: seconds
 * @timeout_udp: seconds
 * @timeout_icmp: seconds
 * @timeout_other: seconds
 * @policy: enum gwlb_verdict, likewise
 * @pickup: enum gwlb_pickup
 * @refused: enum gwlb_refused
 * @on_full: enum gwlb_on_full
 */
struct gwlb_options {
	struct gwlb_inside inside;
	u32 flow_max;
	u32 flow_max_endpoint;
	u32 timeout_tcp_syn;
	u32 timeout_tcp_established;
	u32 timeout_tcp_closing;
	u32 timeout_tcp_closed;
	u32 timeout_udp;
	u32 timeout_icmp;
	u32 timeout_other;
	u8 policy;
	u8 pickup;
	u8 refused;
	u8 on_full;
};

/**
 * struct gwlb_source - what something was made from
 *
 * Two rules are the same if these bytes are.
 *
 * @payload: the payload of its attribute
 * @len: how many bytes
 */
struct gwlb_source {
	const void *payload;
	u32 len;
};

/**
 * struct gwlb_rule_text - what a rule has that is not asked about
 * @source: the attributes it was made from
 * @interval: nanoseconds until its limit gives a token; 0 if it has none
 * @burst: how many tokens it gives at once
 * @name: where in @source its name is; 0 if it has none
 * @log_text: where what its events say is; 0 if they say nothing
 */
struct gwlb_rule_text {
	struct gwlb_source source;
	u64 interval;
	u32 burst;
	u16 name;
	u16 log_text;
};

/**
 * struct gwlb_group - endpoints that share flows and a policy
 * @name: its name
 * @id: its number, from 1; the same in each ruleset that has a group of this
 *	name after one that had, and never given again in the namespace
 * @policy: enum gwlb_verdict; if it has none of its own, that of the options
 * @inside: what is inside; if it has no list of its own, that of the options
 * @source: the attributes it was made from
 */
struct gwlb_group {
	char name[GWLB_NAME_LEN + 1];
	u32 id;
	u8 policy;
	struct gwlb_inside inside;
	struct gwlb_source source;
};

/**
 * struct gwlb_member - an endpoint and its group
 * @endpoint: id of the endpoint
 * @group: index of the group; GWLB_NO_GROUP if this place is free
 */
struct gwlb_member {
	u64 endpoint;
	u32 group;
};

/**
 * struct gwlb_name - a place in a list of names
 * @name: the name
 * @index: where what has it is in its own list
 */
struct gwlb_name {
	const char *name;
	u32 index;
};

/* Any user may make a user namespace, load rules there, and send packets for
 * each of which they are asked in softirq, and no index is sure to help. So
 * this is how often they may make the kernel look at a value for one packet, or
 * for all that came as one aggregate; 64 of these may come before anything else
 * gets its turn.
 */
#define GWLB_GUEST_LOOKS	262144

/**
 * struct gwlb_ruleset - one snapshot
 * @accepted: what is decided about a flow that it accepts, see gwlb_decision();
 *	changes with @generation
 * @generation: counts the changes; moved on when one of the sets changes, see
 *	gwlb_ruleset_generation()
 * @n_rules: how many rules
 * @n_groups: how many groups
 * @n_sets: how many sets
 * @looks: of a user namespace: how often a packet may be looked at, see
 *	GWLB_GUEST_LOOKS; else 0
 * @options: options
 * @rules: what the walk asks; the first that applies decides
 * @index: finds the few of @rules that may apply
 * @texts: the rest of each rule
 * @groups: groups, in the order given
 * @sets: sets, in the order given
 * @accounts: what rules did, then policies of groups, then the general policy
 * @members: endpoints that are in groups, a hash table without chains
 * @member_bits: there is place for 1 << @member_bits of them, more than enough
 * @member_multiplier: random and odd, so that nobody can choose ids that are
 *	all in one place; see gwlb_tally_list()
 * @group_names: names of @groups in the order of the alphabet
 * @set_names: names of @sets, likewise
 * @conditions: all conditions of all rules
 * @values: all values of all conditions
 * @prefixes: all prefixes of all lists of what is inside
 * @payload: all that texts and groups were made from
 * @rwork: frees it
 */
struct gwlb_ruleset {
	atomic64_t accepted;
	u32 generation;
	u32 n_rules;
	u32 n_groups;
	u32 n_sets;
	u32 looks;
	struct gwlb_options options;
	struct gwlb_rule *rules;
	struct gwlb_index index;
	struct gwlb_rule_text *texts;
	struct gwlb_group *groups;
	struct gwlb_set **sets;
	struct gwlb_account **accounts;
	struct gwlb_member *members;
	u32 member_bits;
	u64 member_multiplier;
	struct gwlb_name *group_names;
	struct gwlb_name *set_names;
	struct gwlb_condition *conditions;
	struct gwlb_value *values;
	struct gwlb_prefix *prefixes;
	u8 *payload;
	struct rcu_work rwork;
};

/**
 * struct gwlb_rollback - a ruleset on trial
 * @previous: what comes back unless somebody confirms; NULL if nothing is on
 *	trial; under the namespace's rules_lock
 * @deadline: when it comes back, in jiffies
 * @work: brings it back
 */
struct gwlb_rollback {
	struct gwlb_ruleset *previous;
	unsigned long deadline;
	struct delayed_work work;
};

/**
 * gwlb_ruleset_generation() - which generation of its sets is to be seen?
 * @rs: the ruleset
 *
 * To be read once per packet, and before the rules are asked: what they say
 * then is not older than that.
 *
 * Context: RCU read side
 * Return: the generation
 */
static inline u32 gwlb_ruleset_generation(const struct gwlb_ruleset *rs)
{
	/* Pairs with gwlb_ruleset_changed(). */
	return smp_load_acquire(&rs->generation);
}

/**
 * gwlb_ruleset_accepted() - what is decided about what is accepted?
 * @rs: the ruleset
 *
 * Says what gwlb_ruleset_generation() says, too, and is to be read like that.
 *
 * Context: RCU read side
 * Return: what is decided, with 0 for the index
 */
static inline u64 gwlb_ruleset_accepted(const struct gwlb_ruleset *rs)
{
	/* Pairs with gwlb_ruleset_changed(). */
	return atomic64_read_acquire(&rs->accepted);
}

/**
 * gwlb_rule_may() - is there a token for a rule that applies?
 * @rule: the rule
 *
 * Takes one, so ask once per decision, and only if all else holds.
 *
 * Context: any
 * Return: true if there is one, or the rule has no limit
 */
static inline bool gwlb_rule_may(const struct gwlb_rule *rule)
{
	return !rule->limit || gwlb_account_take(rule->limit);
}

/* Asked by the walk */
u32 gwlb_ruleset_group(const struct gwlb_ruleset *rs, u64 endpoint);
u8 gwlb_ruleset_direction(const struct gwlb_ruleset *rs, u32 group, u8 family,
			  const union nf_inet_addr *src);
u32 gwlb_ruleset_policy_index(const struct gwlb_ruleset *rs, u32 group);
u8 gwlb_ruleset_policy(const struct gwlb_ruleset *rs, u32 group);

/* Asked by who shows things; NULL if there is none */
const char *gwlb_ruleset_group_name(const struct gwlb_ruleset *rs, u32 group);
const char *gwlb_ruleset_rule_name(const struct gwlb_ruleset *rs, u32 rule);
const char *gwlb_ruleset_log_text(const struct gwlb_ruleset *rs, u32 rule);
u32 gwlb_ruleset_find_group(const struct gwlb_ruleset *rs, const char *name);
u32 gwlb_ruleset_find_set(const struct gwlb_ruleset *rs, const char *name);

/* The life of a snapshot; all in process context, under rules_lock */
struct gwlb_ruleset *gwlb_ruleset_alloc(void);
void gwlb_ruleset_free(struct gwlb_ruleset *rs);
u32 gwlb_ruleset_sort_names(struct gwlb_name *names, u32 n);
bool gwlb_ruleset_add_member(struct gwlb_ruleset *rs, u64 endpoint, u32 group);
int gwlb_ruleset_replace(struct gwlb_net *gn, struct gwlb_ruleset *rs,
			 u32 confirm);
int gwlb_ruleset_confirm(struct gwlb_net *gn, bool rollback);
void gwlb_ruleset_changed(struct gwlb_net *gn);

/* The life of a namespace */
int gwlb_ruleset_init(struct gwlb_net *gn);
void gwlb_ruleset_stop(struct gwlb_net *gn);
void gwlb_ruleset_exit(struct gwlb_net *gn);

#endif /* _GWLB_RULESET_H */
