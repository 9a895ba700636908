/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model: what has to become of a packet. See model.c.
 */
#ifndef _PKTFUZZ_MODEL_H
#define _PKTFUZZ_MODEL_H

#include "host.h"
#include "plan.h"

/* After so many packets nobody is sure any more whether a first fragment is
 * remembered: that depends on the clock.
 */
#define MODEL_FRAGMENT_AGE	2000
/* All that may be remembered in a run; the module has room for 16384. */
#define MODEL_FRAGMENTS		16000

struct flows;
struct fragments;

/**
 * struct model - the state of the module, as it should be
 * @plan: its rules
 * @stage: addresses
 * @mode: its send mode
 * @flows: its flows
 * @fragments: first fragments that it remembers
 * @now: number of the packet
 */
struct model {
	const struct plan *plan;
	const struct stage *stage;
	enum gwlb_send_mode mode;
	struct flows *flows;
	struct fragments *fragments;
	unsigned long now;
};

/**
 * struct fate - what becomes of a packet
 * @unsure: nobody knows, and nothing was changed
 * @seen: the stack lets it through to the module's hook
 * @reason: as the module counts it
 * @len: bytes that are counted
 * @pkt: what was read, if it was read to the end
 * @answer: it is rejected, and who sent it may be told so
 */
struct fate {
	bool unsure;
	bool seen;
	enum gwlb_reason reason;
	unsigned int len;
	struct gwlb_pkt pkt;
	bool answer;
};

void model_init(struct model *m, const struct plan *plan,
		const struct stage *stage, enum gwlb_send_mode mode);
enum gwlb_reason model_read(const __u8 *data, unsigned int len,
			    struct gwlb_pkt *pkt);
void model_judge(struct model *m, const struct frame_view *v,
		 struct fate *fate);

#endif /* _PKTFUZZ_MODEL_H */
