/* SPDX-License-Identifier: GPL-2.0-only */
/* What a region consists of, on the command line. */
#ifndef GWLBSIM_REGION_H
#define GWLBSIM_REGION_H

#include <stdbool.h>

#include "options.h"

bool region_gwlb(struct options *opt, char *text);
bool region_appliance(struct options *opt, char *text);
bool region_endpoint(struct options *opt, char *text);
bool region_complete(struct options *opt);

#endif
