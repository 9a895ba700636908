// SPDX-License-Identifier: GPL-2.0-only
/*
 * version: of this program and of the module, which are installed and loaded
 * separately. Talks to the module through config.c.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "config.h"
#include "ctl.h"
#include "out.h"

static int print_version(const struct ctl *ctl, const char *module)
{
	if (ctl->json)
		return out_json(json_pack("{s:s, s:s?}", "gwlbctl", VERSION,
					  "module", module));

	printf("gwlbctl %s\n", VERSION);
	printf("module %s\n", module ? module : "is not loaded");
	if (module && strcmp(module, VERSION) != 0)
		puts("the versions differ: what one of them knows the other may not");
	return OUT_OK;
}

/**
 * cmd_version() - gwlbctl version
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code; a module that is not loaded is no error here.
 */
int cmd_version(struct ctl *ctl, const struct args *args)
{
	struct config config;
	int code, err;

	(void)args;
	switch (ctl_try_open(ctl)) {
	case 0:
		break;
	case -ENOENT:
		return print_version(ctl, NULL);
	default:
		return OUT_FAILED;
	}

	err = config_get(ctl->nl, &config);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else
		code = print_version(ctl, config.version);
	config_free(&config);
	return code;
}
