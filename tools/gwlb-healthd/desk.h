/* SPDX-License-Identifier: GPL-2.0-only */
/* One thing that can be asked for, and those who wait for it. See desk.c. */

#ifndef _GWLB_HEALTHD_DESK_H
#define _GWLB_HEALTHD_DESK_H

#include <linux/types.h>
#include <microhttpd.h>
#include <stdbool.h>

#include "conns.h"
#include "journal.h"
#include "page.h"
#include "reader.h"

/**
 * struct told - a page on its way to those who asked for it
 * @status: HTTP's status code
 * @response: the page
 * @refs: how many clients it is meant for, and one for who made it
 */
struct told {
	unsigned int status;
	struct MHD_Response *response;
	unsigned int refs;
};

/**
 * struct client - one connection
 * @conn: its place among the others
 * @mhd: what libmicrohttpd calls it
 * @fd: its socket
 * @next: the next one in a queue
 * @asked: when it asked, in milliseconds
 * @told: what it is told, once that is known
 */
struct client {
	struct conn conn;
	struct MHD_Connection *mhd;
	int fd;
	struct client *next;
	__u64 asked;
	struct told *told;
};

/**
 * struct clients - a queue
 * @first: who asked first
 * @last: where the next one is put
 */
struct clients {
	struct client *first;
	struct client **last;
};

/**
 * struct desk - one thing that can be asked for
 * @url: its name
 * @patience: how long clients wait, in milliseconds
 * @pause: how long @reader has to rest, in milliseconds
 * @read: what @reader does
 * @silent: what clients are told who have waited for so long
 * @reader: who knows
 * @reading: is @reader at work
 * @rested: when it will have rested
 * @waiting: who asked after @reader began
 * @served: who asked before
 */
struct desk {
	const char *url;
	unsigned int patience;
	unsigned int pause;
	void (*read)(const struct asked *asked, struct page *page);
	void (*silent)(const struct asked *asked, unsigned int seconds,
		       struct page *page);
	struct reader reader;
	bool reading;
	__u64 rested;
	struct clients waiting;
	struct clients served;
};

struct told *told_new(const struct page *page);
void told_put(struct told *told);

int desk_start(struct desk *desk);
void desk_stop(struct desk *desk);
void desk_ask(struct desk *desk, struct client *client, __u64 now);
void desk_answer(struct desk *desk, const struct asked *asked,
		 struct journal *journal, __u64 now);
void desk_read(struct desk *desk, const struct asked *asked);
void desk_dismiss(struct desk *desk);
void desk_drop_doomed(struct desk *desk);
bool desk_is_due(const struct desk *desk, __u64 now);
__u64 desk_next(const struct desk *desk);

#endif /* _GWLB_HEALTHD_DESK_H */
