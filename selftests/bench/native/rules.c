// SPDX-License-Identifier: GPL-2.0-only
/* rules: from a rules file to the module, as gwlbctl does it. */
#include <err.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "rules_netlink.h"
#include "rules_text.h"

/**
 * rules_message() - make a request of rules
 * @rules: the rules
 * @map: remembers what is where; may be NULL
 *
 * Return: the request, for free()
 */
struct nlmsghdr *rules_message(const struct rules *rules,
			       struct rules_map *map)
{
	struct nlmsghdr *nlh;
	void *buffer;

	buffer = malloc(MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr) +
			rules_size(rules));
	if (!buffer)
		err(1, NULL);
	nlh = mnl_nlmsg_put_header(buffer);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	rules_encode(nlh, rules, map);
	return nlh;
}

/**
 * rules_use() - put rules in force
 * @text: the rules file
 */
void rules_use(const char *text)
{
	struct rules_error error;
	struct nlmsghdr *nlh;
	struct rules rules;
	int refused;

	if (rules_parse(text, strlen(text), &rules, &error))
		errx(1, "rules: %s", error.text);
	nlh = rules_message(&rules, NULL);
	refused = native_rules(nlh);
	if (refused)
		errx(1, "rules: %s", strerror(-refused));
	free(nlh);
	rules_free(&rules);
}
