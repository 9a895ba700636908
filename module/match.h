/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match: which rule applies to a packet? Owns what rules are asked about and
 * how they are compared; knows no skb, allocates nothing, keeps no state, so
 * that the same source is tested and fuzzed in user space.
 */
#ifndef _GWLB_MATCH_H
#define _GWLB_MATCH_H

#include <linux/netfilter.h>
#include <linux/types.h>

#include <linux/gwlb.h>

struct gwlb_account;
struct gwlb_candidates;
struct gwlb_set;

/* An endpoint that is in no group */
#define GWLB_NO_GROUP	U32_MAX

/* How many fields there are; a rule has at most one condition of each. */
#define GWLB_FIELDS	(GWLB_FIELD_FRAGMENT + 1)

/**
 * enum gwlb_scope - which rules are asked
 * @GWLB_SCOPE_ALL: all of them
 * @GWLB_SCOPE_RELATED: only those that name "related" themselves: without one
 *	an ICMP error shares the verdict of the flow that it quotes
 * @GWLB_SCOPE_LATER: only those that name later fragments themselves: without
 *	one they share the verdict of their first fragment
 */
enum gwlb_scope {
	GWLB_SCOPE_ALL,
	GWLB_SCOPE_RELATED,
	GWLB_SCOPE_LATER,
};

/**
 * struct gwlb_subject - what rules are asked about
 * @endpoint: id of the VPC endpoint
 * @src: inner source; an IPv4 address is in the first word, the rest is 0
 * @dst: inner destination, likewise
 * @node: the load balancer's address
 * @group: index of the endpoint's group, or GWLB_NO_GROUP
 * @sport: source port
 * @dport: destination port
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: inner transport protocol
 * @tcp_flags: byte 13 of the TCP header
 * @icmp_type: type of an ICMP or ICMPv6 message
 * @icmp_code: its code
 * @direction: one bit of enum gwlb_direction
 * @connection: one bit of enum gwlb_connection
 * @fragment: one bit of enum gwlb_fragment; of a later fragment the transport
 *	header is not known, so that it has no ports, flags or ICMP type
 * @scope: enum gwlb_scope
 * @live: it stands for a flow that lives already. Rules that accept what is
 *	new accept it too, while rules that refuse what is new do not mean it
 */
struct gwlb_subject {
	u64 endpoint;
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be32 node;
	u32 group;
	__be16 sport;
	__be16 dport;
	u8 family;
	u8 proto;
	u8 tcp_flags;
	u8 icmp_type;
	u8 icmp_code;
	u8 direction;
	u8 connection;
	u8 fragment;
	u8 scope;
	bool live;
};

/**
 * struct gwlb_prefix - a prefix
 * @address: no bit is set below its length, and none of what the family does
 *	not use
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: its length, 0 to 32 or 128
 */
struct gwlb_prefix {
	union nf_inet_addr address;
	u8 family;
	u8 len;
};

/**
 * struct gwlb_range - numbers
 * @first: the lowest
 * @last: the highest, not below @first
 */
struct gwlb_range {
	u16 first;
	u16 last;
};

/**
 * enum gwlb_value_type - what a value is
 * @GWLB_VALUE_PREFIX: addresses
 * @GWLB_VALUE_RANGE: ports, protocols, ICMP types and codes
 * @GWLB_VALUE_ID: an endpoint
 * @GWLB_VALUE_GROUP: index of a group
 * @GWLB_VALUE_SET: everything in a set
 */
enum gwlb_value_type {
	GWLB_VALUE_PREFIX,
	GWLB_VALUE_RANGE,
	GWLB_VALUE_ID,
	GWLB_VALUE_GROUP,
	GWLB_VALUE_SET,
};

/**
 * struct gwlb_value - one value of a condition, or one element of a set
 *
 * Rules may have many, so that it should have no holes: what is of 8 bytes is
 * at a multiple of 4.
 *
 * @prefix: if @type is GWLB_VALUE_PREFIX
 * @range: if it is GWLB_VALUE_RANGE
 * @id: if it is GWLB_VALUE_ID
 * @group: if it is GWLB_VALUE_GROUP
 * @set: if it is GWLB_VALUE_SET; its type fits the field
 * @type: enum gwlb_value_type; fits the field
 */
struct gwlb_value {
	union {
		struct gwlb_prefix prefix;
		struct gwlb_range range;
		struct {
			u64 id;
		} __packed __aligned(4);
		u32 group;
		struct {
			const struct gwlb_set *set;
		} __packed __aligned(4);
	};
	u8 type;
};

/**
 * struct gwlb_condition - what must hold for a rule to apply
 * @values: one of these must hold, or none if @invert
 * @n_values: how many; if none, the condition never holds, inverted always
 * @field: enum gwlb_field
 * @invert: turns it round, but not for a packet that lacks the field
 * @bits: what the flags must be, for fields of flags, which have no values
 * @mask: which TCP flags are looked at
 */
struct gwlb_condition {
	const struct gwlb_value *values;
	u16 n_values;
	u8 field;
	bool invert;
	u8 bits;
	u8 mask;
};

/**
 * struct gwlb_rule - one rule, ready to be asked
 * @conditions: all of these must hold
 * @limit: has the token bucket, or NULL; see gwlb_rule_may()
 * @classes: which classes of packets it can apply to at all, so that most
 *	rules are passed by at one look; see gwlb_rule_prepare()
 * @n_conditions: how many @conditions
 * @scopes: bit 1 << enum gwlb_scope for those in which it is asked; see
 *	gwlb_rule_prepare()
 * @verdict: enum gwlb_verdict
 * @log: whether an event is sent
 */
struct gwlb_rule {
	const struct gwlb_condition *conditions;
	struct gwlb_account *limit;
	u32 classes;
	u8 n_conditions;
	u8 scopes;
	u8 verdict;
	bool log;
};

bool gwlb_prefix_has(const struct gwlb_prefix *prefix, u8 family,
		     const union nf_inet_addr *address);
bool gwlb_condition_holds(const struct gwlb_condition *c,
			  const struct gwlb_subject *s);
void gwlb_rule_prepare(struct gwlb_rule *rule);
u8 gwlb_rule_families(const struct gwlb_rule *rule);
u8 gwlb_rule_directions(const struct gwlb_rule *rule);
u32 gwlb_match(const struct gwlb_rule *rules, struct gwlb_candidates *c,
	       const struct gwlb_subject *s);

#endif /* _GWLB_MATCH_H */
