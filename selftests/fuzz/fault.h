/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault: has the kernel fail at the n-th allocation of this thread, and what
 * that is tried with.
 */
#ifndef _FAULT_H
#define _FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* More allocations than anything here has */
#define FAULT_NEVER	1000000000U

void fault_open(void);
void fault_arm(uint32_t n);
uint32_t fault_disarm(void);

int faults_control(uint32_t large);
int faults_path(const char *device);
int faults_netns(uint32_t last);
int faults_load(const char *path, uint32_t last);

#endif
