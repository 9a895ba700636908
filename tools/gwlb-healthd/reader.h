/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that reads the module. See reader.c. */

#ifndef _GWLB_HEALTHD_READER_H
#define _GWLB_HEALTHD_READER_H

#include <pthread.h>
#include <stdbool.h>

#include "page.h"

/**
 * struct reader - a thread that reads the module
 * @read: what it does
 * @thread: the thread
 * @lock: protects all that follows
 * @work: there is something to do
 * @event_fd: becomes readable when it is done
 * @wanted: is it to begin
 * @busy: was it told to begin, and its answer is not taken yet
 * @done: is there an answer
 * @quit: is it to end
 * @asked: what the answer is about
 * @answer: the answer
 */
struct reader {
	void (*read)(const struct asked *asked, struct page *answer);
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	int event_fd;
	bool wanted;
	bool busy;
	bool done;
	bool quit;
	struct asked asked;
	struct page answer;
};

int reader_start(struct reader *reader,
		 void (*read)(const struct asked *asked,
			      struct page *answer));
void reader_stop(struct reader *reader);
void reader_begin(struct reader *reader, const struct asked *asked);
bool reader_take(struct reader *reader, struct page *answer);

#endif /* _GWLB_HEALTHD_READER_H */
