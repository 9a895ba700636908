/* SPDX-License-Identifier: GPL-2.0-only */
/* An archive of what others need to know of this appliance. See report.c. */

#ifndef _GWLBCTL_REPORT_H
#define _GWLBCTL_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/**
 * struct report - an archive that is being made
 * @to: where it goes
 * @loaded: is the module loaded
 * @now: when it is made
 * @manifest: what was done for each of its files
 */
struct report {
	FILE *to;
	bool loaded;
	time_t now;
	json_t *manifest;
};

int report_begin(struct report *report, bool loaded);
int report_add_text(struct report *report, const char *name,
		    const char *text, size_t len, const char *error);
int report_add_outputs(struct report *report, bool flows);
int report_add_interface(struct report *report, const char *interface);
int report_end(struct report *report);

#endif /* _GWLBCTL_REPORT_H */
