// SPDX-License-Identifier: GPL-2.0-only
/*
 * skb_test: the table of packets (cases/) through the hooks, as skbs of every
 * shape: with any number of bytes linear, in pages or a list, with a clone
 * that somebody else holds, shared, copied. User space has tested what is read
 * from bytes; this is about pulling them, whose they are, and giving them back.
 *
 * t_kunit.sh gives the namespace the addresses below.
 */
#include <linux/etherdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/slab.h>

#include "config.h"
#include "fixture.h"
#include "hook.h"
#include "skb_shape.h"
#include "skb_wire.h"

#include "cases.h"

#define MTU	8600

/* Nothing of a packet is read beyond that, but for what ICMP errors quote. */
#define LINEAR_MAX	200

/* A row is played with every so many bytes linear, see Kbuild. Not a parameter
 * of the module: these are read after KUnit has run.
 */
static const u32 step = TEST_STEP;

/**
 * struct player - plays rows of the table
 * @test: the test
 * @gn: the namespace
 * @dev: where packets come from and go back to
 * @hook: the hook
 * @row: the row
 * @p: its packet
 * @swapped: as it is to come back, with its Ethernet header
 * @held: how it is held by somebody else
 * @copied: it is a copy, as somebody made who had to write to it
 * @aggregate: it is a tunnel's aggregate of TCP segments
 * @skew: how far off its inner headers are where the skb says that they are
 * @played: how often a packet was played
 * @returned: how often one came back
 */
struct player {
	struct kunit *test;
	struct gwlb_net *gn;
	struct net_device *dev;
	nf_hookfn *hook;
	const struct packet_case *row;
	struct packet p;
	u8 swapped[ETH_HLEN + PACKET_MAX];
	enum held {
		HELD_NOT,
		HELD_CLONE,
		HELD_SHARED,
	} held;
	bool copied;
	bool aggregate;
	struct {
		u32 network;
		u32 transport;
	} skew;
	u32 played;
	u32 returned;
};

static const struct stage stage = {
	.appliance = cpu_to_be32(0x0afe0b65),
	.second = cpu_to_be32(0x0afe0b66),
	.gwlb = cpu_to_be32(0x0afe0b3c),
	.stranger = cpu_to_be32(0x0afe0c01),
	.unrouted = cpu_to_be32(0xc6336401),
	.elsewhere = cpu_to_be32(0x0afe0b67),
	.broadcast = cpu_to_be32(0x0afe0bff),
	.mtu = MTU,
};

static const u8 balancer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

/* Up, sends back to where it came from, and has two peers. */
static void set_config(struct kunit *test, struct gwlb_net *gn)
{
	struct gwlb_config *config = gwlb_config_alloc(2);
	struct gwlb_config *old;

	KUNIT_ASSERT_NOT_NULL(test, config);
	config->state = GWLB_STATE_UP;
	config->send_mode = GWLB_SEND_MODE_REFLECT;
	config->n_peers = 2;
	config->peers[0] = (struct gwlb_peer){ htonl(0x0afe0b00), 24 };
	config->peers[1] = (struct gwlb_peer){ htonl(0xc6336401), 32 };
	/* No hook is registered: packets are ours alone. */
	mutex_lock(&gn->config_lock);
	old = rcu_dereference_protected(gn->config,
					lockdep_is_held(&gn->config_lock));
	rcu_assign_pointer(gn->config, config);
	mutex_unlock(&gn->config_lock);
	kfree_rcu(old, rcu);
}

static u64 counted(struct gwlb_net *gn, u32 reason)
{
	struct gwlb_count sum = { };
	int cpu;

	/* What is returned is counted for who sent it, and for nobody else. */
	if (reason == GWLB_REASON_RETURNED)
		gwlb_tally_returned(&gn->nodes, &sum);
	for_each_possible_cpu(cpu)
		sum.packets += u64_stats_read(&per_cpu_ptr(gn->stats, cpu)->
					      reason[reason].packets);
	return sum.packets;
}

static u64 counted_all(struct gwlb_net *gn)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < GWLB_REASONS_COUNT; i++)
		sum += counted(gn, i);
	return sum;
}

/* Fact sheet 1.2: outer addresses are swapped, the rest stays as it is. */
static void swap_packet(struct player *player)
{
	u8 *eth = player->swapped, *ip = eth + ETH_HLEN;
	const struct packet *p = &player->p;

	ether_addr_copy(eth, balancer_mac);
	ether_addr_copy(eth + ETH_ALEN, player->dev->dev_addr);
	eth[12] = 0x08;
	eth[13] = 0x00;
	memcpy(ip, p->data, p->len);
	memcpy(ip + 12, p->data + 16, 4);
	memcpy(ip + 16, p->data + 12, 4);
}

static u8 pkt_type(enum case_link link)
{
	switch (link) {
	case LINK_BROADCAST:
		return PACKET_BROADCAST;
	case LINK_MULTICAST:
		return PACKET_MULTICAST;
	case LINK_OTHERHOST:
		return PACKET_OTHERHOST;
	default:
		return PACKET_HOST;
	}
}

static struct sk_buff *copy_skb(struct player *player, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_copy(skb, GFP_KERNEL);

	kfree_skb(skb);
	KUNIT_ASSERT_NOT_NULL(player->test, copy);
	return copy;
}

/* Where the inner packet begins: RFC 8926, 3.4, behind IPv4 without options */
static u32 inner_offset(const u8 *data)
{
	return 20 + 8 + 8 + (data[28] & 0x3f) * 4;
}

/* IPv4, which is not a fragment, and TCP? */
static bool is_inner_tcp(const struct packet *p)
{
	u32 inner = inner_offset(p->data);

	return p->len > inner + 20 && p->data[0] == 0x45 &&
		p->data[inner] >> 4 == 4 && p->data[inner + 9] == IPPROTO_TCP &&
		!(p->data[inner + 6] & 0x3f) && !p->data[inner + 7];
}

/* What it says of itself; it is one segment only, as it is about what is looked
 * at, and not about how it is taken apart.
 */
static void make_aggregate(const struct player *player, struct sk_buff *skb)
{
	u32 inner = inner_offset(player->p.data);
	u32 l4 = inner + (player->p.data[inner] & 15) * 4;

	skb->encapsulation = 1;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_TUNNEL | SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_size = 1;
	skb_shinfo(skb)->gso_segs = 1;
	skb_set_inner_network_header(skb, inner + player->skew.network);
	skb_set_inner_transport_header(skb, l4 + player->skew.transport);
}

static struct sk_buff *make_skb(struct player *player, enum shape shape,
				u32 linear)
{
	struct sk_buff *skb;
	struct ethhdr *eth;

	skb = shape_skb(shape, player->p.data, player->p.len, linear);
	KUNIT_ASSERT_NOT_NULL(player->test, skb);
	if (player->copied)
		skb = copy_skb(player, skb);
	eth = eth_hdr(skb);
	ether_addr_copy(eth->h_dest, player->dev->dev_addr);
	ether_addr_copy(eth->h_source, balancer_mac);
	eth->h_proto = htons(ETH_P_IP);
	skb->dev = player->dev;
	skb->pkt_type = pkt_type(player->row->link);
	if (player->aggregate)
		make_aggregate(player, skb);
	return skb;
}

/* What somebody else holds: the same skb or a clone; or NULL */
static struct sk_buff *hold(struct player *player, struct sk_buff *skb)
{
	struct sk_buff *clone;

	switch (player->held) {
	case HELD_CLONE:
		clone = skb_clone(skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(player->test, clone);
		return clone;
	case HELD_SHARED:
		return skb_get(skb);
	default:
		return NULL;
	}
}

/* What is to be sent is gone, whether it can be or not. */
static unsigned int expected_verdict(enum gwlb_reason reason)
{
	if (reason == GWLB_REASON_DROP_TOO_BIG)
		return NF_STOLEN;
	switch (gwlb_reason_class(reason)) {
	case GWLB_CLASS_RETURNED:
		return NF_STOLEN;
	case GWLB_CLASS_PASS:
		return NF_ACCEPT;
	default:
		return NF_DROP;
	}
}

/* What was sent: the packet with its addresses swapped, if it was to be */
static bool sent_right(struct player *player, bool returned)
{
	struct sk_buff *first = wire_sent(player->dev);
	struct sk_buff *second = wire_sent(player->dev);
	bool right;

	if (!returned)
		right = !first;
	else
		right = first && !second &&
			shape_has(first, player->swapped,
				  ETH_HLEN + player->p.len);
	kfree_skb(first);
	kfree_skb(second);
	return right;
}

/* Plays the packet once; false if something is not as it should be. */
static bool play(struct player *player, enum shape shape, u32 linear)
{
	enum gwlb_reason reason = player->row->reason[GWLB_SEND_MODE_REFLECT];
	struct sk_buff *skb = make_skb(player, shape, linear);
	struct sk_buff *held = hold(player, skb);
	const struct nf_hook_state state = { };
	u64 of_reason = counted(player->gn, reason);
	u64 all = counted_all(player->gn);
	const char *wrong = NULL;
	unsigned int verdict;

	fixture_walk_begin();
	verdict = player->hook(player->gn, skb, &state);
	fixture_walk_end();

	player->played++;
	player->returned += reason == GWLB_REASON_RETURNED;
	if (verdict != expected_verdict(reason))
		wrong = "verdict";
	else if (counted(player->gn, reason) != of_reason + 1 ||
		 counted_all(player->gn) != all + 1)
		wrong = "counter";
	else if (verdict != NF_STOLEN &&
		 !shape_has(skb, player->p.data, player->p.len))
		wrong = "bytes";
	else if (held && !shape_has(held, player->p.data, player->p.len))
		wrong = "bytes of somebody else";
	if (!sent_right(player, reason == GWLB_REASON_RETURNED) && !wrong)
		wrong = "what was sent";
	if (verdict != NF_STOLEN)
		kfree_skb(skb);
	kfree_skb(held);
	if (wrong)
		KUNIT_FAIL(player->test,
			   "%s: wrong %s, shape %u, %u bytes linear, not %s",
			   player->row->name, wrong, shape, linear,
			   case_reason_name(reason));
	return !wrong;
}

/* What of the table a hook gets, and a device that is Ethernet has */
static bool is_played(const struct player *player)
{
	const struct packet_case *row = player->row;

	if (row->unseen || row->link == LINK_NONE)
		return false;
	/* At ingress it is seen, and left to ip_rcv() without a word. */
	return player->hook != gwlb_hook_ingress ||
		row->link != LINK_OTHERHOST;
}

/* Plays each row with some numbers of bytes linear, from the outer IP header
 * on, which ip_rcv() pulls; each row with other ones. Stops at the first that
 * goes wrong.
 */
static void play_table(struct player *player)
{
	const struct packet_case *row;
	u32 linear, first, shape, n = 0;
	bool fine;

	for (row = case_next(NULL); row; row = case_next(row)) {
		player->row = row;
		if (!is_played(player))
			continue;
		case_build(row, &stage, &player->p);
		swap_packet(player);
		first = (player->p.data[0] & 15) * 4 + n++ % step;
		fine = play(player, SHAPE_PAGES, player->p.len);
		for (linear = first; fine && linear < player->p.len &&
		     linear < LINEAR_MAX; linear += step)
			for (shape = 0; fine && shape < SHAPES; shape++)
				fine = play(player, shape, linear);
		cond_resched();
	}
}

static void player_end(struct player *player)
{
	if (player->dev)
		wire_close(player->dev);
	kfree(player);
}

static struct player *player_begin(struct kunit *test)
{
	struct player *player = kzalloc(sizeof(*player), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, player);
	player->test = test;
	player->gn = fixture_net(test);
	player->hook = player->gn->ops.hook;
	player->dev = wire_open(MTU);
	if (!player->dev)
		player_end(player);
	KUNIT_ASSERT_NOT_NULL(test, player->dev);
	set_config(test, player->gn);
	return player;
}

/* Neither nothing nor always the same was tried. */
static void judge(struct player *player)
{
	KUNIT_EXPECT_GT(player->test, player->played, 1000);
	KUNIT_EXPECT_GT(player->test, player->returned, 100);
	KUNIT_EXPECT_LT(player->test, player->returned, player->played);
	kunit_info(player->test, "%u packets, %u returned\n", player->played,
		   player->returned);
	player_end(player);
}

static void shapes_test(struct kunit *test)
{
	struct player *player = player_begin(test);

	play_table(player);
	judge(player);
}

/* A tap holds a clone: its capture has to show what came in. */
static void clone_test(struct kunit *test)
{
	struct player *player = player_begin(test);

	player->held = HELD_CLONE;
	play_table(player);
	judge(player);
}

/* Who queues to user space gets one that grew back as a copy. */
static void copy_test(struct kunit *test)
{
	struct player *player = player_begin(test);

	player->copied = true;
	play_table(player);
	judge(player);
}

static void ingress_test(struct kunit *test)
{
	struct player *player = player_begin(test);

	player->hook = gwlb_hook_ingress;
	play_table(player);
	judge(player);
}

/* pktgen sends one skb over and over; only the device's hook can get it. */
static void shared_test(struct kunit *test)
{
	struct player *player = player_begin(test);

	player->hook = gwlb_hook_ingress;
	player->held = HELD_SHARED;
	play_table(player);
	judge(player);
}

static void play_skewed(struct player *player, u32 network, u32 transport)
{
	const struct packet_case *row = player->row;
	struct packet_case other = *row;

	other.reason[GWLB_SEND_MODE_REFLECT] = GWLB_REASON_DROP_GSO;
	player->row = &other;
	player->skew.network = network;
	player->skew.transport = transport;
	play(player, SHAPE_PAGES, player->p.len);
	player->row = row;
	player->skew.network = 0;
	player->skew.transport = 0;
}

/* Who takes an aggregate apart goes by what the skb says of where the inner
 * headers are. If that is not where they were looked at, it is not sent.
 */
static void aggregate_test(struct kunit *test)
{
	struct player *player = player_begin(test);
	const struct packet_case *row;

	player->aggregate = true;
	for (row = case_next(NULL); row; row = case_next(row)) {
		player->row = row;
		if (!is_played(player) || row->link != LINK_HOST ||
		    row->reason[GWLB_SEND_MODE_REFLECT] !=
		    GWLB_REASON_RETURNED)
			continue;
		case_build(row, &stage, &player->p);
		if (!is_inner_tcp(&player->p))
			continue;
		swap_packet(player);
		play(player, SHAPE_PAGES, player->p.len);
		play_skewed(player, 4, 0);
		play_skewed(player, 0, 4);
	}
	KUNIT_EXPECT_GT(test, player->returned, 0);
	KUNIT_EXPECT_EQ(test, player->played, 3 * player->returned);
	kunit_info(test, "%u aggregates, %u returned\n", player->played,
		   player->returned);
	player_end(player);
}

static struct kunit_case skb_cases[] = {
	KUNIT_CASE(shapes_test),
	KUNIT_CASE(clone_test),
	KUNIT_CASE(copy_test),
	KUNIT_CASE(ingress_test),
	KUNIT_CASE(shared_test),
	KUNIT_CASE(aggregate_test),
	{}
};

static struct kunit_suite skb_suite = {
	.name = "gwlb_skb",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = skb_cases,
};

kunit_test_suite(skb_suite);
