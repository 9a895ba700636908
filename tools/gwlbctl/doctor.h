/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with this appliance, and what to do. See doctor.c. */

#ifndef _GWLBCTL_DOCTOR_H
#define _GWLBCTL_DOCTOR_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "counter.h"
#include "health.h"
#include "host.h"
#include "nft.h"
#include "ruleset.h"
#include "traffic.h"

#define DOCTOR_FINDINGS	64

/* In the order in which they are told */
enum doctor_check {
	DOCTOR_MODULE,
	DOCTOR_VERSION,
	DOCTOR_STATE,
	DOCTOR_DEVICES,
	DOCTOR_DRAIN,
	DOCTOR_RULESET,
	DOCTOR_CONFIRM,
	DOCTOR_PEERS,
	DOCTOR_TIMEOUTS,
	DOCTOR_FLOWS,
	DOCTOR_ENDPOINTS,
	DOCTOR_TABLES,
	DOCTOR_TRAFFIC,
	DOCTOR_BLIND,
	DOCTOR_COUNTERS,
	DOCTOR_DROPS,
	DOCTOR_MALFORMED,
	DOCTOR_INTERFACE,
	DOCTOR_MTU,
	DOCTOR_GRO,
	DOCTOR_AHEAD,
	DOCTOR_PORT,
	DOCTOR_QUEUES,
	DOCTOR_BACKLOG,
	DOCTOR_HEALTHD,
	DOCTOR_CHECKS,
};

/**
 * struct doctor_finding - one thing that is wrong
 * @check: which check found it
 * @unknown: it is not known whether anything is wrong
 * @found: what was seen
 * @advice: what to do
 */
struct doctor_finding {
	enum doctor_check check;
	bool unknown;
	char found[256];
	char advice[256];
};

/**
 * struct doctor - all that is wrong
 * @list: one after the other
 * @count: how many these are
 */
struct doctor {
	struct doctor_finding list[DOCTOR_FINDINGS];
	size_t count;
};

/**
 * struct doctor_link - what may happen to packets of an interface before the
 * module sees them
 * @merges: a feature that merges UDP packets is on: this one; or NULL
 * @gro_err: why that is not known, a negative errno; or 0
 * @filters: how many tc filters there are
 * @filter_err: why that is not known
 */
struct doctor_link {
	const char *merges;
	int gro_err;
	unsigned int filters;
	int filter_err;
};

/**
 * struct doctor_sample - what moves, at one time
 * @counters: of the module
 * @nodes: of the module
 * @received: packets by interface, in the order of the links
 * @load: of CPUs
 */
struct doctor_sample {
	struct counters counters;
	struct nodes nodes;
	__u64 received[HEALTH_LINKS];
	struct host_load load;
};

/**
 * struct doctor_facts - what is judged
 * @err: 0, or why the module could not be asked, a negative errno
 * @version: of this program
 * @config: state and settings, if not @err
 * @info: numbers of the ruleset, if not @err
 * @endpoints: those that were seen, if not @err
 * @health: interfaces, and flows that would make way for others
 * @links: more on the interfaces, in the same order
 * @samples: two of what moves, if not @err
 * @seconds: between these
 * @load_err: why load and packets of interfaces are not known, or 0
 * @chains: of nftables that come early
 * @chains_err: why they are not known, or 0
 * @owner: who has UDP port 6081
 * @owner_err: why that is not known, or 0
 * @healthd: does gwlb-healthd run
 * @healthd_err: why that is not known, or 0
 */
struct doctor_facts {
	int err;
	const char *version;
	struct config config;
	struct ruleset_info info;
	struct endpoints endpoints;
	struct health_facts health;
	struct doctor_link links[HEALTH_LINKS];
	struct doctor_sample samples[2];
	double seconds;
	int load_err;
	struct nft_chains chains;
	int chains_err;
	struct host_owner owner;
	int owner_err;
	bool healthd;
	int healthd_err;
};

void doctor_judge(const struct doctor_facts *facts, struct doctor *doctor);
bool doctor_found(const struct doctor *doctor);
const char *doctor_name(enum doctor_check check);
json_t *doctor_json(const struct doctor *doctor);

/* Parts of doctor_judge() */
void doctor_judge_traffic(const struct doctor_facts *facts,
			  struct doctor *doctor);
void doctor_judge_host(const struct doctor_facts *facts,
		       struct doctor *doctor);
bool doctor_is_up(const struct doctor_facts *facts);
void doctor_find(struct doctor *doctor, enum doctor_check check,
		 const char *advice, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void doctor_leave_open(struct doctor *doctor, enum doctor_check check, int err);

int doctor_examine(struct nl *nl, int err, const char *interface,
		   double seconds, struct doctor_facts *facts);
void doctor_free(struct doctor_facts *facts);

#endif /* _GWLBCTL_DOCTOR_H */
