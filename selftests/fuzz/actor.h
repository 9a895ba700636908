/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * actor: who sends requests.
 */
#ifndef _ACTOR_H
#define _ACTOR_H

#include <stdbool.h>

/**
 * struct actor - somebody
 * @name: what he is called on the command line
 * @may: he has CAP_NET_ADMIN where he is
 * @own: he is in a network namespace that nobody else is in
 * @become: turns this process into him
 */
struct actor {
	const char *name;
	bool may;
	bool own;
	void (*become)(void);
};

const struct actor *actor_find(const char *name);

#endif
