// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse_test: module/parse.c against the table of packets, and against what
 * must be true of every packet. Owns one process; touches nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "mutate.h"
#include "oracle.h"
#include "reader.h"

#define MUTANTS		1000000
#define MAX_ROWS	1024

/* The MTU leaves room for the packet of GWLB's largest size. */
static struct stage stage = {
	.mtu = 8600,
};

static struct packet packets[MAX_ROWS];
static unsigned int n_rows;

static void set_stage(void)
{
	stage.appliance = htonl(0x0afe0b65);	/* fact sheet 1.1 */
	stage.second = htonl(0x0afe0b66);
	stage.gwlb = htonl(0x0afe0b3c);
	stage.stranger = htonl(0x0afe0c01);
	stage.unrouted = htonl(0xc6336401);
	stage.elsewhere = htonl(0x0afe0b67);
	stage.broadcast = htonl(0x0afe0bff);
}

/* What the parser has to say of a row */
static int expected(const struct packet_case *row)
{
	enum gwlb_reason reason = row->reason[GWLB_SEND_MODE_ROUTE];

	if (case_is_walk(reason))
		return row->inside;
	return reason;
}

static void expect_address(const union nf_inet_addr *found, const u8 *truth,
			   unsigned int len)
{
	static const u8 zeros[16];

	assert_memory_equal(found, truth, len);
	assert_memory_equal((const u8 *)found + len, zeros, 16 - len);
}

static void expect_truth(const struct packet *p, const struct gwlb_pkt *pkt)
{
	const struct packet_truth *t = &p->truth;
	unsigned int address = t->version == 4 ? 4 : 16;

	assert_memory_equal(&pkt->saddr, p->data + 12, 4);
	assert_memory_equal(&pkt->daddr, p->data + 16, 4);
	assert_int_equal(pkt->len, p->len);
	assert_int_equal(pkt->udp_off, p->udp);
	assert_int_equal(pkt->inner_off, p->inner);
	assert_int_equal(pkt->l4_off, t->l4);
	assert_true(pkt->endpoint == t->endpoint);
	assert_int_equal(pkt->cookie, t->cookie);
	assert_int_equal(pkt->frag_id, t->frag_id);
	assert_int_equal(pkt->family, t->version == 4 ? NFPROTO_IPV4 :
			 NFPROTO_IPV6);
	expect_address(&pkt->src, t->src, address);
	expect_address(&pkt->dst, t->dst, address);
	assert_int_equal(ntohs(pkt->sport), t->sport);
	assert_int_equal(ntohs(pkt->dport), t->dport);
	assert_int_equal(pkt->proto, t->proto);
	assert_int_equal(pkt->frag, t->part == PART_WHOLE ? GWLB_FRAG_NONE :
			 t->part == PART_FIRST ? GWLB_FRAG_FIRST :
			 GWLB_FRAG_LATER);
	assert_int_equal(pkt->tcp_flags, t->tcp_flags);
	assert_int_equal(pkt->icmp_type, t->icmp_type);
	assert_int_equal(pkt->icmp_code, t->icmp_code);
}

/* One row: verdict, what was read, and that by any number of bytes. */
static void test_row(void **state)
{
	const struct packet_case *row = *state;
	const char *differs, *objection;
	struct gwlb_pkt pkt;
	struct packet p;
	int verdict;
	u32 linear;

	case_build(row, &stage, &p);
	verdict = reader_run(p.data, p.len, p.len, false, &pkt);
	if (verdict != expected(row))
		fail_msg("%s, not %s (%s)", case_reason_name(verdict),
			 case_reason_name(expected(row)), row->source);
	objection = oracle_objection(p.data, p.len);
	if (!verdict && objection)
		fail_msg("returned, but: %s", objection);
	if (verdict && !objection)
		fail_msg("%s, but nothing is wrong",
			 case_reason_name(verdict));
	if (!verdict)
		expect_truth(&p, &pkt);
	for (linear = 0; linear < p.len; linear++) {
		differs = reader_differs(p.data, p.len, linear, verdict, &pkt);
		if (differs)
			fail_msg("other %s with %u bytes linear", differs,
				 linear);
	}
}

static void test_names_are_unique(void **state)
{
	const struct packet_case *row, *other;

	(void)state;
	for (row = case_next(NULL); row; row = case_next(row)) {
		other = row;
		while ((other = case_next(other)))
			if (!strcmp(other->name, row->name))
				fail_msg("%s occurs twice", row->name);
	}
}

/* What no packet alone can bring about needs no row. */
static void test_every_reason_has_a_row(void **state)
{
	const struct packet_case *row;
	int reason, mode;

	(void)state;
	for (reason = 0; reason < GWLB_REASON_DROP_TRANSMIT; reason++) {
		bool found = reason == GWLB_REASON_DROP_NO_MEMORY ||
			     reason == GWLB_REASON_DROP_GSO;

		for (row = case_next(NULL); row; row = case_next(row))
			for (mode = 0; mode < CASE_MODES; mode++)
				found |= (int)row->reason[mode] == reason;
		if (!found)
			fail_msg("no row for %s", case_reason_name(reason));
	}
}

/* Whatever is missing at the end, lengths further inside tell. */
static void test_cut_is_never_returned(void **state)
{
	struct gwlb_pkt pkt;
	struct packet p;
	unsigned int i, len;

	(void)state;
	for (i = 0; i < n_rows; i++) {
		if (oracle_objection(packets[i].data, packets[i].len))
			continue;
		p = packets[i];
		for (len = p.len - 1; len >= p.udp; len--) {
			packet_cut(&p, len);
			if (!reader_run(p.data, p.len, p.len, false, &pkt))
				fail_msg("packet %u cut to %u bytes", i, len);
		}
	}
}

static void expect_oracle(const struct packet *p, int verdict,
			  const char *what, unsigned int i)
{
	const char *objection = oracle_objection(p->data, p->len);

	if (!verdict && objection)
		fail_msg("%s %u is returned, but: %s", what, i, objection);
	if (verdict && !objection)
		fail_msg("%s %u: %s, but nothing is wrong", what, i,
			 case_reason_name(verdict));
}

/* The same with the inner length repaired: some are right packets now. */
static void test_cut_and_repaired(void **state)
{
	unsigned int i, len, returned = 0;
	struct gwlb_pkt pkt;
	struct packet p;
	int verdict;

	(void)state;
	for (i = 0; i < n_rows; i++) {
		if (oracle_objection(packets[i].data, packets[i].len))
			continue;
		p = packets[i];
		for (len = p.len - 1; len >= p.udp; len--) {
			packet_cut(&p, len);
			mutate_repair_inner(&p);
			packet_reseal(&p);
			verdict = reader_run(p.data, p.len, p.len, false,
					     &pkt);
			returned += !verdict;
			expect_oracle(&p, verdict, "cut packet", i);
		}
	}
	assert_true(returned > 100);
}

/* 0x1234...: the seeds are fixed, so what fails once fails again. */
static void test_mutants(void **state)
{
	struct mutator m = { 0x123456789abcdef1ULL };
	unsigned int i, k, n[GWLB_REASON_DROP_TRANSMIT + 1] = { 0 };
	const char *differs;
	struct gwlb_pkt pkt;
	struct packet p;
	u32 linear;
	int verdict;

	(void)state;
	for (i = 0; i < MUTANTS; i++) {
		const struct packet *from =
			&packets[mutate_below(&m, n_rows)];

		memcpy(&p, from, offsetof(struct packet, data) + from->len);
		p.len = from->len;
		p.inner = from->inner;
		mutate(&m, &p, &packets[mutate_below(&m, n_rows)]);

		verdict = reader_run(p.data, p.len, p.len, false, &pkt);
		assert_in_range(verdict, 0, GWLB_REASON_DROP_TRANSMIT);
		n[verdict]++;
		expect_oracle(&p, verdict, "mutant", i);
		for (k = 0; k < 2; k++) {
			linear = mutate_below(&m, k ? p.len : 128);
			if (linear > p.len)
				linear = p.len;
			differs = reader_differs(p.data, p.len, linear,
						 verdict, &pkt);
			if (differs)
				fail_msg("mutant %u: other %s with %u linear",
					 i, differs, linear);
		}
	}

	/* What is never met was not tested. */
	for (verdict = 0; verdict < GWLB_REASON_DROP_GSO; verdict++) {
		if (!case_is_walk(verdict) && n[verdict] < 20)
			fail_msg("only %u mutants were %s", n[verdict],
				 case_reason_name(verdict));
	}
}

/* An aggregate of TCP segments that is too long for its length fields (BIG
 * TCP) has 0 there; in any other packet that is a lie.
 */
static void expect_big(int version, bool outer_zero, bool inner_zero)
{
	unsigned int len = 100000, data = 20;
	struct gwlb_pkt pkt;
	struct packet p;
	u8 *big;

	packet_tunnel(&p, stage.gwlb, stage.appliance);
	packet_ip(&p, version);
	packet_tcp(&p, 0);
	packet_fill(&p, data);
	packet_finish(&p);
	if (outer_zero)
		packet_put16(p.data + p.udp + 4, 0);
	if (inner_zero && version == 6)
		packet_put16(p.data + p.inner + 4, 0);
	if (inner_zero && version == 4) {
		packet_put16(p.data + p.inner + 2, 0);
		packet_put16(p.data + p.inner + 10, 0);
		packet_put16(p.data + p.inner + 10,
			     ~packet_sum(p.data + p.inner, 20, 0));
	}
	big = calloc(1, len);
	assert_non_null(big);
	memcpy(big, p.data, p.len);

	assert_int_not_equal(reader_run(big, len, len, false, &pkt), 0);
	if (outer_zero && inner_zero) {
		assert_int_equal(reader_run(big, len, 200, true, &pkt), 0);
		assert_int_equal(pkt.len, len);
		assert_int_equal(pkt.l4_off, p.truth.l4);
	} else {
		assert_int_not_equal(reader_run(big, len, 200, true, &pkt),
				     0);
	}
	free(big);
}

static void test_big_tcp(void **state)
{
	int version;

	(void)state;
	for (version = 4; version <= 6; version += 2) {
		expect_big(version, true, true);
		expect_big(version, true, false);
		expect_big(version, false, true);
		expect_big(version, false, false);
	}
}

#define PROPERTY(f)	{ #f, test_ ## f, NULL, NULL, NULL }

static const struct CMUnitTest properties[] = {
	PROPERTY(names_are_unique),
	PROPERTY(every_reason_has_a_row),
	PROPERTY(big_tcp),
	PROPERTY(cut_is_never_returned),
	PROPERTY(cut_and_repaired),
	PROPERTY(mutants),
};

#define N_PROPERTIES	(sizeof(properties) / sizeof(properties[0]))

int main(void)
{
	static struct CMUnitTest tests[MAX_ROWS + N_PROPERTIES];
	const struct packet_case *row;
	unsigned int n = 0;

	cmocka_set_test_filter(getenv("ONLY"));
	set_stage();
	for (row = case_next(NULL); row; row = case_next(row)) {
		/* The host's stack would not let it through to the module. */
		if (row->unseen && row->link == LINK_HOST)
			continue;
		tests[n].name = row->name;
		tests[n].test_func = test_row;
		tests[n].initial_state = (void *)row;
		n++;
		case_build(row, &stage, &packets[n_rows++]);
	}
	memcpy(tests + n, properties, sizeof(properties));
	n += N_PROPERTIES;
	return !!_cmocka_run_group_tests("parse", tests, n, NULL, NULL);
}
