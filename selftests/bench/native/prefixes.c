// SPDX-License-Identifier: GPL-2.0-only
/*
 * prefixes: draws prefixes for a set, and addresses that are in one of them or
 * in none. Which are, is known here by a list of intervals.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

/* How often each length occurs, of 100: somewhat like routes of the Internet,
 * and single addresses as in lists of what is to be blocked.
 */
static const struct {
	unsigned int len;
	unsigned int share;
} mix[] = {
	{ 16, 2 }, { 19, 3 }, { 20, 5 }, { 21, 5 }, { 22, 10 }, { 23, 10 },
	{ 24, 50 }, { 28, 5 }, { 32, 10 },
};

/**
 * struct prefix - one prefix
 * @first: its first address
 * @len: its length
 */
struct prefix {
	unsigned int first;
	unsigned int len;
};

/**
 * struct prefixes - many of them
 * @n: how many
 * @list: in ascending order, the longer first where two begin alike
 * @end: for each the last address of it and all before it
 */
struct prefixes {
	unsigned int n;
	struct prefix *list;
	unsigned int *end;
};

static unsigned int last_of(const struct prefix *p)
{
	return p->first | (unsigned int)(0xffffffffULL >> p->len);
}

static unsigned int draw_len(void)
{
	unsigned int i, share = random_below(100);

	for (i = 0; share >= mix[i].share; i++)
		share -= mix[i].share;
	return mix[i].len;
}

static int compare(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (int)y->len - (int)x->len;
}

/* Puts them in order; of those that are there twice one stays. */
static void sort(struct prefixes *p)
{
	unsigned int i, n = 0;

	qsort(p->list, p->n, sizeof(*p->list), compare);
	for (i = 0; i < p->n; i++)
		if (!n || compare(&p->list[n - 1], &p->list[i]))
			p->list[n++] = p->list[i];
	p->n = n;
}

/**
 * prefixes_draw() - draw prefixes of all lengths, anywhere in 1.0.0.0 to
 *		     223.255.255.255
 * @n: how many
 *
 * Return: the prefixes
 */
struct prefixes *prefixes_draw(unsigned int n)
{
	struct prefixes *p = calloc(1, sizeof(*p));
	unsigned int i;

	if (!p)
		err(1, NULL);
	p->list = calloc(n, sizeof(*p->list));
	p->end = calloc(n, sizeof(*p->end));
	if (!p->list || !p->end)
		err(1, NULL);
	while (p->n < n) {
		for (; p->n < n; p->n++) {
			p->list[p->n].len = draw_len();
			p->list[p->n].first = (0x01000000 +
				random_below(0xdf000000)) &
				~(unsigned int)(0xffffffffULL >>
						p->list[p->n].len);
		}
		sort(p);
	}
	for (i = 0; i < n; i++) {
		p->end[i] = last_of(&p->list[i]);
		if (i && p->end[i - 1] > p->end[i])
			p->end[i] = p->end[i - 1];
	}
	return p;
}

/**
 * prefixes_print() - write them down, for a rules file
 * @p: the prefixes
 * @file: where to, a FILE
 */
void prefixes_print(const struct prefixes *p, void *file)
{
	struct in_addr address;
	unsigned int i;

	for (i = 0; i < p->n; i++) {
		address.s_addr = htonl(p->list[i].first);
		fprintf(file, "%s%s/%u", i ? ",\n" : "", inet_ntoa(address),
			p->list[i].len);
	}
}

static bool has(const struct prefixes *p, unsigned int address)
{
	unsigned int low = 0, high = p->n, middle;

	/* The last that begins at or before the address */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->list[middle].first <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && p->end[low - 1] >= address;
}

/**
 * prefixes_members() - draw addresses that are in a prefix
 * @p: the prefixes, each of which is as likely as another
 * @draws: gets the addresses
 * @n: how many
 */
void prefixes_members(const struct prefixes *p, unsigned int *draws, size_t n)
{
	const struct prefix *one;
	size_t i;

	for (i = 0; i < n; i++) {
		one = &p->list[random_below(p->n)];
		draws[i] = one->first |
			(native_random() & (last_of(one) - one->first));
	}
}

/**
 * prefixes_strangers() - draw addresses that are in none
 * @p: the prefixes
 * @draws: gets the addresses
 * @n: how many
 */
void prefixes_strangers(const struct prefixes *p, unsigned int *draws,
			size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		do
			draws[i] = 0x01000000 + random_below(0xdf000000);
		while (has(p, draws[i]));
}
