// SPDX-License-Identifier: GPL-2.0-only
/*
 * An archive in the format of POSIX, of plain files that are in memory.
 */

#include <errno.h>
#include <string.h>

#include "tar.h"

#define BLOCK	512
/* What a header has room for, in octal digits */
#define LARGEST	077777777777ULL

/* The header of an entry (POSIX, "ustar interchange format") */
struct header {
	char name[TAR_NAME];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char rest[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "the size of a block");

static void seal(struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned int sum = 0;
	size_t i;

	memset(header->checksum, ' ', sizeof(header->checksum));
	for (i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	snprintf(header->checksum, sizeof(header->checksum), "%06o", sum);
}

static int write_padded(FILE *to, const void *data, size_t len)
{
	static const char zeros[BLOCK];
	size_t padding = (BLOCK - len % BLOCK) % BLOCK;

	if ((len && fwrite(data, 1, len, to) != len) ||
	    fwrite(zeros, 1, padding, to) != padding)
		return errno ? -errno : -EIO;
	return 0;
}

/**
 * tar_add() - add a file
 * @to: the archive
 * @name: its name, shorter than TAR_NAME
 * @data: what is in it
 * @len: how much that is
 * @now: when it was made
 *
 * Return: 0 or a negative errno.
 */
int tar_add(FILE *to, const char *name, const void *data, size_t len,
	    time_t now)
{
	struct header header;
	int err;

	if (strlen(name) >= sizeof(header.name) || len > LARGEST || now < 0 ||
	    (unsigned long long)now > LARGEST)
		return -EINVAL;
	memset(&header, 0, sizeof(header));
	memcpy(header.name, name, strlen(name));
	memcpy(header.mode, "0000600", sizeof(header.mode));
	memcpy(header.uid, "0000000", sizeof(header.uid));
	memcpy(header.gid, "0000000", sizeof(header.gid));
	snprintf(header.size, sizeof(header.size), "%011llo",
		 (unsigned long long)len);
	snprintf(header.mtime, sizeof(header.mtime), "%011llo",
		 (unsigned long long)now);
	header.type = '0';
	memcpy(header.magic, "ustar", sizeof(header.magic));
	memcpy(header.version, "00", sizeof(header.version));
	seal(&header);
	errno = 0;
	err = write_padded(to, &header, sizeof(header));
	return err ? err : write_padded(to, data, len);
}

/**
 * tar_end() - end an archive
 * @to: the archive
 *
 * Return: 0 or a negative errno.
 */
int tar_end(FILE *to)
{
	static const char end[2 * BLOCK];

	errno = 0;
	return write_padded(to, end, sizeof(end));
}
