/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flows: what the module has to remember of packets. See flows.c.
 */
#ifndef _PKTFUZZ_FLOWS_H
#define _PKTFUZZ_FLOWS_H

#include "inner.h"
#include "plan.h"
#include "tcp.h"

/**
 * struct side - one end of a flow
 * @address: its address
 * @port: its port; of who asks by ICMP, the identifier
 */
struct side {
	union nf_inet_addr address;
	__be16 port;
};

/**
 * struct flow_key - what makes packets belong to one flow
 * @zone: endpoint, or number of the group and U64_MAX
 * @group: the group
 * @kind: family, protocol, ICMP type of the request, whether side b asks
 * @a: the lower side
 * @b: the other one
 */
struct flow_key {
	u64 zone;
	u32 group;
	u8 kind[4];
	struct side a;
	struct side b;
};

/**
 * struct flow - one flow
 * @used: it is one
 * @key: its key
 * @from_a: who began it is side a
 * @tcp: how far the connection has come
 * @first_flags: TCP flags of its first packet
 * @first_answers: its first packet answers an ICMP query
 * @decision: what was decided about it
 */
struct flow {
	bool used;
	struct flow_key key;
	bool from_a;
	struct gwlb_tcp_state tcp;
	u8 first_flags;
	bool first_answers;
	struct decision decision;
};

/**
 * struct fragment_key - what makes fragments belong to one packet
 * @src: source
 * @dst: destination
 * @zone: as in struct flow_key
 * @group: likewise
 * @id: identification
 * @kind: family; protocol for IPv4
 */
struct fragment_key {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	u64 zone;
	u32 group;
	u32 id;
	u8 kind[8];
};

/**
 * struct fragmented - a first fragment
 * @used: it is one
 * @key: its key
 * @flow: key of its flow
 * @from_a: it came from side a
 * @decision: what was decided about it
 * @len: how many bytes of the packet are in it
 * @born: number of the packet
 */
struct fragmented {
	bool used;
	struct fragment_key key;
	struct flow_key flow;
	bool from_a;
	struct decision decision;
	unsigned int len;
	unsigned long born;
};

struct flows *flows_new(void);
struct flow *flows_find(struct flows *flows, const struct flow_key *key);
struct flow *flows_add(struct flows *flows, const struct flow_key *key);

struct fragments *fragments_new(void);
struct fragmented *fragments_find(struct fragments *fragments,
				  const struct fragment_key *key);
struct fragmented *fragments_add(struct fragments *fragments,
				 const struct fragment_key *key);
unsigned int fragments_count(const struct fragments *fragments);

bool flow_key_packet(struct flow_key *key, const struct plan *plan,
		     const struct gwlb_pkt *pkt);
bool flow_key_quote(struct flow_key *key, const struct plan *plan,
		    const struct gwlb_pkt *pkt,
		    const struct gwlb_quote *quote);
void fragment_key(struct fragment_key *key, const struct plan *plan,
		  const struct gwlb_pkt *pkt);
bool is_icmp(u8 family, u8 proto);
bool is_icmp_error(const struct gwlb_pkt *pkt);
bool is_icmp_answer(u8 family, u8 type);

#endif /* _PKTFUZZ_FLOWS_H */
