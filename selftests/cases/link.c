// SPDX-License-Identifier: GPL-2.0-only
/*
 * link: frames to the appliance and from it. Owns a packet socket, and a tun
 * device that lives as long as the program. Ends the program if the system
 * does not play along.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "link.h"

/* The first ten bytes: how many there are depends on what was negotiated. */
#define VNET_HLEN	sizeof(struct virtio_net_hdr)

static void set_option(int fd, int option)
{
	int one = 1;

	if (setsockopt(fd, SOL_PACKET, option, &one, sizeof(one)))
		err(1, "packet socket: option %d", option);
}

/**
 * link_open() - listen on our end of the wire
 * @link: gets the socket; @link->appliance is set by the caller
 * @dev: device in this network namespace
 *
 * Each frame comes with a header that says whether its checksum is finished.
 */
void link_open(struct link *link, const char *dev)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	struct ifreq ifr = { 0 };

	link->ifindex = if_nametoindex(dev);
	if (!link->ifindex)
		err(1, "%s", dev);
	addr.sll_ifindex = link->ifindex;
	/* Without a protocol nothing comes in before it is bound. */
	link->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (link->fd < 0)
		err(1, "packet socket");
	set_option(link->fd, PACKET_VNET_HDR);
	set_option(link->fd, PACKET_IGNORE_OUTGOING);
	if (bind(link->fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", dev);
	strncpy(ifr.ifr_name, dev, IFNAMSIZ - 1);
	if (ioctl(link->fd, SIOCGIFHWADDR, &ifr))
		err(1, "%s: address", dev);
	memcpy(link->mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
}

/**
 * link_open_tun() - make a device without link layer
 * @link: gets our end of it
 *
 * The device is in the network namespace that is current, and goes away with
 * the program.
 */
void link_open_tun(struct link *link)
{
	struct ifreq ifr = { .ifr_name = "case%d" };
	int fd;

	link->tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (link->tun < 0)
		err(1, "/dev/net/tun");
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(link->tun, TUNSETIFF, &ifr))
		err(1, "tun device");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr))
		err(1, "%s", ifr.ifr_name);
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		err(1, "%s", ifr.ifr_name);
	close(fd);
}

static void fill_header(const struct link *link, struct ethhdr *eth,
			enum case_link to)
{
	static const __u8 group[ETH_ALEN] = { 1, 0, 0x5e, 0, 0, 1 };

	memcpy(eth->h_source, link->mac, ETH_ALEN);
	memcpy(eth->h_dest, link->appliance, ETH_ALEN);
	eth->h_proto = htons(ETH_P_IP);
	switch (to) {
	case LINK_BROADCAST:
		memset(eth->h_dest, 0xff, ETH_ALEN);
		break;
	case LINK_MULTICAST:
		memcpy(eth->h_dest, group, ETH_ALEN);
		break;
	case LINK_OTHERHOST:
		eth->h_dest[ETH_ALEN - 1] ^= 1;
		break;
	default:
		break;
	}
}

/**
 * link_send() - send a packet to the appliance
 * @link: the wire
 * @p: the packet
 * @to: to whom
 * @unfinished: leave the outer UDP checksum to the device
 */
void link_send(const struct link *link, const struct packet *p,
	       enum case_link to, bool unfinished)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = link->ifindex,
		.sll_halen = ETH_ALEN,
	};
	struct virtio_net_hdr vnet = { 0 };
	unsigned int len = p->len + p->surplus;
	struct ethhdr eth;
	struct iovec iov[] = {
		{ &vnet, VNET_HLEN },
		{ &eth, ETH_HLEN },
		{ (void *)p->data, len },
	};
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_iov = iov,
		.msg_iovlen = 3,
	};

	if (to == LINK_NONE) {
		if (write(link->tun, p->data, len) != len)
			err(1, "tun device");
		return;
	}
	if (unfinished) {
		vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		vnet.csum_start = ETH_HLEN + p->udp;
		vnet.csum_offset = 6;
	}
	fill_header(link, &eth, to);
	if (sendmsg(link->fd, &msg, 0) < 0)
		err(1, "packet socket: %u bytes", len);
}

/**
 * link_receive() - wait for a frame
 * @link: the wire
 * @frame: gets it
 * @wait_ms: how long, in milliseconds
 *
 * Return: false if there is none
 */
bool link_receive(const struct link *link, struct frame *frame, int wait_ms)
{
	struct pollfd pollfd = { .fd = link->fd, .events = POLLIN };
	struct virtio_net_hdr vnet;
	struct iovec iov[] = {
		{ &vnet, VNET_HLEN },
		{ frame->data, sizeof(frame->data) },
	};
	ssize_t len;

	if (poll(&pollfd, 1, wait_ms) <= 0)
		return false;
	len = readv(link->fd, iov, 2);
	if (len < (ssize_t)(VNET_HLEN + ETH_HLEN))
		err(1, "packet socket");
	frame->len = len - VNET_HLEN;
	frame->unfinished = vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	return true;
}

/**
 * link_is_answer() - is it that packet, sent back?
 * @link: the wire
 * @frame: what came
 * @p: what was sent
 *
 * Return: true if addresses of both layers are swapped and nothing else is
 *         different
 */
bool link_is_answer(const struct link *link, const struct frame *frame,
		    const struct packet *p)
{
	const struct ethhdr *eth = (const void *)frame->data;
	const __u8 *ip = frame->data + ETH_HLEN;

	return frame->len == ETH_HLEN + p->len &&
	       !memcmp(eth->h_dest, link->mac, ETH_ALEN) &&
	       !memcmp(eth->h_source, link->appliance, ETH_ALEN) &&
	       eth->h_proto == htons(ETH_P_IP) &&
	       !memcmp(ip, p->data, 12) &&
	       !memcmp(ip + 12, p->data + 16, 4) &&
	       !memcmp(ip + 16, p->data + 12, 4) &&
	       !memcmp(ip + 20, p->data + 20, p->len - 20);
}
