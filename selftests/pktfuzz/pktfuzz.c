// SPDX-License-Identifier: GPL-2.0-only
/*
 * pktfuzz: random packets for the module, each of which has to have the fate
 * that the model says. Runs on the load balancer's side of a wire to the
 * appliance's network namespace; owns sockets there and a netlink socket in the
 * appliance's. Changes no setting of anything.
 *
 * A run begins with a module that has seen nothing, and has the rules that
 * "pktfuzz --seed N --rules" prints. All else follows from the seed as well, so
 * the same seed is the same run.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/ether.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burst.h"

#define AGGREGATE_ONCE_IN	600

/**
 * struct run - everything
 * @stage: addresses
 * @plan: rules
 * @model: what should be
 * @shooter: where packets come from
 * @burst: those on their way
 * @seed: of all random numbers
 * @count: how many packets
 * @size: how many of them in a burst
 * @single_from: number of the first packet that goes alone
 * @sentinels: how many were sent
 * @aggregates: how many were sent
 * @pieces: how many packets came in pieces
 * @reasons: how many packets had this fate
 * @unseen: how many the host discarded
 */
struct run {
	struct stage stage;
	struct plan plan;
	struct model model;
	struct shooter shooter;
	struct burst burst;
	unsigned long long seed;
	unsigned long count;
	unsigned int size;
	unsigned long single_from;
	unsigned int sentinels;
	unsigned long aggregates;
	unsigned long pieces;
	unsigned long reasons[COUNTERS_REASONS];
	unsigned long unseen;
};

static void judge(struct run *r, struct shot *shot)
{
	struct frame_view v = { shot->data, shot->size, shot->link };

	model_judge(&r->model, &v, &shot->fate);
}

static void count_fate(struct run *r, const struct shot *shot)
{
	if (shot->fate.seen)
		r->reasons[shot->fate.reason]++;
	else
		r->unseen++;
	if (shot->linear < ETH_HLEN + shot->size)
		r->pieces++;
}

/* The packets that have been drawn */
static bool flush(struct run *r)
{
	struct burst *b = &r->burst;
	bool right;

	if (!b->n)
		return true;
	shot_sentinel(&r->shooter, &b->sentinel, r->sentinels++);
	judge(r, &b->sentinel);
	right = burst_play(b);
	if (!right)
		printf("# differs: packets %lu to %lu of seed %llu\n",
		       b->shots[0].number, b->shots[b->n - 1].number, r->seed);
	b->n = 0;
	return right;
}

static void keep(struct run *r)
{
	count_fate(r, &r->burst.shots[r->burst.n++]);
}

static bool play_one(struct run *r)
{
	struct burst *b = &r->burst;
	struct shot *shot = &b->shots[b->n];
	unsigned int size;

	do {
		shot_draw(&r->shooter, shot);
		judge(r, shot);
	} while (shot->fate.unsure);
	size = shot->number < r->single_from ? r->size : 1;
	keep(r);
	return b->n < size || flush(r);
}

static bool play_aggregate(struct run *r)
{
	unsigned int n = 2 + mutate_below(&r->shooter.m, RING_SEGMENTS - 1);
	struct burst *b = &r->burst;
	unsigned int size = 0;

	if (!flush(r))
		return false;
	while (b->n < n) {
		do {
			shot_draw_segment(&r->shooter, &b->shots[b->n], size);
			judge(r, &b->shots[b->n]);
		} while (b->shots[b->n].fate.unsure);
		size = b->shots[0].size;
		keep(r);
	}
	r->aggregates++;
	return flush(r);
}

static void report(const struct run *r)
{
	unsigned long returned = 0, passed = 0, dropped = 0;
	unsigned int i;

	for (i = 0; i < COUNTERS_REASONS; i++) {
		if (!r->reasons[i])
			continue;
		printf("# %s %lu\n", case_reason_name(i), r->reasons[i]);
		if (!i)
			returned += r->reasons[i];
		else if (!strncmp(case_reason_name(i), "pass-", 5))
			passed += r->reasons[i];
		else
			dropped += r->reasons[i];
	}
	printf("# sum: packets %lu returned %lu passed %lu dropped %lu unseen %lu pieces %lu aggregates %lu answers %lu\n",
	       returned + passed + dropped + r->unseen, returned, passed,
	       dropped, r->unseen, r->pieces, r->aggregates,
	       r->burst.answers);
}

static int play_all(struct run *r)
{
	bool right = true;

	while (right && r->shooter.n < r->count)
		right = mutate_below(&r->shooter.m, AGGREGATE_ONCE_IN) ?
			play_one(r) : play_aggregate(r);
	right = right && flush(r);
	report(r);
	return right ? 0 : 1;
}

/* What is opened in another namespace stays there; we do not. */
static void open_appliance(struct run *r, const char *netns)
{
	int home, there;
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (home < 0 || there < 0 || setns(there, CLONE_NEWNET))
		err(2, "%s", path);
	counters_open(&r->burst.source);
	if (setns(home, CLONE_NEWNET))
		err(2, "setns");
	close(there);
	close(home);
	counters_read(&r->burst.source, &r->burst.before);
	if (r->burst.before.received.packets)
		errx(2, "the module has seen packets before");
}

/* All packets are to take the same way: one CPU, one queue. */
static void stay_here(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(2, "affinity");
}

static const char usage_text[] =
"Usage: pktfuzz --seed N --rules\n"
"       pktfuzz --seed N OPTIONS\n"
"Sends random packets to the module, from the load balancer's side of a wire,\n"
"and sees that each has the fate it has to have.\n"
"  --rules               print the rules that the module has to have\n"
"  --count N             how many packets (10000)\n"
"  --size N              how many of them at a time (63)\n"
"  --single-from N       from that packet on, one at a time\n"
"  --corpus DIR          packets to begin with\n"
"  --netns NAME          the appliance's network namespace; the module is up\n"
"  --dev DEV             our end of the wire\n"
"  --mac MAC             the appliance's end of it\n"
"  --appliance ADDRESS   address of the appliance\n"
"  --second ADDRESS      another one\n"
"  --gwlb ADDRESS        a peer, and our address; all others of its /24 are\n"
"                        peers, too\n"
"  --stranger ADDRESS    no peer\n"
"  --unrouted ADDRESS    a peer, and there is no route to it\n"
"  --elsewhere ADDRESS   no address of the appliance\n"
"  --broadcast ADDRESS   broadcast address of the appliance's network\n"
"  --mtu BYTES           MTU of the appliance's end of the wire\n"
"  --mode route|reflect  the send mode that the module is in\n"
"  --help\n"
"Exits with 0 if all is right, with 1 if not, with 3 if those who say what is\n"
"right do not agree, with 2 if anything else is wrong.\n";

enum option_index {
	OPT_SEED, OPT_COUNT, OPT_SIZE, OPT_SINGLE, OPT_CORPUS, OPT_NETNS,
	OPT_DEV, OPT_MAC, OPT_APPLIANCE, OPT_SECOND, OPT_GWLB, OPT_STRANGER,
	OPT_UNROUTED, OPT_ELSEWHERE, OPT_BROADCAST, OPT_MTU, OPT_MODE,
	OPT_RULES, OPT_HELP, OPT_ALL,
};

static const struct option options[] = {
	[OPT_SEED] = { "seed", required_argument, NULL, 0 },
	[OPT_COUNT] = { "count", required_argument, NULL, 0 },
	[OPT_SIZE] = { "size", required_argument, NULL, 0 },
	[OPT_SINGLE] = { "single-from", required_argument, NULL, 0 },
	[OPT_CORPUS] = { "corpus", required_argument, NULL, 0 },
	[OPT_NETNS] = { "netns", required_argument, NULL, 0 },
	[OPT_DEV] = { "dev", required_argument, NULL, 0 },
	[OPT_MAC] = { "mac", required_argument, NULL, 0 },
	[OPT_APPLIANCE] = { "appliance", required_argument, NULL, 0 },
	[OPT_SECOND] = { "second", required_argument, NULL, 0 },
	[OPT_GWLB] = { "gwlb", required_argument, NULL, 0 },
	[OPT_STRANGER] = { "stranger", required_argument, NULL, 0 },
	[OPT_UNROUTED] = { "unrouted", required_argument, NULL, 0 },
	[OPT_ELSEWHERE] = { "elsewhere", required_argument, NULL, 0 },
	[OPT_BROADCAST] = { "broadcast", required_argument, NULL, 0 },
	[OPT_MTU] = { "mtu", required_argument, NULL, 0 },
	[OPT_MODE] = { "mode", required_argument, NULL, 0 },
	[OPT_RULES] = { "rules", no_argument, NULL, 0 },
	[OPT_HELP] = { "help", no_argument, NULL, 0 },
	[OPT_ALL] = { NULL, 0, NULL, 0 },
};

static void misuse(const char *what, const char *value)
{
	errx(2, "%s: %s; --help says more", what, value);
}

static __be32 address(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		misuse("no IPv4 address", text);
	return addr.s_addr;
}

static unsigned long number(const char *text, unsigned long otherwise,
			    unsigned long max)
{
	unsigned long n;
	char *end;

	if (!text)
		return otherwise;
	n = strtoul(text, &end, 10);
	if (end == text || *end || n > max)
		misuse("no such number", text);
	return n;
}

static void take_values(struct run *r, char *const value[OPT_ALL])
{
	const struct ether_addr *mac = ether_aton(value[OPT_MAC]);

	if (!mac)
		misuse("no Ethernet address", value[OPT_MAC]);
	memcpy(r->burst.ring.appliance, mac, ETH_ALEN);
	r->stage = (struct stage) {
		.appliance = address(value[OPT_APPLIANCE]),
		.second = address(value[OPT_SECOND]),
		.gwlb = address(value[OPT_GWLB]),
		.stranger = address(value[OPT_STRANGER]),
		.unrouted = address(value[OPT_UNROUTED]),
		.elsewhere = address(value[OPT_ELSEWHERE]),
		.broadcast = address(value[OPT_BROADCAST]),
		.mtu = number(value[OPT_MTU], 0, PACKET_MAX - 4),
	};
	r->count = number(value[OPT_COUNT], 10000, 10000000);
	r->size = number(value[OPT_SIZE], BURST_MAX, BURST_MAX);
	r->single_from = number(value[OPT_SINGLE], ~0UL, ~0UL);
	if (!strcmp(value[OPT_MODE], "reflect"))
		r->burst.mode = GWLB_SEND_MODE_REFLECT;
	else if (strcmp(value[OPT_MODE], "route"))
		misuse("no send mode", value[OPT_MODE]);
}

int main(int argc, char **argv)
{
	static struct run run;
	char *value[OPT_ALL] = { NULL };
	int index, i;

	while ((i = getopt_long(argc, argv, "", options, &index)) == 0)
		value[index] = optarg ? optarg : "";
	if (i != -1 || optind < argc || value[OPT_HELP]) {
		fputs(usage_text, value[OPT_HELP] ? stdout : stderr);
		return value[OPT_HELP] ? 0 : 2;
	}
	if (!value[OPT_SEED])
		misuse("missing option", "seed");
	run.seed = number(value[OPT_SEED], 0, ~0UL);
	plan_draw(&run.plan, run.seed);
	if (value[OPT_RULES]) {
		plan_print(&run.plan, stdout);
		return 0;
	}
	for (i = OPT_CORPUS; i < OPT_RULES; i++)
		if (!value[i])
			misuse("missing option", options[i].name);
	take_values(&run, value);

	stay_here();
	shooter_init(&run.shooter, &run.stage, value[OPT_CORPUS], run.seed);
	model_init(&run.model, &run.plan, &run.stage, run.burst.mode);
	open_appliance(&run, value[OPT_NETNS]);
	ring_open(&run.burst.ring, value[OPT_DEV], &run.stage);
	return play_all(&run);
}
