// SPDX-License-Identifier: GPL-2.0-only
/*
 * What top can look at: rules and policies. Talks to the module through
 * ruleset.c.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rules_print.h"
#include "top.h"

/* What the rule says, as in a rules file; NULL if there is no memory */
static char *describe(const struct ruleset_tally *tally)
{
	char *text = NULL;
	size_t size;
	FILE *to;

	to = open_memstream(&text, &size);
	if (!to)
		return NULL;
	if (tally->index)
		rules_print_rule(to, &tally->rule);
	else if (tally->group[0])
		fprintf(to, "group %s: policy %s", tally->group,
			names_of(names_verdicts, tally->policy));
	else
		fprintf(to, "policy %s", names_of(names_verdicts,
						  tally->policy));
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* A rule that is the same in the next ruleset has another number there, but
 * keeps its counters: so it is known by what it says. Of several that say the
 * same the first is the first again.
 */
static __u64 key_of(const char *text, const struct samples *seen)
{
	__u64 key = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		key = (key ^ (__u8)*text) * 0x100000001b3ULL;
	while (samples_have(seen, key))
		key++;
	return key;
}

static int rank(const struct ruleset_tally *tally, struct top *top)
{
	char *text = describe(tally);
	struct top_row *row;
	int err;

	if (!text)
		return -ENOMEM;
	row = top_rank(top, key_of(text, &top->now), &tally->amount, &err);
	if (row) {
		row->rule = *tally;
		/* what else it has is not ours */
		row->rule.rule.matches = NULL;
		row->rule.rule.count = 0;
		row->rule.rule.room = 0;
		if (tally->index)
			snprintf(row->label, sizeof(row->label), "%u %s",
				 tally->index, text);
		else
			snprintf(row->label, sizeof(row->label), "- %s", text);
	}
	free(text);
	return err;
}

static int take_tally(const struct nlmsghdr *nlh, void *data)
{
	struct ruleset_tally tally;
	int err;

	err = ruleset_decode_tally(nlh, &tally);
	if (!err)
		err = rank(&tally, data);
	rules_free_rule(&tally.rule);
	return err;
}

static int look_at_rules(struct nl *nl, struct top *top)
{
	bool interrupted;

	if (!nl_request(nl, GWLB_CMD_RULE_GET, 0))
		return -ENOMEM;
	/* while the rules are replaced a look may see some of both */
	return nl_dump_once(nl, take_tally, top, &interrupted);
}

static json_t *text_json(const char *text)
{
	return text && text[0] ? json_string(text) : json_null();
}

static json_t *describe_rule(const struct top_row *row)
{
	const struct ruleset_tally *tally = &row->rule;

	return json_pack("{s:o, s:o, s:o, s:o}",
			 "number", tally->index ?
			 json_integer(tally->index) : json_null(),
			 "name", text_json(tally->rule.name),
			 "policy", text_json(tally->index ? NULL :
				names_of(names_verdicts, tally->policy)),
			 "group", text_json(tally->group));
}

const struct top_kind top_rules = {
	.name = "rules", .look = look_at_rules, .json = describe_rule,
};
