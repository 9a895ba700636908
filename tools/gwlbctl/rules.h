/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules, groups, sets and options: what a rules file says, what the module has
 * and what the printer prints. See rules.c.
 */

#ifndef _GWLBCTL_RULES_H
#define _GWLBCTL_RULES_H

#include <linux/gwlb.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "prefix.h"

#define RULES_NAME		(GWLB_NAME_LEN + 1)
#define RULES_TEXT		(GWLB_TEXT_LEN + 1)
#define RULES_FIELDS		(GWLB_FIELD_FRAGMENT + 1)
#define RULES_BURST		5
#define RULES_LIMIT_MAX		1000000

/* From tcp-syn to other, in the order of the protocol's attributes */
#define RULES_TIMEOUTS	\
	(GWLB_A_OPTIONS_TIMEOUT_OTHER - GWLB_A_OPTIONS_TIMEOUT_TCP_SYN + 1)

/**
 * struct rules_pos - a place in a rules file
 * @line: counted from 1; 0 for what does not come from a file
 * @column: counted from 1, in characters
 */
struct rules_pos {
	__u32 line;
	__u32 column;
};

/**
 * struct rules_error - why a rules file, or a model, is refused
 * @at: where
 * @text: a sentence
 */
struct rules_error {
	struct rules_pos at;
	char text[320];
};

/* What a value is: which member of its union is valid */
enum rules_kind {
	RULES_PREFIX,
	RULES_RANGE,
	RULES_ID,
	RULES_SET,
	RULES_GROUP,
};

/**
 * struct rules_range - numbers from first to last
 * @first: port, protocol, or type << 8 | code of an ICMP message
 * @last: not less than @first
 */
struct rules_range {
	__u16 first;
	__u16 last;
};

/**
 * struct rules_value - one value of a match, or one element of a set
 * @kind: which of the following it is
 * @at: where it was written
 * @prefix: an address or prefix
 * @range: ports and other numbers
 * @id: an endpoint
 * @name: of a set, all of whose elements are meant, or of a group
 */
struct rules_value {
	enum rules_kind kind;
	struct rules_pos at;
	union {
		struct prefix prefix;
		struct rules_range range;
		__u64 id;
		char name[RULES_NAME];
	};
};

/**
 * struct rules_values - a list of values
 * @list: the values
 * @count: how many there are
 * @room: for how many there is memory
 */
struct rules_values {
	struct rules_value *list;
	size_t count;
	size_t room;
};

/**
 * struct rules_match - one condition of a rule
 * @field: enum gwlb_field
 * @invert: "not"
 * @bits: for tcp-flags, family, direction, connection and fragment
 * @mask: for tcp-flags
 * @values: for all other fields
 * @at: where it was written
 */
struct rules_match {
	__u32 field;
	bool invert;
	__u32 bits;
	__u32 mask;
	struct rules_values values;
	struct rules_pos at;
};

/**
 * struct rules_rule - one rule
 * @name: name, or empty
 * @comment: comment, or empty
 * @matches: conditions, in the order of enum gwlb_field, each at most once
 * @count: how many these are
 * @room: for how many there is memory
 * @log: is an event sent
 * @log_text: its text, or empty
 * @limit_rate: how often it applies, 0 for no limit
 * @limit_unit: enum gwlb_limit_unit
 * @limit_burst: how many may come at once
 * @verdict: enum gwlb_verdict; GWLB_VERDICT_CONTINUE if it has none
 * @at: where it was written
 */
struct rules_rule {
	char name[RULES_NAME];
	char comment[RULES_TEXT];
	struct rules_match *matches;
	size_t count;
	size_t room;
	bool log;
	char log_text[RULES_TEXT];
	__u32 limit_rate;
	__u32 limit_unit;
	__u32 limit_burst;
	__u32 verdict;
	struct rules_pos at;
};

/**
 * struct rules_set - one named set
 * @name: name
 * @type: enum gwlb_set_type
 * @keep: its elements are those that it has in the kernel
 * @elements: its elements otherwise
 * @at: where it was written
 */
struct rules_set {
	char name[RULES_NAME];
	__u32 type;
	bool keep;
	struct rules_values elements;
	struct rules_pos at;
};

/**
 * struct rules_group - one group of endpoints
 * @name: name
 * @endpoints: those that are in it
 * @policy: enum gwlb_verdict; GWLB_VERDICT_CONTINUE for that of the options
 * @has_inside: does it have inside prefixes of its own
 * @inside: these; none of them means that all is outside
 * @at: where it was written
 */
struct rules_group {
	char name[RULES_NAME];
	struct rules_values endpoints;
	__u32 policy;
	bool has_inside;
	struct rules_values inside;
	struct rules_pos at;
};

/**
 * struct rules_options - what applies to all of it
 * @policy: enum gwlb_verdict
 * @has_inside: are there other inside prefixes than the default ones
 * @inside: these; none of them means that all is outside
 * @pickup: enum gwlb_pickup
 * @refused: enum gwlb_refused
 * @on_full: enum gwlb_on_full
 * @flow_max: how many flows there may be
 * @flow_max_endpoint: how many of one endpoint; 0 for half of @flow_max
 * @timeout: in seconds, see RULES_TIMEOUTS
 * @at: where each was written, by GWLB_A_OPTIONS_*
 */
struct rules_options {
	__u32 policy;
	bool has_inside;
	struct rules_values inside;
	__u32 pickup;
	__u32 refused;
	__u32 on_full;
	__u32 flow_max;
	__u32 flow_max_endpoint;
	__u32 timeout[RULES_TIMEOUTS];
	struct rules_pos at[GWLB_A_OPTIONS_MAX + 1];
};

/**
 * struct rules - a whole ruleset
 * @options: what applies to all of it
 * @sets: named sets
 * @set_count: how many these are
 * @set_room: for how many there is memory
 * @groups: groups of endpoints
 * @group_count: how many these are
 * @group_room: for how many there is memory
 * @rules: rules, in the order in which they are asked
 * @rule_count: how many these are
 * @rule_room: for how many there is memory
 *
 * In its proper order, which rules_sort() makes, sets and groups are sorted by
 * their names, and elements, endpoints and inside prefixes by their values, so
 * that equal rulesets are equal byte by byte.
 */
struct rules {
	struct rules_options options;
	struct rules_set *sets;
	size_t set_count;
	size_t set_room;
	struct rules_group *groups;
	size_t group_count;
	size_t group_room;
	struct rules_rule *rules;
	size_t rule_count;
	size_t rule_room;
};

void rules_init(struct rules *rules);
void rules_free(struct rules *rules);

/* What they return is valid until another one of the same list is added */
struct rules_rule *rules_add_rule(struct rules *rules);
struct rules_set *rules_add_set(struct rules *rules, const char *name,
				__u32 type);
struct rules_group *rules_add_group(struct rules *rules, const char *name);
struct rules_match *rules_add_match(struct rules_rule *rule, __u32 field);
struct rules_value *rules_add_value(struct rules_values *values,
				    enum rules_kind kind);
int rules_add_prefix(struct rules_values *values, const char *text);

void rules_free_rule(struct rules_rule *rule);
void rules_free_values(struct rules_values *values);
void rules_clear_rules(struct rules *rules);
void rules_clear_groups(struct rules *rules);
void rules_clear_sets(struct rules *rules);

void rules_sort(struct rules *rules);
int rules_check(const struct rules *rules, struct rules_error *error);

int rules_compare_values(const struct rules_value *a,
			 const struct rules_value *b);
bool rules_equal_values(const struct rules_values *a,
			const struct rules_values *b);
bool rules_equal_rule(const struct rules_rule *a, const struct rules_rule *b);
bool rules_equal_set(const struct rules_set *a, const struct rules_set *b);
bool rules_equal_group(const struct rules_group *a,
		       const struct rules_group *b);
bool rules_equal_options(const struct rules_options *a,
			 const struct rules_options *b);
bool rules_equal(const struct rules *a, const struct rules *b);
struct rules_set *rules_find_set(const struct rules *rules, const char *name);
struct rules_group *rules_find_group(const struct rules *rules,
				     const char *name);

#endif /* _GWLBCTL_RULES_H */
