/* SPDX-License-Identifier: GPL-2.0-only */
/* The control socket: commands while gwlbsim runs. */
#ifndef GWLBSIM_CONTROL_H
#define GWLBSIM_CONTROL_H

#include <linux/types.h>
#include <poll.h>

#include "options.h"
#include "path.h"
#include "stats.h"
#include "target.h"

/* A test harness has one or two; more wait until one of these leaves. */
#define CONTROL_CLIENTS	8
/* Descriptors to poll: the socket itself, and its clients */
#define CONTROL_POLL	(1 + CONTROL_CLIENTS)

struct control;

struct control *control_open(const struct options *opt,
			     const struct stats *stats,
			     struct target_group *group,
			     const struct path *path);
void control_close(struct control *control);
void control_poll(const struct control *control, struct pollfd *pfd);
void control_run(struct control *control, const struct pollfd *pfd, __u64 now);

#endif
