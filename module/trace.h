/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace: the tracepoint that shows every packet's fate, for perf, bpftrace
 * and /sys/kernel/tracing. No promise is made about its fields.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM gwlb

#if !defined(_GWLB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _GWLB_TRACE_H

#include <linux/netfilter.h>
#include <linux/tracepoint.h>

#include "parse.h"
#include "stats.h"

/* perf reads the bytes and knows none of our functions: names go in whole. */
#define GWLB_TRACE_NAME	32

TRACE_EVENT(gwlb_verdict,
	TP_PROTO(const struct gwlb_pkt *pkt, enum gwlb_reason reason,
		 u32 bytes),
	TP_ARGS(pkt, reason, bytes),

	TP_STRUCT__entry(
		__field(u64, endpoint)
		__array(u8, src, 16)
		__array(u8, dst, 16)
		__field(u32, cookie)
		__field(u32, bytes)
		__field(u16, sport)
		__field(u16, dport)
		__field(u8, family)
		__field(u8, proto)
		__array(u8, saddr, 4)
		__array(u8, daddr, 4)
		__array(char, reason, GWLB_TRACE_NAME)
	),

	/* IPv4 as an IPv4-mapped address, so that one format prints both */
	TP_fast_assign(
		memcpy(__entry->saddr, &pkt->saddr, 4);
		memcpy(__entry->daddr, &pkt->daddr, 4);
		__entry->endpoint = pkt->endpoint;
		__entry->cookie = pkt->cookie;
		__entry->bytes = bytes;
		strscpy(__entry->reason, gwlb_reason_name(reason),
			GWLB_TRACE_NAME);
		__entry->sport = ntohs(pkt->sport);
		__entry->dport = ntohs(pkt->dport);
		__entry->family = pkt->family;
		__entry->proto = pkt->proto;
		if (pkt->family == NFPROTO_IPV6) {
			memcpy(__entry->src, &pkt->src.in6, 16);
			memcpy(__entry->dst, &pkt->dst.in6, 16);
		} else {
			ipv6_addr_set_v4mapped(pkt->src.ip, (struct in6_addr *)
					       __entry->src);
			ipv6_addr_set_v4mapped(pkt->dst.ip, (struct in6_addr *)
					       __entry->dst);
		}
	),

	TP_printk("%s node=%pI4 local=%pI4 bytes=%u endpoint=%017llx cookie=%08x proto=%u src=%pI6c sport=%u dst=%pI6c dport=%u",
		  __entry->reason, __entry->saddr, __entry->daddr,
		  __entry->bytes, __entry->endpoint,
		  __entry->cookie, __entry->proto, __entry->src,
		  __entry->sport, __entry->dst, __entry->dport)
);

#endif /* _GWLB_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
