// SPDX-License-Identifier: GPL-2.0-only
/*
 * import: print the rules that do what another program did. Reads a file and
 * writes to the standard output; the module is not asked.
 */

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "ctl.h"
#include "import.h"
#include "input.h"
#include "out.h"
#include "rules_print.h"
#include "utf8.h"

/* A name may hold anything, but a comment ends at the end of its line */
static void print_name(const char *name)
{
	size_t bytes, len = strlen(name);

	while (len) {
		bytes = utf8_printable(name, len);
		if (bytes)
			fwrite(name, 1, bytes, stdout);
		else
			putchar('?');
		bytes = bytes ? bytes : 1;
		name += bytes;
		len -= bytes;
	}
}

/* Protocols that a section lets through and geneve-proxy did not survive, as
 * "47, 50"
 */
static bool deadly(const struct proxy_section *section, char *text,
		   size_t size)
{
	const struct proxy_list *allowed, *blocked;
	size_t used = 0;
	int i;

	allowed = &section->lists[PROXY_ALLOWED_PROTOCOLS];
	blocked = &section->lists[PROXY_BLOCKED_PROTOCOLS];
	for (i = 0; i < PROXY_PROTOCOLS && !section->drop_all; i++) {
		if (!allowed->has[i] || blocked->has[i] ||
		    i == IPPROTO_ICMP || i == IPPROTO_TCP || i == IPPROTO_UDP)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%d",
					 used ? ", " : "", i);
	}
	return used;
}

/* 256 numbers of up to three digits, each with a comma and a blank */
#define NUMBERS	1284

static void print_rules(const char *name, const struct proxy_config *config,
			const struct rules *rules)
{
	static const char *const sections[PROXY_SECTIONS] = {
		[PROXY_OUTBOUND] = "outbound", [PROXY_INBOUND] = "inbound",
	};
	const struct proxy_list *allowed;
	char numbers[NUMBERS];
	int i;

	fputs("# What geneve-proxy did, told by ", stdout);
	print_name(name);
	puts("\n# IPv6, and all but ICMP, TCP and UDP, never passed it.");
	for (i = 0; i < PROXY_SECTIONS; i++) {
		if (!deadly(&config->sections[i], numbers, sizeof(numbers)))
			continue;
		printf("# %s: it allowed protocol %s, but ended when it saw one: dropped here\n",
		       sections[i], numbers);
		allowed = &config->sections[i].lists[PROXY_ALLOWED_PROTOCOLS];
		out_warning("%s:%u:%u: %s: protocol %s is allowed, but geneve-proxy ended when it saw one, so it is dropped",
			    name, allowed->at.line, allowed->at.column,
			    sections[i], numbers);
	}
	rules_print(stdout, rules);
}

static int import(const struct input *input)
{
	struct proxy_config *config;
	struct rules_error error;
	int code = OUT_FAILED;
	struct rules rules;

	config = proxy_config_parse(input->text, input->len, &error);
	if (!config)
		return input_refused(input, error.at, error.text);

	rules_init(&rules);
	if (import_geneve_proxy(config, &rules) < 0) {
		out_error("out of memory");
	} else {
		print_rules(input->name, config, &rules);
		code = OUT_OK;
	}
	rules_free(&rules);
	free(config);
	return code;
}

static int import_file(struct ctl *ctl, const struct args *args)
{
	struct input input;
	int code;

	if (ctl->json)
		return command_misuse(args,
				      "rules are text, there is no JSON of them here");
	code = input_read(&input, args->words[0]);
	if (code == OUT_OK)
		code = import(&input);
	input_free(&input);
	return code;
}

const struct command cmd_import_table[] = {
	{ .name = "geneve-proxy", .run = import_file, .words = "FILE",
	  .min = 1, .max = 1,
	  .help = "print the rules that do what this config.yaml did" },
	{ .name = NULL },
};
