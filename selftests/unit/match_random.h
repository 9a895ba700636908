/* SPDX-License-Identifier: GPL-2.0-only */
/* match_random: rules and packets by chance. See match_random.c. */
#ifndef _UNIT_MATCH_RANDOM_H
#define _UNIT_MATCH_RANDOM_H

void test_random(void **state);

#endif /* _UNIT_MATCH_RANDOM_H */
