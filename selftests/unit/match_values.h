/* SPDX-License-Identifier: GPL-2.0-only */
/* match_values: packets and values of rules. See match_values.c. */
#ifndef _UNIT_MATCH_VALUES_H
#define _UNIT_MATCH_VALUES_H

#include "match.h"
#include "match_oracle.h"

/* Packets that differ in what they have. Each is a part of the flow from
 * 10.0.0.1 to 11.0.0.2, or of its counterpart in IPv6.
 */
extern struct gwlb_subject tcp, udp, tcp6, icmp, icmp6, esp, later, alone;

void set_packets(void);
struct oracle_match no_values(enum gwlb_field field);
void add_value(struct oracle_match *match, struct oracle_value value);
struct oracle_value prefix(const char *address, int len);
struct oracle_value range(unsigned int first, unsigned int last);
struct oracle_value id(unsigned long long id);
struct oracle_value group(unsigned int group);
struct oracle_value all_of(const struct oracle_set *set);
struct oracle_match one(enum gwlb_field field, struct oracle_value value);
struct oracle_match bits(enum gwlb_field field, unsigned int bits);
struct oracle_match flags(unsigned int bits, unsigned int mask);

#endif /* _UNIT_MATCH_VALUES_H */
