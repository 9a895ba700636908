// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is told to those who ask: reads the module, and makes a body of what it
 * says. Opens a conversation each time: a module that was unloaded and loaded
 * again has another number. Changes nothing; nor does it have the kernel load a
 * module that somebody has unloaded.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "metrics.h"
#include "nl.h"
#include "prometheus.h"

#define OK		200
#define UNFIT		503

static void set_health(const struct health *health, struct page *page)
{
	json_t *json = health_json(health);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	int len;

	json_decref(json);
	memset(page, 0, sizeof(*page));
	page->status = health_ok(health) ? OK : UNFIT;
	page->type = "application/json";
	page->judged = true;
	page->health = *health;
	/* a final newline is for those who look at it on a terminal */
	len = text ? asprintf(&page->text, "%s\n", text) : -1;
	free(text);
	if (len < 0)
		page->text = NULL;
	else
		page->len = (size_t)len;
}

/* What both answers need; to be released also after an error */
static int read_basics(struct nl **nl, struct config *config,
		       struct ruleset_info *info)
{
	int err;

	*nl = NULL;
	memset(config, 0, sizeof(*config));
	memset(info, 0, sizeof(*info));
	err = nl_open_loaded(nl);
	if (!err)
		err = config_get(*nl, config);
	if (!err)
		err = ruleset_get_info(*nl, info);
	return err;
}

/**
 * page_health() - is this appliance fit
 * @asked: what it is about
 * @page: filled in
 */
void page_health(const struct asked *asked, struct page *page)
{
	struct ruleset_info info;
	struct health health;
	struct config config;
	struct nl *nl;
	int err;

	err = read_basics(&nl, &config, &info);
	health_examine(nl, err, &config, &info, asked->interface, &health);
	set_health(&health, page);
	ruleset_free_info(&info);
	config_free(&config);
	nl_close(nl);
}

/* Rules are not for everybody, and may be changed faster than they are read;
 * all the rest is told
 */
static int read_rules(struct nl *nl, struct metrics *metrics)
{
	struct ruleset ruleset;
	int err;

	err = ruleset_read(nl, false, &ruleset);
	if (err == -EPERM || err == -EAGAIN) {
		ruleset_free(&ruleset);
		return 0;
	}
	/* also after an error: it is what has to be released */
	ruleset_free(&metrics->ruleset);
	metrics->ruleset = ruleset;
	metrics->has_rules = !err;
	return err;
}

static int read_metrics(const struct asked *asked, struct nl **nl,
			struct metrics *metrics)
{
	int err;

	err = read_basics(nl, &metrics->config, &metrics->ruleset.info);
	health_examine(*nl, err, &metrics->config, &metrics->ruleset.info,
		       asked->interface, &metrics->health);
	if (!err)
		err = counter_list(*nl, &metrics->counters);
	if (!err)
		err = traffic_endpoints(*nl, &metrics->endpoints);
	if (!err)
		err = read_rules(*nl, metrics);
	return err;
}

/* No judgment for the log: it may be older by now than that of a health check,
 * which takes less time.
 */
static void print(const struct metrics *metrics, struct page *page)
{
	bool failed;
	FILE *to;

	memset(page, 0, sizeof(*page));
	page->status = OK;
	page->type = PROMETHEUS_TYPE;
	to = open_memstream(&page->text, &page->len);
	if (!to)
		return;
	metrics_print(to, metrics);
	failed = ferror(to);
	if (fclose(to) != 0 || failed) {
		free(page->text);
		page->text = NULL;
	}
}

/**
 * page_metrics() - all that is counted
 * @asked: what it is about
 * @page: filled in
 */
void page_metrics(const struct asked *asked, struct page *page)
{
	struct metrics metrics = {
		.connections = asked->connections, .late = asked->late,
		.crowded = asked->crowded,
	};
	struct nl *nl;

	/* what is not whole is not told: zeros would look like a restart */
	metrics.up = read_metrics(asked, &nl, &metrics) == 0;
	print(&metrics, page);
	metrics_free(&metrics);
	nl_close(nl);
}

/**
 * page_no_health() - the module does not answer
 * @asked: what it is about
 * @seconds: for how long it was waited
 * @page: filled in
 */
void page_no_health(const struct asked *asked, unsigned int seconds,
		    struct page *page)
{
	struct health health;

	(void)asked;
	health_silent(seconds, &health);
	set_health(&health, page);
}

/**
 * page_no_metrics() - the module does not answer
 * @asked: what it is about
 * @seconds: for how long it was waited
 * @page: filled in
 *
 * With status 200, as Prometheus does not read what another one comes with, and
 * "gwlb_up 0" is for just this.
 */
void page_no_metrics(const struct asked *asked, unsigned int seconds,
		     struct page *page)
{
	struct metrics metrics = {
		.connections = asked->connections, .late = asked->late,
		.crowded = asked->crowded,
	};

	health_silent(seconds, &metrics.health);
	print(&metrics, page);
}
