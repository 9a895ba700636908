/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * native: what the two parts of the program know of each other. One is the
 * module and a little kernel around it, built as kernels are; the other is a
 * program like any other. They share no header but this one, which has only
 * types that C itself has.
 */
#ifndef _BENCH_NATIVE_H
#define _BENCH_NATIVE_H

/* Set in the draw of a flow: the packet comes from the side that answers */
#define NATIVE_REPLY	0x80000000U

/* So many packets arrive while the kernel's clock ticks once */
#define NATIVE_PER_TICK	1024

/**
 * typedef native_fn - something that is measured, done again and again
 * @draws: what it is done with, one number for each time
 * @n: how often
 *
 * Each time begins when the one before has read all that it reads, as if there
 * were more of a packet's way between the two.
 *
 * Return: how often the answer was right
 */
typedef unsigned long native_fn(const unsigned int *draws, unsigned long n);

/* What the kernel's part does */
int native_start(void);
unsigned long native_bytes(void);
void native_packet(const unsigned char *data, unsigned int len);
int native_flows(unsigned int from, unsigned int to);
int native_rules(const void *message);
int native_validate(const void *message);
int native_prepare(const void *message);
int native_index(void);
int native_replace(void);
void native_settle(void);
void native_choose(unsigned int set);

native_fn native_parse;
native_fn native_idle;
native_fn native_find;
native_fn native_hit;
native_fn native_ask;
native_fn native_member;
native_fn native_stranger;

/* What it asks for */
void *native_map(unsigned long bytes);
unsigned int native_random(void);
void native_fail(const char *why) __attribute__((noreturn));

#endif /* _BENCH_NATIVE_H */
