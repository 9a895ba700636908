// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with the host around the module. See doctor.c. Pure.
 */

#include <linux/gwlb.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"

/* A CPU that spends so many percent of its time in softirqs is busy, and if it
 * handles so many packets a second, with these. If all others have less than a
 * part of that, one of them has all the work.
 */
#define BUSY		30
#define BUSY_PACKETS	500
#define LAZY_PART	4

static void judge_link(const struct doctor_facts *facts, size_t i,
		       struct doctor *doctor)
{
	const struct health_link *link = &facts->health.links[i];
	const struct rtnl_link *l = &link->link;
	char advice[128];

	if (!l->up || !l->carrier) {
		snprintf(advice, sizeof(advice), "ip link set %s up%s",
			 l->name, l->up ? "; what is at its other end?" : "");
		doctor_find(doctor, DOCTOR_INTERFACE, advice, "%s %s",
			    l->name, l->up ? "has no carrier" : "is down");
	}
	snprintf(advice, sizeof(advice),
		 "ip link set %s mtu 9001, and the same in the network's configuration",
		 l->name);
	if (l->mtu < HEALTH_MTU)
		doctor_find(doctor, DOCTOR_MTU, advice,
			    "%s has an MTU of %u, and the load balancer's packets have up to %d bytes",
			    l->name, l->mtu, HEALTH_MTU);
	else if (link->route_mtu && link->route_mtu < HEALTH_MTU)
		doctor_find(doctor, DOCTOR_MTU,
			    "Take the MTU out of the route: ip route",
			    "the route by %s has an MTU of %u, and the load balancer's packets have up to %d bytes",
			    l->name, link->route_mtu, HEALTH_MTU);
}

static void judge_merging(const struct doctor_facts *facts, size_t i,
			  struct doctor *doctor)
{
	const struct doctor_link *link = &facts->links[i];
	const char *name = facts->health.links[i].link.name;
	char advice[128];

	if (link->gro_err)
		doctor_leave_open(doctor, DOCTOR_GRO, link->gro_err);
	if (!link->merges)
		return;
	snprintf(advice, sizeof(advice), "ethtool -K %s %s off", name,
		 link->merges);
	doctor_find(doctor, DOCTOR_GRO, advice,
		    "%s of %s is on: packets are merged, and the module has to split them again",
		    link->merges, name);
}

/* Is it asked before the module about packets of an interface that leads to
 * the load balancer?
 */
static bool is_ahead(const struct doctor_facts *facts,
		     const struct nft_chain *chain)
{
	size_t i, k;

	if (facts->config.attach == GWLB_ATTACH_INGRESS &&
	    (!nft_is_ingress(chain) || chain->priority >= NFT_MODULE))
		return false;
	if (!nft_is_ingress(chain))
		return true;
	for (i = 0; i < chain->device_count; i++) {
		for (k = 0; k < facts->health.link_count; k++) {
			if (!strcmp(chain->devices[i],
				    facts->health.links[k].link.name))
				return true;
		}
	}
	return false;
}

static void judge_chains(const struct doctor_facts *facts,
			 struct doctor *doctor)
{
	const struct nft_chain *chain;
	char advice[256];
	size_t i;

	if (facts->chains_err)
		doctor_leave_open(doctor, DOCTOR_AHEAD, facts->chains_err);
	for (i = 0; i < facts->chains.count; i++) {
		chain = &facts->chains.list[i];
		if (!is_ahead(facts, chain))
			continue;
		snprintf(advice, sizeof(advice),
			 "Does it have to be? nft list chain %s %s %s",
			 nft_family_name(chain->family), chain->table,
			 chain->name);
		doctor_find(doctor, DOCTOR_AHEAD, advice,
			    "nftables' chain %s in table %s %s is asked first: what it drops, the module never sees",
			    chain->name, nft_family_name(chain->family),
			    chain->table);
	}
}

static void judge_ahead(const struct doctor_facts *facts, size_t i,
			struct doctor *doctor)
{
	const struct rtnl_link *link = &facts->health.links[i].link;
	char advice[128];

	snprintf(advice, sizeof(advice),
		 "Does it have to be? ip link show dev %s", link->name);
	if (link->xdp)
		doctor_find(doctor, DOCTOR_AHEAD, advice,
			    "an XDP program of %s is asked first: what it drops, the module never sees",
			    link->name);
	if (facts->links[i].filter_err)
		doctor_leave_open(doctor, DOCTOR_AHEAD,
				  facts->links[i].filter_err);
	snprintf(advice, sizeof(advice),
		 "Do they have to be? tc filter show dev %s ingress",
		 link->name);
	if (facts->links[i].filters)
		doctor_find(doctor, DOCTOR_AHEAD, advice,
			    "tc filters of %s are asked first: what they drop, the module never sees",
			    link->name);
}

static void judge_port(const struct doctor_facts *facts, struct doctor *doctor)
{
	if (facts->owner_err)
		doctor_leave_open(doctor, DOCTOR_PORT, facts->owner_err);
	else if (facts->owner.pid)
		doctor_find(doctor, DOCTOR_PORT,
			    "Stop it, unless it is there for packets that the module leaves to the host.",
			    "UDP port %d is open, by %s (process %d)",
			    GWLB_UDP_PORT, facts->owner.name,
			    facts->owner.pid);
	else if (facts->owner.owned)
		doctor_find(doctor, DOCTOR_PORT,
			    "Is there a tunnel? ip -d link show type geneve; ip -d link show type vxlan; ovs-vsctl show",
			    "UDP port %d is open, by the kernel or a process that cannot be seen",
			    GWLB_UDP_PORT);
}

/* Percent of its time that a CPU spent on packets */
static unsigned int busy(const struct doctor_facts *facts, size_t cpu)
{
	const struct host_cpu *before = &facts->samples[0].load.cpus[cpu];
	const struct host_cpu *after = &facts->samples[1].load.cpus[cpu];

	if (after->total <= before->total || after->busy < before->busy)
		return 0;
	return (unsigned int)((after->busy - before->busy) * 100 /
			      (after->total - before->total));
}

/* Packets that a CPU handled, a second */
static double handled(const struct doctor_facts *facts, size_t cpu)
{
	/* the kernel's counters have 32 bits */
	__u32 n = (__u32)facts->samples[1].load.cpus[cpu].handled -
		  (__u32)facts->samples[0].load.cpus[cpu].handled;

	return facts->seconds > 0 ? n / facts->seconds : 0;
}

static void judge_load(const struct doctor_facts *facts, struct doctor *doctor)
{
	const struct host_load *before = &facts->samples[0].load;
	const struct host_load *after = &facts->samples[1].load;
	unsigned int most = 0, second = 0, one;
	size_t i, cpu = 0;

	for (i = 0; i < after->count && i < before->count; i++) {
		one = busy(facts, i);
		if (one > most) {
			second = most;
			most = one;
			cpu = i;
		} else if (one > second) {
			second = one;
		}
	}
	if (after->count > 1 && most >= BUSY && second * LAZY_PART < most &&
	    handled(facts, cpu) >= BUSY_PACKETS)
		doctor_find(doctor, DOCTOR_QUEUES,
			    "Spread them: ethtool -L and -x for queues, /sys/class/net/DEV/queues/rx-*/rps_cpus if GWLB's few source ports make them all alike",
			    "CPU %zu spends %u %% of its time on packets, and no other more than %u %%",
			    cpu, most, second);
	if (after->lost > before->lost)
		doctor_find(doctor, DOCTOR_BACKLOG,
			    "sysctl net.core.netdev_max_backlog, to more; or more CPUs: ethtool -L",
			    "%llu packets were lost in %.1f s, as a CPU had no room for them",
			    after->lost - before->lost, facts->seconds);
}

/**
 * doctor_judge_host() - judge the host
 * @facts: the facts
 * @doctor: gets what was found
 */
void doctor_judge_host(const struct doctor_facts *facts, struct doctor *doctor)
{
	size_t i;

	if (!facts->health.link_count && !facts->health.unknown)
		doctor_find(doctor, DOCTOR_INTERFACE,
			    "Name the interface, --interface; or the load balancer's subnets, gwlbctl peer set",
			    "%s", facts->health.no_link);
	for (i = 0; i < facts->health.link_count; i++) {
		judge_link(facts, i, doctor);
		judge_merging(facts, i, doctor);
		judge_ahead(facts, i, doctor);
	}
	judge_chains(facts, doctor);
	judge_port(facts, doctor);
	if (facts->load_err)
		doctor_leave_open(doctor, DOCTOR_QUEUES, facts->load_err);
	else
		judge_load(facts, doctor);
	if (facts->healthd_err)
		doctor_leave_open(doctor, DOCTOR_HEALTHD, facts->healthd_err);
	else if (!facts->healthd)
		doctor_find(doctor, DOCTOR_HEALTHD,
			    "systemctl start gwlb-healthd",
			    "gwlb-healthd does not run here: who answers the load balancer's health checks?");
}
