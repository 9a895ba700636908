// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an interface does with packets by itself: features, by the names that
 * ethtool(8) has for them. Owns the socket. Asks, and changes nothing.
 */

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "offload.h"

static int ask(int fd, const char *interface, void *data)
{
	struct ifreq request = { .ifr_data = data };

	snprintf(request.ifr_name, IFNAMSIZ, "%s", interface);
	return ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}

/* Return: how many features the kernel knows, or a negative errno */
static int count_features(int fd, const char *interface)
{
	struct ethtool_sset_info *info;
	int count;

	info = calloc(1, sizeof(*info) + sizeof(info->data[0]));
	if (!info)
		return -ENOMEM;
	info->cmd = ETHTOOL_GSSET_INFO;
	info->sset_mask = 1ULL << ETH_SS_FEATURES;
	count = ask(fd, interface, info);
	if (!count)
		count = info->sset_mask ? (int)info->data[0] : -EOPNOTSUPP;
	free(info);
	return count;
}

/* Return: number of the feature among @count, or a negative errno */
static int find_feature(int fd, const char *interface, const char *feature,
			int count)
{
	struct ethtool_gstrings *names;
	const char *name;
	int i, err;

	names = calloc(1, sizeof(*names) + (size_t)count * ETH_GSTRING_LEN);
	if (!names)
		return -ENOMEM;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_FEATURES;
	names->len = (__u32)count;
	err = ask(fd, interface, names);
	for (i = 0; !err && i < count; i++) {
		name = (const char *)names->data + i * ETH_GSTRING_LEN;
		if (!strncmp(name, feature, ETH_GSTRING_LEN))
			break;
	}
	free(names);
	if (err)
		return err;
	return i < count ? i : -ENOENT;
}

static int read_feature(int fd, const char *interface, int number, int count,
			bool *on)
{
	size_t blocks = ((size_t)count + 31) / 32;
	struct ethtool_gfeatures *features;
	int err;

	features = calloc(1, sizeof(*features) +
			  blocks * sizeof(features->features[0]));
	if (!features)
		return -ENOMEM;
	features->cmd = ETHTOOL_GFEATURES;
	features->size = (__u32)blocks;
	err = ask(fd, interface, features);
	*on = !err && features->features[number / 32].active &
		      1U << number % 32;
	free(features);
	return err;
}

/**
 * offload_is_on() - is a feature of an interface on
 * @interface: its name
 * @feature: the feature's name
 * @on: set to whether it is
 *
 * Return: 0 or a negative errno; -ENOENT if the kernel knows no such feature.
 */
int offload_is_on(const char *interface, const char *feature, bool *on)
{
	int fd, count, number;

	*on = false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	count = count_features(fd, interface);
	number = count < 0 ? count :
		 find_feature(fd, interface, feature, count);
	if (number >= 0)
		number = read_feature(fd, interface, number, count, on);
	close(fd);
	return number;
}
