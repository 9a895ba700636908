/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets that keep the stack quiet. */
#ifndef GWLBSIM_DEAF_H
#define GWLBSIM_DEAF_H

#include <netinet/in.h>

int deaf_open(struct in_addr addr);

#endif
