/* SPDX-License-Identifier: GPL-2.0-only */
/* The HTTP server. See server.c. */

#ifndef _GWLB_HEALTHD_SERVER_H
#define _GWLB_HEALTHD_SERVER_H

int server_run(int listener, int signal_fd, const char *interface);

#endif /* _GWLB_HEALTHD_SERVER_H */
