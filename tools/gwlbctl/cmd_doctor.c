// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor: what is wrong with this appliance, and what to do. doctor_examine.c
 * looks at the module and the host, doctor.c judges.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "ctl.h"
#include "doctor.h"
#include "netns.h"
#include "out.h"
#include "ticker.h"

/* Nothing is known, neither good nor bad */
#define UNKNOWN	2

const struct option_spec cmd_doctor_options[] = {
	{ "--interface", NULL, "DEV",
	  "the one that leads to the load balancer" },
	{ "--interval", NULL, "SECONDS",
	  "for how long to look at what moves" },
	{ NULL, NULL, NULL, NULL },
};

static void print(const struct doctor *doctor)
{
	const struct doctor_finding *finding;
	size_t i;

	for (i = 0; i < doctor->count; i++) {
		finding = &doctor->list[i];
		if (finding->unknown)
			out_warning("%s: it cannot be found out: %s",
				    doctor_name(finding->check),
				    finding->found);
		else
			printf("%s: %s\n    %s\n",
			       doctor_name(finding->check), finding->found,
			       finding->advice);
	}
}

/* A doctor who loads the module would find it loaded. */
static int open_loaded(struct ctl *ctl, int *err)
{
	*err = 0;
	if (ctl->netns && netns_enter(ctl->netns) < 0)
		return UNKNOWN;
	ctl->entered = true;
	*err = nl_open_loaded(&ctl->nl);
	return OUT_OK;
}

static int judge(const struct ctl *ctl, const struct doctor_facts *facts)
{
	struct doctor *doctor = malloc(sizeof(*doctor));
	int code = OUT_OK;

	if (!doctor) {
		out_error("out of memory");
		return UNKNOWN;
	}
	doctor_judge(facts, doctor);
	if (ctl->json)
		code = out_json(doctor_json(doctor)) == OUT_OK ? OUT_OK :
								 UNKNOWN;
	else
		print(doctor);
	if (code == OUT_OK && doctor_found(doctor))
		code = OUT_FAILED;
	free(doctor);
	return code;
}

/**
 * cmd_doctor() - gwlbctl doctor
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code: 0 if nothing is wrong, 1 if something is, 2 if that
 * could not be found out.
 */
int cmd_doctor(struct ctl *ctl, const struct args *args)
{
	const char *interval = command_option(args, "--interval");
	struct doctor_facts *facts;
	double seconds = 1;
	int code, err;

	if (interval && ticker_parse(interval, &seconds) < 0)
		return command_misuse(args,
				      "--interval: \"%s\" is not a number of seconds, 0.1 to 86400",
				      interval);
	code = open_loaded(ctl, &err);
	if (code != OUT_OK)
		return code;
	facts = calloc(1, sizeof(*facts));
	if (!facts) {
		out_error("out of memory");
		return UNKNOWN;
	}
	err = doctor_examine(ctl->nl, err,
			     command_option(args, "--interface"), seconds,
			     facts);
	if (err) {
		ctl_failed(ctl, err);
		code = UNKNOWN;
	} else {
		code = judge(ctl, facts);
	}
	doctor_free(facts);
	free(facts);
	return code;
}
