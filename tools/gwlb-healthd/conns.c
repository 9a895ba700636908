// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is connected, and for how long already: nobody has more than so much
 * time to put his question, and as much to read the answer; and when there are
 * too many, the one goes who has had most of it.
 *
 * That is what keeps the door open: an honest client needs milliseconds, so
 * among the slowest of thousands there is none of them. If the newest were
 * refused instead, a few thousand silent connections would lock everybody out
 * for as long as the first of them lasts. Who waits for the answer does so for
 * reasons of ours, and goes only if there is nobody else. Pure, but for
 * calling @doom.
 */

#include "conns.h"

static void leave(struct conn *conn)
{
	struct conn_list *list = conn->list;

	if (conn->before)
		conn->before->after = conn->after;
	else
		list->first = conn->after;
	if (conn->after)
		conn->after->before = conn->before;
	else
		list->last = conn->before;
	conn->list = NULL;
}

static void enter(struct conn_list *list, struct conn *conn, __u64 now)
{
	conn->list = list;
	conn->since = now;
	conn->after = NULL;
	conn->before = list->last;
	if (list->last)
		list->last->after = conn;
	else
		list->first = conn;
	list->last = conn;
}

static void doom(struct conns *conns, struct conn *conn, __u64 *counter)
{
	leave(conn);
	conns->count--;
	(*counter)++;
	conns->doom(conn);
}

/**
 * conns_add() - somebody has connected
 * @conns: all connections
 * @conn: the new one
 * @now: what time it is, in milliseconds
 */
void conns_add(struct conns *conns, struct conn *conn, __u64 now)
{
	enter(&conns->talking, conn, now);
	conns->count++;
	if (conns->count <= conns->max)
		return;
	if (conns->talking.first != conn)
		doom(conns, conns->talking.first, &conns->crowded);
	else if (conns->waiting.first)
		doom(conns, conns->waiting.first, &conns->crowded);
}

/**
 * conns_wait() - a question is complete
 * @conns: all connections
 * @conn: whose question
 * @now: what time it is, in milliseconds
 */
void conns_wait(struct conns *conns, struct conn *conn, __u64 now)
{
	if (!conn->list)
		return;
	leave(conn);
	enter(&conns->waiting, conn, now);
}

/**
 * conns_talk() - there is an answer
 * @conns: all connections
 * @conn: for whom
 * @now: what time it is, in milliseconds
 */
void conns_talk(struct conns *conns, struct conn *conn, __u64 now)
{
	if (!conn->list)
		return;
	leave(conn);
	enter(&conns->talking, conn, now);
}

/**
 * conns_remove() - somebody is gone
 * @conns: all connections
 * @conn: this one
 */
void conns_remove(struct conns *conns, struct conn *conn)
{
	if (!conn->list)
		return;
	leave(conn);
	conns->count--;
}

/**
 * conns_expire() - tell all to go who took too long
 * @conns: all connections
 * @now: what time it is, in milliseconds
 */
void conns_expire(struct conns *conns, __u64 now)
{
	while (conns->talking.first && conns_next(conns) <= now)
		doom(conns, conns->talking.first, &conns->late);
}

/**
 * conns_next() - when conns_expire() will have something to do
 * @conns: all connections
 *
 * Return: that time, in milliseconds; 0 if nobody has to be told.
 */
__u64 conns_next(const struct conns *conns)
{
	const struct conn *first = conns->talking.first;

	return first ? first->since + conns->lifetime : 0;
}
