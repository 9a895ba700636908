// SPDX-License-Identifier: GPL-2.0-only
/*
 * main: the module's main.c, but that it writes what it counted when it goes.
 */
#include <linux/module.h>

#include "counts.h"

/* Has to be ours, with the module's end in it */
#undef module_exit
#define module_exit(end)			\
	static void gwlb_end(void)		\
	{					\
		end();				\
	}

#include "../module/main.c"

void __exit cleanup_module(void)
{
	gwlb_end();
	counts_write();
}
