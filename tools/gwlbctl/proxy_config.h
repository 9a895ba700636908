/* SPDX-License-Identifier: GPL-2.0-only */
/* What a configuration file of geneve-proxy says. See proxy_config.c. */

#ifndef _GWLBCTL_PROXY_CONFIG_H
#define _GWLBCTL_PROXY_CONFIG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "rules.h"

#define PROXY_PROTOCOLS	256
#define PROXY_PORTS	65536

/**
 * struct proxy_list - a list of numbers
 * @given: is it there at all; one that is there and empty says something else
 * @at: where its key was written
 * @count: how many numbers it has
 * @has: which ones
 */
struct proxy_list {
	bool given;
	struct rules_pos at;
	size_t count;
	bool has[PROXY_PORTS];
};

/* The lists of a section, in the order in which geneve-proxy asks them */
enum proxy_key {
	PROXY_ALLOWED_PROTOCOLS,
	PROXY_BLOCKED_PROTOCOLS,
	PROXY_ALLOWED_PORTS,
	PROXY_BLOCKED_PORTS,
	PROXY_LISTS,
};

/**
 * struct proxy_section - what applies to one direction
 * @drop_all: nothing passes
 * @lists: by enum proxy_key
 */
struct proxy_section {
	bool drop_all;
	struct proxy_list lists[PROXY_LISTS];
};

enum proxy_direction {
	PROXY_OUTBOUND,
	PROXY_INBOUND,
	PROXY_SECTIONS,
};

/**
 * struct proxy_config - the whole file
 * @sections: by enum proxy_direction
 */
struct proxy_config {
	struct proxy_section sections[PROXY_SECTIONS];
};

struct proxy_config *proxy_config_parse(const char *text, size_t len,
					struct rules_error *error);

#endif /* _GWLBCTL_PROXY_CONFIG_H */
