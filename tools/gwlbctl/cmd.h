/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands, one cmd_*.c for each group; main.c has the table of them. */

#ifndef _GWLBCTL_CMD_H
#define _GWLBCTL_CMD_H

#include "command.h"
#include "config.h"
#include "counter.h"
#include "health.h"
#include "ruleset.h"
#include "traffic.h"

/* What is said wherever people would look for rules */
#define CMD_NO_RULES	"no rules are loaded, every well-formed packet is returned"

/* The words of a command that changes settings */
#define CMD_SETTINGS	\
	"[send-mode route|reflect] [attach prerouting|ingress] [dev DEV]..."

int cmd_up(struct ctl *ctl, const struct args *args);
int cmd_down(struct ctl *ctl, const struct args *args);
int cmd_drain(struct ctl *ctl, const struct args *args);
int cmd_status(struct ctl *ctl, const struct args *args);
int cmd_stats(struct ctl *ctl, const struct args *args);
int cmd_save(struct ctl *ctl, const struct args *args);
int cmd_monitor(struct ctl *ctl, const struct args *args);
int cmd_top(struct ctl *ctl, const struct args *args);
int cmd_decode(struct ctl *ctl, const struct args *args);
int cmd_doctor(struct ctl *ctl, const struct args *args);
int cmd_report(struct ctl *ctl, const struct args *args);
int cmd_trace(struct ctl *ctl, const struct args *args);
int cmd_version(struct ctl *ctl, const struct args *args);
void cmd_settings_complete(struct ctl *ctl, const struct args *args);
void cmd_drain_complete(struct ctl *ctl, const struct args *args);
void cmd_monitor_complete(struct ctl *ctl, const struct args *args);
void cmd_trace_complete(struct ctl *ctl, const struct args *args);
void cmd_top_complete(struct ctl *ctl, const struct args *args);

/* --expect-generation, for every command that changes something */
extern const struct option_spec cmd_expect_options[];
/* The same for what changes rules, which have a generation of their own */
extern const struct option_spec cmd_ruleset_options[];
extern const struct option_spec cmd_status_options[];
extern const struct option_spec cmd_stats_options[];
extern const struct option_spec cmd_monitor_options[];
extern const struct option_spec cmd_top_options[];
extern const struct option_spec cmd_decode_options[];
extern const struct option_spec cmd_doctor_options[];
extern const struct option_spec cmd_report_options[];
extern const struct option_spec cmd_trace_options[];

extern const struct command cmd_config_table[];
extern const struct command cmd_peer_table[];
extern const struct command cmd_endpoint_table[];
extern const struct command cmd_node_table[];
extern const struct command cmd_rule_table[];
extern const struct command cmd_set_table[];
extern const struct command cmd_group_table[];
extern const struct command cmd_flow_table[];
extern const struct command cmd_import_table[];

/* Parts of commands that others use or that are tested on their own */
int cmd_watch(struct ctl *ctl, const char *seconds, const struct args *args);
json_t *cmd_watch_json(const struct counters *before,
		       const struct counters *after, double seconds);
json_t *cmd_stats_json(const struct counters *counters, enum balance balance,
		       bool explain);
int cmd_ruleset_expect(const struct args *args, struct ruleset_expect *expect);
json_t *cmd_status_json(const struct config *config,
			const struct ruleset_info *info,
			const struct counters *counters,
			const struct health *health);
json_t *cmd_endpoints_json(const struct endpoints *endpoints);
json_t *cmd_nodes_json(const struct nodes *nodes);
json_t *cmd_flushed_json(__u32 flushed);
json_t *cmd_lost_json(__u32 lost);

#endif /* _GWLBCTL_CMD_H */
