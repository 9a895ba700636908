// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults_path: no memory at any of the allocations that a packet causes, one
 * after the other. The packet has exactly one fate, and it is one that the
 * policy allows.
 *
 * What is written to a tun device is received in the very same thread, up to
 * where the answer is in the queue of that device; so faults of this thread
 * are faults of that packet.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/gwlb.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../flowgen/flowgen.h"
#include "fault.h"
#include "message.h"
#include "schema.h"
#include "talk.h"

#define BIT(n)		(1ULL << (n))
#define MAX_FAULTS	1000
#define MAX_TRIES	300
#define MAX_ROUNDS	10

/* What a packet may meet whatever the rules say, when there is no memory:
 * none for itself or its flow, or none for the route or the queue.
 */
#define FOR_WANT	(BIT(GWLB_REASON_DROP_NO_MEMORY) | \
			 BIT(GWLB_REASON_DROP_NO_ROUTE) | \
			 BIT(GWLB_REASON_DROP_TRANSMIT))

/**
 * struct path - packets that are tried
 * @what: what they are called
 * @policy: enum gwlb_verdict of the policy
 * @on_full: enum gwlb_on_full
 * @refused: enum gwlb_refused
 * @log: a rule logs them
 * @tap: somebody captures them, so that they have to be copied
 * @family: what they are, AF_INET unless it says otherwise
 * @proto: likewise, IPPROTO_TCP
 * @fragment: the first of its fragments is sent
 * @fate: what becomes of them with enough memory
 * @fates: bit of each counter that they may end in without
 */
struct path {
	const char *what;
	uint32_t policy;
	uint32_t on_full;
	uint32_t refused;
	bool log;
	bool tap;
	int family;
	uint8_t proto;
	bool fragment;
	uint32_t fate;
	uint64_t fates;
};

static const struct path paths[] = {
	{
		.what = "accepted",
		.policy = GWLB_VERDICT_ACCEPT,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) | FOR_WANT,
	}, {
		.what = "accepted, and captured",
		.policy = GWLB_VERDICT_ACCEPT,
		.tap = true,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) | FOR_WANT,
	}, {
		.what = "accepted, and logged",
		.policy = GWLB_VERDICT_ACCEPT,
		.log = true,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) | FOR_WANT,
	}, {
		.what = "accepted, stateless if need be",
		.policy = GWLB_VERDICT_ACCEPT,
		.on_full = GWLB_ON_FULL_STATELESS,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) |
			 BIT(GWLB_REASON_DROP_NO_ROUTE) |
			 BIT(GWLB_REASON_DROP_TRANSMIT),
	}, {
		.what = "IPv6, accepted",
		.policy = GWLB_VERDICT_ACCEPT,
		.family = AF_INET6,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) | FOR_WANT,
	}, {
		.what = "UDP, accepted",
		.policy = GWLB_VERDICT_ACCEPT,
		.proto = IPPROTO_UDP,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) | FOR_WANT,
	}, {
		.what = "first fragment, accepted",
		.policy = GWLB_VERDICT_ACCEPT,
		.proto = IPPROTO_UDP,
		.fragment = true,
		.fate = GWLB_REASON_RETURNED,
		.fates = BIT(GWLB_REASON_RETURNED) | FOR_WANT,
	}, {
		.what = "first fragment, dropped",
		.policy = GWLB_VERDICT_DROP,
		.proto = IPPROTO_UDP,
		.fragment = true,
		.fate = GWLB_REASON_DROP_POLICY,
		.fates = BIT(GWLB_REASON_DROP_POLICY),
	}, {
		.what = "dropped",
		.policy = GWLB_VERDICT_DROP,
		.fate = GWLB_REASON_DROP_POLICY,
		.fates = BIT(GWLB_REASON_DROP_POLICY),
	}, {
		.what = "dropped, and remembered",
		.policy = GWLB_VERDICT_DROP,
		.refused = GWLB_REFUSED_REMEMBER,
		.fate = GWLB_REASON_DROP_POLICY,
		.fates = BIT(GWLB_REASON_DROP_POLICY),
	}, {
		.what = "rejected",
		.policy = GWLB_VERDICT_REJECT,
		.fate = GWLB_REASON_DROP_REJECT,
		.fates = BIT(GWLB_REASON_DROP_REJECT),
	},
};

/**
 * struct counts - what was counted
 * @packets: by reason
 * @received: all together
 * @arrived: how many IPv4 has let on to PRE_ROUTING, by its own counters
 */
struct counts {
	uint64_t packets[64];
	uint64_t received;
	uint64_t arrived;
};

static struct talk talk;
static uint8_t bytes[MESSAGE_MAX];

/* Settings and counters */

static void must(uint8_t cmd, struct message *msg, talk_fn *fn, void *arg)
{
	struct answer answer;
	size_t len;

	msg->cmd = cmd;
	msg->version = GWLB_GENL_VERSION;
	msg->flags |= NLM_F_REQUEST | NLM_F_ACK;
	len = message_bytes(msg, talk.family, bytes, sizeof(bytes));
	talk_ask(&talk, bytes, len, &answer, fn, arg);
	if (answer.wrong || answer.outcome != ACCEPTED)
		errx(1, "command %u: %s", cmd,
		     answer.wrong ?: strerror(answer.err));
}

static void prepare(const struct path *path)
{
	struct message msg = { .first = NULL };
	struct item *nest;

	message_reset();
	nest = item_nest(&msg.first, GWLB_A_RULESET_OPTIONS);
	put_u32(&nest->first, GWLB_A_OPTIONS_POLICY, path->policy);
	put_u32(&nest->first, GWLB_A_OPTIONS_ON_FULL, path->on_full);
	put_u32(&nest->first, GWLB_A_OPTIONS_REFUSED, path->refused);
	if (path->log) {
		nest = item_nest(&msg.first, GWLB_A_RULESET_RULE);
		put_flag(&nest->first, GWLB_A_RULE_LOG);
	}
	must(GWLB_CMD_RULESET_SET, &msg, NULL, NULL);
	memset(&msg, 0, sizeof(msg));
	put_u32(&msg.first, GWLB_A_CONFIG_STATE, GWLB_STATE_UP);
	put_u32(&msg.first, GWLB_A_CONFIG_ATTACH, GWLB_ATTACH_PREROUTING);
	must(GWLB_CMD_CONFIG_SET, &msg, NULL, NULL);
}

static void take_counter(const void *attrs, size_t len, void *arg)
{
	const struct nlattr *attr = attrs;
	struct counts *counts = arg;
	uint32_t reason = UINT32_MAX;
	uint64_t packets = 0;
	size_t step;

	for (; len >= NLA_HDRLEN; len -= step, attr = (const void *)
				  ((const char *)attr + step)) {
		step = NLA_ALIGN(attr->nla_len);
		step = step < len ? step : len;
		if (attr->nla_type == GWLB_A_COUNTER_REASON)
			memcpy(&reason, attr + 1, sizeof(reason));
		if (attr->nla_type == GWLB_A_COUNTER_PACKETS)
			memcpy(&packets, attr + 1, sizeof(packets));
	}
	if (reason == UINT32_MAX)
		counts->received = packets;
	else if (reason < 64)
		counts->packets[reason] = packets;
}

static uint64_t read_arrived(void)
{
	uint64_t received, errors, discarded;
	FILE *snmp = fopen("/proc/net/snmp", "re");

	if (!snmp || fscanf(snmp, "Ip: %*[^\n] Ip: %*s %*s %" SCNu64
			    " %" SCNu64 " %*s %*s %*s %" SCNu64,
			    &received, &errors, &discarded) != 3)
		errx(2, "/proc/net/snmp");
	fclose(snmp);
	return received - errors - discarded;
}

static void read_counts(struct counts *counts)
{
	struct message msg = { .flags = NLM_F_DUMP };

	memset(counts, 0, sizeof(*counts));
	counts->arrived = read_arrived();
	must(GWLB_CMD_COUNTER_GET, &msg, take_counter, counts);
}

/* Packets */

static int open_tun(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		err(2, "tun");
	return fd;
}

static int open_tap(bool wanted)
{
	int fd;

	if (!wanted)
		return -1;
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ALL));
	if (fd < 0)
		err(2, "packet socket");
	return fd;
}

/* The first packet of flow @n, by a node and an endpoint that are new */
static void make_packet(const struct path *path, struct frame *frame,
			uint64_t n)
{
	static const struct step syn = { .flags = TH_SYN };
	struct gen gen = {
		.node = htonl(0xac100001 + n),
		.local = htonl(0xac10ff64),
		.outer_port = 40000,
		.endpoint = 0x1000 + n,
		.endpoints = 1,
		.family = path->family ?: AF_INET,
		.clients = 1,
		.fragment = path->fragment ? FIRST : WHOLE,
		.port = 80,
		.proto = path->proto ?: IPPROTO_TCP,
		/* Of a fragment the length is a multiple of 8. */
		.inner_len = 100,
		.steps = 1,
	};

	memcpy(&gen.client.s6_addr[12], (uint8_t []){ 10, 0, 0, 1 }, 4);
	memcpy(&gen.server.s6_addr[12], (uint8_t []){ 10, 0, 0, 2 }, 4);
	frame_put(frame, &gen, &syn, n);
}

/* What comes out of the device: of our packets, and of others. */
static uint32_t read_back(int tun, const struct frame *frame)
{
	uint8_t packet[2048];
	uint32_t ours = 0;
	ssize_t len;

	while ((len = read(tun, packet, sizeof(packet))) > 0)
		ours += len == (ssize_t)frame->len &&
			!memcmp(packet + 20, frame->data + 20, len - 20);
	return ours;
}

/* Return: NULL, or what is wrong with the fate of one packet */
static const char *weigh(const struct path *path, bool written, uint32_t back,
			 const struct counts *before, const struct counts *now,
			 bool fault, uint32_t *fate)
{
	uint64_t n = now->received - before->received, sum = 0;
	uint32_t i;

	*fate = UINT32_MAX;
	for (i = 0; i < 64; i++) {
		sum += now->packets[i] - before->packets[i];
		if (now->packets[i] != before->packets[i])
			*fate = i;
	}
	if (sum != n || n > 1)
		return "received, and not counted once";
	if (now->arrived - before->arrived != n)
		return "not as many were received as arrived";
	if (!n) {
		if (back)
			return "returned, and not counted";
		/* It has not come as far as to us. */
		return fault ? NULL : "it was not received";
	}
	if (!written)
		return "received, and not written";
	if (back != (*fate == GWLB_REASON_RETURNED))
		return "counted as returned, and not seen, or seen";
	if (!fault && *fate != path->fate)
		return "another fate without a fault";
	if (!(path->fates >> *fate & 1))
		return "a fate that the policy does not allow";
	return NULL;
}

static const char *try_one(const struct path *path, int tun, uint32_t n,
			   uint64_t flow, uint32_t *fates, bool *over)
{
	struct counts before, now;
	struct frame frame;
	const char *wrong;
	uint32_t fate;
	ssize_t len;

	make_packet(path, &frame, flow);
	read_counts(&before);
	talk_told_of(&talk, GWLB_CMD_FLOW_NEW_EVENT);
	fault_arm(n);
	len = write(tun, frame.data, frame.len);
	*over = fault_disarm() > 0;
	read_counts(&now);
	wrong = weigh(path, len == (ssize_t)frame.len,
		      read_back(tun, &frame), &before, &now, !*over, &fate);
	/* Who keeps a list of flows knows that there is this one, or that there
	 * is something that he has not been told.
	 */
	if (!wrong && fate == GWLB_REASON_RETURNED &&
	    path->on_full != GWLB_ON_FULL_STATELESS &&
	    !talk_told_of(&talk, GWLB_CMD_FLOW_NEW_EVENT))
		wrong = "a flow that nobody was told of";
	if (wrong)
		printf("# fault %u, fate %d: %s\n", n, (int)fate, wrong);
	else if (fate < 64)
		fates[fate]++;
	return wrong;
}

/* A device that somebody has just opened drops what is sent at first. */
static const char *wait_for_link(const struct path *path, int tun,
				 uint64_t *flow)
{
	uint32_t tries, fates[64] = { 0 };
	const char *wrong = "nothing is returned";
	bool over;

	prepare(path);
	for (tries = 0; wrong && tries < MAX_TRIES; tries++) {
		usleep(100000);
		wrong = try_one(path, tun, FAULT_NEVER, ++*flow, fates, &over);
	}
	return wrong;
}

static const char *try_path(const struct path *path, int tun, uint64_t *flow,
			    uint32_t *n, uint32_t *fates)
{
	const char *wrong = NULL;
	int tap = open_tap(path->tap);
	bool over = false;

	prepare(path);
	for (*n = 1; !wrong && !over; ++*n)
		wrong = *n > MAX_FAULTS ? "it does not end" :
			try_one(path, tun, *n, ++*flow, fates, &over);
	*n -= 2;
	if (tap >= 0)
		close(tap);
	return wrong;
}

/* Who has one allocation more for one packet than for the next, as its caches
 * are empty, leaves one out; so there are several rounds until one was dropped
 * for want of memory, if any may be.
 */
static const char *try_all(const struct path *path, int tun, uint64_t *flow,
			   uint32_t *n, uint32_t *fates)
{
	const uint32_t no_memory = GWLB_REASON_DROP_NO_MEMORY;
	const char *wrong;
	uint32_t round;

	for (round = 0; round < MAX_ROUNDS; round++) {
		wrong = try_path(path, tun, flow, n, fates);
		if (!wrong && *n < 2)
			wrong = "there were no faults";
		if (wrong || fates[no_memory] ||
		    !(path->fates >> no_memory & 1))
			return wrong;
	}
	return "none was dropped for want of memory";
}

/**
 * faults_path() - packets of all kinds
 * @device: a tun device that is there, with 172.16.255.100/16
 *
 * Speaks TAP, a test for each.
 *
 * Return: how many failed
 */
int faults_path(const char *device)
{
	unsigned int i, k, n_paths = sizeof(paths) / sizeof(paths[0]);
	int tun = open_tun(device), failed = 0;
	uint32_t n, fates[64];
	const char *wrong;
	uint64_t flow = 0;

	talk_open(&talk, true);
	wrong = wait_for_link(&paths[0], tun, &flow);
	if (wrong)
		errx(1, "%s", wrong);
	for (i = 0; i < n_paths; i++) {
		memset(fates, 0, sizeof(fates));
		n = 0;
		wrong = try_all(&paths[i], tun, &flow, &n, fates);
		failed += !!wrong;
		printf("%s %u - %s: %u faults%s%s\n", wrong ? "not ok" : "ok",
		       i + 1, paths[i].what, n, wrong ? ": " : "",
		       wrong ?: "");
		for (k = 0; k < 64; k++)
			if (fates[k])
				printf("#   counter %u: %u packets\n", k,
				       fates[k]);
		fflush(stdout);
	}
	printf("1..%u\n", n_paths);
	talk_close(&talk);
	return failed;
}
