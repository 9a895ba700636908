// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset_build: rulesets to test with. See ruleset_build.h.
 */
#include <linux/in.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "ask.h"
#include "flow.h"
#include "parse.h"
#include "ruleset_build.h"
#include "ruleset_parse.h"

/* Much more than a test asks for */
#define REQUEST_SIZE	16384

/* To be told of once is enough: all that follows fails, too. */
static void must(struct request *r, int err)
{
	KUNIT_ASSERT_EQ(r->test, err, 0);
}

static struct nlattr *nest(struct request *r, int type)
{
	struct nlattr *attr = nla_nest_start(r->skb, type);

	KUNIT_ASSERT_NOT_NULL(r->test, attr);
	return attr;
}

/**
 * request_begin() - begin a request for a ruleset without anything
 * @test: the test
 * @r: the request, for request_send()
 */
void request_begin(struct kunit *test, struct request *r)
{
	r->test = test;
	r->skb = nlmsg_new(REQUEST_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r->skb);
	r->nlh = nlmsg_put(r->skb, 0, 0, NLMSG_MIN_TYPE, GENL_HDRLEN, 0);
	KUNIT_ASSERT_NOT_NULL(test, r->nlh);
}

/**
 * request_policy() - ask for a policy
 * @r: the request
 * @verdict: the policy
 */
void request_policy(struct request *r, u32 verdict)
{
	struct nlattr *options = nest(r, GWLB_A_RULESET_OPTIONS);

	must(r, nla_put_u32(r->skb, GWLB_A_OPTIONS_POLICY, verdict));
	nla_nest_end(r->skb, options);
}

/**
 * request_flow_max() - ask for a limit of flows
 * @r: the request
 * @max: the limit
 */
void request_flow_max(struct request *r, u32 max)
{
	struct nlattr *options = nest(r, GWLB_A_RULESET_OPTIONS);

	must(r, nla_put_u32(r->skb, GWLB_A_OPTIONS_FLOW_MAX, max));
	nla_nest_end(r->skb, options);
}

/**
 * request_rule() - ask for a rule about one destination port
 * @r: the request
 * @port: the port
 * @verdict: what it decides
 */
void request_rule(struct request *r, u16 port, u32 verdict)
{
	struct nlattr *rule = nest(r, GWLB_A_RULESET_RULE);
	struct nlattr *match = nest(r, GWLB_A_RULE_MATCH);
	char name[GWLB_NAME_LEN + 1];

	must(r, nla_put_u32(r->skb, GWLB_A_MATCH_FIELD,
			    GWLB_FIELD_DESTINATION_PORT));
	must(r, nla_put_u32(r->skb, GWLB_A_MATCH_RANGE, port << 16 | port));
	nla_nest_end(r->skb, match);
	snprintf(name, sizeof(name), "port-%u", port);
	must(r, nla_put_string(r->skb, GWLB_A_RULE_NAME, name));
	must(r, nla_put_u32(r->skb, GWLB_A_RULE_VERDICT, verdict));
	nla_nest_end(r->skb, rule);
}

/**
 * request_set_rule() - ask for a rule about the destination ports of a set
 * @r: the request
 * @set: name of the set
 * @verdict: what it decides
 */
void request_set_rule(struct request *r, const char *set, u32 verdict)
{
	struct nlattr *rule = nest(r, GWLB_A_RULESET_RULE);
	struct nlattr *match = nest(r, GWLB_A_RULE_MATCH);

	must(r, nla_put_u32(r->skb, GWLB_A_MATCH_FIELD,
			    GWLB_FIELD_DESTINATION_PORT));
	must(r, nla_put_string(r->skb, GWLB_A_MATCH_SET, set));
	nla_nest_end(r->skb, match);
	must(r, nla_put_u32(r->skb, GWLB_A_RULE_VERDICT, verdict));
	nla_nest_end(r->skb, rule);
}

/**
 * request_group() - ask for a group of one endpoint
 * @r: the request
 * @name: its name
 * @endpoint: id of the endpoint
 */
void request_group(struct request *r, const char *name, u64 endpoint)
{
	struct nlattr *group = nest(r, GWLB_A_RULESET_GROUP);

	must(r, nla_put_string(r->skb, GWLB_A_GROUP_NAME, name));
	must(r, nla_put_u64_64bit(r->skb, GWLB_A_GROUP_ENDPOINT, endpoint,
				  GWLB_A_GROUP_PAD));
	nla_nest_end(r->skb, group);
}

/**
 * request_set() - ask for a set of ports
 * @r: the request
 * @name: its name
 * @keep: it is to have the elements it had
 */
void request_set(struct request *r, const char *name, bool keep)
{
	struct nlattr *set = nest(r, GWLB_A_RULESET_SET);

	must(r, nla_put_string(r->skb, GWLB_A_SET_NAME, name));
	must(r, nla_put_u32(r->skb, GWLB_A_SET_TYPE, GWLB_SET_TYPE_PORT));
	if (keep)
		must(r, nla_put_flag(r->skb, GWLB_A_SET_KEEP));
	nla_nest_end(r->skb, set);
}

/**
 * request_port() - ask for an element of a set
 * @r: the request
 * @set: name of the set
 * @port: the port
 */
void request_port(struct request *r, const char *set, u16 port)
{
	struct nlattr *values = nest(r, GWLB_A_RULESET_VALUES);

	must(r, nla_put_string(r->skb, GWLB_A_VALUES_SET, set));
	must(r, nla_put_u32(r->skb, GWLB_A_VALUES_RANGE, port << 16 | port));
	nla_nest_end(r->skb, values);
}

static int replace(struct gwlb_net *gn, struct request *r, u32 confirm)
{
	struct nlattr *attrs[GWLB_A_RULESET_MAX + 1];
	struct netlink_ext_ack extack = { };
	struct genl_info info = {
		.nlhdr = r->nlh, .attrs = attrs, .extack = &extack,
	};
	struct gwlb_ruleset *rs, *old;
	int err;

	genl_info_net_set(&info, &init_net);
	err = nlmsg_parse(r->nlh, GENL_HDRLEN, attrs, GWLB_A_RULESET_MAX, NULL,
			  NULL);
	if (err)
		return err;
	old = rcu_dereference_protected(gn->rules,
					lockdep_is_held(&gn->rules_lock));
	rs = gwlb_ruleset_parse(&info, old);
	if (IS_ERR(rs))
		return PTR_ERR(rs);
	return gwlb_ruleset_replace(gn, rs, confirm);
}

/**
 * request_send() - make the ruleset that was asked for, and put it in force
 * @r: the request, which is gone then
 * @confirm: see gwlb_ruleset_replace()
 *
 * Return: 0 or an error
 */
int request_send(struct request *r, u32 confirm)
{
	struct gwlb_net *gn = fixture_net(r->test);
	int err;

	nlmsg_end(r->skb, r->nlh);
	mutex_lock(&gn->rules_lock);
	err = replace(gn, r, confirm);
	mutex_unlock(&gn->rules_lock);
	nlmsg_free(r->skb);
	return err;
}

/**
 * rules_now() - the ruleset in force
 * @test: the test, which alone changes it
 *
 * Return: the ruleset
 */
struct gwlb_ruleset *rules_now(struct kunit *test)
{
	return rcu_dereference_protected(fixture_net(test)->rules, true);
}

/**
 * rules_generation() - its generation
 * @test: the test
 *
 * Return: the generation
 */
u32 rules_generation(struct kunit *test)
{
	return gwlb_ruleset_generation(rules_now(test));
}

/* What becomes of a datagram to a port, as a decision */
static u64 ask(struct kunit *test, u16 port)
{
	struct gwlb_pkt pkt = {
		.endpoint = TEST_ENDPOINT, .family = NFPROTO_IPV4,
		.proto = IPPROTO_UDP, .sport = htons(40000),
		.dport = htons(port),
	};
	struct gwlb_question q = {
		.gn = fixture_net(test), .pkt = &pkt, .packets = 1,
		.bytes = 100,
	};
	u64 decision;

	fixture_walk_begin();
	q.rules = rcu_dereference(q.gn->rules);
	q.generation = gwlb_ruleset_generation(q.rules);
	decision = gwlb_ask_packet(&q, gwlb_ruleset_group(q.rules,
							  TEST_ENDPOINT),
				   GWLB_CONNECTION_NEW, GWLB_SCOPE_ALL);
	fixture_walk_end();
	return decision;
}

/**
 * rules_verdict() - what becomes of a datagram of the first endpoint
 * @test: the test
 * @port: its destination port
 *
 * Return: enum gwlb_verdict
 */
u32 rules_verdict(struct kunit *test, u16 port)
{
	return gwlb_decision_verdict(ask(test, port));
}

/**
 * rules_index() - who decides what becomes of it
 * @test: the test
 * @port: its destination port
 *
 * Return: index of the rule, or of the policy's account
 */
u32 rules_index(struct kunit *test, u16 port)
{
	return gwlb_decision_index(ask(test, port));
}
