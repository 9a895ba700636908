// SPDX-License-Identifier: GPL-2.0-only
/*
 * health.c, rtnl.c: each check fails for its own reason and for no other, and
 * what is not known is not said twice.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "health.h"

static struct config config;
static struct ruleset_info info;
static struct health_facts facts;
static struct health health;
static char text[1024];

/* What is as it should be */
static int begin(void **state)
{
	(void)state;
	config = (struct config) {
		.state = GWLB_STATE_UP, .drain = GWLB_DRAIN_OFF,
		.version = "9.8.7",
	};
	info = (struct ruleset_info) {
		.generation = 4, .rules = 3, .flows = 99,
		.options = {
			.policy = GWLB_VERDICT_DROP, .flow_max = 100,
		},
	};
	facts = (struct health_facts) {
		.config = &config, .info = &info, .link_count = 1,
		.links = { { .link = {
			.index = 2, .name = "eth0", .up = true,
			.carrier = true, .mtu = HEALTH_MTU,
		} } },
	};
	return 0;
}

/* One check fails, and this is why */
static void fails(enum health_what which, const char *reason)
{
	enum health_what what;
	char expected[256];

	health_judge(&facts, &health);
	for (what = 0; what < HEALTH_CHECKS; what++)
		assert_int_equal(health.check[what].ok, what != which);
	assert_string_equal(health.check[which].reason, reason);
	assert_false(health_ok(&health));
	health_text(&health, text, sizeof(text));
	snprintf(expected, sizeof(expected), "%s: %s", health_name(which),
		 reason);
	assert_string_equal(text, expected);
}

/* All is well, of this check because of that */
static void passes(enum health_what which, const char *reason)
{
	health_judge(&facts, &health);
	health_text(&health, text, sizeof(text));
	assert_string_equal(text, "ok");
	assert_true(health_ok(&health));
	assert_string_equal(health.check[which].reason, reason);
}

static void test_well(void **state)
{
	(void)state;
	passes(HEALTH_MODULE, "loaded, version 9.8.7");
	passes(HEALTH_HOOK, "up");
	passes(HEALTH_RULESET, "3 rules, policy drop, generation 4");
	passes(HEALTH_INTERFACE, "eth0 is up, MTU 8568");
	passes(HEALTH_FLOWS, "99 of 100 flows");
	passes(HEALTH_DRAIN, "not draining");
}

static void test_state(void **state)
{
	(void)state;
	config.state = GWLB_STATE_DOWN;
	fails(HEALTH_HOOK,
	      "down, packets are left to the host (gwlbctl up)");
	config.state = GWLB_STATE_UP;
	config.drain = GWLB_DRAIN_ON;
	fails(HEALTH_DRAIN, "draining (gwlbctl drain off)");
}

/* Every one of several devices has to be there, but only when up */
static void test_devices(void **state)
{
	(void)state;
	config.attach = GWLB_ATTACH_INGRESS;
	config.device_count = 2;
	strcpy(config.devices[0].name, "ens5");
	strcpy(config.devices[1].name, "ens6");
	config.devices[0].attached = true;
	fails(HEALTH_HOOK, "not attached to ens6, which is not there");
	config.devices[1].attached = true;
	passes(HEALTH_HOOK, "up");
	config.devices[0].attached = false;
	config.state = GWLB_STATE_DOWN;
	fails(HEALTH_HOOK,
	      "down, packets are left to the host (gwlbctl up)");
}

static void test_ruleset(void **state)
{
	(void)state;
	/* a policy alone is a ruleset, if it refuses something */
	info.rules = 0;
	passes(HEALTH_RULESET, "0 rules, policy drop, generation 4");
	info.options.policy = GWLB_VERDICT_ACCEPT;
	fails(HEALTH_RULESET,
	      "no rules are loaded, every well-formed packet is returned");
	/* a group alone refuses nothing */
	info.groups = 1;
	fails(HEALTH_RULESET,
	      "no rules are loaded, every well-formed packet is returned");
	info.refused = true;
	passes(HEALTH_RULESET, "0 rules, policy accept, generation 4");
}

static void test_interface(void **state)
{
	struct rtnl_link *link = &facts.links[0].link;

	(void)state;
	link->mtu = HEALTH_MTU - 1;
	fails(HEALTH_INTERFACE, "eth0 has an MTU of 8567, less than 8568");
	link->mtu = 9001;
	facts.links[0].route_mtu = 1500;
	fails(HEALTH_INTERFACE,
	      "the route by eth0 has an MTU of 1500, less than 8568");
	facts.links[0].route_mtu = HEALTH_MTU;
	passes(HEALTH_INTERFACE, "eth0 is up, MTU 9001");
	link->carrier = false;
	fails(HEALTH_INTERFACE, "eth0 has no carrier");
	link->up = false;
	fails(HEALTH_INTERFACE, "eth0 is down");
	facts.link_count = 0;
	strcpy(facts.no_link, "there is none");
	fails(HEALTH_INTERFACE, "there is none");
}

/* Every one of several has to do */
static void test_interfaces(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; i < HEALTH_LINKS; i++) {
		facts.links[i] = facts.links[0];
		strcpy(facts.links[i].link.name, "name-of-15-long");
	}
	facts.link_count = 2;
	passes(HEALTH_INTERFACE,
	       "eth0 is up, MTU 8568; name-of-15-long is up, MTU 8568");
	facts.link_count = HEALTH_LINKS;
	health_judge(&facts, &health);
	assert_true(health_ok(&health));
	facts.links[HEALTH_LINKS - 1].link.up = false;
	fails(HEALTH_INTERFACE, "name-of-15-long is down");
}

static void test_flows(void **state)
{
	(void)state;
	info.flows = 100;
	fails(HEALTH_FLOWS, "the table is full: 100 of 100 flows");
	facts.replaceable = 7;
	passes(HEALTH_FLOWS,
	       "100 of 100 flows, 7 of them make way for new ones");
	/* the limit was lowered, and nobody makes way */
	info.options.flow_max = 50;
	facts.replaceable = 0;
	fails(HEALTH_FLOWS, "the table is full: 100 of 50 flows");
}

/* Of what only the module knows nothing is said */
static void test_no_module(void **state)
{
	enum health_what what;

	(void)state;
	facts.err = -ENOENT;
	facts.config = NULL;
	facts.info = NULL;
	health_judge(&facts, &health);
	for (what = 0; what < HEALTH_CHECKS; what++)
		assert_int_equal(health.check[what].ok,
				 what == HEALTH_INTERFACE);
	health_text(&health, text, sizeof(text));
	assert_string_equal(text, "module: not loaded (modprobe gwlb)");

	facts.err = -EPERM;
	facts.link_count = 0;
	facts.unknown = true;
	health_judge(&facts, &health);
	health_text(&health, text, sizeof(text));
	assert_string_equal(text,
			    "module: cannot be asked: Operation not permitted");

	/* but an interface that was named is looked at nevertheless */
	facts.unknown = false;
	strcpy(facts.no_link, "x");
	health_judge(&facts, &health);
	health_text(&health, text, sizeof(text));
	assert_string_equal(text,
			    "module: cannot be asked: Operation not permitted; interface: x");
}

static void test_silent(void **state)
{
	(void)state;
	health_silent(1, &health);
	assert_false(health_ok(&health));
	health_text(&health, text, sizeof(text));
	assert_string_equal(text, "module: has not answered within 1 s");
}

static void test_text_is_cut(void **state)
{
	char small[20];

	(void)state;
	config.state = GWLB_STATE_DOWN;
	config.drain = GWLB_DRAIN_ON;
	health_judge(&facts, &health);
	health_text(&health, small, sizeof(small));
	assert_string_equal(small, "hook: down, packets");
}

static void test_json(void **state)
{
	const char *name, *reason;
	json_t *json, *check;
	size_t i;

	(void)state;
	config.drain = GWLB_DRAIN_ON;
	health_judge(&facts, &health);
	json = health_json(&health);
	assert_true(json_is_false(json_object_get(json, "healthy")));
	assert_int_equal(json_array_size(json_object_get(json, "checks")),
			 HEALTH_CHECKS);
	json_array_foreach(json_object_get(json, "checks"), i, check) {
		name = json_string_value(json_object_get(check, "name"));
		reason = json_string_value(json_object_get(check, "reason"));
		assert_string_equal(name, health_name((enum health_what)i));
		assert_string_equal(reason, health.check[i].reason);
		assert_int_equal(json_is_true(json_object_get(check, "ok")),
				 i != HEALTH_DRAIN);
	}
	json_decref(json);
}

static char buf[512] __attribute__((aligned(8)));

static struct nlmsghdr *link_message(unsigned int flags, const char *name)
{
	struct nlmsghdr *nlh;
	struct ifinfomsg *msg;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_NEWLINK;
	msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
	msg->ifi_index = 7;
	msg->ifi_flags = flags;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_MTU, 9001);
	return nlh;
}

static void test_link(void **state)
{
	struct nlmsghdr *nlh = link_message(IFF_UP, "eth0");
	struct rtnl_link link;

	(void)state;
	assert_int_equal(rtnl_decode_link(nlh, &link), 0);
	assert_int_equal(link.index, 7);
	assert_string_equal(link.name, "eth0");
	assert_int_equal(link.mtu, 9001);
	assert_true(link.up);
	assert_false(link.carrier);
	assert_false(link.loopback);
	nlh = link_message(IFF_LOOPBACK | IFF_LOWER_UP, "lo");
	assert_int_equal(rtnl_decode_link(nlh, &link), 0);
	assert_false(link.up);
	assert_true(link.carrier);
	assert_true(link.loopback);

	assert_int_equal(rtnl_decode_link(link_message(0, NULL), &link),
			 -EBADMSG);
	nlh = link_message(0, "eth0");
	nlh->nlmsg_len -= 4;
	assert_int_equal(rtnl_decode_link(nlh, &link), -EBADMSG);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN + 8;
	assert_int_equal(rtnl_decode_link(nlh, &link), -EBADMSG);
}

static void test_address(void **state)
{
	struct rtnl_address address;
	struct ifaddrmsg *msg;
	struct nlmsghdr *nlh;

	(void)state;
	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_NEWADDR;
	msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
	msg->ifa_family = AF_INET;
	msg->ifa_index = 7;
	assert_int_equal(rtnl_decode_address(nlh, &address), -EBADMSG);
	/* of a tunnel, whose IFA_ADDRESS is that of the other end */
	mnl_attr_put_u32(nlh, IFA_ADDRESS, htonl(0xc0a80901));
	mnl_attr_put_u32(nlh, IFA_LOCAL, htonl(0xc0a80964));
	assert_int_equal(rtnl_decode_address(nlh, &address), 0);
	assert_int_equal(address.index, 7);
	assert_int_equal(address.address, htonl(0xc0a80964));
	nlh->nlmsg_len -= 4;
	assert_int_equal(rtnl_decode_address(nlh, &address), -EBADMSG);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN + 4;
	assert_int_equal(rtnl_decode_address(nlh, &address), -EBADMSG);
}

static struct nlmsghdr *route_message(unsigned char type)
{
	struct nlmsghdr *nlh;
	struct rtmsg *msg;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_NEWROUTE;
	msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
	msg->rtm_family = AF_INET;
	msg->rtm_type = type;
	return nlh;
}

static void test_route(void **state)
{
	struct nlmsghdr *nlh = route_message(RTN_UNICAST);
	struct rtnl_route route;
	struct nlattr *nest;

	(void)state;
	assert_int_equal(rtnl_decode_route(nlh, &route), -EBADMSG);
	mnl_attr_put_u32(nlh, RTA_OIF, 3);
	assert_int_equal(rtnl_decode_route(nlh, &route), 0);
	assert_int_equal(route.index, 3);
	assert_int_equal(route.mtu, 0);
	nest = mnl_attr_nest_start(nlh, RTA_METRICS);
	mnl_attr_put_u32(nlh, RTAX_MTU, 1500);
	mnl_attr_nest_end(nlh, nest);
	assert_int_equal(rtnl_decode_route(nlh, &route), 0);
	assert_int_equal(route.mtu, 1500);

	nlh = route_message(RTN_UNREACHABLE);
	assert_int_equal(rtnl_decode_route(nlh, &route), -EHOSTUNREACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_well, begin),
		cmocka_unit_test_setup(test_state, begin),
		cmocka_unit_test_setup(test_devices, begin),
		cmocka_unit_test_setup(test_ruleset, begin),
		cmocka_unit_test_setup(test_interface, begin),
		cmocka_unit_test_setup(test_interfaces, begin),
		cmocka_unit_test_setup(test_flows, begin),
		cmocka_unit_test_setup(test_no_module, begin),
		cmocka_unit_test(test_silent),
		cmocka_unit_test_setup(test_text_is_cut, begin),
		cmocka_unit_test_setup(test_json, begin),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
