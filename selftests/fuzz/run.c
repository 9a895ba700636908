// SPDX-License-Identifier: GPL-2.0-only
/*
 * run: one request after the other. See run.h.
 *
 * What is refused changes nothing: the state is read before each request that
 * may change it, and after so many others. One that is not as uapi/gwlb.yaml
 * says may not, and its being accepted would be a finding.
 */
#include <err.h>
#include <inttypes.h>
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "judge.h"
#include "message.h"
#include "mutate.h"
#include "run.h"
#include "schema.h"

/* Seconds after which a request hangs, however slow the machine is */
#define PATIENCE	240
/* A trial that would end while we look is ended by us. */
#define SHORT_TRIAL	900

static uint8_t bytes[MESSAGE_MAX];

static void print_request(const struct suspect *suspect)
{
	size_t i, n = suspect->len;

	if (n > sizeof(suspect->bytes))
		n = sizeof(suspect->bytes);
	printf("# request %" PRIu64 ", %zu bytes:", suspect->index,
	       suspect->len);
	for (i = 0; i < n; i++)
		printf("%s%02x", i % 32 ? "" : "\n#  ", suspect->bytes[i]);
	printf("\n");
}

/**
 * run_found() - tell a finding, and exit
 * @run: the run
 * @what: what it is
 * @last: it is about the last request, not about all suspects
 */
void run_found(const struct run *run, const char *what, bool last)
{
	uint32_t i = last && run->n_suspects ? run->n_suspects - 1 : 0;

	printf("# FOUND, actor %s, seed %" PRIu64 ": %s\n", run->actor->name,
	       run->seed, what);
	for (; i < run->n_suspects; i++)
		print_request(&run->suspects[i]);
	fflush(stdout);
	_exit(1);
}

/* The state */

/**
 * run_read_state() - read the state, or have it read
 * @run: the run
 * @state: gets it
 */
void run_read_state(struct run *run, struct state *state)
{
	char byte = 0;
	const char *wrong;

	if (run->witness < 0) {
		wrong = state_read(&run->talk, state);
		if (wrong)
			run_found(run, wrong, false);
		return;
	}
	if (write(run->witness, &byte, 1) != 1 ||
	    read(run->witness, state, sizeof(*state)) != sizeof(*state))
		errx(2, "the witness is gone");
}

/**
 * run_compare_state() - is everything as it was before the suspects?
 * @run: the run
 */
void run_compare_state(struct run *run)
{
	struct state now;

	run_read_state(run, &now);
	if (!state_same(&now, &run->around.state))
		run_found(run, "one that was refused changed the state", false);
	run->n_suspects = 0;
}

/* One request */

static void suspect(struct run *run, size_t len)
{
	struct suspect *suspect = &run->suspects[run->n_suspects++];

	suspect->index = run->index;
	suspect->len = len;
	memcpy(suspect->bytes, bytes, len < sizeof(suspect->bytes) ?
	       len : sizeof(suspect->bytes));
}

/* A ruleset on trial goes back by itself, which would look like a finding. */
static void end_short_trial(struct run *run)
{
	struct message msg = {
		.cmd = GWLB_CMD_RULESET_CONFIRM,
		.version = GWLB_GENL_VERSION,
		.flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	struct answer answer;
	uint8_t confirm[64];
	size_t len;

	if (!run->around.state.trial || run->around.state.trial > SHORT_TRIAL)
		return;
	len = message_bytes(&msg, run->talk.family, confirm, sizeof(confirm));
	talk_ask(&run->talk, confirm, len, &answer, NULL, NULL);
	run_read_state(run, &run->around.state);
}

static void count(struct run *run, size_t len, const struct answer *answer)
{
	struct nlmsghdr nlh;
	uint8_t cmd = bytes[NLMSG_HDRLEN];

	run->outcomes[answer->outcome]++;
	if (answer->outcome != ACCEPTED || len < NLMSG_HDRLEN)
		return;
	memcpy(&nlh, bytes, sizeof(nlh));
	if ((nlh.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
		run->dumped[cmd]++;
	else
		run->accepted[cmd]++;
}

/* Of who may: what was refused, or only reads, changes nothing. */
static void look_after(struct run *run, const struct answer *answer,
		       bool writer)
{
	bool happened = talk_happened(&run->talk);

	if (answer->outcome != ACCEPTED || !writer) {
		if (happened)
			run_found(run, "a refused request made an event", true);
		return;
	}
	run->told += happened;
	run_read_state(run, &run->around.state);
	end_short_trial(run);
	talk_happened(&run->talk);
	run->n_suspects = 0;
}

static void take_flow(const void *attrs, size_t len, void *arg)
{
	const struct nlattr *attr = attrs;
	uint64_t *newest = arg, id;

	/* The id comes first. */
	if (len < NLA_HDRLEN + sizeof(id) || attr->nla_type != GWLB_A_FLOW_ID)
		return;
	memcpy(&id, attr + 1, sizeof(id));
	if (id > *newest)
		*newest = id;
}

/**
 * run_traffic() - have packets, and see the newest of their flows
 * @run: the run
 */
void run_traffic(struct run *run)
{
	struct message msg = {
		.cmd = GWLB_CMD_FLOW_GET,
		.version = GWLB_GENL_VERSION,
		.flags = NLM_F_REQUEST | NLM_F_DUMP,
	};
	struct answer answer;
	uint8_t dump[64];
	size_t len;

	if (!run->traffic)
		return;
	if (system(run->traffic))
		errx(2, "%s: it failed", run->traffic);
	len = message_bytes(&msg, run->talk.family, dump, sizeof(dump));
	talk_ask(&run->talk, dump, len, &answer, take_flow, &run->around.flow);
	if (answer.wrong)
		run_found(run, answer.wrong, false);
	talk_happened(&run->talk);
}

/**
 * run_one() - the next request
 * @run: the run
 */
void run_one(struct run *run)
{
	struct message msg;
	struct answer answer;
	const char *wrong;
	bool writer;
	size_t len;

	chance_seed(run->seed, run->index);
	message_reset();
	seed(&msg, &run->around);
	if (!once_in(4))
		mutate(&msg, &run->around);
	len = message_bytes(&msg, run->talk.family, bytes, sizeof(bytes));
	if (!len)
		return;
	writer = is_writer(bytes, len);
	if (run->n_suspects &&
	    (run->n_suspects == run->batch ||
	     (writer && !judge_request(bytes, len, run->actor->may))))
		run_compare_state(run);
	suspect(run, len);
	alarm(PATIENCE);
	talk_ask(&run->talk, bytes, len, &answer, NULL, NULL);
	wrong = judge(bytes, len, &answer, run->actor->may);
	if (wrong) {
		printf("# answer: outcome %d, error %d (%s)\n", answer.outcome,
		       answer.err, strerror(answer.err));
		run_found(run, wrong, true);
	}
	count(run, len, &answer);
	if (run->actor->may)
		look_after(run, &answer, writer);
}
