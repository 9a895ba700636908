/* SPDX-License-Identifier: GPL-2.0-only */
/* What gwlbsim counts, and how it is shown. */
#ifndef GWLBSIM_STATS_H
#define GWLBSIM_STATS_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>

#include "options.h"

/**
 * struct stats_side - packets of one node or endpoint
 * @sent: put on the wire
 * @returned: came back as they should
 * @missing: did not, in time
 * @flows: flows that are remembered; a gauge
 */
struct stats_side {
	__u64 sent;
	__u64 returned;
	__u64 missing;
	__u64 flows;
};

/**
 * struct stats_appliance - one appliance
 * @state: present state, in AWS's words
 * @sent: packets put on the wire for it
 * @returned: packets that it gave back as it should
 * @missing: packets that it did not give back in time
 * @missing_unhealthy: those of them that were sent to a dead one
 * @flows: flows that go to it; a gauge
 * @checks_ok: health checks that succeeded
 * @checks_failed: health checks that failed
 */
struct stats_appliance {
	const char *state;
	__u64 sent;
	__u64 returned;
	__u64 missing;
	__u64 missing_unhealthy;
	__u64 flows;
	__u64 checks_ok;
	__u64 checks_failed;
};

/**
 * struct stats - all counters; bytes are those of whole outer IPv4 packets
 * @sent: packets put on the wire
 * @sent_bytes: their bytes
 * @returned: packets that came back equal, and were delivered
 * @returned_bytes: their bytes
 * @answers: frames that answered a packet, and were delivered
 * @differences: frames that came back, but not equal
 * @unsolicited: frames that nothing sent was like
 * @duplicates: frames that came back once more
 * @missing: packets that did not come back (equal) in time
 * @missing_unhealthy: those of them whose appliance was found to be dead
 * @late: packets that came back after they were counted as missing
 * @in_flight: packets that are waited for; a gauge
 * @flows: flows that are remembered; a gauge
 * @too_big: customer packets longer than 8500 bytes, dropped
 * @no_healthy_appliance: customer packets dropped for want of a target
 * @no_neighbour: customer packets dropped, no MAC for their next hop
 * @tcp_no_flow: TCP packets of no flow that are no SYN, dropped
 * @fail_open: new flows that got an unhealthy target, as all are
 * @rebalanced: flows that were moved to another target
 * @ignored: packets at an endpoint that no VPC would route, dropped
 * @no_memory: customer packets dropped, too much is in flight
 * @send_failed: customer packets that the wire device refused
 * @deliver_failed: returned packets that the TUN device refused
 * @wire_lost: frames that the kernel dropped before gwlbsim read them
 * @appliance: by appliance
 * @gwlb: by node
 * @endpoint: by endpoint
 */
struct stats {
	__u64 sent;
	__u64 sent_bytes;
	__u64 returned;
	__u64 returned_bytes;
	__u64 answers;
	__u64 differences;
	__u64 unsolicited;
	__u64 duplicates;
	__u64 missing;
	__u64 missing_unhealthy;
	__u64 late;
	__u64 in_flight;
	__u64 flows;
	__u64 too_big;
	__u64 no_healthy_appliance;
	__u64 no_neighbour;
	__u64 tcp_no_flow;
	__u64 fail_open;
	__u64 rebalanced;
	__u64 ignored;
	__u64 no_memory;
	__u64 send_failed;
	__u64 deliver_failed;
	__u64 wire_lost;
	struct stats_appliance appliance[OPTIONS_APPLIANCE_MAX];
	struct stats_side gwlb[OPTIONS_GWLB_MAX];
	struct stats_side endpoint[OPTIONS_ENDPOINT_MAX];
};

bool stats_good(const struct stats *stats);
json_t *stats_json(const struct stats *stats, const struct options *opt);
int stats_write(const struct stats *stats, const struct options *opt);
void stats_print(const struct stats *stats, const struct options *opt);

#endif
