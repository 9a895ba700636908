/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told to those who ask. See page.c. */

#ifndef _GWLB_HEALTHD_PAGE_H
#define _GWLB_HEALTHD_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "health.h"

/**
 * struct page - what is told to those who ask
 * @status: HTTP's status code
 * @type: what @text is, as HTTP names it
 * @text: the body; NULL if there was no memory for it
 * @len: its length
 * @judged: is there a judgment in it
 * @health: the judgment
 */
struct page {
	unsigned int status;
	const char *type;
	char *text;
	size_t len;
	bool judged;
	struct health health;
};

/**
 * struct asked - what an answer is about, beside the module
 * @interface: the interface that leads to the load balancer; NULL to find it
 * @connections: connections that the server has
 * @late: how many it closed as they took too long
 * @crowded: how many it closed to make room for others
 */
struct asked {
	const char *interface;
	__u64 connections;
	__u64 late;
	__u64 crowded;
};

void page_health(const struct asked *asked, struct page *page);
void page_metrics(const struct asked *asked, struct page *page);
void page_no_health(const struct asked *asked, unsigned int seconds,
		    struct page *page);
void page_no_metrics(const struct asked *asked, unsigned int seconds,
		     struct page *page);

#endif /* _GWLB_HEALTHD_PAGE_H */
