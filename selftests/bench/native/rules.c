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
 * rules_use() - put rules in force
 * @text: the rules file
 */
void rules_use(const char *text)
{
	struct rules_error error;
	struct nlmsghdr *nlh;
	struct rules rules;
	int refused;
	void *buffer;

	rules_init(&rules);
	if (rules_parse(text, strlen(text), &rules, &error))
		errx(1, "rules: %s", error.text);
	buffer = malloc(MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr) +
			rules_size(&rules));
	if (!buffer)
		err(1, NULL);
	nlh = mnl_nlmsg_put_header(buffer);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	rules_encode(nlh, &rules, NULL);
	refused = native_rules(nlh);
	if (refused)
		errx(1, "rules: %s", strerror(-refused));
	free(buffer);
	rules_free(&rules);
}
