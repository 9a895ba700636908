// SPDX-License-Identifier: GPL-2.0-only
/*
 * gwlbctl: show and change what the module gwlb does in a network namespace.
 * The table of commands, the options that they share, and the way out.
 */

#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "complete.h"
#include "ctl.h"
#include "out.h"

static const struct command commands[] = {
	{ .name = "up", .run = cmd_up, .words = CMD_SETTINGS, .max = -1,
	  .options = cmd_expect_options, .complete = cmd_settings_complete,
	  .help = "take GWLB's packets from the host's stack" },
	{ .name = "down", .run = cmd_down, .options = cmd_expect_options,
	  .help = "leave all packets to the host's stack" },
	{ .name = "drain", .run = cmd_drain, .words = "on|off", .min = 1,
	  .max = 1, .options = cmd_expect_options,
	  .complete = cmd_drain_complete,
	  .help = "let health checks fail, so that no new flows come" },
	{ .name = "status", .run = cmd_status, .options = cmd_status_options,
	  .help = "show state, settings and totals" },
	{ .name = "config", .sub = cmd_config_table,
	  .help = "show and change settings" },
	{ .name = "peer", .sub = cmd_peer_table,
	  .help = "which load balancer addresses may send" },
	{ .name = "stats", .run = cmd_stats, .options = cmd_stats_options,
	  .help = "show what happened to the packets, and why" },
	{ .name = "endpoint", .sub = cmd_endpoint_table,
	  .help = "counters of VPC endpoints" },
	{ .name = "node", .sub = cmd_node_table,
	  .help = "counters of load balancer addresses" },
	{ .name = "rule", .sub = cmd_rule_table,
	  .help = "load and show rules" },
	{ .name = "set", .sub = cmd_set_table,
	  .help = "show and change named sets" },
	{ .name = "group", .sub = cmd_group_table,
	  .help = "show groups of endpoints" },
	{ .name = "save", .run = cmd_save,
	  .help = "print rules, sets and settings" },
	{ .name = "flow", .sub = cmd_flow_table,
	  .help = "list and remove flows" },
	{ .name = "monitor", .run = cmd_monitor, .words = "[flows|logs|rules]...",
	  .max = -1, .options = cmd_monitor_options,
	  .complete = cmd_monitor_complete,
	  .help = "print what happens to flows and rules, as it happens" },
	{ .name = "top", .run = cmd_top, .words = "[flows|endpoints|rules]",
	  .max = 1, .options = cmd_top_options, .complete = cmd_top_complete,
	  .help = "show the busiest flows, endpoints or rules" },
	{ .name = "trace", .run = cmd_trace, .words = "[FILTER VALUE]...",
	  .max = -1, .options = cmd_trace_options,
	  .complete = cmd_trace_complete,
	  .help = "show how far packets come, step by step" },
	{ .name = "import", .sub = cmd_import_table,
	  .help = "make rules of another program's configuration" },
	{ .name = "decode", .run = cmd_decode, .words = "[HEX]...", .max = -1,
	  .options = cmd_decode_options,
	  .help = "explain a packet, and what the module makes of it" },
	{ .name = "doctor", .run = cmd_doctor, .options = cmd_doctor_options,
	  .help = "find out what is wrong here, and what to do" },
	{ .name = "report", .run = cmd_report, .words = "[FILE|-]", .max = 1,
	  .options = cmd_report_options,
	  .help = "write an archive with what others need to know to help" },
	{ .name = "version", .run = cmd_version,
	  .help = "show the versions of gwlbctl and of the module" },
	{ .name = NULL },
};

static int run(struct args *args, enum walk walk)
{
	struct ctl ctl = {
		.json = args->global[GLOBAL_JSON],
		.netns = args->global[GLOBAL_NETNS],
	};
	int code;

	if (args->global[GLOBAL_VERSION] && walk == WALK_NO_COMMAND) {
		printf("gwlbctl %s\n", VERSION);
		return OUT_OK;
	}
	if (args->global[GLOBAL_HELP] &&
	    (walk == WALK_COMMAND || walk == WALK_NO_COMMAND)) {
		command_usage(stdout, args);
		return OUT_OK;
	}

	code = command_check(args, walk);
	if (code != OUT_OK)
		return code;
	if (args->global[GLOBAL_VERSION])
		return command_misuse(args, "-V goes with no command");
	code = args->command->run(&ctl, args);
	nl_close(ctl.nl);
	return code;
}

int main(int argc, char **argv)
{
	struct args args;
	enum walk walk;
	int code;

	/* hidden: what the shell's completion asks */
	if (argc > 1 && !strcmp(argv[1], COMPLETE_OPTION))
		return complete_print(commands, argc - 2, argv + 2);

	walk = command_walk(commands, argc > 1 ? argc - 1 : 0, argv + 1,
			    &args);
	code = run(&args, walk);
	command_free(&args);
	return out_finish(code);
}
