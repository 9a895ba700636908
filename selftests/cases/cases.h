/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cases: the table of packets, each with what has to become of it. See
 * cases.c.
 */
#ifndef _CASES_CASES_H
#define _CASES_CASES_H

#include <linux/gwlb.h>
#include <stddef.h>

#include "packet.h"

/* Send modes, in the order of enum gwlb_send_mode */
#define CASE_MODES	(GWLB_SEND_MODE_REFLECT + 1)

/**
 * struct stage - the addresses that the table is played with
 * @appliance: address of the appliance
 * @second: another one
 * @gwlb: address of the load balancer: a peer, and there is a route to it
 * @stranger: there is a route to it, but it is not among the peers
 * @unrouted: a peer that there is no route to
 * @elsewhere: no address of the appliance
 * @broadcast: broadcast address of the appliance's network; among the peers
 * @mtu: MTU of the way back
 */
struct stage {
	__be32 appliance;
	__be32 second;
	__be32 gwlb;
	__be32 stranger;
	__be32 unrouted;
	__be32 elsewhere;
	__be32 broadcast;
	unsigned int mtu;
};

/**
 * enum case_link - to whom the link layer says that a frame goes
 * @LINK_HOST: to the appliance
 * @LINK_BROADCAST: to everybody
 * @LINK_MULTICAST: to a group
 * @LINK_OTHERHOST: to somebody else
 * @LINK_NONE: comes in by a device that has no link-layer header
 */
enum case_link {
	LINK_HOST,
	LINK_BROADCAST,
	LINK_MULTICAST,
	LINK_OTHERHOST,
	LINK_NONE,
};

/**
 * struct packet_case - one row
 * @name: its name
 * @reason: what becomes of the packet, by send mode
 * @source: where that is written
 * @build: builds the packet
 * @arg: what @build makes of it
 * @link: link-layer destination
 * @unseen: the host's stack discards it before any hook sees it
 * @inside: what reading it says, if it is not for that reason that it is not
 *	returned
 */
struct packet_case {
	const char *name;
	enum gwlb_reason reason[CASE_MODES];
	const char *source;
	void (*build)(struct packet *p, const struct stage *s, int arg);
	int arg;
	enum case_link link;
	bool unseen;
	enum gwlb_reason inside;
};

/* For the tables: a row whose fate does not depend on the send mode */
#define ROW(n, r, src, b, a) \
	{ .name = (n), .reason = { (r), (r) }, .source = (src), \
	  .build = (b), .arg = (a) }

/* The parts of the table, each in its file; a row without name ends them. */
extern const struct packet_case outer_cases[];
extern const struct packet_case geneve_cases[];
extern const struct packet_case ipv4_cases[];
extern const struct packet_case ipv6_cases[];
extern const struct packet_case fragment_cases[];
extern const struct packet_case transport_cases[];

const struct packet_case *case_next(const struct packet_case *row);
const char *case_reason_name(enum gwlb_reason reason);
bool case_is_walk(enum gwlb_reason reason);
void case_build(const struct packet_case *row, const struct stage *s,
		struct packet *p);

#endif /* _CASES_CASES_H */
