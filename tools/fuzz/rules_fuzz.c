// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules_fuzz: the rules files of tools/gwlbctl fed by libFuzzer. Owns nothing.
 *
 * An input is a rules file. What must hold: a bad one is refused with a place
 * and a sentence; a good one is the same after it was printed and read again,
 * and after it was sent and received; and nothing is different between it and
 * itself. If the first byte is 0xff, the rest is taken for the attributes of a
 * message instead, as no kernel would send it.
 */
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules_diff.h"
#include "rules_netlink.h"
#include "rules_print.h"
#include "rules_text.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static char *print(const struct rules *rules, size_t *len)
{
	char *text = NULL;
	FILE *to;

	to = open_memstream(&text, len);
	must(!!to, "out of memory");
	rules_print(to, rules);
	fclose(to);
	return text;
}

static void check_print(const struct rules *rules)
{
	struct rules_error error;
	struct rules again;
	size_t len, twice;
	char *text, *more;

	text = print(rules, &len);
	must(!rules_parse(text, len, &again, &error),
	     "what is printed cannot be read");
	must(rules_equal(rules, &again), "what is printed is read otherwise");
	more = print(&again, &twice);
	must(len == twice && !memcmp(text, more, len),
	     "it is printed otherwise the second time");
	rules_free(&again);
	free(more);
	free(text);
}

static struct nlmsghdr *begin(size_t room)
{
	struct nlmsghdr *nlh;

	nlh = calloc(1, MNL_NLMSG_HDRLEN +
		     MNL_ALIGN(sizeof(struct genlmsghdr)) + room);
	must(!!nlh, "out of memory");
	mnl_nlmsg_put_header(nlh);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

static void check_send(const struct rules *rules)
{
	struct rules_map map = { .count = 0 };
	struct nlmsghdr *nlh;
	struct rules again;

	nlh = begin(rules_size(rules));
	rules_encode(nlh, rules, &map);
	must(!rules_decode(nlh, &again), "what is sent is not received");
	must(rules_equal(rules, &again), "what is sent is received otherwise");
	rules_free(&again);
	rules_map_free(&map);
	free(nlh);
}

static void check_diff(const struct rules *rules)
{
	char *text = NULL;
	size_t len;
	FILE *to;

	to = open_memstream(&text, &len);
	must(!!to, "out of memory");
	must(!rules_diff(to, rules, rules), "it differs from itself");
	fclose(to);
	must(!len, "it differs from itself in print");
	free(text);
}

static void check_message(const unsigned char *data, size_t size)
{
	struct nlmsghdr *nlh = begin(size);
	struct rules rules;
	size_t len;

	memcpy(mnl_nlmsg_get_payload_tail(nlh), data, size);
	nlh->nlmsg_len += (__u32)size;
	/* it may be nonsense, but it can be shown */
	if (!rules_decode(nlh, &rules))
		free(print(&rules, &len));
	rules_free(&rules);
	free(nlh);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct rules_error error;
	struct rules rules;

	if (size && data[0] == 0xff) {
		check_message(data + 1, size - 1);
		return 0;
	}
	if (rules_parse((const char *)data, size, &rules, &error) < 0) {
		must(error.at.line && error.at.column && error.text[0],
		     "an error without a place");
		return 0;
	}
	check_print(&rules);
	check_send(&rules);
	check_diff(&rules);
	rules_free(&rules);
	return 0;
}
