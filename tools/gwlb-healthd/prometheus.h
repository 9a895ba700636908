/* SPDX-License-Identifier: GPL-2.0-only */
/* Prometheus' text format, version 0.0.4. See prometheus.c. */

#ifndef _GWLB_HEALTHD_PROMETHEUS_H
#define _GWLB_HEALTHD_PROMETHEUS_H

#include <linux/types.h>
#include <stdio.h>

#define PROMETHEUS_TYPE	"text/plain; version=0.0.4; charset=utf-8"

void prometheus_family(FILE *to, const char *name, const char *type,
		       const char *help);
void prometheus_sample(FILE *to, const char *name, __u64 value, ...)
	__attribute__((sentinel));

#endif /* _GWLB_HEALTHD_PROMETHEUS_H */
