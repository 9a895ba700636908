/* SPDX-License-Identifier: GPL-2.0-only */
/* What was sent and must come back byte for byte. */
#ifndef GWLBSIM_INFLIGHT_H
#define GWLBSIM_INFLIGHT_H

#include <linux/types.h>
#include <stddef.h>

/* What is not back after this time is missing. */
#define INFLIGHT_TIMEOUT_MS	2000
/* A returned packet is remembered this long, to know its duplicates, */
#define INFLIGHT_RETURNED_MS	2000
/* and a missing one, to tell a late return from an invented packet. */
#define INFLIGHT_MISSING_MS	8000

/**
 * struct inflight_ids - who a packet belongs to, as indices
 * @endpoint: VPC endpoint
 * @gwlb: GWLB address
 * @appliance: appliance
 */
struct inflight_ids {
	__u16 endpoint;
	__u16 gwlb;
	__u16 appliance;
};

/**
 * enum inflight_verdict - what a returned frame is
 * @INFLIGHT_RETURNED: exactly what was waited for
 * @INFLIGHT_DUPLICATE: the same frame has come back already
 * @INFLIGHT_LATE: right, but counted as missing before
 * @INFLIGHT_DIFFERENT: meant to be something that was sent, but not equal
 * @INFLIGHT_UNSOLICITED: nothing like it was sent
 */
enum inflight_verdict {
	INFLIGHT_RETURNED,
	INFLIGHT_DUPLICATE,
	INFLIGHT_LATE,
	INFLIGHT_DIFFERENT,
	INFLIGHT_UNSOLICITED,
};

/**
 * struct inflight_match - what a returned frame was compared with
 * @ids: who the packet belongs to
 * @hdr: the outer header that was expected
 * @inner: the inner packet that was expected; NULL when the frame has it
 * @inner_len: its length
 *
 * Unset for INFLIGHT_UNSOLICITED. The pointers live until the next call.
 */
struct inflight_match {
	struct inflight_ids ids;
	const __u8 *hdr;
	const __u8 *inner;
	size_t inner_len;
};

struct inflight;
struct inflight_packet;

struct inflight *inflight_new(void);
void inflight_free(struct inflight *table);
struct inflight_packet *inflight_add(struct inflight *table,
				     const struct inflight_ids *ids,
				     const __u8 *hdr, const void *inner,
				     size_t len, __u64 now);
void inflight_cancel(struct inflight *table, struct inflight_packet *packet);
enum inflight_verdict inflight_return(struct inflight *table,
				      const __u8 *frame, size_t len, __u64 now,
				      struct inflight_match *match);
const struct inflight_ids *inflight_expire(struct inflight *table, __u64 now);
unsigned long inflight_waiting(const struct inflight *table);

#endif
