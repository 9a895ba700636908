// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats: what happened to the packets, and why. Talks to the module through
 * counter.c.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "ctl.h"
#include "out.h"
#include "table.h"

const struct option_spec cmd_stats_options[] = {
	{ "--explain", NULL, NULL, "say what each counter counts" },
	{ "--all", NULL, NULL, "also print the counters that are 0" },
	{ "--watch", NULL, "SECONDS",
	  "print rates of what moves, every so many seconds" },
	{ NULL, NULL, NULL, NULL },
};

#define RECEIVED_DOC	"All packets that the hook has seen."

/* Takes @entry, also when it fails */
static json_t *add_sentence(json_t *entry, const char *sentence)
{
	if (!entry ||
	    !json_object_set_new(entry, "explain", json_string(sentence)))
		return entry;
	json_decref(entry);
	return NULL;
}

static json_t *counter_json(const struct counter *counter, bool explain)
{
	json_t *entry;

	entry = json_pack("{s:I, s:s, s:s, s:I, s:I}",
			  "reason", (json_int_t)counter->reason,
			  "name", counter->name,
			  "class", counter_class_name(counter_class(counter)),
			  "packets", out_u64(counter->amount.packets),
			  "bytes", out_u64(counter->amount.bytes));
	return explain ? add_sentence(entry, counter_explain(counter)) : entry;
}

static json_t *received_json(const struct amount *amount, bool explain)
{
	json_t *entry;

	entry = json_pack("{s:s, s:I, s:I}", "name", "received",
			  "packets", out_u64(amount->packets),
			  "bytes", out_u64(amount->bytes));
	return explain ? add_sentence(entry, RECEIVED_DOC) : entry;
}

/**
 * cmd_stats_json() - all counters as JSON
 * @counters: all counters
 * @balance: is every packet accounted for
 * @explain: add the sentences
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *cmd_stats_json(const struct counters *counters, enum balance balance,
		       bool explain)
{
	static const char *const balances[] = {
		[BALANCE_OK] = "ok",
		[BALANCE_MOVING] = "moving",
		[BALANCE_BROKEN] = "broken",
	};
	json_t *list = json_array();
	json_t *entry;
	size_t i;

	for (i = 0; list && i < counters->count; i++) {
		entry = counter_json(&counters->list[i], explain);
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_pack("{s:o, s:o, s:s}", "received",
			 received_json(&counters->received, explain),
			 "counters", list, "balance", balances[balance]);
}

static void print_balance(const struct counters *counters,
			  enum balance balance)
{
	long long missing = counter_missing(counters);

	printf("received %llu = returned %llu + passed %llu + dropped %llu",
	       counters->received.packets,
	       counter_sum(counters, GWLB_CLASS_RETURNED).packets,
	       counter_sum(counters, GWLB_CLASS_PASS).packets,
	       counter_sum(counters, GWLB_CLASS_DROP).packets);
	switch (balance) {
	case BALANCE_OK:
		putchar('\n');
		break;
	case BALANCE_MOVING:
		printf(" %c %llu on their way\n", missing < 0 ? '-' : '+',
		       (unsigned long long)llabs(missing));
		break;
	case BALANCE_BROKEN:
		printf(": DOES NOT BALANCE, %lld packets are unaccounted for\n",
		       missing);
		break;
	}
}

/* Rows of one class after the other, remembered in @rows */
static void add_rows(struct table *table, const struct counters *counters,
		     bool all, const struct counter **rows, size_t *count)
{
	const struct counter *counter;
	enum counter_class class;
	size_t i;

	for (class = 0; class < COUNTER_CLASSES; class++) {
		for (i = 0; i < counters->count; i++) {
			counter = &counters->list[i];
			if (counter_class(counter) != class ||
			    (!all && !counter->amount.packets &&
			     !counter->amount.bytes))
				continue;
			table_cell(table, "%s", counter->name);
			table_u64(table, counter->amount.packets);
			table_u64(table, counter->amount.bytes);
			rows[(*count)++] = counter;
		}
	}
}

static int print_stats(const struct counters *counters, enum balance balance,
		       bool explain, bool all)
{
	struct table table = { .columns = 3 };
	const struct counter **rows;
	size_t count = 0, i;
	int code;

	rows = calloc(counters->count + 1, sizeof(*rows));
	if (!rows)
		return out_error("out of memory");

	table_cell(&table, "counter");
	table_cell(&table, "packets");
	table_cell(&table, "bytes");
	table_cell(&table, "received");
	table_u64(&table, counters->received.packets);
	table_u64(&table, counters->received.bytes);
	add_rows(&table, counters, all, rows, &count);
	code = table_print(&table);

	if (code == OUT_OK)
		print_balance(counters, balance);
	if (code == OUT_OK && explain) {
		printf("\nreceived: " RECEIVED_DOC "\n");
		for (i = 0; i < count; i++)
			printf("%s: %s\n", rows[i]->name,
			       counter_explain(rows[i]));
	}
	free(rows);
	return code;
}

/* Reads all counters, and once more if they do not balance */
static int read_counters(struct ctl *ctl, struct counters *counters,
			 enum balance *balance)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	struct counters before;
	int err;

	*balance = BALANCE_OK;
	err = counter_list(ctl->nl, counters);
	if (err < 0 || !counter_missing(counters))
		return err;

	/* long enough for any packet to finish its walk */
	before = *counters;
	nanosleep(&pause, NULL);
	err = counter_list(ctl->nl, counters);
	if (!err)
		*balance = counter_balance(&before, counters);
	counter_free(&before);
	return err;
}

/**
 * cmd_stats() - gwlbctl stats
 * @ctl: this run
 * @args: the command line
 *
 * Return: exit code.
 */
int cmd_stats(struct ctl *ctl, const struct args *args)
{
	const char *seconds = command_option(args, "--watch");
	bool explain = command_option(args, "--explain");
	bool all = command_option(args, "--all");
	struct counters counters;
	enum balance balance;
	int code, err;

	if (seconds && (explain || all))
		return command_misuse(args,
				      "--watch goes with neither --explain nor --all");
	if (seconds)
		return cmd_watch(ctl, seconds, args);

	code = ctl_open(ctl);
	if (code != OUT_OK)
		return code;
	err = read_counters(ctl, &counters, &balance);
	if (err < 0)
		code = ctl_failed(ctl, err);
	else if (ctl->json)
		code = out_json(cmd_stats_json(&counters, balance, explain));
	else
		code = print_stats(&counters, balance, explain, all);
	counter_free(&counters);
	return code;
}
