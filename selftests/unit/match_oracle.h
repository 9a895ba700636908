/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match_oracle: what rules mean. See match_oracle.c.
 */
#ifndef _UNIT_MATCH_ORACLE_H
#define _UNIT_MATCH_ORACLE_H

#include <stdbool.h>

#include "match.h"

#define ORACLE_MAX_VALUES	4
#define ORACLE_MAX_MATCHES	GWLB_FIELDS

/**
 * enum oracle_kind - what a value is
 * @ORACLE_PREFIX: addresses
 * @ORACLE_RANGE: numbers
 * @ORACLE_ID: an endpoint
 * @ORACLE_GROUP: a group
 * @ORACLE_SET: all elements of a set
 */
enum oracle_kind {
	ORACLE_PREFIX,
	ORACLE_RANGE,
	ORACLE_ID,
	ORACLE_GROUP,
	ORACLE_SET,
};

struct oracle_set;

/**
 * struct oracle_value - one value
 * @kind: what it is
 * @version: IP version of a prefix, 4 or 6
 * @address: its address
 * @len: its length
 * @first: lowest number of a range
 * @last: highest
 * @id: an endpoint
 * @group: a group
 * @set: a set
 */
struct oracle_value {
	enum oracle_kind kind;
	int version;
	unsigned char address[16];
	int len;
	unsigned int first;
	unsigned int last;
	unsigned long long id;
	unsigned int group;
	const struct oracle_set *set;
};

/**
 * struct oracle_set - one set
 * @n: how many elements
 * @elements: the elements
 */
struct oracle_set {
	unsigned int n;
	struct oracle_value elements[ORACLE_MAX_VALUES];
};

/**
 * struct oracle_match - one match of a rule
 * @field: what it looks at
 * @invert: "not"
 * @n: how many values
 * @values: the values
 * @bits: of fields of flags
 * @mask: of TCP flags
 */
struct oracle_match {
	enum gwlb_field field;
	bool invert;
	unsigned int n;
	struct oracle_value values[ORACLE_MAX_VALUES];
	unsigned int bits;
	unsigned int mask;
};

/**
 * struct oracle_rule - one rule
 * @verdict: what it decides
 * @n: how many matches
 * @matches: the matches
 */
struct oracle_rule {
	enum gwlb_verdict verdict;
	unsigned int n;
	struct oracle_match matches[ORACLE_MAX_MATCHES];
};

bool oracle_is_in(const struct oracle_value *value, int version,
		  const void *address);
bool oracle_holds(const struct oracle_rule *rule,
		  const struct oracle_match *match,
		  const struct gwlb_subject *s);
bool oracle_is_asked(const struct oracle_rule *rule,
		     const struct gwlb_subject *s);
bool oracle_applies(const struct oracle_rule *rule,
		    const struct gwlb_subject *s);

#endif /* _UNIT_MATCH_ORACLE_H */
