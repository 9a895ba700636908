/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel: the little kernel around the module. See kernel.c. */
#ifndef _BENCH_KERNEL_H
#define _BENCH_KERNEL_H

void kernel_start(void);
void kernel_settle(void);

#endif /* _BENCH_KERNEL_H */
