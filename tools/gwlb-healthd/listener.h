/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket that clients connect to. See listener.c. */

#ifndef _GWLB_HEALTHD_LISTENER_H
#define _GWLB_HEALTHD_LISTENER_H

int listener_open(const char *address, unsigned int port);

#endif /* _GWLB_HEALTHD_LISTENER_H */
