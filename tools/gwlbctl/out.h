/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to the user. See out.c. */

#ifndef _GWLBCTL_OUT_H
#define _GWLBCTL_OUT_H

#include <jansson.h>
#include <linux/types.h>
#include <stddef.h>

#define OUT_OK		0
#define OUT_FAILED	1
#define OUT_USAGE	2

int out_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void out_warning(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
int out_json(json_t *root);
json_int_t out_u64(__u64 value);
const char *out_span(__u64 milliseconds, char *text, size_t size);
const char *out_ago(__u64 milliseconds, char *text, size_t size);
const char *out_rate(double value, char *text, size_t size);
int out_finish(int code);

#endif /* _GWLBCTL_OUT_H */
