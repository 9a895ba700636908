// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with the traffic: judges what moved in the module between two
 * looks at it. See doctor.c. Pure.
 */

#include <linux/gwlb.h>
#include <stdio.h>

#include "doctor.h"
#include "out.h"

/* Without a packet for longer, in milliseconds, nobody sends any */
#define SILENCE		(5 * 60 * 1000)

/* So many packets of an interface, and none of them reached the module */
#define UNSEEN		100

/* What to do about packets that are dropped, if not a rule says so */
static const struct {
	const char *advice;
	__u32 reason;
} advices[] = {
	{ "If this is the load balancer: gwlbctl peer add. If not, its security group should not let it in.",
	  GWLB_REASON_DROP_NOT_PEER },
	{ "Somebody forges them: look at the security group of this interface.",
	  GWLB_REASON_DROP_BAD_SOURCE },
	{ "Somebody forges them: look at the security group of this interface.",
	  GWLB_REASON_DROP_LOOP },
	{ "Switch GRO of UDP packets off: ethtool -K DEV rx-udp-gro-forwarding off rx-gro-list off",
	  GWLB_REASON_DROP_GSO },
	{ "Give the machine more memory, or set flow-max in the rules to less.",
	  GWLB_REASON_DROP_NO_MEMORY },
	{ "Look for the route to the load balancer, ip route get; or let packets go back where they came from: gwlbctl config set send-mode reflect",
	  GWLB_REASON_DROP_NO_ROUTE },
	{ "gwlbctl config set send-mode route",
	  GWLB_REASON_DROP_NO_LINK },
	{ "Set the MTU of the interface and of the route back to 8568 or more.",
	  GWLB_REASON_DROP_TOO_BIG },
	{ "Look at the queue of the interface: tc -s qdisc, ethtool -S; it may be all that the instance may send.",
	  GWLB_REASON_DROP_TRANSMIT },
	{ "Set flow-max-endpoint in the rules to more, or find who begins so many flows: gwlbctl top endpoints",
	  GWLB_REASON_DROP_FLOW_LIMIT },
	{ "Set flow-max in the rules to more, or find who begins so many flows: gwlbctl top endpoints",
	  GWLB_REASON_DROP_FLOW_FULL },
};

#define SILENCE_ADVICE \
	"Is this a healthy target of the load balancer, do route tables lead to its endpoints, and does the security group let UDP 6081 in?"

#define MALFORMED_ADVICE \
	"See what is wrong with them: tcpdump -i DEV -c 1000 -w - udp port 6081 | gwlbctl decode --brief --pcap -"

static bool is_malformed(__u32 reason)
{
	return reason >= GWLB_REASON_DROP_UDP_LENGTH &&
	       reason <= GWLB_REASON_DROP_INNER_TRANSPORT;
}

static const char *advice_on(__u32 reason)
{
	size_t i;

	for (i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		if (advices[i].reason == reason)
			return advices[i].advice;
	}
	return NULL;
}

/* The counter of a reason in another sample, or NULL */
static const struct counter *same(const struct counters *counters,
				  const struct counter *counter)
{
	size_t i;

	for (i = 0; i < counters->count; i++) {
		if (counters->list[i].reason == counter->reason)
			return &counters->list[i];
	}
	return NULL;
}

static void went_back(struct doctor *doctor, const char *name,
		      const struct amount *before, const struct amount *after)
{
	if (after->packets < before->packets || after->bytes < before->bytes)
		doctor_find(doctor, DOCTOR_COUNTERS,
			    "If the module was not loaded anew meanwhile, this is an error of it: please report it.",
			    "the counter %s went back, from %llu packets to %llu",
			    name, before->packets, after->packets);
}

static void judge_counter(const struct doctor_facts *facts,
			  const struct counter *before,
			  const struct counter *after, struct doctor *doctor)
{
	enum doctor_check check = DOCTOR_DROPS;
	const char *advice = advice_on(after->reason);

	went_back(doctor, after->name, &before->amount, &after->amount);
	if (is_malformed(after->reason)) {
		check = DOCTOR_MALFORMED;
		advice = MALFORMED_ADVICE;
	}
	if (advice && after->amount.packets > before->amount.packets)
		doctor_find(doctor, check, advice,
			    "%s: %llu packets in %.1f s, %llu in all",
			    after->name,
			    after->amount.packets - before->amount.packets,
			    facts->seconds, after->amount.packets);
}

static void judge_counters(const struct doctor_facts *facts,
			   struct doctor *doctor)
{
	const struct counters *before = &facts->samples[0].counters;
	const struct counters *after = &facts->samples[1].counters;
	const struct counter *old;
	size_t i;

	went_back(doctor, "received", &before->received, &after->received);
	for (i = 0; i < after->count; i++) {
		old = same(before, &after->list[i]);
		if (old)
			judge_counter(facts, old, &after->list[i], doctor);
	}
	/* Under traffic, there may be a packet on its way both times. */
	if (before->received.packets == after->received.packets &&
	    counter_missing(before) && counter_missing(after))
		doctor_find(doctor, DOCTOR_COUNTERS,
			    "This is an error of the module: please report it.",
			    "received is not returned + passed + dropped, %lld packets are unaccounted for",
			    counter_missing(after));
}

/* Nodes that were seen are never forgotten, so the last packet of all is that
 * of one of them.
 */
static void judge_silence(const struct doctor_facts *facts,
			  struct doctor *doctor)
{
	const struct nodes *nodes = &facts->samples[1].nodes;
	__u64 idle = (__u64)-1;
	char text[32];
	size_t i;

	for (i = 0; i < nodes->count; i++) {
		if (nodes->list[i].traffic.has_idle &&
		    nodes->list[i].traffic.idle < idle)
			idle = nodes->list[i].traffic.idle;
	}
	if (idle == (__u64)-1)
		doctor_find(doctor, DOCTOR_TRAFFIC, SILENCE_ADVICE,
			    "no packet of a load balancer has come so far");
	else if (idle > SILENCE)
		doctor_find(doctor, DOCTOR_TRAFFIC, SILENCE_ADVICE,
			    "the last packet of a load balancer came %s",
			    out_ago(idle, text, sizeof(text)));
}

static void judge_blindness(const struct doctor_facts *facts,
			    struct doctor *doctor)
{
	const struct doctor_sample *s = facts->samples;
	__u64 arrived;
	size_t i;

	if (s[0].counters.received.packets != s[1].counters.received.packets)
		return;
	for (i = 0; i < facts->health.link_count; i++) {
		arrived = s[1].received[i] - s[0].received[i];
		if (arrived < UNSEEN || s[1].received[i] < s[0].received[i])
			continue;
		doctor_find(doctor, DOCTOR_BLIND,
			    "Are packets taken from another device (gwlbctl config show), or does somebody drop or divert them before (XDP, tc, nft)?",
			    "%s received %llu packets in %.1f s, and the module saw none",
			    facts->health.links[i].link.name, arrived,
			    facts->seconds);
	}
}

/**
 * doctor_judge_traffic() - judge what moves in the module
 * @facts: the facts; the module could be asked
 * @doctor: gets what was found
 */
void doctor_judge_traffic(const struct doctor_facts *facts,
			  struct doctor *doctor)
{
	/* nobody sends packets to those who want none */
	if (doctor_is_up(facts) && facts->config.drain == GWLB_DRAIN_OFF)
		judge_silence(facts, doctor);
	if (doctor_is_up(facts) && !facts->load_err)
		judge_blindness(facts, doctor);
	judge_counters(facts, doctor);
}
