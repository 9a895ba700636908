/* SPDX-License-Identifier: GPL-2.0-only */
/* What the next word could be. See complete.c. */

#ifndef _GWLBCTL_COMPLETE_H
#define _GWLBCTL_COMPLETE_H

#include "command.h"

/* gwlbctl --complete WORDS...: the finished words before the cursor */
#define COMPLETE_OPTION	"--complete"

int complete_print(const struct command *commands, int argc, char **argv);

#endif /* _GWLBCTL_COMPLETE_H */
