// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor*.c, nft.c: nothing is found where nothing is wrong, and each fault is
 * found by its own check and by no other.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "offload.h"

static struct counter before[GWLB_REASON_DROP_FRAGMENT_OVERLAP + 1];
static struct counter after[GWLB_REASON_DROP_FRAGMENT_OVERLAP + 1];
static struct endpoint endpoints[5];
static struct node nodes[2];
static struct doctor_facts facts;
static struct doctor doctor;

#define INDEX(x) \
	(GWLB_A_OPTIONS_TIMEOUT_##x - GWLB_A_OPTIONS_TIMEOUT_TCP_SYN)
#define TIMEOUT(x) facts.info.options.timeout[INDEX(x)]

static void set_counters(struct counters *counters, struct counter *list)
{
	__u32 i;

	for (i = 0; i <= GWLB_REASON_DROP_FRAGMENT_OVERLAP; i++)
		counter_of(i, &list[i]);
	list[GWLB_REASON_RETURNED].amount = (struct amount) { 50, 5000 };
	*counters = (struct counters) {
		.has_received = true, .received = { 50, 5000 }, .list = list,
		.count = GWLB_REASON_DROP_FRAGMENT_OVERLAP + 1,
	};
}

/* An appliance at work, as it should be */
static int begin(void **state)
{
	struct host_load *load;
	int i;

	(void)state;
	memset(&facts, 0, sizeof(facts));
	facts.version = "9.8.7";
	facts.config = (struct config) {
		.state = GWLB_STATE_UP, .drain = GWLB_DRAIN_OFF,
		.version = "9.8.7", .peer_count = 1,
	};
	facts.info = (struct ruleset_info) {
		.generation = 4, .rules = 3, .groups = 1, .flows = 89,
		.options = {
			.policy = GWLB_VERDICT_DROP, .flow_max = 100,
		},
	};
	TIMEOUT(TCP_ESTABLISHED) = 350;
	TIMEOUT(UDP) = 120;
	TIMEOUT(ICMP) = 120;
	TIMEOUT(OTHER) = 120;
	for (i = 0; i < 5; i++) {
		endpoints[i] = (struct endpoint) {
			.id = 1 + (__u64)i, .group = "g",
			.traffic = { .has_idle = true },
		};
	}
	endpoints[4] = (struct endpoint) { .others = true };
	facts.endpoints.list = endpoints;
	facts.endpoints.count = 5;
	nodes[0] = (struct node) { .traffic = { .has_idle = true } };
	nodes[1] = (struct node) { .others = true };
	facts.health.link_count = 1;
	facts.health.links[0].link = (struct rtnl_link) {
		.index = 2, .name = "eth0", .up = true, .carrier = true,
		.mtu = HEALTH_MTU,
	};
	set_counters(&facts.samples[0].counters, before);
	set_counters(&facts.samples[1].counters, after);
	for (i = 0; i < 2; i++) {
		facts.samples[i].nodes.list = nodes;
		facts.samples[i].nodes.count = 2;
		facts.samples[i].received[0] = (__u64)(1000 + i * 99);
		load = &facts.samples[i].load;
		load->count = 2;
		load->cpus[0] = (struct host_cpu) {
			.busy = 500 + (__u64)i * 80,
			.total = 1000 + (__u64)i * 100,
			.handled = 0xffffff00 + (__u64)i * 500,
		};
		load->cpus[1] = (struct host_cpu) {
			.busy = 700 + (__u64)i * 20,
			.total = 1000 + (__u64)i * 100,
			.handled = (__u64)i * 500,
		};
		load->lost = 5;
	}
	facts.seconds = 1;
	facts.healthd = true;
	return 0;
}

/* One thing is wrong, and this was seen */
static void finds(enum doctor_check check, const char *found)
{
	size_t i;

	doctor_judge(&facts, &doctor);
	for (i = 0; i < doctor.count; i++) {
		assert_string_equal(doctor.list[i].found, found);
		assert_string_equal(doctor_name(doctor.list[i].check),
				    doctor_name(check));
		assert_false(doctor.list[i].unknown);
		assert_true(strlen(doctor.list[i].advice) >= 10);
		assert_true(strlen(doctor.list[i].advice) + 1 <
			    sizeof(doctor.list[i].advice));
	}
	assert_int_equal(doctor.count, 1);
	assert_true(doctor_found(&doctor));
	begin(NULL);
}

static void is_silent(void)
{
	doctor_judge(&facts, &doctor);
	if (doctor.count)
		fail_msg("%s: %s", doctor_name(doctor.list[0].check),
			 doctor.list[0].found);
	assert_false(doctor_found(&doctor));
	begin(NULL);
}

/* It cannot be found out, which is no finding */
static void leaves_open(enum doctor_check check)
{
	doctor_judge(&facts, &doctor);
	assert_int_equal(doctor.count, 1);
	assert_true(doctor.list[0].unknown);
	assert_int_equal(doctor.list[0].check, check);
	assert_string_equal(doctor.list[0].found, strerror(EPERM));
	assert_false(doctor_found(&doctor));
	begin(NULL);
}

static void test_healthy(void **state)
{
	(void)state;
	is_silent();
}

static void test_module(void **state)
{
	(void)state;
	facts.err = -ENOENT;
	finds(DOCTOR_MODULE, "the module is not loaded");
	facts.err = -EPERM;
	leaves_open(DOCTOR_MODULE);
	facts.version = "9.8.6";
	finds(DOCTOR_VERSION,
	      "gwlbctl has version 9.8.6, the module 9.8.7");
	facts.config.state = GWLB_STATE_DOWN;
	finds(DOCTOR_STATE,
	      "the module is down: packets are left to the host, which drops them");
	facts.config.device_count = 2;
	facts.config.devices[0] = (struct device) { "eth0", true };
	facts.config.devices[1] = (struct device) { "eth1", false };
	finds(DOCTOR_DEVICES,
	      "packets are to be taken from eth1, which is not there");
	facts.config.drain = GWLB_DRAIN_ON;
	finds(DOCTOR_DRAIN,
	      "health checks are made to fail, so that no new flows come");
	facts.config.peer_count = 0;
	finds(DOCTOR_PEERS,
	      "there is no list of peers: whoever reaches UDP port 6081 can have packets reflected");
}

static void test_ruleset(void **state)
{
	(void)state;
	facts.info.rules = 0;
	facts.info.groups = 0;
	facts.info.options.policy = GWLB_VERDICT_ACCEPT;
	finds(DOCTOR_RULESET,
	      "no rules are loaded: every well-formed packet is returned");
	facts.info.pending = true;
	facts.info.confirm = 7;
	finds(DOCTOR_CONFIRM, "the ruleset before comes back in 7 s");
	TIMEOUT(TCP_ESTABLISHED) = 349;
	finds(DOCTOR_TIMEOUTS,
	      "flows are forgotten after 349 s (timeout tcp-established), and by the load balancer after 350 s");
	TIMEOUT(UDP) = 119;
	finds(DOCTOR_TIMEOUTS,
	      "flows are forgotten after 119 s (timeout udp), and by the load balancer after 120 s");
	TIMEOUT(ICMP) = 1;
	finds(DOCTOR_TIMEOUTS,
	      "flows are forgotten after 1 s (timeout icmp), and by the load balancer after 120 s");
	TIMEOUT(OTHER) = 1;
	finds(DOCTOR_TIMEOUTS,
	      "flows are forgotten after 1 s (timeout other), and by the load balancer after 120 s");
	TIMEOUT(TCP_SYN) = 1;
	is_silent();
	facts.info.flows = 90;
	finds(DOCTOR_FLOWS, "there are 90 flows, of 100 that there may be");
	facts.info.flows = 0xffffffff;
	facts.info.options.flow_max = 0xffffffff;
	finds(DOCTOR_FLOWS,
	      "there are 4294967295 flows, of 4294967295 that there may be");
}

static void test_endpoints(void **state)
{
	int i;

	(void)state;
	endpoints[1].group[0] = '\0';
	finds(DOCTOR_ENDPOINTS,
	      "packets come from 1 endpoint in no group: vpce-00000000000000002");
	for (i = 0; i < 4; i++)
		endpoints[i].group[0] = '\0';
	finds(DOCTOR_ENDPOINTS,
	      "packets come from 4 endpoints in no group: vpce-00000000000000001, vpce-00000000000000002, vpce-00000000000000003, ...");
	endpoints[1].group[0] = '\0';
	endpoints[1].traffic.idle = 60 * 60 * 1000 + 1;
	is_silent();
	/* without groups nobody is missing */
	facts.info.groups = 0;
	endpoints[1].group[0] = '\0';
	is_silent();
	endpoints[4].traffic.has_idle = true;
	finds(DOCTOR_TABLES,
	      "there are more than 4096 endpoints: the others are counted together");
	nodes[1].traffic.has_idle = true;
	finds(DOCTOR_TABLES,
	      "there are more than 1024 nodes: the others are counted together");
}

static void test_traffic(void **state)
{
	(void)state;
	nodes[0].traffic.has_idle = false;
	finds(DOCTOR_TRAFFIC, "no packet of a load balancer has come so far");
	facts.samples[1].nodes.count = 0;
	finds(DOCTOR_TRAFFIC, "no packet of a load balancer has come so far");
	nodes[0].traffic.idle = 5 * 60 * 1000 + 1;
	finds(DOCTOR_TRAFFIC,
	      "the last packet of a load balancer came 5m00s ago");
	nodes[0].traffic.idle = 5 * 60 * 1000;
	is_silent();
	/* who drains has the other finding, and wants none */
	nodes[0].traffic.has_idle = false;
	facts.config.drain = GWLB_DRAIN_ON;
	finds(DOCTOR_DRAIN,
	      "health checks are made to fail, so that no new flows come");
	facts.samples[1].received[0]++;
	finds(DOCTOR_BLIND,
	      "eth0 received 100 packets in 1.0 s, and the module saw none");
	facts.samples[1].received[0] = 0;
	is_silent();
	facts.samples[1].received[0]++;
	facts.samples[1].counters.received.packets++;
	after[GWLB_REASON_PASS_OTHER].amount.packets++;
	is_silent();
}

static void test_counters(void **state)
{
	(void)state;
	facts.samples[0].counters.received.packets = 57;
	before[GWLB_REASON_PASS_OTHER].amount.packets = 7;
	facts.samples[1].counters.received.packets = 57;
	after[GWLB_REASON_PASS_OTHER].amount.packets = 6;
	after[GWLB_REASON_RETURNED].amount.packets = 51;
	finds(DOCTOR_COUNTERS,
	      "the counter pass-other went back, from 7 packets to 6");
	facts.samples[0].counters.received.packets = 60;
	finds(DOCTOR_COUNTERS,
	      "the counter received went back, from 60 packets to 50");
	/* the same difference twice: nobody is on the way */
	facts.samples[0].counters.received.packets = 53;
	facts.samples[1].counters.received.packets = 53;
	finds(DOCTOR_COUNTERS,
	      "received is not returned + passed + dropped, 3 packets are unaccounted for");
	facts.samples[0].counters.received.packets = 53;
	facts.samples[1].counters.received.packets = 54;
	after[GWLB_REASON_RETURNED].amount.packets = 51;
	is_silent();
}

/* Each counter that grows by itself: a rule's drops are nobody's fault. */
static void test_drops(void **state)
{
	const char *seen = ": 3 packets in 1.0 s, 4 in all";
	unsigned int found = 0, malformed = 0;
	__u32 i;

	(void)state;
	for (i = 0; i <= GWLB_REASON_DROP_FRAGMENT_OVERLAP; i++) {
		before[i].amount.packets += 1;
		facts.samples[0].counters.received.packets++;
		after[i].amount.packets += 4;
		facts.samples[1].counters.received.packets += 4;
		doctor_judge(&facts, &doctor);
		if (doctor.count) {
			assert_int_equal(doctor.count, 1);
			assert_non_null(strstr(doctor.list[0].found, seen));
			assert_memory_equal(doctor.list[0].found,
					    after[i].name,
					    strlen(after[i].name));
			assert_true(strlen(doctor.list[0].advice) + 1 <
				    sizeof(doctor.list[0].advice));
			found += doctor.list[0].check == DOCTOR_DROPS;
			malformed += doctor.list[0].check == DOCTOR_MALFORMED;
			assert_int_equal(counter_class(&after[i]),
					 GWLB_CLASS_DROP);
		}
		begin(NULL);
	}
	assert_int_equal(found, 11);
	assert_int_equal(malformed, GWLB_REASON_DROP_INNER_TRANSPORT -
			 GWLB_REASON_DROP_UDP_LENGTH + 1);
	after[GWLB_REASON_DROP_RULE].amount.packets += 3;
	facts.samples[1].counters.received.packets += 3;
	is_silent();
}

static void test_interface(void **state)
{
	struct rtnl_link *link = &facts.health.links[0].link;

	(void)state;
	link->up = false;
	link->carrier = false;
	finds(DOCTOR_INTERFACE, "eth0 is down");
	link->carrier = false;
	finds(DOCTOR_INTERFACE, "eth0 has no carrier");
	facts.health.link_count = 0;
	strcpy(facts.health.no_link, "there is no route to 10.0.0.0/8");
	finds(DOCTOR_INTERFACE, "there is no route to 10.0.0.0/8");
	facts.health.link_count = 0;
	facts.health.unknown = true;
	is_silent();
	link->mtu = HEALTH_MTU - 1;
	finds(DOCTOR_MTU,
	      "eth0 has an MTU of 8567, and the load balancer's packets have up to 8568 bytes");
	facts.health.links[0].route_mtu = 1500;
	finds(DOCTOR_MTU,
	      "the route by eth0 has an MTU of 1500, and the load balancer's packets have up to 8568 bytes");
	facts.links[0].merges = "rx-gro-list";
	finds(DOCTOR_GRO,
	      "rx-gro-list of eth0 is on: packets are merged, and the module has to split them again");
	facts.links[0].gro_err = -EPERM;
	leaves_open(DOCTOR_GRO);
	link->xdp = true;
	finds(DOCTOR_AHEAD,
	      "an XDP program of eth0 is asked first: what it drops, the module never sees");
	facts.links[0].filters = 2;
	finds(DOCTOR_AHEAD,
	      "tc filters of eth0 are asked first: what they drop, the module never sees");
	facts.links[0].filter_err = -EPERM;
	leaves_open(DOCTOR_AHEAD);
}

static void add_chain(__u8 family, __u32 hook, __s32 priority,
		      const char *device)
{
	struct nft_chain *chain = &facts.chains.list[facts.chains.count++];

	*chain = (struct nft_chain) {
		.family = family, .table = "t", .name = "c", .hook = hook,
		.priority = priority, .rules = 1,
	};
	if (device) {
		strcpy(chain->devices[0], device);
		chain->device_count = 1;
	}
}

static void test_chains(void **state)
{
	(void)state;
	add_chain(NFPROTO_NETDEV, NF_NETDEV_INGRESS, 0, "eth0");
	finds(DOCTOR_AHEAD,
	      "nftables' chain c in table netdev t is asked first: what it drops, the module never sees");
	add_chain(NFPROTO_NETDEV, NF_NETDEV_INGRESS, 0, "eth1");
	is_silent();
	add_chain(NFPROTO_INET, NF_INET_INGRESS, 0, "eth0");
	finds(DOCTOR_AHEAD,
	      "nftables' chain c in table inet t is asked first: what it drops, the module never sees");
	add_chain(NFPROTO_IPV4, NF_INET_PRE_ROUTING, -451, NULL);
	finds(DOCTOR_AHEAD,
	      "nftables' chain c in table ip t is asked first: what it drops, the module never sees");
	/* at ingress there is less that comes first */
	facts.config.attach = GWLB_ATTACH_INGRESS;
	add_chain(NFPROTO_IPV4, NF_INET_PRE_ROUTING, -451, NULL);
	add_chain(NFPROTO_NETDEV, NF_NETDEV_INGRESS, -450, "eth0");
	is_silent();
	facts.config.attach = GWLB_ATTACH_INGRESS;
	add_chain(NFPROTO_NETDEV, NF_NETDEV_INGRESS, -451, "eth0");
	finds(DOCTOR_AHEAD,
	      "nftables' chain c in table netdev t is asked first: what it drops, the module never sees");
	facts.chains_err = -EPERM;
	leaves_open(DOCTOR_AHEAD);
}

static void test_host(void **state)
{
	struct host_load *load = &facts.samples[1].load;

	(void)state;
	facts.owner = (struct host_owner) { .owned = true };
	finds(DOCTOR_PORT,
	      "UDP port 6081 is open, by the kernel or a process that cannot be seen");
	facts.owner = (struct host_owner) { true, 17, "geneve-proxy" };
	finds(DOCTOR_PORT,
	      "UDP port 6081 is open, by geneve-proxy (process 17)");
	facts.owner_err = -EPERM;
	leaves_open(DOCTOR_PORT);
	load->cpus[1].busy = 700 + 19;
	finds(DOCTOR_QUEUES,
	      "CPU 0 spends 80 % of its time on packets, and no other more than 19 %");
	load->cpus[0].busy = 500 + 29;
	load->cpus[1].busy = 700;
	is_silent();
	load->cpus[0].busy = 500;
	load->cpus[1].busy = 700 + 30;
	finds(DOCTOR_QUEUES,
	      "CPU 1 spends 30 % of its time on packets, and no other more than 0 %");
	/* busy with something else */
	load->cpus[1].busy = 700 + 19;
	load->cpus[0].handled--;
	is_silent();
	/* a single CPU has nobody to share with */
	load->count = 1;
	is_silent();
	load->lost = 6;
	finds(DOCTOR_BACKLOG,
	      "1 packets were lost in 1.0 s, as a CPU had no room for them");
	facts.load_err = -EPERM;
	leaves_open(DOCTOR_QUEUES);
	facts.healthd = false;
	finds(DOCTOR_HEALTHD,
	      "gwlb-healthd does not run here: who answers the load balancer's health checks?");
	facts.healthd_err = -EPERM;
	leaves_open(DOCTOR_HEALTHD);
}

/* As many as there can be, and more */
static void test_room(void **state)
{
	size_t i;

	(void)state;
	doctor.count = 0;
	for (i = 0; i < DOCTOR_FINDINGS + 5; i++)
		doctor_find(&doctor, DOCTOR_DROPS, "advice", "%zu", i);
	assert_int_equal(doctor.count, DOCTOR_FINDINGS);
	json_decref(doctor_json(&doctor));
}

static char buf[512] __attribute__((aligned(8)));

static struct nlmsghdr *chain_message(const char *device)
{
	struct nlattr *hook, *devices;
	struct nlmsghdr *nlh;
	struct nfgenmsg *nfg;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = NFPROTO_NETDEV;
	mnl_attr_put_strz(nlh, NFTA_CHAIN_TABLE, "table");
	mnl_attr_put_strz(nlh, NFTA_CHAIN_NAME, "chain");
	mnl_attr_put_u32(nlh, NFTA_CHAIN_POLICY, htonl(NF_DROP));
	mnl_attr_put_u32(nlh, NFTA_CHAIN_USE, htonl(5));
	if (!device)
		return nlh;
	hook = mnl_attr_nest_start(nlh, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(nlh, NFTA_HOOK_HOOKNUM, htonl(NF_NETDEV_INGRESS));
	mnl_attr_put_u32(nlh, NFTA_HOOK_PRIORITY, htonl((__u32)-7));
	devices = mnl_attr_nest_start(nlh, NFTA_HOOK_DEVS);
	mnl_attr_put_strz(nlh, NFTA_DEVICE_NAME, device);
	mnl_attr_put_strz(nlh, NFTA_DEVICE_NAME, "eth9");
	mnl_attr_nest_end(nlh, devices);
	mnl_attr_nest_end(nlh, hook);
	return nlh;
}

static void test_nft(void **state)
{
	struct nft_chain chain;
	struct nlmsghdr *nlh;
	struct nlattr *hook;

	(void)state;
	assert_int_equal(nft_decode_chain(chain_message("eth8"), &chain), 0);
	assert_int_equal(chain.family, NFPROTO_NETDEV);
	assert_string_equal(chain.table, "table");
	assert_string_equal(chain.name, "chain");
	assert_int_equal(chain.priority, -7);
	assert_int_equal(chain.device_count, 2);
	assert_string_equal(chain.devices[0], "eth8");
	assert_string_equal(chain.devices[1], "eth9");
	assert_true(chain.drops);
	assert_int_equal(chain.rules, 5);
	assert_true(nft_is_ingress(&chain));

	assert_int_equal(nft_decode_chain(chain_message(NULL), &chain),
			 -ENOENT);
	nlh = chain_message(NULL);
	hook = mnl_attr_nest_start(nlh, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(nlh, NFTA_HOOK_HOOKNUM, 0);
	mnl_attr_nest_end(nlh, hook);
	assert_int_equal(nft_decode_chain(nlh, &chain), -EBADMSG);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN + 2;
	assert_int_equal(nft_decode_chain(nlh, &chain), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_healthy, begin),
		cmocka_unit_test_setup(test_module, begin),
		cmocka_unit_test_setup(test_ruleset, begin),
		cmocka_unit_test_setup(test_endpoints, begin),
		cmocka_unit_test_setup(test_traffic, begin),
		cmocka_unit_test_setup(test_counters, begin),
		cmocka_unit_test_setup(test_drops, begin),
		cmocka_unit_test_setup(test_interface, begin),
		cmocka_unit_test_setup(test_chains, begin),
		cmocka_unit_test_setup(test_host, begin),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_nft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
