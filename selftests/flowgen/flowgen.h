/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flowgen: sends the packets of many flows in GWLB's way and compares what
 * comes back. See main.c.
 */
#ifndef _FLOWGEN_FLOWGEN_H
#define _FLOWGEN_FLOWGEN_H

#include <linux/if_packet.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define BATCH_MAX	256
#define STEPS_MAX	16
#define FRAME_MAX	192

/**
 * struct step - one packet of each flow
 * @reply: it goes from the server to the client
 * @flags: TCP flags
 */
struct step {
	bool reply;
	uint8_t flags;
};

/**
 * enum fragment - what of each packet is sent
 * @WHOLE: all of it
 * @FIRST: its first half, as a fragment
 * @REST: its second half
 */
enum fragment {
	WHOLE,
	FIRST,
	REST,
};

/**
 * struct gen - what to send
 * @dev: device to send from
 * @mac: link-layer destination
 * @node: outer source, network order
 * @local: outer destination, network order
 * @outer_port: outer source port
 * @endpoint: id of the first endpoint
 * @endpoints: how many, one after the other
 * @family: AF_INET or AF_INET6
 * @client: address of the first client
 * @clients: how many, one after the other
 * @fragment: what of each packet is sent
 * @server: address of the server
 * @port: its port
 * @proto: inner protocol
 * @step: the packets of a flow
 * @steps: how many
 * @inner_len: inner packets are filled up with zeros to this length
 * @first: number of the first flow
 * @flows: how many flows
 * @rounds: how often; 0 for no end
 * @fresh: each round is of other flows
 * @batch: how many flows at once
 * @rate: how many flows a second; 0 for as many as there can be
 */
struct gen {
	const char *dev;
	struct ether_addr mac;
	uint32_t node;
	uint32_t local;
	uint16_t outer_port;
	uint64_t endpoint;
	uint64_t endpoints;
	int family;
	struct in6_addr client;
	uint64_t clients;
	enum fragment fragment;
	struct in6_addr server;
	uint16_t port;
	uint8_t proto;
	struct step step[STEPS_MAX];
	unsigned int steps;
	size_t inner_len;
	uint64_t first;
	uint64_t flows;
	uint64_t rounds;
	bool fresh;
	unsigned int batch;
	uint64_t rate;
};

/**
 * struct frame - one packet, from the outer IP header on
 * @len: its length
 * @back: it came back
 * @data: its bytes
 */
struct frame {
	unsigned int len;
	bool back;
	uint8_t data[FRAME_MAX];
};

/**
 * struct wire - the way to the appliance and back
 * @tx: packet socket to send with
 * @rx: packet socket that gets what is ours
 * @quiet: UDP socket, or else the stack answers: port unreachable
 * @to: where to
 * @ping_id: identifier of our pings
 * @ping_seq: number of the newest ping
 */
struct wire {
	int tx;
	int rx;
	int quiet;
	struct sockaddr_ll to;
	uint16_t ping_id;
	uint16_t ping_seq;
};

/**
 * struct totals - what is printed
 * @sent: packets sent
 * @returned: those that came back, but for outer addresses byte for byte
 * @other: what else came with our outer source port
 */
struct totals {
	uint64_t sent;
	uint64_t returned;
	uint64_t other;
};

/* options.c */
void gen_parse(struct gen *g, int argc, char **argv);

/* frame.c */
uint32_t frame_sum(const void *data, size_t len, uint32_t start);
uint16_t frame_fold(uint32_t s);
void frame_put(struct frame *f, const struct gen *g, const struct step *step,
	       uint64_t n);
void frame_put_ping(struct frame *f, const struct gen *g, uint16_t id,
		    uint16_t seq);

/* wire.c */
int wire_quiet_port(void);
void wire_open(struct wire *w, const struct gen *g);
void wire_close(struct wire *w);
void wire_exchange(struct wire *w, const struct gen *g, struct frame *frames,
		   unsigned int n, struct totals *t);

#endif /* _FLOWGEN_FLOWGEN_H */
