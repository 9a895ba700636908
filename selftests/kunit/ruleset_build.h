/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ruleset_build: rulesets to test with, made from messages like those of user
 * space.
 */
#ifndef _KUNIT_RULESET_BUILD_H
#define _KUNIT_RULESET_BUILD_H

#include "fixture.h"

struct nlmsghdr;
struct sk_buff;

/**
 * struct request - a message that asks for a ruleset
 * @test: the test
 * @skb: the message
 * @nlh: its header
 */
struct request {
	struct kunit *test;
	struct sk_buff *skb;
	struct nlmsghdr *nlh;
};

void request_begin(struct kunit *test, struct request *r);
void request_policy(struct request *r, u32 verdict);
void request_flow_max(struct request *r, u32 max);
void request_rule(struct request *r, u16 port, u32 verdict);
void request_set_rule(struct request *r, const char *set, u32 verdict);
void request_group(struct request *r, const char *name, u64 endpoint);
void request_set(struct request *r, const char *name, bool keep);
void request_port(struct request *r, const char *set, u16 port);
int request_send(struct request *r, u32 confirm);

struct gwlb_ruleset *rules_now(struct kunit *test);
u32 rules_generation(struct kunit *test);
u32 rules_verdict(struct kunit *test, u16 port);
u32 rules_index(struct kunit *test, u16 port);

#endif /* _KUNIT_RULESET_BUILD_H */
