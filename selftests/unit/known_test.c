// SPDX-License-Identifier: GPL-2.0-only
/*
 * known_test: module/known.c, by which rules share the values of matches that
 * are the same. What is the same is found, what is not is not, whatever their
 * hashes are, and however full it is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <linux/jhash.h>
#include <linux/netlink.h>
#include <string.h>
#include <unistd.h>

#include "known.h"

#define MOST	1030

/**
 * struct match - a match, which is only bytes here
 * @attr: its head
 * @payload: what it says
 */
struct match {
	struct nlattr attr;
	u32 payload;
};

unsigned int shim_allocations = -1U;

static u32 same_hash;
static bool all_the_same;

/* FNV-1a, or always the same */
u32 jhash(const void *key, u32 length, u32 initval)
{
	u32 i, hash = 2166136261U ^ initval;
	const u8 *bytes = key;

	if (all_the_same)
		return same_hash;
	for (i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 16777619U;
	return hash;
}

static struct match match_of(u32 payload)
{
	return (struct match){
		{ .nla_len = sizeof(struct match), .nla_type = 1 }, payload
	};
}

/* Nobody looks into conditions here, they only have to be others. */
static const struct gwlb_condition *condition_of(size_t number)
{
	static char conditions[MOST];

	return (const void *)&conditions[number];
}

static bool is_known(const struct gwlb_known *known, const struct match *m,
		     size_t number)
{
	const struct gwlb_known_match *place;

	place = gwlb_known_place(known, &m->attr);
	return place->match && place->condition == condition_of(number);
}

/* Puts @n matches there, each of which is new, and finds each of them again by
 * a copy of it, and none that is not there.
 */
static void fill(u32 n)
{
	static struct match matches[MOST];
	struct gwlb_known_match *place;
	struct gwlb_known known;
	struct match copy;
	u32 i, n_bad = 0;

	assert_int_equal(gwlb_known_init(&known, n), 0);
	for (i = 0; i < n; i++) {
		matches[i] = match_of(i);
		place = gwlb_known_place(&known, &matches[i].attr);
		assert_null(place->match);
		*place = (struct gwlb_known_match){
			&matches[i].attr, condition_of(i)
		};
	}
	for (i = 0; i < n; i++) {
		copy = match_of(i);
		n_bad += !is_known(&known, &copy, i);
	}
	assert_int_equal(n_bad, 0);
	copy = match_of(n);
	assert_null(gwlb_known_place(&known, &copy.attr)->match);
	gwlb_known_free(&known);
}

/* As many as there may be, also where that is near a power of two: if there
 * were no free place, it would look for one for ever.
 */
static void sizes(void **state)
{
	u32 n;

	(void)state;
	alarm(60);
	for (n = 0; n < MOST; n++)
		fill(n);
	alarm(0);
}

/* All at the same place, the first one and the last, which has none after it */
static void collisions(void **state)
{
	u32 n;

	(void)state;
	all_the_same = true;
	alarm(60);
	for (n = 0; n < 70; n++) {
		same_hash = 0;
		fill(n);
		same_hash = ~0U;
		fill(n);
	}
	alarm(0);
	all_the_same = false;
}

/* One byte is other, in the value or the type, or the length, with the same
 * hash; what comes after the end does not matter.
 */
static void differences(void **state)
{
	struct match first = match_of(0x01020304), other;
	struct gwlb_known_match *place;
	struct gwlb_known known;
	u32 i;

	(void)state;
	all_the_same = true;
	assert_int_equal(gwlb_known_init(&known, 2), 0);
	place = gwlb_known_place(&known, &first.attr);
	*place = (struct gwlb_known_match){ &first.attr, condition_of(0) };
	for (i = offsetof(struct match, attr.nla_type); i < sizeof(other);
	     i++) {
		other = first;
		((u8 *)&other)[i] ^= 0x80;
		assert_false(is_known(&known, &other, 0));
	}
	other = first;
	other.attr.nla_len--;
	assert_false(is_known(&known, &other, 0));
	first.attr.nla_len--;
	((u8 *)&other)[sizeof(other) - 1] ^= 0x80;
	assert_true(is_known(&known, &other, 0));
	gwlb_known_free(&known);
	all_the_same = false;
}

static void no_memory(void **state)
{
	struct gwlb_known known;

	(void)state;
	shim_allocations = 0;
	assert_int_not_equal(gwlb_known_init(&known, 10), 0);
	gwlb_known_free(&known);
	shim_allocations = -1U;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(collisions),
		cmocka_unit_test(differences),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
