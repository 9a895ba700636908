// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with this appliance, and what to do: the judgment on facts that
 * others gathered, here on those that stand still in the module. What moves is
 * judged in doctor_traffic.c, the host in doctor_host.c; doctor_examine.c
 * gathers the facts. Pure.
 */

#include <errno.h>
#include <linux/gwlb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "names.h"
#include "vpce.h"

/* What GWLB itself forgets flows after, in seconds (fact sheet, section 2) */
#define GWLB_TCP	350
#define GWLB_OTHERS	120

/* In percent, from where on the table of flows is nearly full */
#define NEARLY_FULL	90

/* Endpoints that were not seen for longer, in milliseconds, are history */
#define RECENT		(60 * 60 * 1000)

/* How many endpoints are named */
#define NAMED		3

static const char *const names[DOCTOR_CHECKS] = {
	[DOCTOR_MODULE] = "module",
	[DOCTOR_VERSION] = "version",
	[DOCTOR_STATE] = "state",
	[DOCTOR_DEVICES] = "devices",
	[DOCTOR_DRAIN] = "drain",
	[DOCTOR_RULESET] = "ruleset",
	[DOCTOR_CONFIRM] = "confirm",
	[DOCTOR_PEERS] = "peers",
	[DOCTOR_TIMEOUTS] = "timeouts",
	[DOCTOR_FLOWS] = "flows",
	[DOCTOR_ENDPOINTS] = "endpoints",
	[DOCTOR_TABLES] = "tables",
	[DOCTOR_TRAFFIC] = "traffic",
	[DOCTOR_BLIND] = "blind",
	[DOCTOR_COUNTERS] = "counters",
	[DOCTOR_DROPS] = "drops",
	[DOCTOR_MALFORMED] = "malformed",
	[DOCTOR_INTERFACE] = "interface",
	[DOCTOR_MTU] = "mtu",
	[DOCTOR_GRO] = "gro",
	[DOCTOR_AHEAD] = "ahead",
	[DOCTOR_PORT] = "port",
	[DOCTOR_QUEUES] = "queues",
	[DOCTOR_BACKLOG] = "backlog",
	[DOCTOR_HEALTHD] = "healthd",
};

/**
 * doctor_name() - name of a check
 * @check: the check
 *
 * Return: the name.
 */
const char *doctor_name(enum doctor_check check)
{
	return names[check];
}

static struct doctor_finding *add(struct doctor *doctor,
				  enum doctor_check check)
{
	struct doctor_finding *finding;

	/* one more would not change what is to be done first */
	if (doctor->count == DOCTOR_FINDINGS)
		doctor->count--;
	finding = &doctor->list[doctor->count++];
	*finding = (struct doctor_finding) { .check = check };
	return finding;
}

/**
 * doctor_find() - say that something is wrong
 * @doctor: gets it
 * @check: which check found it
 * @advice: what to do
 * @format: what was seen, as printf()
 */
void doctor_find(struct doctor *doctor, enum doctor_check check,
		 const char *advice, const char *format, ...)
{
	struct doctor_finding *finding = add(doctor, check);
	va_list ap;

	snprintf(finding->advice, sizeof(finding->advice), "%s", advice);
	va_start(ap, format);
	vsnprintf(finding->found, sizeof(finding->found), format, ap);
	va_end(ap);
}

/**
 * doctor_leave_open() - say that it is not known whether something is wrong
 * @doctor: gets it
 * @check: which check could not find out
 * @err: why, a negative errno
 */
void doctor_leave_open(struct doctor *doctor, enum doctor_check check, int err)
{
	struct doctor_finding *finding = add(doctor, check);

	finding->unknown = true;
	snprintf(finding->found, sizeof(finding->found), "%s",
		 strerror(-err));
}

/**
 * doctor_is_up() - does the module take packets
 * @facts: the facts
 *
 * Return: true if it does.
 */
bool doctor_is_up(const struct doctor_facts *facts)
{
	return !facts->err && facts->config.state == GWLB_STATE_UP;
}

static void judge_state(const struct doctor_facts *facts,
			struct doctor *doctor)
{
	const struct config *config = &facts->config;
	size_t i;

	if (strcmp(config->version, facts->version) != 0)
		doctor_find(doctor, DOCTOR_VERSION,
			    "Install both in one version, and load the module anew.",
			    "gwlbctl has version %s, the module %s",
			    facts->version, config->version);
	if (config->state != GWLB_STATE_UP)
		doctor_find(doctor, DOCTOR_STATE, "gwlbctl up",
			    "the module is down: packets are left to the host, which drops them");
	for (i = 0; i < config->device_count && doctor_is_up(facts); i++) {
		if (!config->devices[i].attached)
			doctor_find(doctor, DOCTOR_DEVICES,
				    "Bring it back, or name others: gwlbctl config set attach ingress dev DEV",
				    "packets are to be taken from %s, which is not there",
				    config->devices[i].name);
	}
	if (config->drain != GWLB_DRAIN_OFF)
		doctor_find(doctor, DOCTOR_DRAIN, "gwlbctl drain off",
			    "health checks are made to fail, so that no new flows come");
	if (!config->peer_count)
		doctor_find(doctor, DOCTOR_PEERS,
			    "gwlbctl peer set, with the load balancer's subnets",
			    "there is no list of peers: whoever reaches UDP port 6081 can have packets reflected");
}

static void judge_timeouts(const struct doctor_facts *facts,
			   struct doctor *doctor)
{
	static const struct {
		size_t index;
		__u32 least;
	} table[] = {
#define INDEX(x) (GWLB_A_OPTIONS_TIMEOUT_##x - GWLB_A_OPTIONS_TIMEOUT_TCP_SYN)
		{ INDEX(TCP_ESTABLISHED), GWLB_TCP },
		{ INDEX(UDP), GWLB_OTHERS },
		{ INDEX(ICMP), GWLB_OTHERS },
		{ INDEX(OTHER), GWLB_OTHERS },
#undef INDEX
	};
	__u32 found;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		found = facts->info.options.timeout[table[i].index];
		if (found < table[i].least)
			doctor_find(doctor, DOCTOR_TIMEOUTS,
				    "Set it to as much in the rules, unless the load balancer's was changed, too.",
				    "flows are forgotten after %u s (timeout %s), and by the load balancer after %u s",
				    found, names_of(names_timeouts,
						    (__u32)table[i].index),
				    table[i].least);
	}
}

static void judge_ruleset(const struct doctor_facts *facts,
			  struct doctor *doctor)
{
	const struct ruleset_info *info = &facts->info;
	__u32 max = info->options.flow_max;

	if (ruleset_is_empty(info))
		doctor_find(doctor, DOCTOR_RULESET, "gwlbctl rule load FILE",
			    "no rules are loaded: every well-formed packet is returned");
	if (info->pending)
		doctor_find(doctor, DOCTOR_CONFIRM,
			    "gwlbctl rule confirm, or gwlbctl rule rollback",
			    "the ruleset before comes back in %u s",
			    info->confirm);
	judge_timeouts(facts, doctor);
	if ((__u64)info->flows * 100 >= (__u64)max * NEARLY_FULL)
		doctor_find(doctor, DOCTOR_FLOWS,
			    "Set flow-max in the rules to more, or find who has them: gwlbctl endpoint list",
			    "there are %u flows, of %u that there may be",
			    info->flows, max);
}

static void judge_endpoints(const struct doctor_facts *facts,
			    struct doctor *doctor)
{
	char list[NAMED * (VPCE_TEXT + 2)] = "", one[VPCE_TEXT];
	size_t i, used = 0, strangers = 0;
	const struct endpoint *endpoint;

	for (i = 0; i < facts->endpoints.count; i++) {
		endpoint = &facts->endpoints.list[i];
		if (endpoint->others || endpoint->group[0] ||
		    !facts->info.groups || !endpoint->traffic.has_idle ||
		    endpoint->traffic.idle > RECENT)
			continue;
		if (strangers++ >= NAMED)
			continue;
		vpce_print(endpoint->id, one);
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", used ? ", " : "", one);
	}
	if (strangers)
		doctor_find(doctor, DOCTOR_ENDPOINTS,
			    "Add them to a group in the rules, if they are yours.",
			    "packets come from %zu endpoint%s in no group: %s%s",
			    strangers, strangers == 1 ? "" : "s", list,
			    strangers > NAMED ? ", ..." : "");
}

/* The entries for all others have an idle time only if they were needed. */
static void judge_tables(const struct doctor_facts *facts,
			 struct doctor *doctor)
{
	const struct nodes *nodes = &facts->samples[1].nodes;
	size_t i;

	for (i = 0; i < facts->endpoints.count; i++) {
		if (facts->endpoints.list[i].others &&
		    facts->endpoints.list[i].traffic.has_idle)
			doctor_find(doctor, DOCTOR_TABLES,
				    "Only loading the module anew empties the table; who sends so many? gwlbctl endpoint list",
				    "there are more than %d endpoints: the others are counted together",
				    GWLB_MAX_ENDPOINTS);
	}
	for (i = 0; i < nodes->count; i++) {
		if (nodes->list[i].others && nodes->list[i].traffic.has_idle)
			doctor_find(doctor, DOCTOR_TABLES,
				    "Only loading the module anew empties the table; keep strangers out: gwlbctl peer set",
				    "there are more than %d nodes: the others are counted together",
				    GWLB_MAX_NODES);
	}
}

/**
 * doctor_judge() - judge facts
 * @facts: the facts
 * @doctor: filled in
 */
void doctor_judge(const struct doctor_facts *facts, struct doctor *doctor)
{
	doctor->count = 0;
	if (facts->err == -ENOENT)
		doctor_find(doctor, DOCTOR_MODULE,
			    "modprobe gwlb, or systemctl start gwlb",
			    "the module is not loaded");
	else if (facts->err)
		doctor_leave_open(doctor, DOCTOR_MODULE, facts->err);
	if (!facts->err) {
		judge_state(facts, doctor);
		judge_ruleset(facts, doctor);
		judge_endpoints(facts, doctor);
		judge_tables(facts, doctor);
		doctor_judge_traffic(facts, doctor);
	}
	doctor_judge_host(facts, doctor);
}

/**
 * doctor_found() - is something wrong
 * @doctor: what was found
 *
 * Return: true if something is; what is not known does not count.
 */
bool doctor_found(const struct doctor *doctor)
{
	size_t i;

	for (i = 0; i < doctor->count; i++) {
		if (!doctor->list[i].unknown)
			return true;
	}
	return false;
}

/* Takes @list, also when it fails */
static json_t *append(json_t *list, json_t *entry)
{
	if (list && !json_array_append_new(list, entry))
		return list;
	json_decref(list);
	return NULL;
}

/**
 * doctor_json() - what was found, as JSON
 * @doctor: what was found
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *doctor_json(const struct doctor *doctor)
{
	json_t *findings = json_array(), *unknown = json_array();
	const struct doctor_finding *f;
	size_t i;

	for (i = 0; i < doctor->count; i++) {
		f = &doctor->list[i];
		if (f->unknown)
			unknown = append(unknown,
					 json_pack("{s:s, s:s}",
						   "check", names[f->check],
						   "why", f->found));
		else
			findings = append(findings,
					  json_pack("{s:s, s:s, s:s}",
						    "check", names[f->check],
						    "found", f->found,
						    "advice", f->advice));
	}
	return json_pack("{s:o, s:o}", "findings", findings,
			 "unknown", unknown);
}
