/* SPDX-License-Identifier: GPL-2.0-only */
/* Values on the command line: text to numbers, addresses, ids and names. */
#ifndef GWLBSIM_VALUE_H
#define GWLBSIM_VALUE_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

__attribute__((format(printf, 2, 3)))
bool value_bad(const char *option, const char *fmt, ...);
bool value_number(const char *option, const char *text, unsigned int min,
		  unsigned int max, unsigned int *value);
bool value_port(const char *option, const char *text, size_t len, __u16 *port);
bool value_address(const char *option, const char *text,
		   struct in_addr *addr);
bool value_vpce(const char *option, const char *text, __u64 *id);
bool value_device(const char *option, const char *text);
bool value_name(const char *option, const char *text);
bool value_choice(const char *option, const char *text,
		  const char *const *words, unsigned int *choice);

#endif
