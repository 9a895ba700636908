// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread that reads the module. Netlink's requests are carried out within
 * sendmsg(), behind locks that a change of rules, or of the host's network,
 * may hold for seconds: whoever waits for that must not be the one who talks
 * to the clients. There is one for each kind of answer, so that a long list of
 * counters does not delay a health check, and it reads once for all who have
 * asked before it began, so that many clients are no more work for the module
 * than one.
 */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "reader.h"

static void *run(void *data)
{
	struct reader *reader = data;
	struct page answer;
	struct asked asked;

	pthread_mutex_lock(&reader->lock);
	while (!reader->quit) {
		if (!reader->wanted) {
			pthread_cond_wait(&reader->work, &reader->lock);
			continue;
		}
		reader->wanted = false;
		asked = reader->asked;
		pthread_mutex_unlock(&reader->lock);

		reader->read(&asked, &answer);

		pthread_mutex_lock(&reader->lock);
		reader->answer = answer;
		reader->done = true;
		/* it holds at most one: this cannot fail */
		eventfd_write(reader->event_fd, 1);
	}
	pthread_mutex_unlock(&reader->lock);
	return NULL;
}

/**
 * reader_start() - start the thread
 * @reader: the thread
 * @read: what it does
 *
 * Return: 0 or a negative errno.
 */
int reader_start(struct reader *reader,
		 void (*read)(const struct asked *asked,
			      struct page *answer))
{
	sigset_t all, before;
	int err;

	*reader = (struct reader) { .read = read };
	reader->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (reader->event_fd < 0)
		return -errno;
	pthread_mutex_init(&reader->lock, NULL);
	pthread_cond_init(&reader->work, NULL);

	/* signals are for the thread that waits for them */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&reader->thread, NULL, run, reader);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		close(reader->event_fd);
	return -err;
}

/**
 * reader_stop() - end the thread, unless it is stuck
 * @reader: the thread
 */
void reader_stop(struct reader *reader)
{
	bool stuck;

	pthread_mutex_lock(&reader->lock);
	reader->quit = true;
	stuck = reader->busy && !reader->done;
	pthread_cond_signal(&reader->work);
	pthread_mutex_unlock(&reader->lock);
	/* the end of the process will not wait for it, so neither do we */
	if (stuck)
		return;
	pthread_join(reader->thread, NULL);
	if (reader->done)
		free(reader->answer.text);
	close(reader->event_fd);
	pthread_cond_destroy(&reader->work);
	pthread_mutex_destroy(&reader->lock);
}

/**
 * reader_begin() - have it read; it must not be at work
 * @reader: the thread
 * @asked: what the answer is about
 */
void reader_begin(struct reader *reader, const struct asked *asked)
{
	pthread_mutex_lock(&reader->lock);
	reader->busy = true;
	reader->wanted = true;
	reader->asked = *asked;
	pthread_cond_signal(&reader->work);
	pthread_mutex_unlock(&reader->lock);
}

/**
 * reader_take() - take what it has read
 * @reader: the thread
 * @answer: filled in
 *
 * Return: false if there is nothing.
 */
bool reader_take(struct reader *reader, struct page *answer)
{
	eventfd_t value;
	bool done;

	eventfd_read(reader->event_fd, &value);
	pthread_mutex_lock(&reader->lock);
	done = reader->done;
	if (done) {
		*answer = reader->answer;
		reader->done = false;
		reader->busy = false;
	}
	pthread_mutex_unlock(&reader->lock);
	return done;
}
