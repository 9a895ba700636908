/* SPDX-License-Identifier: GPL-2.0-only */
/* One packet of a load balancer, taken apart. See geneve.c. */

#ifndef _GWLBCTL_GENEVE_H
#define _GWLBCTL_GENEVE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

/* As many as there is room for in 63 words */
#define GENEVE_OPTIONS	63

#define GENEVE_HEADER	8
#define GENEVE_UDP	8
/* In the type of an option: who does not know it shall drop the packet */
#define GENEVE_CRITICAL	0x80

/* What an option says: 31 words in hexadecimal digits */
#define GENEVE_VALUE	(31 * 8 + 1)

/* Which of GWLB's options it is; numbers of its class */
enum geneve_known {
	GENEVE_UNKNOWN,
	GENEVE_ENDPOINT,
	GENEVE_ATTACHMENT,
	GENEVE_COOKIE,
};

/* What the outer UDP checksum is */
enum geneve_checksum {
	GENEVE_SUM_UNKNOWN,
	GENEVE_SUM_NONE,
	GENEVE_SUM_RIGHT,
	GENEVE_SUM_WRONG,
	GENEVE_SUMS,
};

/* Who decides what becomes of the packet */
enum geneve_judge {
	GENEVE_BY_MODULE,
	GENEVE_BY_HOST,
	GENEVE_BY_NOBODY,
};

/**
 * struct geneve_option - one Geneve option
 * @at: where it begins
 * @class: its class
 * @type: its type, with the critical bit
 * @len: how many bytes it has behind its header of 4
 * @known: which one of GWLB's it is
 */
struct geneve_option {
	size_t at;
	__u16 class;
	__u8 type;
	__u8 len;
	enum geneve_known known;
};

/**
 * struct geneve_fault - the first thing that is wrong with a packet
 * @found: is something wrong
 * @reason: enum gwlb_reason that the module would have for it
 * @at: offset of the byte that is wrong, or that is missing
 * @text: a sentence
 */
struct geneve_fault {
	bool found;
	__u32 reason;
	size_t at;
	char text[160];
};

/**
 * struct geneve - one packet
 *
 * All offsets are from the first byte of it. A header that has one is there
 * as a whole, but for options.
 *
 * @data: its bytes, as far as they are there
 * @len: how many are there
 * @whole: how many it had
 * @end: where the outer IP packet ends, be it there or not
 * @ip: where the IPv4 header begins, if @has_ip
 * @udp: where the UDP header begins, if @has_udp
 * @tunnel: where the Geneve header begins, if @has_tunnel
 * @inner: where the inner packet begins, if @has_inner
 * @option_count: how many @options there are
 * @options: Geneve options
 * @frame: what is in front of it
 * @fault: the first thing that is wrong with it
 * @judge: who decides
 * @reason: by GENEVE_BY_MODULE: enum gwlb_reason of the module's own parser
 * @has_ip: is there an IPv4 header
 * @has_udp: is there a UDP header, to Geneve's port
 * @has_tunnel: is there a Geneve header
 * @has_inner: is there the beginning of an inner packet
 * @cut: it was not captured as a whole, and what is missing would matter
 * @passed: by GENEVE_BY_HOST: it is not GWLB's; else the host discards it
 */
struct geneve {
	const __u8 *data;
	size_t len;
	size_t whole;
	size_t end;
	size_t ip;
	size_t udp;
	size_t tunnel;
	size_t inner;
	size_t option_count;
	struct geneve_option options[GENEVE_OPTIONS];
	struct frame frame;
	struct geneve_fault fault;
	enum geneve_judge judge;
	__u32 reason;
	bool has_ip;
	bool has_udp;
	bool has_tunnel;
	bool has_inner;
	bool cut;
	bool passed;
};

void geneve_decode(enum frame_link link, const __u8 *data, size_t len,
		   size_t whole, struct geneve *g);
bool geneve_is_ours(const struct geneve *g);
bool geneve_is_malformed(const struct geneve *g);
enum geneve_checksum geneve_checksum(const struct geneve *g);
const char *geneve_checksum_name(const struct geneve *g);
const char *geneve_option_name(const struct geneve_option *option);
void geneve_option_value(const struct geneve *g,
			 const struct geneve_option *option,
			 char text[GENEVE_VALUE]);

/* For geneve_inner.c */
bool geneve_has(struct geneve *g, size_t at, size_t n, __u32 reason,
		const char *what);
void geneve_wrong(struct geneve *g, __u32 reason, size_t at,
		  const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void geneve_check_inner(struct geneve *g, int version);

/* What the module's parser says: see geneve_judge.c */
int geneve_ask_module(const struct geneve *g);

#endif /* _GWLBCTL_GENEVE_H */
