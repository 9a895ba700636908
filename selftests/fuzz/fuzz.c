// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz: sends requests to the module, most of them bent, and looks at what
 * comes of each. See usage(). Who has no CAP_NET_ADMIN may not read the state,
 * so another process does that for him.
 */
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "schema.h"

/* After so many requests there are packets again, so that there are flows. */
#define LULL		2000

/* Not stdio: it may have been interrupted. */
static void hangs(int signal)
{
	static const char text[] = "# FOUND: a request hangs\n";

	(void)signal;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

/* Reads the state for somebody else, until he is gone. */
static void bear_witness(int fd)
{
	struct state state;
	struct talk talk;
	const char *wrong;
	char byte;

	talk_open(&talk, false);
	while (read(fd, &byte, 1) == 1) {
		wrong = state_read(&talk, &state);
		if (wrong)
			errx(2, "%s", wrong);
		if (write(fd, &state, sizeof(state)) != sizeof(state))
			break;
	}
	talk_close(&talk);
}

/* Seeds that are never accepted would not test what is behind the policies. It
 * is for who started this to say how often that may be: in some rounds the
 * module is down, or its rules refuse all packets, as often as there are some.
 */
static void show_seeds(const struct run *run)
{
	const struct schema_op *op;
	unsigned int i;

	if (run->actor->may && !run->told)
		printf("# an event was never accepted\n");
	for (i = 0; i < n_schema_ops; i++) {
		op = &schema_ops[i];
		printf("# %-16s accepted %8" PRIu64 ", dumps %8" PRIu64 "\n",
		       op->name, run->accepted[op->cmd],
		       run->dumped[op->cmd]);
		if (op->admin && !run->actor->may)
			continue;
		/* Where there are no packets there is nothing to find. */
		if (run->actor->own && (op->cmd == GWLB_CMD_NODE_GET ||
					op->cmd == GWLB_CMD_ENDPOINT_GET ||
					op->cmd == GWLB_CMD_FLOW_GET))
			continue;
		if (!run->accepted[op->cmd] ||
		    (op->dump && !run->dumped[op->cmd]))
			printf("# %s was never accepted\n", op->name);
	}
}

static void go(struct run *run, uint64_t count, const char *device)
{
	uint64_t end = run->index + count;

	run->actor->become();
	if (device && if_nametoindex(device))
		run->around.device = device;
	talk_open(&run->talk, run->actor->may);
	run_read_state(run, &run->around.state);
	for (; run->index < end; run->index++) {
		if (run->index % LULL == 0)
			run_traffic(run);
		run_one(run);
	}
	run_compare_state(run);
	alarm(0);
	show_seeds(run);
	printf("# actor %s, seed %" PRIu64 ": %" PRIu64 " requests, %" PRIu64
	       " accepted, %" PRIu64 " refused, %" PRIu64 " ignored\n",
	       run->actor->name, run->seed, count, run->outcomes[ACCEPTED],
	       run->outcomes[REFUSED], run->outcomes[IGNORED]);
	talk_close(&run->talk);
}

/* Who is not root has a witness: this process, which stays root. */
static int go_apart(struct run *run, uint64_t count, const char *device)
{
	struct state before, after;
	struct talk talk;
	int pair[2], status;
	const char *wrong;
	pid_t pid;

	talk_open(&talk, false);
	wrong = state_read(&talk, &before);
	if (wrong)
		errx(2, "%s", wrong);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		err(2, "socketpair");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		close(pair[0]);
		if (!run->actor->own)
			run->witness = pair[1];
		go(run, count, device);
		fflush(stdout);
		_exit(0);
	}
	close(pair[1]);
	bear_witness(pair[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		errx(1, "the actor ended by a signal");
	wrong = state_read(&talk, &after);
	if (wrong || !state_same(&before, &after))
		run_found(run, wrong ?: "he changed another namespace", false);
	return WEXITSTATUS(status);
}

static void usage(void)
{
	fputs("Usage: fuzz [--seed N] [--first N] [--count N] [--device NAME]\n"
	      "            [--traffic COMMAND] [--batch N] ACTOR\n"
	      "Sends requests by chance to the module in this network namespace, as\n"
	      "  root       who may all\n"
	      "  powerless  root without CAP_NET_ADMIN\n"
	      "  nobody     user 65534\n"
	      "  guest      root of a user namespace, in this network namespace\n"
	      "  tenant     the same, in a network namespace of his own\n"
	      "and exits with 1 at the first answer that should not be. The state is\n"
	      "read after N of them at most (64): with 1 a finding is about one.\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ "batch", required_argument, NULL, 'b' },
		{ "traffic", required_argument, NULL, 't' },
		{ "device", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	static struct run run = {
		.witness = -1, .seed = 1, .batch = MAX_SUSPECTS,
	};
	const char *device = NULL;
	uint64_t count = 1000;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 's':
			run.seed = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			run.index = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			count = strtoull(optarg, NULL, 0);
			break;
		case 'b':
			run.batch = strtoul(optarg, NULL, 0);
			break;
		case 't':
			run.traffic = optarg;
			break;
		case 'd':
			device = optarg;
			break;
		default:
			usage();
		}
	}
	if (optind != argc - 1 || !run.batch || run.batch > MAX_SUSPECTS)
		usage();
	run.actor = actor_find(argv[optind]);
	if (!run.actor)
		usage();
	signal(SIGALRM, hangs);
	if (strcmp(run.actor->name, "root"))
		return go_apart(&run, count, device);
	go(&run, count, device);
	return 0;
}
