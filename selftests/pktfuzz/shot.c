// SPDX-License-Identifier: GPL-2.0-only
/*
 * shot: one packet after the other, drawn from a seed. Owns the packets that
 * it begins with.
 *
 * A good part of the packets is right, or they would all end at the first
 * check. The others are right ones, rows of the table (selftests/cases), or
 * what the parser's fuzzer has found, with fields changed, parts moved, cut and
 * mixed (selftests/unit/mutate.c). Each of them then comes in some shape of
 * buffer. What comes depends on the seed alone, not on how it is sent.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shot.h"

static unsigned int below(struct shooter *s, unsigned int n)
{
	return mutate_below(&s->m, n);
}

static struct packet *new_seed(struct shooter *s, enum case_link link)
{
	struct packet *p = calloc(1, sizeof(*p));

	if (!p || s->n_seeds == SHOT_SEEDS)
		errx(1, "too many packets to begin with");
	s->link[s->n_seeds] = link;
	s->seeds[s->n_seeds++] = p;
	return p;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_seed(struct shooter *s, const char *dir, const char *name)
{
	struct packet *p = new_seed(s, LINK_HOST);
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "rb");
	if (!file)
		err(1, "%s", path);
	p->len = fread(p->data, 1, 4096, file);
	fclose(file);
	/* Fuzzers find how little is enough; a header there always is. */
	if (p->len < 20)
		p->len = 20;
	memcpy(p->data + 12, &s->stage->gwlb, 4);
	memcpy(p->data + 16, &s->stage->appliance, 4);
	mutate_repair_outer(p);
}

/* In the order of their names: a seed has to mean the same everywhere. */
static void read_corpus(struct shooter *s, const char *dir)
{
	char *names[SHOT_SEEDS];
	struct dirent *entry;
	unsigned int i, n = 0;
	DIR *d = opendir(dir);

	if (!d)
		err(1, "%s", dir);
	while ((entry = readdir(d)) && n < SHOT_SEEDS)
		if (entry->d_name[0] != '.')
			names[n++] = strdup(entry->d_name);
	closedir(d);
	qsort(names, n, sizeof(names[0]), by_name);
	for (i = 0; i < n; i++) {
		read_seed(s, dir, names[i]);
		free(names[i]);
	}
}

/**
 * shooter_init() - begin
 * @s: gets all that is needed
 * @stage: addresses
 * @corpus: directory with more packets to begin with
 * @seed: of the random numbers
 */
void shooter_init(struct shooter *s, const struct stage *stage,
		  const char *corpus, unsigned long long seed)
{
	const struct packet_case *row;

	memset(s, 0, sizeof(*s));
	s->stage = stage;
	s->d.state = seed * 0x9e3779b97f4a7c15ULL + 3;
	s->m.state = seed * 0xd1342543de82ef95ULL + 5;
	for (row = case_next(NULL); row; row = case_next(row))
		/* A device without link layer has no place here. */
		if (row->link != LINK_NONE)
			case_build(row, stage, new_seed(s, row->link));
	read_corpus(s, corpus);
}

static const struct packet *any_seed(struct shooter *s, enum case_link *link)
{
	unsigned int i = below(s, s->n_seeds);

	*link = s->link[i];
	return s->seeds[i];
}

/* What ip_rcv() would find */
static void spoil_outer(struct shooter *s, struct packet *p)
{
	unsigned int off = below(s, 20);

	switch (below(s, 4)) {
	case 0:
		p->data[off] ^= 1 << below(s, 8);
		break;
	case 1:
		p->data[off] = below(s, 256);
		break;
	case 2:
		packet_put16(p->data + 2, p->len + below(s, 65) - 32);
		break;
	default:
		p->data[0] = 0x40 + below(s, 16);
	}
	/* Or else only the checksum would ever be found wrong. */
	if (!below(s, 4))
		return;
	off = p->data[0] % 16 * 4;
	if (off < 20 || off > p->len)
		off = 20;
	packet_put16(p->data + 10, 0);
	packet_put16(p->data + 10, ~packet_sum(p->data, off, 0));
}

static void draw_packet(struct shooter *s, struct packet *p,
			enum case_link *link)
{
	enum case_link ignored;
	struct packet other;

	*link = LINK_HOST;
	if (below(s, 3))
		talk_build(s, p);
	else
		*p = *any_seed(s, link);
	if (below(s, 2))
		return;
	if (below(s, 2))
		talk_build(s, &other);
	else
		other = *any_seed(s, &ignored);
	mutate(&s->m, p, &other);
	if (!below(s, 12))
		spoil_outer(s, p);
}

/* Where the outer UDP header is, if a device could be told to finish it. */
static unsigned int checksum_start(const struct shot *shot)
{
	struct frame_view v = { shot->data, shot->size, shot->link };
	unsigned int len = host_len(&v);
	unsigned int udp = shot->data[0] % 16 * 4;

	return len >= udp + 8 && shot->data[9] == PROTO_UDP ? udp : 0;
}

/* Shapes of a buffer */
static void draw_shape(struct shooter *s, struct shot *shot)
{
	static const enum case_link links[] = {
		LINK_BROADCAST, LINK_MULTICAST, LINK_OTHERHOST,
	};

	if (!below(s, 64))
		shot->link = links[below(s, 3)];
	shot->linear = 14 + shot->size;
	if (below(s, 2))
		shot->linear = 14 + below(s, shot->size < 256 ? shot->size :
					  256);
	shot->unfinished = !below(s, 8) && checksum_start(shot);
}

/**
 * shot_draw() - draw a packet
 * @s: where it comes from
 * @shot: gets all but its fate
 */
void shot_draw(struct shooter *s, struct shot *shot)
{
	struct packet p;
	unsigned int i;

	draw_packet(s, &p, &shot->link);
	shot->number = s->n++;
	shot->segment = false;
	if (!below(s, 24))
		p.surplus = 1 + below(s, 40);
	memcpy(shot->data, p.data, p.len);
	shot->size = p.len + p.surplus;
	/* veth takes no more: the MTU and a VLAN tag. */
	if (shot->size > s->stage->mtu + 4)
		shot->size = s->stage->mtu + 4;
	for (i = p.len; i < shot->size; i++)
		shot->data[i] = p.data[i % 256] + i;
	/* Now and then a frame ends early. */
	if (!below(s, 256))
		shot->size = 1 + below(s, shot->size);
	draw_shape(s, shot);
}

/* As far as it matters those that the kernel makes; @len of all of it */
static void put_outer(const struct stage *stage, struct packet *p,
		      unsigned int len)
{
	p->len = len;
	p->data[0] = 0x45;
	p->data[8] = 64;
	p->data[9] = PROTO_UDP;
	memcpy(p->data + 12, &stage->gwlb, 4);
	memcpy(p->data + 16, &stage->appliance, 4);
	packet_reseal_ip(p);
	packet_put16(p->data + 20, 60000);
	packet_put16(p->data + 22, 6081);
	packet_put16(p->data + 24, len - 20);
}

/**
 * shot_draw_segment() - draw a datagram that is a part of an aggregate
 * @s: where it comes from
 * @shot: gets all but its fate
 * @size: its size, or 0 for any
 */
void shot_draw_segment(struct shooter *s, struct shot *shot,
		       unsigned int size)
{
	enum case_link link;
	struct packet p, segment;
	unsigned int udp, len;

	do {
		draw_packet(s, &p, &link);
		udp = p.data[0] % 16 * 4;
	} while (udp < 20 || p.len <= udp + 8 || p.len > 600);
	len = p.len - udp - 8;
	/* Others need not be cut then. */
	if (!size)
		size = 28 + len + below(s, 80);
	if (len > size - 28)
		len = size - 28;
	packet_start(&segment);
	memcpy(segment.data + 28, p.data + udp + 8, len);
	put_outer(s->stage, &segment, size);
	if (below(s, 8))
		mutate_repair_inner(&segment);
	memset(shot, 0, offsetof(struct shot, fate));
	memcpy(shot->data, segment.data, size);
	shot->size = size;
	shot->number = s->n++;
	shot->segment = true;
	shot->link = LINK_HOST;
}

/**
 * shot_sentinel() - a packet that is always returned
 * @s: for its addresses
 * @shot: gets all but its fate
 * @cookie: tells it from others
 */
void shot_sentinel(const struct shooter *s, struct shot *shot,
		   unsigned int cookie)
{
	__be32 src = htonl(PLAN_SENTINEL_SRC), dst = htonl(PLAN_SENTINEL_DST);
	struct packet p;

	packet_tunnel(&p, s->stage->gwlb, s->stage->appliance);
	packet_ipv4(&p, 0);
	memcpy(p.data + p.inner + 12, &src, 4);
	memcpy(p.data + p.inner + 16, &dst, 4);
	packet_udp(&p, PLAN_SENTINEL_PORT, PLAN_SENTINEL_PORT);
	packet_put32(p.data + p.inner - 4, cookie);
	packet_finish(&p);
	memcpy(shot->data, p.data, p.len);
	shot->size = p.len;
	shot->link = LINK_HOST;
	shot->linear = 14 + p.len;
	shot->unfinished = false;
	shot->segment = false;
}
