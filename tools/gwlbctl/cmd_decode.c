// SPDX-License-Identifier: GPL-2.0-only
/*
 * decode: what is in a packet of the load balancer, what the module makes of
 * it, and why. Needs neither the module nor privileges: geneve.c knows it all.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "cmd.h"
#include "ctl.h"
#include "geneve_print.h"
#include "hex.h"
#include "input.h"
#include "out.h"

/* diff(1)'s way: it could not be found out */
#define UNREADABLE	2

const struct option_spec cmd_decode_options[] = {
	{ "--pcap", NULL, "FILE", "packets that were captured" },
	{ "--packet", NULL, "N", "only the one with this number" },
	{ "--brief", NULL, NULL, "one line for each packet" },
	{ "--link", NULL, "WHAT",
	  "what HEX begins with: ethernet, ip or geneve" },
	{ NULL, NULL, NULL, NULL },
};

/**
 * struct decoding - one run
 * @json: print JSON
 * @brief: print one line for each packet
 * @only: only this packet, counted from 1; 0 for all of the load balancer's
 * @number: of the packet
 * @told: how many were printed
 * @malformed: how many of these are wrong
 */
struct decoding {
	bool json;
	bool brief;
	__u32 only;
	size_t number;
	size_t told;
	size_t malformed;
};

static int print_json(const struct decoding *d, const struct geneve *g)
{
	json_t *packet = geneve_json(g);
	char *text = NULL;

	if (packet && !json_object_set_new(packet, "number",
					   json_integer(d->number)))
		text = json_dumps(packet, JSON_COMPACT);
	json_decref(packet);
	if (!text)
		return out_error("out of memory");
	printf("%s%s", d->told ? "," : "{\"packets\":[", text);
	free(text);
	return OUT_OK;
}

static void print_text(const struct decoding *d, const struct geneve *g)
{
	if (d->brief) {
		printf("%zu ", d->number);
		geneve_print_brief(stdout, g);
		return;
	}
	if (d->told)
		putchar('\n');
	printf("%-12s%zu: %zu bytes", "packet", d->number, g->whole);
	if (g->len < g->whole)
		printf(", %zu of them captured", g->len);
	putchar('\n');
	geneve_print(stdout, g);
}

static int tell(struct decoding *d, const struct geneve *g)
{
	int code = OUT_OK;

	if (d->json)
		code = print_json(d, g);
	else
		print_text(d, g);
	d->told++;
	d->malformed += geneve_is_malformed(g);
	return code;
}

/* @others: packets that nobody asked for. What is printed is whole then, also
 * if the capture is not.
 */
static int finish(const struct decoding *d, size_t others)
{
	if (d->json)
		printf("%s],\"others\":%zu}\n",
		       d->told ? "" : "{\"packets\":[", others);
	else if (others && !d->only)
		printf("%s%zu other packet%s\n", d->told && !d->brief ? "\n" :
		       "", others, others == 1 ? "" : "s");
	return d->malformed ? OUT_FAILED : OUT_OK;
}

static int decode_capture(struct decoding *d, struct capture *capture)
{
	struct captured packet;
	struct geneve g;
	size_t others = 0;
	int more;

	while ((more = capture_next(capture, &packet)) > 0) {
		d->number++;
		geneve_decode(capture->link, packet.data, packet.len,
			      packet.whole, &g);
		if (d->only ? d->number != d->only : !geneve_is_ours(&g))
			others++;
		else if (tell(d, &g) != OUT_OK)
			return UNREADABLE;
	}
	if (more < 0) {
		if (d->told)
			finish(d, others);
		return UNREADABLE;
	}
	if (d->only && !d->told) {
		out_error("%s: there are only %zu packets", capture->name,
			  d->number);
		return UNREADABLE;
	}
	return finish(d, others);
}

static int decode_pcap(struct decoding *d, const char *path)
{
	struct capture capture;
	int code = UNREADABLE;

	if (capture_open(&capture, path) == OUT_OK)
		code = decode_capture(d, &capture);
	capture_close(&capture);
	return code;
}

static int decode_bytes(struct decoding *d, enum frame_link link,
			const __u8 *bytes, size_t count)
{
	struct geneve g;

	if (!count) {
		out_error("there are no bytes");
		return UNREADABLE;
	}
	d->number = 1;
	geneve_decode(link, bytes, count, count, &g);
	if (g.frame.link == FRAME_GUESS) {
		out_error("nobody can tell what these bytes begin with: --link ethernet, ip or geneve");
		return UNREADABLE;
	}
	return tell(d, &g) == OUT_OK ? finish(d, 0) : UNREADABLE;
}

static int decode_text(struct decoding *d, enum frame_link link,
		       const struct input *input)
{
	__u8 *bytes = malloc(input->len / 2 + 1);
	struct rules_error error;
	int code = UNREADABLE;
	size_t count;

	if (!bytes)
		out_error("out of memory");
	else if (hex_read(input->text, input->len, bytes, &count, &error) < 0)
		input_refused(input, error.at, error.text);
	else
		code = decode_bytes(d, link, bytes, count);
	free(bytes);
	return code;
}

/* What was pasted without quotes is several words */
static int join(const struct args *args, struct input *input)
{
	size_t size = 1;
	int i;

	*input = (struct input) { .name = "HEX" };
	for (i = 0; i < args->count; i++)
		size += strlen(args->words[i]) + 1;
	input->text = malloc(size);
	if (!input->text)
		return out_error("out of memory");
	for (i = 0; i < args->count; i++)
		input->len += (size_t)sprintf(input->text + input->len,
					      "%s%s", i ? " " : "",
					      args->words[i]);
	return OUT_OK;
}

static int decode_hex(struct decoding *d, enum frame_link link,
		      const struct args *args)
{
	bool from_stdin = !args->count || (args->count == 1 &&
					   !strcmp(args->words[0], "-"));
	struct input input;
	int code;

	code = from_stdin ? input_read(&input, "-") : join(args, &input);
	code = code == OUT_OK ? decode_text(d, link, &input) : UNREADABLE;
	input_free(&input);
	return code;
}

/**
 * cmd_decode() - gwlbctl decode
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code: 0 if nothing is wrong with the packets, 1 if something
 * is, 2 if they cannot be read.
 */
int cmd_decode(struct ctl *ctl, const struct args *args)
{
	const char *pcap = command_option(args, "--pcap");
	const char *what = command_option(args, "--link");
	struct decoding d = {
		.json = ctl->json,
		.brief = command_option(args, "--brief"),
	};
	enum frame_link link = FRAME_GUESS;
	bool given;
	int code;

	code = command_option_u32(args, "--packet", &given, &d.only);
	if (code != OUT_OK)
		return code;
	if (given && (!pcap || !d.only))
		return command_misuse(args,
				      "--packet is a number from 1 on, of --pcap");
	if (pcap && (what || args->count))
		return command_misuse(args,
				      "with --pcap, the file says it all");
	if (what && !frame_find_link(what, &link))
		return command_misuse(args,
				      "expected ethernet, ip or geneve, not \"%s\"",
				      what);
	if (d.json && d.brief)
		return command_misuse(args, "--brief goes with no --json");
	return pcap ? decode_pcap(&d, pcap) : decode_hex(&d, link, args);
}
