// SPDX-License-Identifier: GPL-2.0-only
/*
 * hash_test: module/flow_hash.h, by which flows have their places. Whatever the
 * secret is, flows that differ as a client's connections do lie as evenly as if
 * they were thrown.
 *
 * In a table with as many places as flows, each has 16 or more with a chance of
 * 2e-14 (Poisson); at 16 the kernel's table wants to grow or to be hashed anew,
 * and takes no flow if it is busy with that.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "flow_hash.h"

#define SECRETS		2000
#define SMALLEST	64
#define BIGGEST		4096
#define ELASTICITY	16

/**
 * struct key - what of a flow's key is not the same in all of them
 * @low: address of one side, as in the packet
 * @high: of the other
 * @low_port: port of the one, as in the packet
 * @high_port: of the other
 */
struct key {
	u32 low;
	u32 high;
	u16 low_port;
	u16 high_port;
};

/* Flow number @n */
typedef struct key key_fn(u32 n);

/* splitmix64, the same in each run */
static u64 draw(u64 *state)
{
	u64 x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static u32 hash(const u64 *secret, const struct key *key)
{
	u32 ports;

	memcpy(&ports, &key->low_port, sizeof(ports));
	return gwlb_flow_spread(gwlb_flow_sum(secret, 0x0123456789abcdefULL,
					      ports, AF_INET << 8 | IPPROTO_TCP,
					      key->low, key->high));
}

static struct key client(u32 n)
{
	return (struct key) {
		.low = htonl(0x0a000001), .low_port = htons(n),
		.high = htonl(0x0a000002), .high_port = htons(443),
	};
}

/* The client has the higher address. */
static struct key client_high(u32 n)
{
	return (struct key) {
		.low = htonl(0x0a000001), .low_port = htons(443),
		.high = htonl(0x0a000002), .high_port = htons(32768 + n),
	};
}

/* As connect() takes them: each second one */
static struct key client_even(u32 n)
{
	return client_high(2 * n);
}

/* Somebody looks who is there. */
static struct key scan(u32 n)
{
	return (struct key) {
		.low = htonl(0x0a000001), .low_port = htons(40000),
		.high = htonl(0x0a000100 + n), .high_port = htons(22),
	};
}

static struct key scan_ports(u32 n)
{
	struct key key = scan(n);

	key.low_port = htons(32768 + n);
	return key;
}

/* 64 clients, each with as many connections as all have */
static struct key clients(u32 n)
{
	struct key key = client_high(n / 64);

	key.high = htonl(0x0a000100 + n % 64);
	return key;
}

/* How many of @n flows have the same place in a table of that size, at most */
static u32 most(const u64 *secret, key_fn *nth, u32 size)
{
	u16 flows[BIGGEST] = {};
	u32 i, found = 0;
	struct key key;
	u32 place;

	for (i = 0; i < size; i++) {
		key = nth(i);
		place = hash(secret, &key) & (size - 1);
		if (++flows[place] > found)
			found = flows[place];
	}
	return found;
}

static void crowd(void **state)
{
	u64 secret[GWLB_FLOW_SECRETS];
	key_fn *nth = (key_fn *)*state;
	u64 random = 1;
	u32 i, j, size;

	for (i = 0; i < SECRETS; i++) {
		for (j = 0; j < GWLB_FLOW_SECRETS; j++)
			secret[j] = draw(&random);
		for (size = SMALLEST; size <= BIGGEST; size *= 4)
			assert_in_range(most(secret, nth, size), 1,
					ELASTICITY - 1);
	}
}

/* Secrets that make the sums of ports one after the other differ by nothing
 * but one in their lowest bits, or in the highest
 */
static void steps(void **state)
{
	u64 secret[GWLB_FLOW_SECRETS] = {};
	u32 bit, size;

	(void)state;
	for (bit = 0; bit < 48; bit++) {
		secret[3] = (1ULL << bit) - (AF_INET << 8 | IPPROTO_TCP);
		for (size = SMALLEST; size <= BIGGEST; size *= 4)
			assert_in_range(most(secret, client, size), 1,
					ELASTICITY - 1);
	}
}

#define CROWD(keys) { #keys, crowd, NULL, NULL, (void *)(keys) }

int main(void)
{
	const struct CMUnitTest tests[] = {
		CROWD(client),
		CROWD(client_high),
		CROWD(client_even),
		CROWD(scan),
		CROWD(scan_ports),
		CROWD(clients),
		cmocka_unit_test(steps),
	};

	cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
