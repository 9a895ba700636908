// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the sentences about frames that should not have come back as they
 * did, on stderr, not more than a few a second. Counts nothing.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "wire.h"

#define LINES_PER_SECOND	20
/* Bytes shown where the inner packet differs */
#define INNER_SHOWN		8

static bool allowed(struct report *report, __u64 now)
{
	if (report->second != now / 1000) {
		report->second = now / 1000;
		report->lines = 0;
	}
	if (report->lines == LINES_PER_SECOND) {
		report->silent++;
		return false;
	}
	report->lines++;
	if (report->silent)
		fprintf(stderr, "gwlbsim: %lu more were not printed\n",
			report->silent);
	report->silent = 0;
	return true;
}

static void print_who(const char *what, const struct wire *wire, size_t len)
{
	char src[INET_ADDRSTRLEN], dst[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &wire->src, src, sizeof(src));
	inet_ntop(AF_INET, &wire->dst, dst, sizeof(dst));
	fprintf(stderr,
		"gwlbsim: %s: %s > %s, vpce-%017llx, cookie %08x, %zu bytes: ",
		what, src, dst, wire->endpoint, wire->cookie, len);
}

/**
 * report_frame() - tell of a frame that needs no comparison
 * @report: the limit
 * @what: name of the counter
 * @why: a sentence
 * @frame: from the outer IPv4 header on
 * @len: its length
 * @now: time in ms
 */
void report_frame(struct report *report, const char *what, const char *why,
		  const __u8 *frame, size_t len, __u64 now)
{
	struct wire wire;

	if (!allowed(report, now))
		return;
	wire_parse(frame, len, &wire);
	print_who(what, &wire, len);
	fprintf(stderr, "%s\n", why);
}

static void print_bytes(const __u8 *p, size_t len)
{
	if (!len)
		fputs(" nothing", stderr);
	else
		fputc(' ', stderr);
	while (len--)
		fprintf(stderr, "%02x", *p++);
}

static size_t clip(size_t off, size_t n, size_t len)
{
	if (off >= len)
		return 0;
	return n < len - off ? n : len - off;
}

static void print_field(const struct wire_field *field, const __u8 *want,
			const __u8 *found, size_t len)
{
	fprintf(stderr, "offset %zu (%s): expected", field->off, field->name);
	print_bytes(want, field->len);
	fputs(", found", stderr);
	print_bytes(found + field->off, clip(field->off, field->len, len));
}

/*
 * All fields, not the first one only: a change is followed by the checksums,
 * and it is rarely the checksum that one looks for.
 */
static bool print_header(const __u8 *hdr, const __u8 *frame, size_t len)
{
	const struct wire_field *field;
	bool differs = false;
	size_t off, n;

	for (off = 0; off < WIRE_HDR_LEN; off += field->len) {
		field = wire_field(off);
		n = clip(off, field->len, len);
		if (n == field->len && !memcmp(hdr + off, frame + off, n))
			continue;
		if (differs)
			fputs("; ", stderr);
		print_field(field, hdr + off, frame, len);
		differs = true;
	}
	return differs;
}

static void print_inner(const struct inflight_match *match,
			const __u8 *frame, size_t len)
{
	size_t want = WIRE_HDR_LEN + match->inner_len;
	size_t off, at;

	off = wire_diff(match->hdr, match->inner, match->inner_len, frame,
			len);
	if (off >= want || off >= len) {
		fprintf(stderr,
			"offset %zu (end of the frame): expected %zu bytes, found %zu",
			off, want, len);
		return;
	}
	at = off - WIRE_HDR_LEN;
	fprintf(stderr, "offset %zu (inner packet): expected", off);
	print_bytes(match->inner + at, clip(at, INNER_SHOWN,
					    match->inner_len));
	fputs(", found", stderr);
	print_bytes(frame + off, clip(off, INNER_SHOWN, len));
}

/**
 * report_difference() - tell where a frame differs from what was expected
 * @report: the limit
 * @match: what was expected
 * @frame: what came
 * @len: its length
 * @now: time in ms
 */
void report_difference(struct report *report,
		       const struct inflight_match *match,
		       const __u8 *frame, size_t len, __u64 now)
{
	struct wire wire;

	if (!allowed(report, now))
		return;
	wire_parse(match->hdr, WIRE_HDR_LEN, &wire);
	print_who("difference", &wire, WIRE_HDR_LEN + match->inner_len);
	/* The inner packet starts elsewhere when the header is wrong. */
	if (!print_header(match->hdr, frame, len))
		print_inner(match, frame, len);
	fputc('\n', stderr);
}
