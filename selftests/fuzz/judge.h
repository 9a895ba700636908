/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge: is an answer one that a request may get?
 */
#ifndef _JUDGE_H
#define _JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talk.h"

const char *judge(const uint8_t *bytes, size_t len,
		  const struct answer *answer, bool may);
const char *judge_request(const uint8_t *bytes, size_t len, bool may);
bool is_writer(const uint8_t *bytes, size_t len);

#endif
