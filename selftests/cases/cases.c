// SPDX-License-Identifier: GPL-2.0-only
/*
 * cases: the table of packets, joined from its parts. Owns nothing that
 * changes.
 *
 * What is expected of a packet was derived from the RFCs, from the fact sheet
 * and from the sentences in uapi/gwlb.yaml, never from what the module does.
 */
#include <string.h>

#include <gwlb_reasons.h>

#include "cases.h"

static const struct packet_case *const parts[] = {
	outer_cases,
	geneve_cases,
	ipv4_cases,
	ipv6_cases,
	fragment_cases,
	transport_cases,
};

#define N_PARTS	(sizeof(parts) / sizeof(parts[0]))

/**
 * case_next() - walk the table
 * @row: a row, or NULL to begin
 *
 * Return: the row after it, or NULL at the end
 */
const struct packet_case *case_next(const struct packet_case *row)
{
	const struct packet_case *end;
	unsigned int i;

	if (!row)
		return parts[0];
	row++;
	if (row->name)
		return row;
	for (i = 0; i + 1 < N_PARTS; i++) {
		for (end = parts[i]; end->name; end++)
			;
		if (row == end)
			return parts[i + 1];
	}
	return NULL;
}

/* The list is in the order of the numbers, so they need not be said. */
#define X_NAME(number, name, class, doc)	name,

static const char *const names[] = { GWLB_REASONS(X_NAME) };

/**
 * case_reason_name() - how a reason is called
 * @reason: the reason
 *
 * Return: its name in uapi/gwlb.yaml
 */
const char *case_reason_name(enum gwlb_reason reason)
{
	if (reason >= sizeof(names) / sizeof(names[0]) || !names[reason])
		return "unknown";
	return names[reason];
}

/**
 * case_is_walk() - is it decided by what is around the packet, not in it?
 * @reason: the reason
 *
 * Return: true if no reader of the packet alone can say so
 */
bool case_is_walk(enum gwlb_reason reason)
{
	switch (reason) {
	case GWLB_REASON_PASS_NOT_HOST:
	case GWLB_REASON_PASS_NOT_LOCAL:
	case GWLB_REASON_DROP_NOT_PEER:
	case GWLB_REASON_DROP_BAD_SOURCE:
	case GWLB_REASON_DROP_LOOP:
	case GWLB_REASON_DROP_GSO:
	case GWLB_REASON_DROP_NO_MEMORY:
	case GWLB_REASON_DROP_NO_ROUTE:
	case GWLB_REASON_DROP_NO_LINK:
	case GWLB_REASON_DROP_TOO_BIG:
	case GWLB_REASON_DROP_TRANSMIT:
		return true;
	default:
		return false;
	}
}

/**
 * case_build() - build the packet of a row
 * @row: the row
 * @s: the addresses
 * @p: gets the packet
 */
void case_build(const struct packet_case *row, const struct stage *s,
		struct packet *p)
{
	row->build(p, s, row->arg);
}
