/* SPDX-License-Identifier: GPL-2.0-only */
/* The VPC side: one TUN device per endpoint. */
#ifndef GWLBSIM_TUN_H
#define GWLBSIM_TUN_H

int tun_open(const char *name, const char *netns);

#endif
