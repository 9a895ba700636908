// SPDX-License-Identifier: GPL-2.0-only
/*
 * burst: some packets at a time, and whether the module did to them what it
 * had to. Owns nothing but the struct burst.
 *
 * After the packets comes a sentinel, which is always returned. All take the
 * same way on the same CPU, so when it is back all has happened. Then what
 * came back is compared with what was sent, byte by byte and in order; and of
 * all counters, packets and bytes, with what they should be. Two packets whose
 * fates are mixed up have to be of one length to be missed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "burst.h"

#define WAIT_MS		20000
#define SHOWN		320

__attribute__((format(printf, 2, 3)))
static void wrong(struct burst *b, const char *format, ...)
{
	va_list ap;

	b->wrong = true;
	printf("# ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void show(const char *what, const __u8 *data, unsigned int len)
{
	unsigned int i;

	printf("#   %s, %u bytes:", what, len);
	for (i = 0; i < len && i < SHOWN; i++)
		printf("%s%02x", i % 4 ? "" : " ", data[i]);
	printf("\n");
}

static bool is_swapped(const __u8 *ip, const struct shot *shot)
{
	return !memcmp(ip + 12, shot->data + 16, 4) &&
	       !memcmp(ip + 16, shot->data + 12, 4);
}

/* Of a segment, the rest of the outer header and the UDP checksum are the
 * kernel's.
 */
static bool is_returned(const struct burst *b, const struct caught *c,
			const struct shot *shot)
{
	const __u8 *ip = c->data + ETH_HLEN;
	unsigned int len = shot->fate.len;

	if (c->len != ETH_HLEN + len || !is_swapped(ip, shot) ||
	    memcmp(c->data + ETH_ALEN, b->ring.appliance, ETH_ALEN))
		return false;
	if (b->mode == GWLB_SEND_MODE_REFLECT &&
	    memcmp(c->data, b->ring.mac, ETH_ALEN))
		return false;
	if (shot->segment)
		return !memcmp(ip + 20, shot->data + 20, 6) &&
		       !memcmp(ip + 28, shot->data + 28, len - 28);
	return !memcmp(ip, shot->data, 12) &&
	       !memcmp(ip + 20, shot->data + 20, len - 20);
}

/* A RST (RFC 9293, 3.10.7) or an ICMP error, from whom it was sent to, in the
 * same tunnel; and nothing is wrong with it.
 */
static bool is_answer(const struct caught *c, const struct shot *shot)
{
	const struct gwlb_pkt *pkt = &shot->fate.pkt;
	const __u8 *ip = c->data + ETH_HLEN;
	struct gwlb_pkt answer;
	unsigned int udp = pkt->udp_off;

	if (!shot->fate.answer || c->len <= ETH_HLEN + pkt->inner_off ||
	    !is_swapped(ip, shot) ||
	    memcmp(ip + 20, shot->data + 20, udp + 4 - 20) ||
	    memcmp(ip + udp + 8, shot->data + udp + 8,
		   pkt->inner_off - udp - 8))
		return false;
	if (packet_sum(ip, udp, 0) != 0xffff ||
	    packet_get16(ip + 2) != c->len - ETH_HLEN ||
	    model_read(ip, c->len - ETH_HLEN, &answer))
		return false;
	if (memcmp(&answer.src, &pkt->dst, sizeof(answer.src)) ||
	    memcmp(&answer.dst, &pkt->src, sizeof(answer.dst)))
		return false;
	if (pkt->proto == PROTO_TCP)
		return answer.proto == PROTO_TCP && answer.tcp_flags & 4 &&
		       answer.sport == pkt->dport && answer.dport == pkt->sport;
	return pkt->family == NFPROTO_IPV4 ?
		answer.proto == PROTO_ICMP && answer.icmp_type == 3 :
		answer.proto == PROTO_ICMPV6 && answer.icmp_type == 1;
}

static bool is_to_return(const struct shot *shot)
{
	return shot->fate.seen && shot->fate.reason == GWLB_REASON_RETURNED;
}

static bool fits(const struct burst *b, const struct caught *c,
		 const struct shot *shot)
{
	if (is_to_return(shot))
		return is_returned(b, c, shot);
	return is_answer(c, shot);
}

/* Collects what comes until the sentinel does. */
static void collect(struct burst *b)
{
	long long left, end = now_ms() + WAIT_MS;
	struct caught *c;
	unsigned int n;

	b->n_caught = 0;
	while ((left = end - now_ms()) > 0 && b->n_caught < BURST_CAUGHT) {
		c = &b->caught[b->n_caught];
		n = ring_receive(&b->ring, c, BURST_CAUGHT - b->n_caught,
				 left);
		for (; n--; c++) {
			if (is_returned(b, c, &b->sentinel)) {
				if (n)
					wrong(b, "%u frames came too late", n);
				return;
			}
			b->n_caught++;
		}
	}
	wrong(b, "the good packet behind them did not come back");
}

/* Which packet does a frame belong to? They keep their order. */
static void sort_frames(struct burst *b)
{
	unsigned int i, k, from = 0;

	memset(b->back, 0, sizeof(b->back));
	b->strays = 0;
	for (i = 0; i < b->n_caught; i++) {
		for (k = from; k < b->n; k++) {
			if (fits(b, &b->caught[i], &b->shots[k]))
				break;
		}
		if (k == b->n) {
			b->strays++;
			wrong(b, "this was not to come");
			show("frame", b->caught[i].data, b->caught[i].len);
			continue;
		}
		b->back[k] = true;
		b->answers += b->shots[k].fate.answer;
		from = k + 1;
	}
	for (k = 0; k < b->n; k++)
		if (is_to_return(&b->shots[k]) && !b->back[k])
			wrong(b, "packet %lu did not come back",
			      b->shots[k].number);
}

static void add(struct counters *c, const struct fate *fate)
{
	if (!fate->seen)
		return;
	c->reason[fate->reason].packets++;
	c->reason[fate->reason].bytes += fate->len;
	c->received.packets++;
	c->received.bytes += fate->len;
}

/* Reads the counters when each packet has got its reason. */
static void wait_counted(struct burst *b, __u64 packets,
			 struct counters *after)
{
	long long end = now_ms() + WAIT_MS;

	do {
		counters_read(&b->source, after);
		if (after->received.packets >= packets &&
		    counters_settled(after))
			return;
		usleep(200);
	} while (now_ms() < end);
	wrong(b, "the counters do not settle");
}

static void check_counters(struct burst *b)
{
	struct counters after, expected = b->before;
	unsigned int i;

	for (i = 0; i < b->n; i++)
		add(&expected, &b->shots[i].fate);
	add(&expected, &b->sentinel.fate);
	wait_counted(b, expected.received.packets, &after);
	for (i = 0; i < COUNTERS_REASONS; i++) {
		const struct count *e = &expected.reason[i];
		const struct count *a = &after.reason[i];

		if (e->packets == a->packets && e->bytes == a->bytes)
			continue;
		wrong(b, "%s: %lld packets, %lld bytes more than expected",
		      case_reason_name(i), a->packets - e->packets,
		      a->bytes - e->bytes);
	}
	b->before = after;
}

static const char *expected_name(const struct fate *fate)
{
	if (!fate->seen)
		return "nothing";
	return case_reason_name(fate->reason);
}

static void show_burst(const struct burst *b)
{
	static const char *const links[] = {
		"", ", broadcast", ", multicast", ", to another host", "",
	};
	const struct shot *shot;
	unsigned int i;

	/* One by one, when it is known where to look. */
	if (b->n > RING_SEGMENTS)
		return;
	for (i = 0; i < b->n; i++) {
		shot = &b->shots[i];
		printf("# packet %lu: expected %s, %u bytes%s%s%s%s\n",
		       shot->number, expected_name(&shot->fate), shot->fate.len,
		       b->back[i] ? ", a frame came" : "", links[shot->link],
		       shot->unfinished ? ", unfinished" : "",
		       shot->segment ? ", in an aggregate" : "");
		printf("#   %u bytes linear of %u\n", shot->linear,
		       ETH_HLEN + shot->size);
		show("sent", shot->data, shot->size);
	}
}

/**
 * burst_play() - send packets and see what becomes of them
 * @b: the burst: @shots with their fates, all segments of one aggregate or
 *	none, and @sentinel
 *
 * Return: true if all is as it has to be, or else it is printed what is not
 */
bool burst_play(struct burst *b)
{
	b->wrong = false;
	if (b->shots[0].segment)
		ring_send_segments(&b->ring, b->shots, b->n);
	else
		ring_send(&b->ring, b->shots, b->n);
	ring_send(&b->ring, &b->sentinel, 1);
	collect(b);
	sort_frames(b);
	check_counters(b);
	if (b->wrong)
		show_burst(b);
	return !b->wrong;
}
