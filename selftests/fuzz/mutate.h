/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutate: bends requests that are as they should be.
 */
#ifndef _MUTATE_H
#define _MUTATE_H

#include "message.h"
#include "seeds.h"

void mutate(struct message *msg, const struct surroundings *around);

#endif
