// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the sockets on one wire device: one packet socket to send, one to
 * receive, and the deaf sockets of the addresses on it. Frames in, frames
 * out; it knows nothing of flows.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deaf.h"
#include "port.h"
#include "wire.h"

#define PORT_BUFFER	(32 << 20)
/* More than any frame that can be right, so that a longer one is seen. */
#define FRAME_MAX	9216
/* What comes in front of a received frame */
#define HEAD_LEN	(sizeof(struct virtio_net_hdr) + ETH_HLEN)

struct port {
	int tx;
	int rx;
	int deaf[OPTIONS_GWLB_MAX];
	struct in_addr owned[OPTIONS_GWLB_MAX];
	unsigned int deafs;
	int ifindex;
	__u8 mac[ETH_ALEN];
	__u64 lost;
	struct mmsghdr txmsg[PORT_BATCH];
	struct iovec txiov[PORT_BATCH][2];
	struct sockaddr_ll txaddr[PORT_BATCH];
	struct mmsghdr rxmsg[PORT_BATCH];
	struct iovec rxiov[PORT_BATCH][3];
	struct sockaddr_ll rxaddr[PORT_BATCH];
	struct virtio_net_hdr vnet[PORT_BATCH];
	struct ethhdr eth[PORT_BATCH];
	__u8 frame[PORT_BATCH][FRAME_MAX];
};

static int complain(const char *what, const char *name)
{
	fprintf(stderr, "gwlbsim: cannot %s %s: %s\n", what, name,
		strerror(errno));
	return -1;
}

/*
 * UDP, not a later fragment, and one of the ports is 6081. Either one: an
 * appliance that swaps the ports has to be caught, not overlooked.
 */
static int attach_geneve(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 8),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, ETH_HLEN + 6),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 6, 0),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN + 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WIRE_PORT, 2, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WIRE_PORT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			  sizeof(prog));
}

static int check_device(struct port *port, const char *name)
{
	struct ifreq ifr;

	port->ifindex = if_nametoindex(name);
	if (!port->ifindex)
		return complain("find wire device", name);
	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(port->tx, SIOCGIFHWADDR, &ifr))
		return complain("read the address of", name);
	if (ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
		fprintf(stderr, "gwlbsim: %s is no Ethernet device\n", name);
		return -1;
	}
	memcpy(port->mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	return 0;
}

/*
 * The receiving socket sees a frame in a state that no wire has: checksums
 * that were left to a NIC, several packets in one. The virtio header tells.
 */
static int open_rx(struct port *port, const char *name)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = port->ifindex,
	};
	int size = PORT_BUFFER, on = 1;

	/*
	 * Raw, because only then is there a virtio header; and with protocol
	 * 0, because then it is deaf until the filter is in place.
	 */
	port->rx = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			  0);
	if (port->rx < 0)
		return complain("open a packet socket on", name);
	if (setsockopt(port->rx, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)) ||
	    setsockopt(port->rx, SOL_PACKET, PACKET_VNET_HDR, &on,
		       sizeof(on)) ||
	    attach_geneve(port->rx) ||
	    bind(port->rx, (struct sockaddr *)&sll, sizeof(sll)))
		return complain("listen on", name);
	return 0;
}

static int open_tx(struct port *port, const char *name)
{
	int size = PORT_BUFFER;

	port->tx = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			  0);
	if (port->tx < 0)
		return complain("open a packet socket on", name);
	if (setsockopt(port->tx, SOL_SOCKET, SO_SNDBUFFORCE, &size,
		       sizeof(size)))
		return complain("set the send buffer of", name);
	return 0;
}

static void prepare_messages(struct port *port)
{
	unsigned int i;

	for (i = 0; i < PORT_BATCH; i++) {
		struct msghdr *tx = &port->txmsg[i].msg_hdr;
		struct msghdr *rx = &port->rxmsg[i].msg_hdr;

		port->txaddr[i].sll_family = AF_PACKET;
		port->txaddr[i].sll_protocol = htons(ETH_P_IP);
		port->txaddr[i].sll_ifindex = port->ifindex;
		port->txaddr[i].sll_halen = ETH_ALEN;
		tx->msg_name = &port->txaddr[i];
		tx->msg_namelen = sizeof(port->txaddr[i]);
		tx->msg_iov = port->txiov[i];
		tx->msg_iovlen = 2;

		port->rxiov[i][0].iov_base = &port->vnet[i];
		port->rxiov[i][0].iov_len = sizeof(port->vnet[i]);
		port->rxiov[i][1].iov_base = &port->eth[i];
		port->rxiov[i][1].iov_len = ETH_HLEN;
		port->rxiov[i][2].iov_base = port->frame[i];
		port->rxiov[i][2].iov_len = FRAME_MAX;
		rx->msg_name = &port->rxaddr[i];
		rx->msg_iov = port->rxiov[i];
		rx->msg_iovlen = 3;
	}
}

/**
 * port_open() - open a wire device
 * @name: its name
 *
 * Return: the port, or NULL after a message on stderr.
 */
struct port *port_open(const char *name)
{
	struct port *port = calloc(1, sizeof(*port));

	if (!port) {
		complain("open", name);
		return NULL;
	}
	port->tx = -1;
	port->rx = -1;
	if (open_tx(port, name) || check_device(port, name))
		goto close;
	prepare_messages(port);
	if (open_rx(port, name))
		goto close;
	return port;
close:
	port_close(port);
	return NULL;
}

/**
 * port_own() - take in what is sent to an address, and keep the stack quiet
 * @port: the port
 * @addr: a GWLB address that the device has; OPTIONS_GWLB_MAX at most
 *
 * Return: 0, or -1 after a message on stderr.
 */
int port_own(struct port *port, struct in_addr addr)
{
	int fd = deaf_open(addr);

	if (fd < 0)
		return -1;
	port->owned[port->deafs] = addr;
	port->deaf[port->deafs++] = fd;
	return 0;
}

/**
 * port_owns() - was an address given to port_own()?
 * @port: the port
 * @addr: the address
 *
 * Return: true if so.
 */
bool port_owns(const struct port *port, struct in_addr addr)
{
	unsigned int i;

	for (i = 0; i < port->deafs; i++)
		if (port->owned[i].s_addr == addr.s_addr)
			return true;
	return false;
}

/**
 * port_close() - close the wire device
 * @port: the port
 */
void port_close(struct port *port)
{
	if (!port)
		return;
	while (port->deafs)
		close(port->deaf[--port->deafs]);
	if (port->rx >= 0)
		close(port->rx);
	if (port->tx >= 0)
		close(port->tx);
	free(port);
}

/**
 * port_fd() - what to poll
 * @port: the port
 *
 * Return: a descriptor that is readable when frames have come.
 */
int port_fd(const struct port *port)
{
	return port->rx;
}

/**
 * port_ifindex() - which device it is
 * @port: the port
 *
 * Return: its interface index.
 */
int port_ifindex(const struct port *port)
{
	return port->ifindex;
}

/**
 * port_send() - send frames
 * @port: the port
 * @tx: the frames; which ones the device took is noted there
 * @n: how many, at most PORT_BATCH
 */
void port_send(struct port *port, struct port_tx *tx, unsigned int n)
{
	unsigned int i;
	int done;

	for (i = 0; i < n; i++) {
		port->txiov[i][0].iov_base = (void *)tx[i].hdr;
		port->txiov[i][0].iov_len = tx[i].hdr_len;
		port->txiov[i][1].iov_base = (void *)tx[i].inner;
		port->txiov[i][1].iov_len = tx[i].inner_len;
		memcpy(port->txaddr[i].sll_addr, tx[i].mac, ETH_ALEN);
		tx[i].sent = false;
	}
	for (i = 0; i < n; ) {
		done = sendmmsg(port->tx, port->txmsg + i, n - i, 0);
		if (done < 0 && errno == EINTR)
			continue;
		/* The first one was refused; the next may be lucky. */
		if (done <= 0) {
			i++;
			continue;
		}
		while (done--)
			tx[i++].sent = true;
	}
}

static const char *judge(struct port *port, unsigned int i, size_t len)
{
	const struct virtio_net_hdr *vnet = &port->vnet[i];

	/* The kernel takes a tag off, and calls the frame somebody else's. */
	if (port->rxaddr[i].sll_pkttype != PACKET_HOST)
		return memcmp(port->eth[i].h_dest, port->mac, ETH_ALEN) ?
		       "its Ethernet destination is not this host" :
		       "it carries a VLAN tag";
	if (vnet->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return "it is several packets in one (GSO)";
	if (len > FRAME_MAX)
		return "it is longer than anything that was sent";
	if (vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	    (vnet->csum_start < ETH_HLEN ||
	     !wire_finish_csum(port->frame[i], len,
			       vnet->csum_start - ETH_HLEN,
			       vnet->csum_offset)))
		return "its checksum lies outside of it";
	return NULL;
}

/**
 * port_receive() - read frames
 * @port: the port
 * @rx: room for PORT_BATCH frames, valid until the next call
 *
 * Return: how many; 0 when there are no more.
 */
unsigned int port_receive(struct port *port, struct port_rx *rx)
{
	size_t len;
	int i, n;

	for (i = 0; i < PORT_BATCH; i++)
		port->rxmsg[i].msg_hdr.msg_namelen = sizeof(port->rxaddr[i]);
	n = recvmmsg(port->rx, port->rxmsg, PORT_BATCH,
		     MSG_DONTWAIT | MSG_TRUNC, NULL);
	if (n < 0 && errno == EINVAL) {
		/* The kernel took it away: no virtio header describes it. */
		memset(rx, 0, sizeof(*rx));
		rx->frame = port->frame[0];
		rx->fault = "it is several packets in one (GSO)";
		return 1;
	}
	for (i = 0; i < n; i++) {
		len = port->rxmsg[i].msg_len;
		len = len < HEAD_LEN ? 0 : len - HEAD_LEN;
		rx[i].fault = judge(port, i, len);
		rx[i].frame = port->frame[i];
		rx[i].len = len < FRAME_MAX ? len : FRAME_MAX;
	}
	return n < 0 ? 0 : n;
}

/**
 * port_lost() - frames that the kernel dropped because gwlbsim was too slow
 * @port: the port
 *
 * Return: how many since the start.
 */
__u64 port_lost(struct port *port)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	if (!getsockopt(port->rx, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
		port->lost += stats.tp_drops;
	return port->lost;
}
