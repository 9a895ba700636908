// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults_control: no memory at any of the allocations of each request, one
 * after the other. It is refused, and everything is as before; or it is done,
 * if the kernel could do without, and what is read is all that there is. Then
 * it works.
 */
#include <err.h>
#include <errno.h>
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "faults_ops.h"
#include "message.h"
#include "state.h"
#include "talk.h"

/* More than that, and something goes on for ever */
#define MAX_FAULTS	100000

static uint8_t bytes[MESSAGE_MAX];
static struct talk talk;

/* Sending */

static size_t request(uint8_t cmd, bool dump, build_fn *build)
{
	struct message msg = {
		.cmd = cmd,
		.version = GWLB_GENL_VERSION,
		.flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK),
	};

	message_reset();
	if (build)
		build(&msg);
	return message_bytes(&msg, talk.family, bytes, sizeof(bytes));
}

/**
 * struct reading - what was read
 * @messages: how many messages it came in
 * @hash: of what they say
 */
struct reading {
	uint32_t messages;
	uint64_t hash;
};

static void take(const void *attrs, size_t len, void *arg)
{
	struct reading *reading = arg;

	reading->messages++;
	digest(&reading->hash, attrs, len);
}

/* What only the faults are to be tried with has to work. */
static void must(const char *what, uint8_t cmd, build_fn *build)
{
	size_t len = request(cmd, false, build);
	struct answer answer;

	talk_ask(&talk, bytes, len, &answer, NULL, NULL);
	if (answer.wrong || answer.outcome != ACCEPTED)
		errx(1, "%s: before it: %s", what,
		     answer.wrong ?: strerror(answer.err));
}

/* Nothing moves but for flows, nodes and endpoints, which say how old they are;
 * and flows come to their end, which the ruleset counts. @before and @after are
 * what was read with enough memory.
 */
static bool is_all(uint8_t cmd, const struct reading *now,
		   const struct reading *before, const struct reading *after)
{
	switch (cmd) {
	case GWLB_CMD_FLOW_GET:
		return now->messages <= before->messages &&
		       now->messages >= after->messages;
	case GWLB_CMD_NODE_GET:
	case GWLB_CMD_ENDPOINT_GET:
	case GWLB_CMD_RULESET_GET:
		return now->messages == before->messages;
	}
	return now->messages == before->messages && now->hash == before->hash;
}

/* Of what reads: what changes something can be undone, but for flushing, which
 * says how many there were. Return: NULL, or what is wrong with what was read.
 * @before is what was read with enough memory before, and gets what is now.
 */
static const char *compare(const struct faults_op *op,
			   const struct reading *now, struct reading *before)
{
	struct reading after = { .messages = 0 };
	struct answer answer;
	size_t len;
	bool same;

	if (op->undo_cmd || op->cmd == GWLB_CMD_FLOW_FLUSH)
		return NULL;
	len = request(op->cmd, op->dump, op->build);
	talk_ask(&talk, bytes, len, &answer, take, &after);
	if (answer.wrong || answer.outcome != ACCEPTED)
		return answer.wrong ?: "it cannot be read any more";
	same = is_all(op->cmd, now, before, &after);
	*before = after;
	return same ? NULL : "accepted, and not all that there is";
}

static void look(struct state *state)
{
	const char *wrong = state_read(&talk, state);

	if (wrong)
		errx(1, "the state: %s", wrong);
}

/**
 * struct tally - what came of faults
 * @refused: it was refused
 * @lost: it was told neither way
 * @done: it was done, fault or not
 */
struct tally {
	uint32_t refused;
	uint32_t lost;
	uint32_t done;
};

/* Where the answer is what there was no memory for, it may have been done.
 * A conversation that was broken off is not gone on with.
 */
static const char *weigh(const struct answer *answer,
			 const struct state *before, const struct state *now,
			 const struct state *done, struct tally *tally)
{
	bool is_before = now->all == before->all &&
			 !now->trial == !before->trial;
	bool is_done = now->meaning == done->meaning &&
		       !now->trial == !done->trial;

	if (answer->outcome == ACCEPTED && !answer->wrong) {
		tally->done++;
		return is_done ? NULL : "accepted, and not done";
	}
	if (answer->outcome == REFUSED && answer->err == ENOMEM) {
		tally->refused++;
		return is_before ? NULL : "refused, and not as before";
	}
	if (answer->outcome != REFUSED || answer->err != ENOBUFS)
		return answer->wrong ?: "another error";
	tally->lost++;
	return is_before || is_done ? NULL :
		"neither as before nor done";
}

/* One fault. Return: NULL, or what is wrong; @over if there was none any more.
 */
static const char *try_one(const struct faults_op *op, uint32_t n,
			   const struct state *done, struct reading *all,
			   struct tally *tally, bool *over)
{
	struct reading reading = { .messages = 0 };
	struct state before, now;
	struct answer answer;
	const char *wrong;
	size_t len;

	look(&before);
	len = request(op->cmd, op->dump, op->build);
	fault_arm(n);
	talk_ask(&talk, bytes, len, &answer, take, &reading);
	*over = fault_disarm() > 0;
	talk_close(&talk);
	talk_open(&talk, false);
	look(&now);
	if (*over && (answer.wrong || answer.outcome != ACCEPTED))
		return "it does not work without a fault";
	wrong = weigh(&answer, &before, &now, done, tally);
	if (!wrong && answer.outcome == ACCEPTED)
		wrong = compare(op, &reading, all);
	if (wrong) {
		printf("# %s: outcome %d, error %d\n", wrong, answer.outcome,
		       answer.err);
		return wrong;
	}
	if (op->undo_cmd && now.meaning != before.meaning)
		must(op->what, op->undo_cmd, op->undo);
	return NULL;
}

static const char *try_op(const struct faults_op *op, uint32_t *n,
			  struct tally *tally)
{
	struct reading all = { .messages = 0 };
	struct state begin, done, undone;
	struct answer answer;
	const char *wrong = NULL;
	bool over = false;
	size_t len;

	if (op->first)
		must(op->what, op->undo_cmd, op->undo);
	look(&begin);
	len = request(op->cmd, op->dump, op->build);
	talk_ask(&talk, bytes, len, &answer, take, &all);
	if (answer.wrong || answer.outcome != ACCEPTED) {
		printf("# %s\n", answer.wrong ?: strerror(answer.err));
		return "it does not work at all";
	}
	if (op->dump && !all.messages)
		return "there is nothing to list";
	look(&done);
	if (op->undo_cmd) {
		if (done.meaning == begin.meaning)
			return "it changes nothing";
		must(op->what, op->undo_cmd, op->undo);
	}
	for (*n = 1; !wrong && !over; ++*n)
		wrong = *n > MAX_FAULTS ? "it does not end" :
			try_one(op, *n, &done, &all, tally, &over);
	*n -= 2;
	look(&undone);
	if (!wrong && undone.meaning != begin.meaning)
		return "it could not be undone";
	return wrong;
}

/**
 * faults_control() - all requests
 * @large: how many elements are many
 *
 * Speaks TAP, a test for each.
 *
 * Return: how many failed
 */
int faults_control(uint32_t large)
{
	unsigned int i;
	struct tally tally;
	const char *wrong;
	int failed = 0;
	uint32_t n;

	faults_large = large;
	talk_open(&talk, false);
	must("all", GWLB_CMD_CONFIG_SET, faults_down);
	must("all", GWLB_CMD_RULESET_SET, faults_rules);
	for (i = 0; i < n_faults_ops; i++) {
		memset(&tally, 0, sizeof(tally));
		n = 0;
		wrong = try_op(&faults_ops[i], &n, &tally);
		/* Each request and each answer is an allocation at least. */
		if (!wrong && (n < 2 || tally.refused + tally.lost < 2))
			wrong = "there were no faults";
		failed += !!wrong;
		printf("%s %u - %s: %u faults, %u refused, %u not answered, %u done%s%s\n",
		       wrong ? "not ok" : "ok", i + 1, faults_ops[i].what, n,
		       tally.refused, tally.lost, tally.done,
		       wrong ? ": " : "", wrong ?: "");
		fflush(stdout);
	}
	printf("1..%u\n", n_faults_ops);
	return failed;
}
