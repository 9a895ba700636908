// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory: where everything lies, and what it costs to read there.
 *
 * A kernel's memory is mapped in huge pages, so ours is, too: that of the
 * tables and that of what they are compared with.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"

#define HUGE_PAGE	(2UL << 20)
#define LINE		64

/**
 * struct link - one line of memory in a ring of them
 * @next: the next one
 * @rest: fills the line
 */
struct link {
	struct link *next;
	char rest[LINE - sizeof(void *)];
};

static struct link *at;

/**
 * native_map() - memory for the kernel's part
 * @bytes: how much; what is not used takes none
 *
 * Return: the memory, all 0
 */
void *native_map(unsigned long bytes)
{
	char *map = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t off;

	if (map == MAP_FAILED)
		err(1, "mmap");
	off = -(uintptr_t)map % HUGE_PAGE;
	if (madvise(map + off, bytes, MADV_HUGEPAGE))
		warn("no huge pages");
	return map + off;
}

/**
 * huge_kilobytes() - how much of all memory is in huge pages?
 *
 * Return: kilobytes
 */
unsigned long huge_kilobytes(void)
{
	unsigned long kb = 0;
	char line[256];
	FILE *f;

	f = fopen("/proc/self/smaps_rollup", "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "AnonHugePages: %lu", &kb) == 1)
			break;
	fclose(f);
	return kb;
}

/**
 * native_random() - draw a number
 *
 * The same numbers in each run of the program (xorshift).
 *
 * Return: the number
 */
unsigned int native_random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}

/**
 * random_below() - draw a number
 * @n: is more than the number
 *
 * Return: the number
 */
unsigned int random_below(unsigned int n)
{
	return (uint64_t)native_random() * n >> 32;
}

/**
 * shuffle() - put a list into an order that nobody can guess
 * @list: the list
 * @n: its length
 */
void shuffle(unsigned int *list, size_t n)
{
	unsigned int swap;
	size_t i, k;

	for (i = n; i > 1; i--) {
		k = random_below(i);
		swap = list[k];
		list[k] = list[i - 1];
		list[i - 1] = swap;
	}
}

/**
 * chase_prepare() - make a ring through all lines of some memory, in an order
 *		     that nobody can guess
 * @bytes: how much memory
 */
void chase_prepare(unsigned long bytes)
{
	static struct link *ring;
	static size_t mapped;
	struct link *swap;
	size_t i, k, n = bytes / LINE;

	if (ring)
		munmap(ring, mapped);
	mapped = n * LINE;
	ring = native_map(mapped);
	for (i = 0; i < n; i++)
		ring[i].next = &ring[i];
	/* One ring it is because none is exchanged with itself. */
	for (i = n - 1; i > 0; i--) {
		k = random_below(i);
		swap = ring[i].next;
		ring[i].next = ring[k].next;
		ring[k].next = swap;
	}
	at = ring;
}

/**
 * chase() - read memory here and there, each time where the last read said
 * @draws: nothing
 * @n: how often
 *
 * Return: @n
 */
unsigned long chase(const unsigned int *draws, unsigned long n)
{
	struct link *link = at;
	unsigned long i;

	(void)draws;
	for (i = 0; i < n; i++)
		link = link->next;
	at = link;
	return at ? n : 0;
}
