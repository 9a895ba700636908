// SPDX-License-Identifier: GPL-2.0-only
/*
 * report: one archive with what others need to know to help. report.c has what
 * is in it; here are its file, and numbers of flows.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "ctl.h"
#include "flow.h"
#include "health.h"
#include "netns.h"
#include "out.h"
#include "packet.h"
#include "report.h"

#define PROTOCOLS	256

const struct option_spec cmd_report_options[] = {
	{ "--flows", NULL, NULL, "also the list of flows, with addresses" },
	{ NULL, NULL, NULL, NULL },
};

/**
 * struct tally - how many flows there are
 * @total: all of them
 * @protocols: by protocol
 * @states: by state
 */
struct tally {
	unsigned long total;
	unsigned long protocols[PROTOCOLS];
	unsigned long states[GWLB_FLOW_STATE_TCP_CLOSED + 1];
};

static int count(const struct flow *flow, void *data)
{
	struct tally *tally = data;

	tally->total++;
	tally->protocols[flow->protocol]++;
	if (flow->state <= GWLB_FLOW_STATE_TCP_CLOSED)
		tally->states[flow->state]++;
	return 0;
}

static void set_number(json_t *object, const char *name, unsigned long number)
{
	json_object_set_new(object, name, json_integer((json_int_t)number));
}

static json_t *tally_json(const struct tally *tally)
{
	json_t *protocols = json_object(), *states = json_object();
	char name[PACKET_PROTOCOL];
	unsigned int i;

	for (i = 0; i < PROTOCOLS; i++) {
		packet_protocol((__u8)i, name);
		if (tally->protocols[i])
			set_number(protocols, name, tally->protocols[i]);
	}
	for (i = 0; i <= GWLB_FLOW_STATE_TCP_CLOSED; i++)
		set_number(states, flow_name(flow_states, i),
			   tally->states[i]);
	return json_pack("{s:I, s:o, s:o}", "flows",
			 (json_int_t)tally->total, "protocols", protocols,
			 "states", states);
}

/* Numbers of flows say much, and whose they are nothing. */
static int add_tally(struct report *report, struct nl *nl)
{
	static const struct flow_filter all;
	struct tally tally = { .total = 0 };
	const char *error = NULL;
	bool interrupted = false;
	json_t *json;
	char *text;
	int err;

	err = nl ? flow_list(nl, &all, count, &tally, &interrupted) : -ENOENT;
	if (err)
		error = err == -ENOENT ? "the module is not loaded" :
			strerror(-err);
	else if (interrupted)
		error = "the table was resized meanwhile, some may be missing";
	json = tally_json(&tally);
	text = json_dumps(json, JSON_INDENT(2));
	json_decref(json);
	if (!text)
		return -ENOMEM;
	err = report_add_text(report, "flows.json", text, strlen(text), error);
	free(text);
	return err;
}

static int add_interfaces(struct report *report, struct nl *nl)
{
	struct health_facts facts = { .err = nl ? 0 : -ENOENT };
	struct config config = { .state = 0 };
	size_t i;
	int err = 0;

	if (nl && config_get(nl, &config) < 0)
		facts.err = -EIO;
	if (!facts.err)
		facts.config = &config;
	health_links(facts.config, NULL, &facts);
	for (i = 0; !err && i < facts.link_count; i++)
		err = report_add_interface(report, facts.links[i].link.name);
	config_free(&config);
	return err;
}

static int fill(struct report *report, struct nl *nl, bool flows)
{
	int err;

	err = report_add_outputs(report, flows);
	if (!err)
		err = add_tally(report, nl);
	if (!err)
		err = add_interfaces(report, nl);
	if (!err)
		err = report_end(report);
	if (!err && fflush(report->to) != 0)
		err = -errno;
	return err;
}

/* Only its owner may read it, and it takes no other file's place. */
static FILE *create(const char *path)
{
	FILE *file;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "w");
	if (!file)
		close(fd);
	return file;
}

static int write_report(struct report *report, const char *path,
			struct nl *nl, bool flows)
{
	int err;

	report->to = create(path);
	if (!report->to)
		return out_error("%s: %s", path, strerror(errno));
	err = fill(report, nl, flows);
	if (fclose(report->to) != 0 && !err)
		err = -errno;
	if (!err) {
		puts(path);
		return OUT_OK;
	}
	/* half an archive helps nobody */
	unlink(path);
	return out_error("%s: %s", path, strerror(-err));
}

static int write_stdout(struct report *report, struct nl *nl, bool flows)
{
	int err;

	if (isatty(STDOUT_FILENO))
		return out_error("an archive is nothing for a terminal");
	report->to = stdout;
	err = fill(report, nl, flows);
	return err ? out_error("stdout: %s", strerror(-err)) : OUT_OK;
}

static void name_file(time_t now, char *path, size_t size)
{
	char host[65] = "", time[32];
	struct tm tm;

	gethostname(host, sizeof(host) - 1);
	strftime(time, sizeof(time), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	snprintf(path, size, "gwlb-report-%s-%s.tar", host, time);
}

/* A report of a module that is not loaded may be what is wanted. */
static int open_any(struct ctl *ctl)
{
	int err;

	if (ctl->netns && netns_enter(ctl->netns) < 0)
		return OUT_FAILED;
	ctl->entered = true;
	err = nl_open_loaded(&ctl->nl);
	return err && err != -ENOENT ? out_error("netlink: %s",
						 strerror(-err)) : OUT_OK;
}

/**
 * cmd_report() - gwlbctl report
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_report(struct ctl *ctl, const struct args *args)
{
	struct report report;
	bool flows = command_option(args, "--flows");
	const char *path = args->words[0];
	char name[128];
	int code;

	if (ctl->json)
		return command_misuse(args,
				      "a report is an archive, there is no JSON of it");
	code = open_any(ctl);
	if (code != OUT_OK)
		return code;
	if (report_begin(&report, ctl->nl) < 0)
		return out_error("out of memory");
	name_file(report.now, name, sizeof(name));
	if (path && !strcmp(path, "-"))
		code = write_stdout(&report, ctl->nl, flows);
	else
		code = write_report(&report, path ? path : name, ctl->nl,
				    flows);
	json_decref(report.manifest);
	return code;
}
