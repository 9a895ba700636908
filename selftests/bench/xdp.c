// SPDX-License-Identifier: GPL-2.0-only
/*
 * xdp: what is done to packets by XDP when others are measured against it.
 *
 *   drop  what ends the way back, and what is taken off from all cases
 *   swap  the least that an appliance can do: outer addresses, and back
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#define SECTION(name)	__attribute__((section(name), used))
#define BE16(x)		__builtin_bswap16(x)

/**
 * struct head - the headers that are looked at
 * @eth: link layer
 * @ip: outer IPv4, without options
 * @udp: outer UDP
 */
struct head {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

SECTION("xdp") int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SECTION("xdp") int swap(struct xdp_md *ctx)
{
	struct head *h = (void *)(long)ctx->data;
	__u8 mac[ETH_ALEN];
	__be32 address;

	if ((void *)(h + 1) > (void *)(long)ctx->data_end)
		return XDP_PASS;
	if (h->eth.h_proto != BE16(ETH_P_IP) || h->ip.ihl != 5 ||
	    h->ip.protocol != IPPROTO_UDP || h->udp.dest != BE16(6081))
		return XDP_PASS;

	__builtin_memcpy(mac, h->eth.h_source, ETH_ALEN);
	__builtin_memcpy(h->eth.h_source, h->eth.h_dest, ETH_ALEN);
	__builtin_memcpy(h->eth.h_dest, mac, ETH_ALEN);
	address = h->ip.saddr;
	h->ip.saddr = h->ip.daddr;
	h->ip.daddr = address;
	return XDP_TX;
}

char _license[] SECTION("license") = "GPL";
