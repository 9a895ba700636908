/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * talk: how bytes get to the module, and what comes back. Nothing is taken on
 * trust: an answer that is not as the protocol has it is a finding.
 */
#ifndef _TALK_H
#define _TALK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct talk - a conversation
 * @fd: its socket
 * @events: a socket that hears of events, or -1
 * @family: number of the family
 */
struct talk {
	int fd;
	int events;
	uint16_t family;
};

/** enum outcome - what became of a request */
enum outcome {
	ACCEPTED,
	REFUSED,
	IGNORED,
};

/**
 * struct answer - what came back
 * @outcome: what became of the request
 * @err: if it was refused, why: a number of errno.h
 * @told: it was refused with a sentence
 * @data: there were messages with data
 * @wrong: NULL, or what is wrong with the answer
 * @done: a dump was ended, or the request was answered
 */
struct answer {
	enum outcome outcome;
	int err;
	bool told;
	bool data;
	const char *wrong;
	bool done;
};

/**
 * typedef talk_fn - gets each message with data
 * @attrs: its attributes
 * @len: of them all
 * @arg: what was given with it
 */
typedef void talk_fn(const void *attrs, size_t len, void *arg);

void talk_open(struct talk *talk, bool events);
void talk_close(struct talk *talk);
int talk_send(struct talk *talk, const uint8_t *bytes, size_t len);
void talk_hear(struct talk *talk, const uint8_t *bytes, size_t len,
	       struct answer *answer, talk_fn *fn, void *arg);
void talk_ask(struct talk *talk, const uint8_t *bytes, size_t len,
	      struct answer *answer, talk_fn *fn, void *arg);
bool talk_happened(struct talk *talk);
bool talk_told_of(struct talk *talk, uint8_t cmd);

#endif
