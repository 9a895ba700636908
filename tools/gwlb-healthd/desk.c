// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thing that can be asked for, and those who wait for it: their questions
 * are answered by a reader all at once, or, if it takes too long, by saying
 * so. Who asks while it reads waits for the next time, as what it reads may be
 * older than his question. Owns the reader, and the pages that are on their
 * way; the clients are the server's.
 */

#include <stdlib.h>

#include "desk.h"

static void clients_init(struct clients *clients)
{
	clients->first = NULL;
	clients->last = &clients->first;
}

static void clients_add(struct clients *clients, struct client *client)
{
	client->next = NULL;
	*clients->last = client;
	clients->last = &client->next;
}

static struct client *clients_pop(struct clients *clients)
{
	struct client *client = clients->first;

	clients->first = client->next;
	if (!clients->first)
		clients->last = &clients->first;
	return client;
}

/**
 * told_new() - make a response of a page
 * @page: the page, whose text is taken
 *
 * Return: the response with one reference, or NULL if there is no memory.
 */
struct told *told_new(const struct page *page)
{
	struct told *told = calloc(1, sizeof(*told));

	if (told && page->text)
		told->response =
			MHD_create_response_from_buffer(page->len, page->text,
							MHD_RESPMEM_MUST_FREE);
	if (!told || !told->response) {
		free(page->text);
		free(told);
		return NULL;
	}
	told->status = page->status;
	told->refs = 1;
	MHD_add_response_header(told->response, MHD_HTTP_HEADER_CONNECTION,
				"close");
	MHD_add_response_header(told->response, MHD_HTTP_HEADER_CACHE_CONTROL,
				"no-store");
	MHD_add_response_header(told->response, MHD_HTTP_HEADER_CONTENT_TYPE,
				page->type);
	return told;
}

/**
 * told_put() - give a reference back
 * @told: the response, or NULL
 */
void told_put(struct told *told)
{
	if (!told || --told->refs)
		return;
	MHD_destroy_response(told->response);
	free(told);
}

/* All in a queue are told the same, and go on. If there was no memory for it,
 * they are told nothing: the server closes their connections.
 */
static void tell(struct clients *clients, struct told *told)
{
	struct client *client;

	while (clients->first) {
		client = clients_pop(clients);
		if (told)
			told->refs++;
		client->told = told;
		MHD_resume_connection(client->mhd);
	}
}

static void tell_page(struct clients *clients, const struct page *page,
		      struct journal *journal)
{
	struct told *told;

	if (page->judged)
		journal_health(journal, &page->health);
	told = told_new(page);
	tell(clients, told);
	told_put(told);
}

/**
 * desk_start() - start the reader
 * @desk: the desk, of which all that does not change is filled in
 *
 * Return: 0 or a negative errno.
 */
int desk_start(struct desk *desk)
{
	clients_init(&desk->waiting);
	clients_init(&desk->served);
	return reader_start(&desk->reader, desk->read);
}

/**
 * desk_stop() - end the reader
 * @desk: the desk; nobody may wait there any more
 */
void desk_stop(struct desk *desk)
{
	reader_stop(&desk->reader);
}

/**
 * desk_ask() - somebody asks
 * @desk: here
 * @client: this one, who is resumed when there is an answer
 * @now: what time it is, in milliseconds
 */
void desk_ask(struct desk *desk, struct client *client, __u64 now)
{
	client->asked = now;
	clients_add(&desk->waiting, client);
	MHD_suspend_connection(client->mhd);
}

static void lose_patience(struct desk *desk, struct clients *clients,
			  const struct asked *asked, struct journal *journal,
			  __u64 now)
{
	struct clients late;
	struct page page;

	clients_init(&late);
	while (clients->first &&
	       clients->first->asked + desk->patience <= now)
		clients_add(&late, clients_pop(clients));
	if (!late.first)
		return;
	desk->silent(asked, desk->patience / 1000, &page);
	tell_page(&late, &page, journal);
}

/**
 * desk_answer() - tell what the reader has read, or that it has not
 * @desk: the desk
 * @asked: what an answer is about that is not the reader's
 * @journal: is told of changes of health
 * @now: what time it is, in milliseconds
 */
void desk_answer(struct desk *desk, const struct asked *asked,
		 struct journal *journal, __u64 now)
{
	struct page page;

	if (reader_take(&desk->reader, &page)) {
		desk->reading = false;
		desk->rested = now + desk->pause;
		tell_page(&desk->served, &page, journal);
	}
	lose_patience(desk, &desk->served, asked, journal, now);
	lose_patience(desk, &desk->waiting, asked, journal, now);
}

/**
 * desk_is_due() - is it time to read
 * @desk: the desk
 * @now: what time it is, in milliseconds
 *
 * Return: true if somebody waits for it, and the reader is ready.
 */
bool desk_is_due(const struct desk *desk, __u64 now)
{
	return desk->waiting.first && !desk->reading && now >= desk->rested;
}

/**
 * desk_read() - have the reader read, for all who wait now
 * @desk: the desk, whose reader is not at work
 * @asked: what it is about
 */
void desk_read(struct desk *desk, const struct asked *asked)
{
	reader_begin(&desk->reader, asked);
	desk->reading = true;
	while (desk->waiting.first)
		clients_add(&desk->served, clients_pop(&desk->waiting));
}

/**
 * desk_dismiss() - let all go who wait, without an answer
 * @desk: the desk
 */
void desk_dismiss(struct desk *desk)
{
	tell(&desk->served, NULL);
	tell(&desk->waiting, NULL);
}

static void drop_doomed(struct clients *clients)
{
	struct clients all = *clients, doomed;
	struct client *client;

	if (!all.first)
		return;
	clients_init(clients);
	clients_init(&doomed);
	while (all.first) {
		client = clients_pop(&all);
		clients_add(client->conn.list ? clients : &doomed, client);
	}
	tell(&doomed, NULL);
}

/**
 * desk_drop_doomed() - let those go who were told to make room for others
 * @desk: the desk
 *
 * While they wait here libmicrohttpd does not look at their sockets, and counts
 * them.
 */
void desk_drop_doomed(struct desk *desk)
{
	drop_doomed(&desk->served);
	drop_doomed(&desk->waiting);
}

static __u64 sooner(__u64 a, __u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/**
 * desk_next() - when there will be something to do, unless the reader is first
 * @desk: the desk
 *
 * Return: when somebody loses patience, or when the reader has rested, in
 * milliseconds; 0 for neither.
 */
__u64 desk_next(const struct desk *desk)
{
	__u64 next = 0;

	if (desk->served.first)
		next = desk->served.first->asked + desk->patience;
	if (desk->waiting.first)
		next = sooner(next, desk->waiting.first->asked +
			      desk->patience);
	if (desk->waiting.first && !desk->reading)
		next = sooner(next, desk->rested);
	return next;
}
