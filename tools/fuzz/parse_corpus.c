// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse_corpus: writes the table of packets to files, for a fuzzer to begin
 * with. Owns the files that it creates in the directory it is given.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

#include "cases.h"

static void write_row(const char *dir, const struct packet_case *row,
		      const struct packet *p)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, row->name);
	file = fopen(path, "wb");
	if (!file)
		err(1, "%s", path);
	if (fwrite(p->data, 1, p->len, file) != p->len || fclose(file))
		err(1, "%s", path);
}

int main(int argc, char **argv)
{
	const struct packet_case *row;
	struct packet p;
	struct stage stage = {
		.appliance = htonl(0x0afe0b65),
		.second = htonl(0x0afe0b66),
		.gwlb = htonl(0x0afe0b3c),
		.stranger = htonl(0x0afe0c01),
		.unrouted = htonl(0xc6336401),
		.elsewhere = htonl(0x0afe0b67),
		.broadcast = htonl(0x0afe0bff),
		.mtu = 1500,
	};

	if (argc != 2) {
		fprintf(stderr, "Usage: parse_corpus DIRECTORY\n");
		return 2;
	}
	for (row = case_next(NULL); row; row = case_next(row)) {
		case_build(row, &stage, &p);
		write_row(argv[1], row, &p);
	}
	return 0;
}
