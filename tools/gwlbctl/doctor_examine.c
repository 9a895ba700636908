// SPDX-License-Identifier: GPL-2.0-only
/*
 * The facts that doctor.c judges: asks the module and the host, and looks twice
 * at what moves. Changes nothing.
 */

#include <errno.h>
#include <linux/gwlb.h>
#include <string.h>
#include <time.h>

#include "doctor.h"
#include "offload.h"
#include "ticker.h"

/* What merges UDP packets that nobody on this host waits for */
static const char *const merging[] = {
	"rx-udp-gro-forwarding", "rx-gro-list",
};

static int ask_module(struct nl *nl, struct doctor_facts *facts)
{
	int err;

	err = config_get(nl, &facts->config);
	if (!err)
		err = ruleset_get_info(nl, &facts->info);
	if (!err)
		err = traffic_endpoints(nl, &facts->endpoints);
	return err;
}

/* What the kernel does not know is not on. */
static void examine_merging(const char *interface, struct doctor_link *link)
{
	size_t i;
	bool on;
	int err;

	for (i = 0; i < sizeof(merging) / sizeof(merging[0]); i++) {
		err = offload_is_on(interface, merging[i], &on);
		if (on)
			link->merges = merging[i];
		else if (err && err != -ENOENT && err != -EOPNOTSUPP)
			link->gro_err = err;
	}
}

static void examine_links(struct doctor_facts *facts)
{
	const struct rtnl_link *link;
	struct rtnl rtnl;
	size_t i;
	int err;

	err = rtnl_open(&rtnl);
	for (i = 0; i < facts->health.link_count; i++) {
		link = &facts->health.links[i].link;
		examine_merging(link->name, &facts->links[i]);
		facts->links[i].filter_err = err ? err :
			rtnl_count_filters(&rtnl, link->index,
					   &facts->links[i].filters);
	}
	rtnl_close(&rtnl);
}

/* What an interface received that has gone meanwhile is not known. */
static int look(struct nl *nl, struct doctor_facts *facts,
		struct doctor_sample *sample)
{
	int err = 0, lost;
	size_t i;

	if (!facts->err)
		err = counter_list(nl, &sample->counters);
	if (!err && !facts->err)
		err = traffic_nodes(nl, &sample->nodes);
	lost = host_read_load(&sample->load);
	for (i = 0; !lost && i < facts->health.link_count; i++)
		lost = host_received(facts->health.links[i].link.name,
				     &sample->received[i]);
	if (lost)
		facts->load_err = lost;
	return err;
}

static int look_twice(struct nl *nl, double seconds,
		      struct doctor_facts *facts)
{
	long long begin = ticker_now();
	struct timespec pause = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};
	int err;

	err = look(nl, facts, &facts->samples[0]);
	if (err)
		return err;
	while (nanosleep(&pause, &pause) < 0 && errno == EINTR)
		;
	facts->seconds = ticker_seconds(begin, ticker_now());
	return look(nl, facts, &facts->samples[1]);
}

/**
 * doctor_examine() - gather the facts
 * @nl: the conversation with the module; NULL if @err
 * @err: 0, or why the module could not be asked, a negative errno
 * @interface: the interface that leads to the load balancer; NULL to find it
 * @seconds: for how long to look at what moves
 * @facts: filled in; give it to doctor_free() also after an error
 *
 * Return: 0 or a negative errno, which the module said.
 */
int doctor_examine(struct nl *nl, int err, const char *interface,
		   double seconds, struct doctor_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->err = err;
	facts->version = VERSION;
	facts->health.err = err;
	if (!err) {
		err = ask_module(nl, facts);
		if (err)
			return err;
		facts->health.config = &facts->config;
		facts->health.info = &facts->info;
	}
	health_links(facts->health.config, interface, &facts->health);
	examine_links(facts);
	facts->chains_err = nft_read(&facts->chains);
	facts->owner_err = host_udp_owner(GWLB_UDP_PORT, &facts->owner);
	facts->healthd_err = host_runs("gwlb-healthd", &facts->healthd);
	return look_twice(nl, seconds, facts);
}

/**
 * doctor_free() - forget the facts
 * @facts: the facts
 */
void doctor_free(struct doctor_facts *facts)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		counter_free(&facts->samples[i].counters);
		traffic_free_nodes(&facts->samples[i].nodes);
	}
	traffic_free_endpoints(&facts->endpoints);
	ruleset_free_info(&facts->info);
	config_free(&facts->config);
}
