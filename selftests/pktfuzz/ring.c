// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring: many frames to the appliance at once, and all that come back. Owns the
 * sockets on our end of the wire. Ends the program if the system does not play
 * along.
 *
 * Frames go by a ring of PACKET_TX_RING, with a header of virtio-net that says
 * how much of a frame is to be linear: the rest stays where it is and becomes
 * pages of the packet. So there is every shape of packet, of any length.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ring.h"

#define FRAME_SIZE	16384
#define DATA_OFF	(TPACKET2_HDRLEN - sizeof(struct sockaddr_ll))
#define VNET_HLEN	sizeof(struct virtio_net_hdr)
/* Room for what comes back of the largest burst */
#define RECEIVE_BUFFER	(16 << 20)

static void set_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		err(1, "socket option %d", option);
}

static int packet_socket(void)
{
	/* Without a protocol nothing comes in. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "packet socket");
	return fd;
}

static void open_tx(struct ring *ring)
{
	struct tpacket_req req = {
		.tp_block_size = FRAME_SIZE,
		.tp_block_nr = RING_FRAMES,
		.tp_frame_size = FRAME_SIZE,
		.tp_frame_nr = RING_FRAMES,
	};

	ring->tx = packet_socket();
	set_option(ring->tx, SOL_PACKET, PACKET_VERSION, TPACKET_V2);
	set_option(ring->tx, SOL_PACKET, PACKET_VNET_HDR, 1);
	if (setsockopt(ring->tx, SOL_PACKET, PACKET_TX_RING, &req,
		       sizeof(req)))
		err(1, "PACKET_TX_RING");
	ring->frames = mmap(NULL, FRAME_SIZE * RING_FRAMES,
			    PROT_READ | PROT_WRITE, MAP_SHARED, ring->tx, 0);
	if (ring->frames == MAP_FAILED)
		err(1, "ring");
}

static void open_rx(struct ring *ring)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = ring->ifindex,
	};

	ring->rx = packet_socket();
	set_option(ring->rx, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	set_option(ring->rx, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
	if (bind(ring->rx, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "packet socket");
}

static void open_udp(struct ring *ring, const struct stage *stage)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(60000),
		.sin_addr.s_addr = stage->gwlb,
	};

	ring->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ring->udp < 0 ||
	    bind(ring->udp, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "UDP socket");
	addr.sin_port = htons(6081);
	addr.sin_addr.s_addr = stage->appliance;
	if (connect(ring->udp, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "UDP socket");
}

/**
 * ring_open() - open our end of the wire
 * @ring: gets the sockets; @ring->appliance is set by the caller
 * @dev: device in this network namespace
 * @stage: addresses; the load balancer's is the device's
 */
void ring_open(struct ring *ring, const char *dev, const struct stage *stage)
{
	struct ifreq ifr = { 0 };

	ring->ifindex = if_nametoindex(dev);
	if (!ring->ifindex)
		err(1, "%s", dev);
	open_tx(ring);
	open_rx(ring);
	open_udp(ring, stage);
	strncpy(ifr.ifr_name, dev, IFNAMSIZ - 1);
	if (ioctl(ring->tx, SIOCGIFHWADDR, &ifr))
		err(1, "%s: address", dev);
	memcpy(ring->mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
}

static void put_link(const struct ring *ring, const struct shot *shot,
		     __u8 *to)
{
	static const __u8 group[ETH_ALEN] = { 1, 0, 0x5e, 0, 0, 1 };

	memcpy(to, ring->appliance, ETH_ALEN);
	memcpy(to + ETH_ALEN, ring->mac, ETH_ALEN);
	packet_put16(to + 2 * ETH_ALEN, ETH_P_IP);
	if (shot->link == LINK_BROADCAST)
		memset(to, 0xff, ETH_ALEN);
	else if (shot->link == LINK_MULTICAST)
		memcpy(to, group, ETH_ALEN);
	else if (shot->link == LINK_OTHERHOST)
		to[ETH_ALEN - 1] ^= 1;
}

static void put_frame(const struct ring *ring, const struct shot *shot,
		      __u8 *frame)
{
	struct tpacket2_hdr *hdr = (struct tpacket2_hdr *)frame;
	struct virtio_net_hdr vnet = { .hdr_len = shot->linear };
	__u8 *at = frame + DATA_OFF;

	if (hdr->tp_status != TP_STATUS_AVAILABLE)
		errx(1, "frame is in use: status %#x", hdr->tp_status);
	if (shot->unfinished) {
		vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		vnet.csum_start = ETH_HLEN + shot->data[0] % 16 * 4;
		vnet.csum_offset = 6;
	}
	memcpy(at, &vnet, VNET_HLEN);
	put_link(ring, shot, at + VNET_HLEN);
	memcpy(at + VNET_HLEN + ETH_HLEN, shot->data, shot->size);
	hdr->tp_len = VNET_HLEN + ETH_HLEN + shot->size;
	hdr->tp_status = TP_STATUS_SEND_REQUEST;
}

/**
 * ring_send() - send frames
 * @ring: the wire
 * @shots: the frames
 * @n: how many; RING_FRAMES at most
 */
void ring_send(struct ring *ring, const struct shot *shots, unsigned int n)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = ring->ifindex,
		.sll_halen = ETH_ALEN,
	};
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_frame(ring, &shots[i],
			  ring->frames + ring->next * FRAME_SIZE);
		ring->next = (ring->next + 1) % RING_FRAMES;
	}
	if (sendto(ring->tx, NULL, 0, 0, (struct sockaddr *)&addr,
		   sizeof(addr)) < 0)
		err(1, "packet socket");
}

/**
 * ring_send_segments() - send datagrams as one aggregate
 * @ring: the wire
 * @shots: the datagrams, all but the last of one size
 * @n: how many; RING_SEGMENTS at most
 */
void ring_send_segments(const struct ring *ring, const struct shot *shots,
			unsigned int n)
{
	char control[CMSG_SPACE(sizeof(__u16))] = { 0 };
	struct iovec iov[RING_SEGMENTS];
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = n,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	__u16 size = shots[0].size - 28;
	unsigned int i;

	cmsg->cmsg_level = SOL_UDP;
	cmsg->cmsg_type = UDP_SEGMENT;
	cmsg->cmsg_len = CMSG_LEN(sizeof(size));
	memcpy(CMSG_DATA(cmsg), &size, sizeof(size));
	for (i = 0; i < n; i++) {
		iov[i].iov_base = (void *)(shots[i].data + 28);
		iov[i].iov_len = shots[i].size - 28;
	}
	if (sendmsg(ring->udp, &msg, 0) < 0)
		err(1, "UDP socket");
}

/**
 * ring_receive() - take what has come
 * @ring: the wire
 * @caught: gets it
 * @max: how many frames at most
 * @wait_ms: how long to wait for the first one, in milliseconds
 *
 * Return: how many frames there were
 */
unsigned int ring_receive(const struct ring *ring, struct caught *caught,
			  unsigned int max, int wait_ms)
{
	struct pollfd pollfd = { .fd = ring->rx, .events = POLLIN };
	struct mmsghdr msgs[RING_FRAMES];
	struct iovec iov[RING_FRAMES];
	unsigned int i;
	int n;

	if (max > RING_FRAMES)
		max = RING_FRAMES;
	memset(msgs, 0, max * sizeof(msgs[0]));
	for (i = 0; i < max; i++) {
		iov[i].iov_base = caught[i].data;
		iov[i].iov_len = sizeof(caught[i].data);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	if (poll(&pollfd, 1, wait_ms) <= 0)
		return 0;
	n = recvmmsg(ring->rx, msgs, max, MSG_DONTWAIT, NULL);
	if (n < 0)
		err(1, "packet socket");
	for (i = 0; i < (unsigned int)n; i++)
		caught[i].len = msgs[i].msg_len;
	return n;
}
