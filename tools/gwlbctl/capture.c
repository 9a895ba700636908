// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file with captured packets, as tcpdump and others write them. Owns what
 * libpcap needs.
 *
 * libpcap is loaded when a file is opened: it brings eight libraries with it,
 * for devices that are not Ethernet, and gwlbctl is started by scripts often.
 */

#include <dlfcn.h>
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

/* The names it has with Debian and with others */
static const char *const sonames[] = { "libpcap.so.0.8", "libpcap.so.1" };

static struct {
	typeof(pcap_close) *close;
	typeof(pcap_datalink) *datalink;
	typeof(pcap_datalink_val_to_name) *datalink_val_to_name;
	typeof(pcap_fopen_offline) *fopen_offline;
	typeof(pcap_geterr) *geterr;
	typeof(pcap_next_ex) *next_ex;
} lib;

static const struct {
	const char *name;
	void **function;
} symbols[] = {
	{ "pcap_close", (void **)&lib.close },
	{ "pcap_datalink", (void **)&lib.datalink },
	{ "pcap_datalink_val_to_name", (void **)&lib.datalink_val_to_name },
	{ "pcap_fopen_offline", (void **)&lib.fopen_offline },
	{ "pcap_geterr", (void **)&lib.geterr },
	{ "pcap_next_ex", (void **)&lib.next_ex },
};

/* It stays loaded until the process ends. */
static int load_library(void)
{
	void *handle = NULL;
	size_t i;

	for (i = 0; i < sizeof(sonames) / sizeof(sonames[0]) && !handle; i++)
		handle = dlopen(sonames[i], RTLD_NOW);
	if (!handle)
		return out_error("libpcap, which reads captured packets, "
				 "cannot be loaded: %s", dlerror());
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		*symbols[i].function = dlsym(handle, symbols[i].name);
		if (!*symbols[i].function)
			return out_error("libpcap: %s", dlerror());
	}
	return OUT_OK;
}

static int find_link(struct capture *capture)
{
	int type = lib.datalink(capture->pcap);
	const char *name = lib.datalink_val_to_name(type);
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
	if (load_library() != OUT_OK)
		return OUT_FAILED;
	if (!strcmp(path, "-"))
		capture->name = "stdin";
	else
		file = fopen(path, "rbe");
	if (!file)
		return out_error("%s: %m", path);
	capture->pcap = lib.fopen_offline(file, error);
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

	switch (lib.next_ex(capture->pcap, &header, &data)) {
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
			  lib.geterr(capture->pcap));
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
		lib.close(capture->pcap);
	capture->pcap = NULL;
}
