/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shot: one packet after the other, drawn from a seed. See shot.c.
 */
#ifndef _PKTFUZZ_SHOT_H
#define _PKTFUZZ_SHOT_H

#include "cases.h"
#include "match_draw.h"
#include "model.h"
#include "mutate.h"

#define SHOT_SIZE	(PACKET_MAX + 64)
#define SHOT_RECENT	16
#define SHOT_SEEDS	512

/**
 * struct shot - one frame, behind its Ethernet header
 * @data: its bytes
 * @size: how many, with padding
 * @link: to whom it goes
 * @linear: how many bytes of it, Ethernet header included, are in one piece
 * @unfinished: the outer UDP checksum is left to the device
 * @segment: it is sent as a part of an aggregate, so the kernel makes its outer
 *	headers
 * @number: number of the packet in this run
 * @fate: what has to become of it
 */
struct shot {
	__u8 data[SHOT_SIZE];
	unsigned int size;
	enum case_link link;
	unsigned int linear;
	bool unfinished;
	bool segment;
	unsigned long number;
	struct fate fate;
};

/**
 * struct shooter - where packets come from
 * @d: random numbers for what is like the rules
 * @m: random numbers for all else
 * @stage: addresses
 * @seeds: packets to begin with: the table and a fuzzer's corpus
 * @link: how each of them is sent
 * @n_seeds: how many
 * @recent: conversations that go on
 * @n: how many packets there were
 */
struct shooter {
	struct drawer d;
	struct mutator m;
	const struct stage *stage;
	struct packet *seeds[SHOT_SEEDS];
	enum case_link link[SHOT_SEEDS];
	unsigned int n_seeds;
	struct gwlb_subject recent[SHOT_RECENT];
	unsigned long n;
};

void shooter_init(struct shooter *s, const struct stage *stage,
		  const char *corpus, unsigned long long seed);
void shot_draw(struct shooter *s, struct shot *shot);
void shot_draw_segment(struct shooter *s, struct shot *shot,
		       unsigned int size);
void shot_sentinel(const struct shooter *s, struct shot *shot,
		   unsigned int cookie);

/* What is sent from the outside in */
void talk_build(struct shooter *s, struct packet *p);

#endif /* _PKTFUZZ_SHOT_H */
