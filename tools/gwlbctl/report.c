// SPDX-License-Identifier: GPL-2.0-only
/*
 * An archive of what others need to know of this appliance: what gwlbctl and
 * other programs say, each in a file of its own, and a manifest. No payload of
 * packets is among it, and no address of flows unless that is asked for.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "report.h"
#include "run.h"
#include "tar.h"

#define DIRECTORY	"gwlb-report/"

/* Of what one program says, and how long it has for that */
#define MOST		(64UL << 20)
#define SECONDS		30

/* This program; the child that becomes it has the same file */
#define SELF		"/proc/self/exe"

#define NFT		"nft"

struct output {
	const char *name;
	const char *argv[9];
};

/* What is in the archive anyway; gwlbctl-report(8) says why */
static const struct output outputs[] = {
	{ "version.json", { SELF, "version", "--json" } },
	{ "status.json", { SELF, "status", "--json" } },
	{ "config.json", { SELF, "config", "show", "--json" } },
	{ "stats.json", { SELF, "stats", "--explain", "--json" } },
	{ "endpoints.json", { SELF, "endpoint", "list", "--json" } },
	{ "nodes.json", { SELF, "node", "list", "--json" } },
	{ "rules.txt", { SELF, "rule", "list", "--counters" } },
	{ "doctor.json", { SELF, "doctor", "--json" } },
	{ "system.txt", { "uname", "-a" } },
	{ "os-release.txt", { "cat", "/etc/os-release" } },
	{ "modinfo.txt", { "modinfo", "gwlb" } },
	{ "modules.txt", { "cat", "/proc/modules" } },
	{ "cpus.txt", { "lscpu" } },
	{ "memory.txt", { "cat", "/proc/meminfo" } },
	{ "interrupts.txt", { "cat", "/proc/interrupts" } },
	{ "softirqs.txt", { "cat", "/proc/softirqs" } },
	{ "softnet.txt", { "cat", "/proc/net/softnet_stat" } },
	{ "snmp.txt", { "cat", "/proc/net/snmp", "/proc/net/netstat" } },
	{ "sysctl.txt", { "sysctl", "net.core", "net.ipv4.ip_forward",
			  "net.ipv4.conf" } },
	{ "links.txt", { "ip", "-s", "-d", "link" } },
	{ "addresses.txt", { "ip", "address" } },
	{ "routes.txt", { "ip", "route", "show", "table", "all" } },
	{ "route-rules.txt", { "ip", "rule" } },
	{ "neighbours.txt", { "ip", "-s", "neighbour" } },
	{ "queues.txt", { "tc", "-s", "qdisc" } },
	{ "nft.txt", { NFT, "list", "ruleset" } },
	{ "sockets.txt", { "cat", "/proc/net/udp", "/proc/net/udp6" } },
	{ "units.txt", { "systemctl", "status", "--no-pager", "--full",
			 "--lines=200", "gwlb.service",
			 "gwlb-healthd.service" } },
	{ "kernel.txt", { "dmesg" } },
};

static const struct output flow_output = {
	"flows.txt", { SELF, "flow", "list" },
};

/* Of each interface, in one file */
static const char *const ethtool[] = {
	"-i", "-k", "-l", "-g", "-c", "-x", "-S",
};

/* Takes @entry */
static int note(struct report *report, json_t *entry)
{
	json_t *files = json_object_get(report->manifest, "files");

	return json_array_append_new(files, entry) < 0 ? -ENOMEM : 0;
}

static int add(struct report *report, const char *name, const void *data,
	       size_t len)
{
	char path[sizeof(DIRECTORY) + TAR_NAME];

	snprintf(path, sizeof(path), DIRECTORY "%s", name);
	return tar_add(report->to, path, data, len, report->now);
}

/**
 * report_add_text() - add a file
 * @report: the archive
 * @name: name of the file
 * @text: what is in it
 * @len: how much that is
 * @error: what went wrong when it was made; NULL if nothing did
 *
 * Return: 0 or a negative errno.
 */
int report_add_text(struct report *report, const char *name,
		    const char *text, size_t len, const char *error)
{
	int err;

	err = note(report, json_pack("{s:s, s:n, s:n, s:s?}", "file", name,
				     "command", "status", "error", error));
	return err ? err : add(report, name, text, len);
}

/* A command as one would type it */
static void join(const char *const argv[], char *text, size_t size)
{
	size_t used = 0;
	int i;

	for (i = 0; argv[i] && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i ? " " : "",
					 strcmp(argv[i], SELF) ? argv[i] :
					 "gwlbctl");
}

static int note_run(struct report *report, const char *name,
		    const char *const argv[], const struct run *output)
{
	const char *error = output->late ? "it did not end in time" :
			    output->cut ? "there was too much of it" : NULL;
	char command[256];

	join(argv, command, sizeof(command));
	return note(report, json_pack("{s:s, s:s, s:i, s:s?}", "file", name,
				      "command", command,
				      "status", output->status,
				      "error", error));
}

/* Of the kernel's log only what is about the module */
static void keep_own(struct run *output)
{
	char *line = output->text, *to = output->text, *end;
	size_t left = output->len, len;

	while (left) {
		end = memchr(line, '\n', left);
		len = end ? (size_t)(end - line) + 1 : left;
		if (memmem(line, len, "gwlb", 4)) {
			memmove(to, line, len);
			to += len;
		}
		line += len;
		left -= len;
	}
	output->len = (size_t)(to - output->text);
}

/* What would make the kernel load something is not asked: a report of what is
 * loaded shall not change that. Return: why it is not asked, or NULL.
 */
static const char *unfit(const struct report *report,
			 const struct output *output)
{
	const char *program = output->argv[0];

	if (!strcmp(program, SELF) && !report->loaded &&
	    strcmp(output->argv[1], "doctor") != 0)
		return "the module is not loaded";
	if (!strcmp(program, NFT) && !host_has_module("nf_tables"))
		return "nftables is not loaded";
	return NULL;
}

static int add_output(struct report *report, const struct output *output)
{
	const char *why = unfit(report, output);
	struct run said;
	int err;

	if (why)
		return report_add_text(report, output->name, "", 0, why);
	err = run(output->argv, MOST, SECONDS, &said);
	if (!err && said.text && !strcmp(output->argv[0], "dmesg"))
		keep_own(&said);
	if (!err)
		err = note_run(report, output->name, output->argv, &said);
	if (!err)
		err = add(report, output->name, said.text, said.len);
	run_free(&said);
	return err;
}

/**
 * report_begin() - begin an archive
 * @report: filled in but for where it goes; its manifest is the caller's
 * @loaded: is the module loaded
 *
 * Return: 0 or a negative errno.
 */
int report_begin(struct report *report, bool loaded)
{
	char text[32];
	struct tm tm;

	memset(report, 0, sizeof(*report));
	report->loaded = loaded;
	report->now = time(NULL);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&report->now, &tm));
	report->manifest = json_pack("{s:s, s:s, s:b, s:[]}",
				     "gwlbctl", VERSION, "time", text,
				     "loaded", loaded, "files");
	return report->manifest ? 0 : -ENOMEM;
}

/**
 * report_add_outputs() - add what programs say
 * @report: the archive
 * @flows: also the list of flows
 *
 * Return: 0 or a negative errno.
 */
int report_add_outputs(struct report *report, bool flows)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(outputs) / sizeof(outputs[0]); i++)
		err = add_output(report, &outputs[i]);
	if (!err && flows)
		err = add_output(report, &flow_output);
	return err;
}

/* What ethtool says to one of its options, under a heading */
static int ask_ethtool(struct report *report, FILE *all, const char *name,
		       const char *option, const char *interface)
{
	const char *const argv[] = { "ethtool", option, interface, NULL };
	struct run said;
	int err;

	err = run(argv, MOST, SECONDS, &said);
	if (!err) {
		fprintf(all, "# ethtool %s %s\n", option, interface);
		if (said.len)
			fwrite(said.text, 1, said.len, all);
		err = note_run(report, name, argv, &said);
	}
	run_free(&said);
	return err;
}

/**
 * report_add_interface() - add what the driver of an interface says
 * @report: the archive
 * @interface: its name
 *
 * Return: 0 or a negative errno.
 */
int report_add_interface(struct report *report, const char *interface)
{
	char name[TAR_NAME], *text = NULL;
	size_t i, len;
	int err = 0;
	FILE *all;

	all = open_memstream(&text, &len);
	if (!all)
		return -ENOMEM;
	snprintf(name, sizeof(name), "ethtool-%s.txt", interface);
	for (i = 0; !err && i < sizeof(ethtool) / sizeof(ethtool[0]); i++)
		err = ask_ethtool(report, all, name, ethtool[i], interface);
	if (fclose(all) != 0 && !err)
		err = -ENOMEM;
	if (!err)
		err = add(report, name, text, len);
	free(text);
	return err;
}

/**
 * report_end() - add the manifest, and end the archive
 * @report: the archive
 *
 * Return: 0 or a negative errno.
 */
int report_end(struct report *report)
{
	char *text = json_dumps(report->manifest, JSON_INDENT(2));
	int err;

	if (!text)
		return -ENOMEM;
	err = add(report, "manifest.json", text, strlen(text));
	free(text);
	return err ? err : tar_end(report->to);
}
