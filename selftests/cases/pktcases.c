// SPDX-License-Identifier: GPL-2.0-only
/*
 * pktcases: plays the table of packets against the module. Runs on the load
 * balancer's side of a wire to the appliance's network namespace; owns one
 * packet socket there, a netlink socket and a tun device in the appliance's
 * namespace. Changes no setting of anything.
 *
 * Each row is followed by a sentinel, a good packet with a cookie of its own.
 * When that is back, whatever the row brought about has happened: both took
 * the same way, in order.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cases.h"
#include "counters.h"
#include "link.h"

#define WAIT_MS		10000
#define MAX_FRAMES	8
#define MAX_LOST	5
#define SENTINEL	0x5e000000

/**
 * struct play - everything
 * @stage: addresses
 * @link: the wire
 * @source: the counters
 * @mode: send mode that the module is in
 * @unfinished: leave the outer UDP checksum to the device, where that can be
 * @only: play the rows whose names begin so
 * @sentinels: how many were sent
 * @lost: how many were not seen again, in a row
 * @frames: what came back, but for the sentinel
 * @n_frames: how many
 * @wrong: something was wrong with this row
 */
struct play {
	struct stage stage;
	struct link link;
	struct counter_source source;
	enum gwlb_send_mode mode;
	bool unfinished;
	const char *only;
	unsigned int sentinels;
	unsigned int lost;
	struct frame frames[MAX_FRAMES];
	unsigned int n_frames;
	bool wrong;
};

/* The TAP line of the row follows. */
__attribute__((format(printf, 2, 3)))
static void wrong(struct play *play, const char *format, ...)
{
	va_list ap;

	play->wrong = true;
	printf("# ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Reads the counters until @packets were received and have their reason. */
static void wait_counted(struct play *play, __u64 packets,
			 struct counters *counters)
{
	long long end = now_ms() + WAIT_MS;

	do {
		counters_read(&play->source, counters);
		if (counters->received.packets >= packets &&
		    counters_settled(counters))
			return;
		usleep(200);
	} while (now_ms() < end);
}

/* Collects what comes until the sentinel does. */
static void wait_sentinel(struct play *play, const struct packet *sentinel)
{
	long long left, end = now_ms() + WAIT_MS;
	struct frame frame;
	bool seen = false;

	/* Once it is there, nothing is waited for. */
	while ((left = seen ? 0 : end - now_ms()) >= 0) {
		if (!link_receive(&play->link, &frame, left))
			break;
		if (!seen && link_is_answer(&play->link, &frame, sentinel))
			seen = true;
		else if (play->n_frames < MAX_FRAMES)
			play->frames[play->n_frames++] = frame;
	}
	if (seen) {
		play->lost = 0;
	} else {
		play->lost++;
		wrong(play, "the next good packet did not come back");
	}
}

static void build_sentinel(struct play *play, struct packet *p)
{
	packet_start(p);
	packet_outer(p, play->stage.gwlb, play->stage.appliance, 0);
	packet_udp(p, 60000, 6081);
	packet_geneve(p);
	packet_endpoint(p, DEFAULT_ENDPOINT);
	packet_attachment(p, 0);
	packet_cookie(p, SENTINEL + play->sentinels++);
	packet_ipv4(p, 0);
	packet_udp(p, 40000, 53);
	packet_fill(p, 8);
	packet_finish(p);
}

static void show_frame(const struct frame *frame)
{
	unsigned int i;

	printf("# came, %u bytes:", frame->len);
	for (i = 0; i < frame->len && i < 128; i++)
		printf("%s%02x", i % 4 ? "" : " ", frame->data[i]);
	printf("\n");
}

static void judge_returned(struct play *play, const struct packet *p,
			   bool unfinished)
{
	if (play->n_frames != 1)
		wrong(play, "%u frames came, not 1", play->n_frames);
	else if (!link_is_answer(&play->link, &play->frames[0], p))
		wrong(play, "it is not the packet with swapped addresses");
	else if (play->frames[0].unfinished != unfinished)
		wrong(play, "its checksum is %sfinished", unfinished ? "" :
		      "un");
}

/* What the host's own stack may say to a packet that was left to it. */
static bool is_stack(const struct frame *frame)
{
	const struct ethhdr *eth = (const void *)frame->data;
	const __u8 *ip = frame->data + ETH_HLEN;

	return frame->len >= ETH_HLEN + 20 &&
	       eth->h_proto == htons(ETH_P_IP) &&
	       (ip[9] == PROTO_ICMP || ip[9] == PROTO_TCP);
}

static void judge_passed(struct play *play)
{
	unsigned int i;

	for (i = 0; i < play->n_frames; i++)
		if (!is_stack(&play->frames[i]))
			wrong(play, "frame %u is no answer of the stack", i);
}

static void judge_frames(struct play *play, const struct packet_case *row,
			 const struct packet *p, bool unfinished)
{
	enum gwlb_reason reason = row->reason[play->mode];
	unsigned int i;

	if (row->unseen) {
		if (play->n_frames)
			wrong(play, "%u frames came", play->n_frames);
	} else if (reason == GWLB_REASON_RETURNED) {
		judge_returned(play, p, unfinished);
	} else if (!strncmp(case_reason_name(reason), "pass-", 5)) {
		judge_passed(play);
	} else if (play->n_frames) {
		wrong(play, "%u frames came, none was to", play->n_frames);
	}
	if (play->wrong)
		for (i = 0; i < play->n_frames; i++)
			show_frame(&play->frames[i]);
}

static void judge_count(struct play *play, const char *name,
			const struct count *before, const struct count *after,
			const struct count *expected)
{
	long long packets = after->packets - before->packets;
	long long bytes = after->bytes - before->bytes;

	if (packets != (long long)expected->packets ||
	    bytes != (long long)expected->bytes)
		wrong(play,
		      "%s moved by %lld packets, %lld bytes, not %llu, %llu",
		      name, packets, bytes, expected->packets,
		      expected->bytes);
}

static void judge_counters(struct play *play, const struct packet_case *row,
			   const struct packet *p,
			   const struct packet *sentinel,
			   const struct counters *before,
			   const struct counters *after)
{
	struct counters expected = { 0 };
	struct count *count;
	unsigned int i;

	count = &expected.reason[GWLB_REASON_RETURNED];
	count->packets = 1;
	count->bytes = sentinel->len;
	if (!row->unseen) {
		count = &expected.reason[row->reason[play->mode]];
		count->packets++;
		count->bytes += p->len;
	}
	for (i = 0; i < COUNTERS_REASONS; i++) {
		expected.received.packets += expected.reason[i].packets;
		expected.received.bytes += expected.reason[i].bytes;
		judge_count(play, case_reason_name(i), &before->reason[i],
			    &after->reason[i], &expected.reason[i]);
	}
	judge_count(play, "received", &before->received, &after->received,
		    &expected.received);
	if (!counters_settled(after))
		wrong(play, "received is not the sum of all reasons");
}

/* To leave a checksum to the device makes sense where one is to be right. */
static bool can_be_unfinished(const struct play *play,
			      const struct packet_case *row,
			      const struct packet *p)
{
	struct packet sealed = *p;

	packet_reseal(&sealed);
	return row->reason[play->mode] == GWLB_REASON_RETURNED &&
	       row->link == LINK_HOST && !p->surplus &&
	       !memcmp(sealed.data, p->data, p->len);
}

static void play_row(struct play *play, const struct packet_case *row)
{
	struct counters before, after;
	struct packet p, sentinel;

	play->wrong = false;
	play->n_frames = 0;
	case_build(row, &play->stage, &p);
	if (play->unfinished)
		packet_put16(p.data + p.udp + 6, packet_pseudo_sum(&p));

	counters_read(&play->source, &before);
	link_send(&play->link, &p, row->link, play->unfinished);
	if (!row->unseen)
		wait_counted(play, before.received.packets + 1, &after);
	build_sentinel(play, &sentinel);
	link_send(&play->link, &sentinel, LINK_HOST, false);
	wait_sentinel(play, &sentinel);
	wait_counted(play, before.received.packets + 1 + !row->unseen,
		     &after);

	judge_frames(play, row, &p, play->unfinished);
	judge_counters(play, row, &p, &sentinel, &before, &after);
	if (play->wrong)
		printf("# expected %s: %s\n", row->unseen ?
		       "nothing to be counted" :
		       case_reason_name(row->reason[play->mode]),
		       row->source);
}

static bool is_played(const struct play *play, const struct packet_case *row)
{
	struct packet p;

	if (play->only && strncmp(row->name, play->only, strlen(play->only)))
		return false;
	if (!play->unfinished)
		return true;
	case_build(row, &play->stage, &p);
	return can_be_unfinished(play, row, &p);
}

static int play_all(struct play *play)
{
	const struct packet_case *row;
	unsigned int n = 0, failed = 0;

	for (row = case_next(NULL); row; row = case_next(row)) {
		if (!is_played(play, row))
			continue;
		play_row(play, row);
		n++;
		failed += play->wrong;
		printf("%sok %u - %s\n", play->wrong ? "not " : "", n,
		       row->name);
		fflush(stdout);
		if (play->lost == MAX_LOST) {
			printf("Bail out! nothing comes back\n");
			return 1;
		}
	}
	if (!n)
		errx(1, "no row is called %s...", play->only);
	printf("1..%u\n", n);
	return failed ? 1 : 0;
}

/* What is opened in another namespace stays there; we do not. */
static void open_appliance(struct play *play, const char *netns)
{
	int home, there;
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (home < 0 || there < 0 || setns(there, CLONE_NEWNET))
		err(1, "%s", path);
	counters_open(&play->source);
	link_open_tun(&play->link);
	if (setns(home, CLONE_NEWNET))
		err(1, "setns");
	close(there);
	close(home);
}

/* All packets are to take the same way: one CPU, one queue. */
static void stay_here(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "affinity");
}

static const char usage_text[] =
"Usage: pktcases OPTIONS\n"
"Plays the table of packets against the module, from the load balancer's side\n"
"of a wire.\n"
"  --netns NAME          the appliance's network namespace; the module is up\n"
"  --dev DEV             our end of the wire\n"
"  --mac MAC             the appliance's end of it\n"
"  --appliance ADDRESS   address of the appliance\n"
"  --second ADDRESS      another one\n"
"  --gwlb ADDRESS        a peer, and there is a route to it\n"
"  --stranger ADDRESS    no peer, and there is a route to it\n"
"  --unrouted ADDRESS    a peer, and there is no route to it\n"
"  --elsewhere ADDRESS   no address of the appliance\n"
"  --broadcast ADDRESS   a peer, and a broadcast address of the appliance\n"
"  --mtu BYTES           MTU of the appliance's end of the wire\n"
"  --mode route|reflect  the send mode that the module is in\n"
"These are needed; these are not:\n"
"  --unfinished          leave the UDP checksum to the device, and play only\n"
"                        those rows that are returned then\n"
"  --only PREFIX         play only rows whose names begin so\n"
"  --help\n"
"One TAP line for each row. Exits with 0 if all are right, with 1 if not.\n";

static void usage(FILE *to)
{
	fputs(usage_text, to);
}

enum option_index {
	OPT_NETNS, OPT_DEV, OPT_MAC, OPT_APPLIANCE, OPT_SECOND, OPT_GWLB,
	OPT_STRANGER, OPT_UNROUTED, OPT_ELSEWHERE, OPT_BROADCAST, OPT_MTU,
	OPT_MODE, OPT_NEEDED, OPT_ONLY = OPT_NEEDED, OPT_UNFINISHED,
	OPT_HELP, OPT_ALL,
};

static const struct option options[] = {
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
	[OPT_ONLY] = { "only", required_argument, NULL, 0 },
	[OPT_UNFINISHED] = { "unfinished", no_argument, NULL, 0 },
	[OPT_HELP] = { "help", no_argument, NULL, 0 },
	[OPT_ALL] = { NULL, 0, NULL, 0 },
};

static void misuse(const char *what, const char *value)
{
	fprintf(stderr, "pktcases: %s%s%s\n", what, value ? ": " : "",
		value ? value : "");
	usage(stderr);
	exit(2);
}

static __be32 address(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		misuse("no IPv4 address", text);
	return addr.s_addr;
}

static void take_values(struct play *play, char *const value[OPT_ALL])
{
	const struct ether_addr *mac = ether_aton(value[OPT_MAC]);
	char *end;

	if (!mac)
		misuse("no Ethernet address", value[OPT_MAC]);
	memcpy(play->link.appliance, mac, ETH_ALEN);
	play->stage = (struct stage) {
		.appliance = address(value[OPT_APPLIANCE]),
		.second = address(value[OPT_SECOND]),
		.gwlb = address(value[OPT_GWLB]),
		.stranger = address(value[OPT_STRANGER]),
		.unrouted = address(value[OPT_UNROUTED]),
		.elsewhere = address(value[OPT_ELSEWHERE]),
		.broadcast = address(value[OPT_BROADCAST]),
		.mtu = strtoul(value[OPT_MTU], &end, 10),
	};
	/* GWLB's own packets have to fit (fact sheet 1.1), and so has ours. */
	if (*end || play->stage.mtu < 8568 ||
	    play->stage.mtu + 4 > PACKET_MAX)
		misuse("no MTU from 8568 to 9212", value[OPT_MTU]);
	if (!strcmp(value[OPT_MODE], "reflect"))
		play->mode = GWLB_SEND_MODE_REFLECT;
	else if (strcmp(value[OPT_MODE], "route"))
		misuse("no send mode", value[OPT_MODE]);
	play->only = value[OPT_ONLY];
	play->unfinished = value[OPT_UNFINISHED];
}

int main(int argc, char **argv)
{
	static struct play play;
	char *value[OPT_ALL] = { NULL };
	int index, i;

	while ((i = getopt_long(argc, argv, "", options, &index)) == 0)
		value[index] = optarg ? optarg : "";
	if (i != -1) {
		usage(stderr);
		return 2;
	}
	if (value[OPT_HELP]) {
		usage(stdout);
		return 0;
	}
	if (optind < argc)
		misuse("nobody asked for", argv[optind]);
	for (i = 0; i < OPT_NEEDED; i++)
		if (!value[i])
			misuse("missing option", options[i].name);
	take_values(&play, value);

	stay_here();
	open_appliance(&play, value[OPT_NETNS]);
	link_open(&play.link, value[OPT_DEV]);
	return play_all(&play);
}
