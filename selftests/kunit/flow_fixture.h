/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flow_fixture: flows to test with.
 */
#ifndef _KUNIT_FLOW_FIXTURE_H
#define _KUNIT_FLOW_FIXTURE_H

#include "fixture.h"

/* Key number @n of the first endpoint: UDP from another port each time */
static inline struct gwlb_flow_key flow_key(u32 n)
{
	return (struct gwlb_flow_key) {
		.zone = TEST_ENDPOINT,
		.low_port = htons(n), .high_port = htons(53),
		.family = NFPROTO_IPV4, .proto = IPPROTO_UDP,
		.low.ip = htonl(0x0a000001), .high.ip = htonl(0x0a000002),
	};
}

/* How many flows there are, and those that are being made */
static inline u32 flow_count(struct kunit *test)
{
	return atomic_read(&fixture_net(test)->flows.count);
}

struct gwlb_flow *flow_make(struct kunit *test, u64 endpoint,
			    const struct gwlb_flow_key *key);
struct gwlb_flow *flow_begin(struct kunit *test, u64 endpoint,
			     const struct gwlb_flow_key *key);

#endif /* _KUNIT_FLOW_FIXTURE_H */
