// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file with captured packets, as tcpdump and others write them. Owns what
 * libpcap needs.
 */

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "out.h"

static const struct {
	int type;
	enum frame_link link;
} links[] = {
	{ DLT_EN10MB, FRAME_ETHERNET },
	{ DLT_RAW, FRAME_IP },
	{ DLT_IPV4, FRAME_IP },
	{ DLT_LINUX_SLL, FRAME_COOKED },
	{ DLT_LINUX_SLL2, FRAME_COOKED2 },
};

static int find_link(struct capture *capture)
{
	int type = pcap_datalink(capture->pcap);
	const char *name = pcap_datalink_val_to_name(type);
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (links[i].type == type) {
			capture->link = links[i].link;
			return OUT_OK;
		}
	}
	return out_error("%s: packets of link type %d (%s) cannot be read",
			 capture->name, type, name ? name : "unknown");
}

/**
 * capture_open() - open a file
 * @capture: filled in; give it to capture_close() also after an error
 * @path: where it is; "-" for the standard input
 *
 * Return: OUT_OK, or OUT_FAILED after having told the user.
 */
int capture_open(struct capture *capture, const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	FILE *file = stdin;

	*capture = (struct capture) { .name = path };
	if (!strcmp(path, "-"))
		capture->name = "stdin";
	else
		file = fopen(path, "rbe");
	if (!file)
		return out_error("%s: %m", path);
	capture->pcap = pcap_fopen_offline(file, error);
	if (!capture->pcap) {
		if (file != stdin)
			fclose(file);
		return out_error("%s: %s", capture->name, error);
	}
	return find_link(capture);
}

/**
 * capture_next() - read the next packet
 * @capture: the file
 * @packet: filled in
 *
 * Return: 1, 0 if there is none, or -1 after having told the user.
 */
int capture_next(struct capture *capture, struct captured *packet)
{
	struct pcap_pkthdr *header;
	const u_char *data;

	switch (pcap_next_ex(capture->pcap, &header, &data)) {
	case 1:
		*packet = (struct captured) {
			.data = data, .len = header->caplen,
			.whole = header->len < header->caplen ?
				 header->caplen : header->len,
		};
		return 1;
	case PCAP_ERROR_BREAK:
		return 0;
	default:
		out_error("%s: %s", capture->name,
			  pcap_geterr(capture->pcap));
		return -1;
	}
}

/**
 * capture_close() - close a file
 * @capture: the file
 */
void capture_close(struct capture *capture)
{
	if (capture->pcap)
		pcap_close(capture->pcap);
	capture->pcap = NULL;
}
