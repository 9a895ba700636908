// SPDX-License-Identifier: GPL-2.0-only
/*
 * peer: which load balancer addresses may send. The module only knows the
 * replacement of the whole list, so adding and deleting are read, change and
 * write, guarded by the generation. Talks to the module through config.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "config.h"
#include "ctl.h"
#include "out.h"

#define EXPECT		"--expect-generation"

/* How often a list that somebody else changed meanwhile is read again */
#define ATTEMPTS	64

/* How the empty list is written, so that a list can be read back */
#define ANY		"any"

/**
 * struct edit - a change of the list of peers
 * @named: the prefixes that the user named
 * @count: how many these are
 * @has_expect: did the user give a generation
 * @expect: this one
 */
struct edit {
	struct peer *named;
	size_t count;
	bool has_expect;
	__u32 expect;
};

static bool contains(const struct peer *list, size_t count,
		     const struct peer *peer)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (cidr_equal(&list[i].prefix, &peer->prefix))
			return true;
	}
	return false;
}

static int edit_parse(const struct args *args, struct edit *edit)
{
	struct peer peer;
	char why[160];
	int code, err, i;

	memset(edit, 0, sizeof(*edit));
	code = command_option_u32(args, EXPECT, &edit->has_expect,
				  &edit->expect);
	if (code != OUT_OK)
		return code;
	edit->named = calloc((size_t)args->count + 1, sizeof(*edit->named));
	if (!edit->named)
		return out_error("out of memory");

	for (i = 0; i < args->count; i++) {
		peer.text = args->words[i];
		err = cidr_parse(peer.text, &peer.prefix, why, sizeof(why));
		if (err < 0)
			return command_misread(args, err, why);
		if (contains(edit->named, edit->count, &peer))
			return out_error("%s is named twice", peer.text);
		edit->named[edit->count++] = peer;
	}
	return OUT_OK;
}

/* Makes the list that is to be in @list; returns OUT_OK or OUT_FAILED */
static int add_to(const struct edit *edit, const struct config *config,
		  struct peer *list, size_t *count)
{
	size_t i;

	for (i = 0; i < config->peer_count; i++)
		list[(*count)++] = config->peers[i];
	for (i = 0; i < edit->count; i++) {
		if (contains(config->peers, config->peer_count,
			     &edit->named[i]))
			return out_error("%s is a peer already, nothing was changed",
					 edit->named[i].text);
		list[(*count)++] = edit->named[i];
	}
	return OUT_OK;
}

static int del_from(const struct edit *edit, const struct config *config,
		    struct peer *list, size_t *count)
{
	size_t i;

	for (i = 0; i < edit->count; i++) {
		if (!contains(config->peers, config->peer_count,
			      &edit->named[i]))
			return out_error("%s is not a peer, nothing was changed",
					 edit->named[i].text);
	}
	for (i = 0; i < config->peer_count; i++) {
		if (!contains(edit->named, edit->count, &config->peers[i]))
			list[(*count)++] = config->peers[i];
	}
	/* the shortest list is the one that allows the most */
	if (!*count)
		return out_error("the last peer stays: without any, everybody may send (gwlbctl peer flush)");
	return OUT_OK;
}

/* Returns OUT_OK, OUT_FAILED after an error was told, or a negative errno */
static int edit_once(struct ctl *ctl, const struct edit *edit, bool add)
{
	struct config_change change = { .has_peers = true };
	struct config config;
	struct peer *list;
	int err;

	err = config_get(ctl->nl, &config);
	if (err < 0)
		goto out;
	if (edit->has_expect && edit->expect != config.generation) {
		err = out_error("the generation is %u, not %u, nothing was changed",
				config.generation, edit->expect);
		goto out;
	}

	list = calloc(config.peer_count + edit->count + 1, sizeof(*list));
	if (!list) {
		err = -ENOMEM;
		goto out;
	}
	change.peers = list;
	change.has_expect = true;
	change.expect = config.generation;
	if (add)
		err = add_to(edit, &config, list, &change.peer_count);
	else
		err = del_from(edit, &config, list, &change.peer_count);
	if (err == OUT_OK)
		err = config_set(ctl->nl, &change);
	free(list);
out:
	config_free(&config);
	return err;
}

static int edit_peers(struct ctl *ctl, const struct args *args, bool add)
{
	struct edit edit;
	int attempt, code;

	code = edit_parse(args, &edit);
	if (code == OUT_OK)
		code = ctl_open(ctl);
	if (code != OUT_OK)
		goto out;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		code = edit_once(ctl, &edit, add);
		if (code != -ESTALE || edit.has_expect)
			break;
	}
	if (code < 0)
		code = ctl_failed(ctl, code);
out:
	free(edit.named);
	return code;
}

static int peer_add(struct ctl *ctl, const struct args *args)
{
	return edit_peers(ctl, args, true);
}

static int peer_del(struct ctl *ctl, const struct args *args)
{
	return edit_peers(ctl, args, false);
}

/* Whatever the list was: no need to read it */
static int replace(struct ctl *ctl, const struct edit *edit)
{
	struct config_change change = {
		.has_peers = true,
		.peers = edit->named,
		.peer_count = edit->count,
		.has_expect = edit->has_expect,
		.expect = edit->expect,
	};
	int code, err;

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = config_set(ctl->nl, &change);
	return err < 0 ? ctl_failed(ctl, err) : OUT_OK;
}

static int peer_set(struct ctl *ctl, const struct args *args)
{
	struct args all = *args;
	struct edit edit;
	int code;

	if (args->count == 1 && !strcmp(args->words[0], ANY))
		all.count = 0;
	code = edit_parse(&all, &edit);
	if (code == OUT_OK)
		code = replace(ctl, &edit);
	free(edit.named);
	return code;
}

static int peer_flush(struct ctl *ctl, const struct args *args)
{
	struct edit edit;
	int code;

	code = edit_parse(args, &edit);
	if (code == OUT_OK)
		code = replace(ctl, &edit);
	free(edit.named);
	return code;
}

static void print_peers(const struct config *config)
{
	char prefix[CIDR_TEXT];
	size_t i;

	for (i = 0; i < config->peer_count; i++) {
		cidr_print(&config->peers[i].prefix, prefix);
		puts(prefix);
	}
}

static int peer_list(struct ctl *ctl, const struct args *args)
{
	struct config config;
	int code, err;

	(void)args;
	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;

	err = config_get(ctl->nl, &config);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(config_peers_json(&config));
	else if (config.peer_count)
		print_peers(&config);
	else
		puts(ANY);
	config_free(&config);
	return code;
}

static void complete_peers(struct ctl *ctl, const struct args *args)
{
	struct config config;

	(void)args;
	if (ctl_open(ctl) != OUT_OK)
		return;
	if (config_get(ctl->nl, &config) == 0)
		print_peers(&config);
	config_free(&config);
}

const struct command cmd_peer_table[] = {
	{ .name = "list", .run = peer_list,
	  .help = "list who may send; \"any\" if everybody may" },
	{ .name = "add", .run = peer_add, .words = "CIDR...", .min = 1,
	  .max = -1, .options = cmd_expect_options,
	  .help = "allow more prefixes" },
	{ .name = "del", .run = peer_del, .words = "CIDR...", .min = 1,
	  .max = -1, .options = cmd_expect_options,
	  .complete = complete_peers,
	  .help = "no longer allow these prefixes" },
	{ .name = "set", .run = peer_set, .words = "CIDR...|any", .min = 1,
	  .max = -1, .options = cmd_expect_options,
	  .complete = complete_peers,
	  .help = "allow these prefixes and no others" },
	{ .name = "flush", .run = peer_flush, .options = cmd_expect_options,
	  .help = "remove all prefixes: everybody may send" },
	{ .name = NULL },
};
