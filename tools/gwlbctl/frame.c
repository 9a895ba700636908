// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a packet has in front of its IP header, and with what bytes begin of
 * which nobody said that. Pure.
 */

#include <linux/if_ether.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "frame.h"

#define IPV4_HEADER	20
#define GENEVE_HEADER	8
#define COOKED_HEADER	16
#define COOKED2_HEADER	20

static const char *const links[] = {
	[FRAME_GUESS] = "guess",
	[FRAME_ETHERNET] = "ethernet",
	[FRAME_IP] = "ip",
	[FRAME_GENEVE] = "geneve",
	[FRAME_COOKED] = "cooked",
	[FRAME_COOKED2] = "cooked2",
};

/**
 * frame_find_link() - what bytes begin with, by its name
 * @name: the name
 * @link: set to it
 *
 * Return: true if there is one.
 */
bool frame_find_link(const char *name, enum frame_link *link)
{
	for (*link = FRAME_ETHERNET; *link <= FRAME_GENEVE; ++*link) {
		if (!strcmp(name, links[*link]))
			return true;
	}
	return false;
}

/**
 * frame_link_name() - name of what bytes begin with
 * @link: what it is
 *
 * Return: the name.
 */
const char *frame_link_name(enum frame_link link)
{
	return links[link];
}

/**
 * frame_address() - an Ethernet address as text
 * @address: its bytes
 * @text: where it goes
 */
void frame_address(const __u8 *address, char text[FRAME_ADDRESS])
{
	snprintf(text, FRAME_ADDRESS, "%02x:%02x:%02x:%02x:%02x:%02x",
		 address[0], address[1], address[2], address[3], address[4],
		 address[5]);
}

static bool is_ip(__u16 protocol)
{
	return protocol == ETH_P_IP || protocol == ETH_P_IPV6;
}

static bool like_ip(const __u8 *data, size_t len)
{
	if (len && data[0] >> 4 == 6)
		return true;
	return len >= IPV4_HEADER && data[0] >> 4 == 4 &&
	       (data[0] & 0xf) * 4 >= IPV4_HEADER;
}

/* Of IPv4 alone the checksum is as good as a signature. */
static bool surely_ip(const __u8 *data, size_t len)
{
	size_t header = len ? (data[0] & 0xf) * 4U : 0;

	return len && data[0] >> 4 == 4 && header >= IPV4_HEADER &&
	       header <= len && !bytes_sum(data, header, 0);
}

static bool like_geneve(const __u8 *data, size_t len)
{
	size_t inner = len ? GENEVE_HEADER + (data[0] & 0x3f) * 4U : 0;
	__u16 protocol;

	if (len <= inner || data[0] >> 6)
		return false;
	protocol = bytes_16(data + 2);
	return (protocol == ETH_P_IP && data[inner] >> 4 == 4) ||
	       (protocol == ETH_P_IPV6 && data[inner] >> 4 == 6);
}

static bool like_ethernet(const __u8 *data, size_t len)
{
	__u16 protocol = len >= ETH_HLEN ? bytes_16(data + 12) : 0;

	return is_ip(protocol) || protocol == ETH_P_8021Q ||
	       protocol == ETH_P_8021AD || protocol == ETH_P_ARP;
}

/* The surest signs come first. */
static enum frame_link guess(const __u8 *data, size_t len)
{
	if (surely_ip(data, len))
		return FRAME_IP;
	if (like_geneve(data, len))
		return FRAME_GENEVE;
	if (like_ethernet(data, len))
		return FRAME_ETHERNET;
	if (like_ip(data, len))
		return FRAME_IP;
	return FRAME_GUESS;
}

static void read_ethernet(const __u8 *data, size_t len, struct frame *frame)
{
	if (len < ETH_HLEN)
		return;
	frame->at = ETH_HLEN;
	frame->protocol = bytes_16(data + 12);
	while ((frame->protocol == ETH_P_8021Q ||
		frame->protocol == ETH_P_8021AD) &&
	       frame->vlan_count < FRAME_VLANS && len >= frame->at + 4) {
		frame->vlans[frame->vlan_count++] =
			bytes_16(data + frame->at) & 0xfff;
		frame->protocol = bytes_16(data + frame->at + 2);
		frame->at += 4;
	}
}

/* @where: where the EtherType is in a header of @header bytes */
static void read_cooked(const __u8 *data, size_t len, size_t where,
			size_t header, struct frame *frame)
{
	if (len < header)
		return;
	frame->at = header;
	frame->protocol = bytes_16(data + where);
}

/**
 * frame_read() - read what is in front of the IP header
 * @link: what the bytes begin with
 * @data: the bytes
 * @len: how many there are
 * @frame: filled in; its link is FRAME_GUESS if nobody can tell
 */
void frame_read(enum frame_link link, const __u8 *data, size_t len,
		struct frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	frame->link = link == FRAME_GUESS ? guess(data, len) : link;
	switch (frame->link) {
	case FRAME_ETHERNET:
		read_ethernet(data, len, frame);
		break;
	case FRAME_IP:
		if (len)
			frame->protocol = data[0] >> 4 == 6 ? ETH_P_IPV6 :
					  ETH_P_IP;
		break;
	case FRAME_COOKED:
		read_cooked(data, len, 14, COOKED_HEADER, frame);
		break;
	case FRAME_COOKED2:
		read_cooked(data, len, 0, COOKED2_HEADER, frame);
		break;
	case FRAME_GENEVE:
	case FRAME_GUESS:
		break;
	}
}
