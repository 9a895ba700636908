// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the command line: text to struct options, with a sentence on stderr
 * for everything that is wrong. Opens and changes nothing.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "options.h"
#include "region.h"
#include "value.h"

#define INTERVAL_DEFAULT	10000
#define INTERVAL_MIN		10
#define INTERVAL_MAX		300000
#define TIMEOUT_DEFAULT		5000
/* AWS's defaults; an older text says 3 and 3 */
#define HEALTHY_DEFAULT		5
#define UNHEALTHY_DEFAULT	2
/* AWS's are 2 to 10, but one check at a time makes tests quick. */
#define THRESHOLD_MIN		1
#define THRESHOLD_MAX		10
#define DELAY_DEFAULT		300000
#define DELAY_MAX		3600000
#define TCP_IDLE_DEFAULT	350000
/* AWS's are 60 s to 6000 s */
#define TCP_IDLE_MIN		10
#define TCP_IDLE_MAX		6000000

static const char usage[] =
"Usage: gwlbsim --wire DEV --gwlb ADDR... --appliance ADDR...\n"
"               --endpoint VPCE=TUN... [OPTION...]\n"
"A Gateway Load Balancer in user space that demands every packet back\n"
"byte for byte. One process plays all nodes of a region.\n"
"\n"
"The region:\n"
"  --wire DEV              Ethernet device towards the appliances\n"
"  --gwlb ADDR[,dev=DEV][,zone=ZONE][,via=ROUTER]\n"
"                          node: its address, configured on DEV (default:\n"
"                          that of --wire); may be repeated. Appliances\n"
"                          outside of the address's subnet are reached by way\n"
"                          of ROUTER; health checks need such a route as well\n"
"  --appliance ADDR[,zone=ZONE]\n"
"                          target, a neighbour on DEV; may be repeated\n"
"  --endpoint VPCE=TUN[,zone=ZONE][,netns=NAME]\n"
"                          VPC endpoint (vpce-0123456789abcdef0) and the TUN\n"
"                          device that leads to it, in network namespace NAME\n"
"                          of ip-netns(8); may be repeated. A device that is\n"
"                          missing is made, with MTU 8500\n"
"Zones are for all or for none. An endpoint's packets leave from the node of\n"
"its zone.\n"
"\n"
"The target group:\n"
"  --cross-zone on|off     nodes use appliances of all zones (default off)\n"
"  --stickiness 5-tuple|source_ip_dest_ip_proto|source_ip_dest_ip\n"
"                          what makes packets one flow (default 5-tuple)\n"
"  --failover rebalance|no_rebalance\n"
"                          do flows leave a target that is unhealthy, or gone\n"
"                          after its deregistration? (default no_rebalance)\n"
"  --deregistration-delay MS\n"
"                          how long it is draining (default 300000)\n"
"  --tcp-idle MS           when an idle TCP flow is forgotten (default\n"
"                          350000); with 5-tuple only. Others: 120000\n"
"  --health none           appliances are always healthy (default)\n"
"  --health tcp:PORT       check that they accept a connection\n"
"  --health http:PORT/PATH check that they answer with a status 200 to 399\n"
"  --health-interval MS    time between checks by one node (default 10000)\n"
"  --health-timeout MS     how long a check may take (default 5000, or the\n"
"                          interval if that is shorter)\n"
"  --healthy N             good checks in a row that are needed (default 5)\n"
"  --unhealthy N           and bad ones (default 2)\n"
"\n"
"  --control PATH          make a Unix stream socket that takes commands, one\n"
"                          a line, and answers each with one line of JSON:\n"
"                          deregister ADDR, register ADDR, targets, stats\n"
"  --stats FILE            where SIGUSR1 and the end write statistics as JSON\n"
"  --answers               deliver what an appliance answers by itself, a TCP\n"
"                          reset or ICMP error in the tunnel of a packet that\n"
"                          it has not given back\n"
"  --verbose               report flows, health and neighbours on stderr\n"
"  --help                  this text\n"
"\n"
"Exit status: 0 when everything that came back was right, 1 when something\n"
"was different, unsolicited or duplicated or on failure, 2 for wrong usage.\n"
"What did not come back at all is no fault, as an appliance may drop packets:\n"
"it is counted as missing, and that part of it whose appliance turned out to\n"
"be dead also as missing_unhealthy.\n";

enum {
	OPT_WIRE = 1,
	OPT_GWLB,
	OPT_APPLIANCE,
	OPT_ENDPOINT,
	OPT_CROSS_ZONE,
	OPT_STICKINESS,
	OPT_FAILOVER,
	OPT_DELAY,
	OPT_TCP_IDLE,
	OPT_HEALTH,
	OPT_INTERVAL,
	OPT_TIMEOUT,
	OPT_HEALTHY,
	OPT_UNHEALTHY,
	OPT_CONTROL,
	OPT_STATS,
	OPT_ANSWERS,
	OPT_VERBOSE,
	OPT_HELP,
};

static const struct option longopts[] = {
	{ "wire", required_argument, NULL, OPT_WIRE },
	{ "gwlb", required_argument, NULL, OPT_GWLB },
	{ "appliance", required_argument, NULL, OPT_APPLIANCE },
	{ "endpoint", required_argument, NULL, OPT_ENDPOINT },
	{ "cross-zone", required_argument, NULL, OPT_CROSS_ZONE },
	{ "stickiness", required_argument, NULL, OPT_STICKINESS },
	{ "failover", required_argument, NULL, OPT_FAILOVER },
	{ "deregistration-delay", required_argument, NULL, OPT_DELAY },
	{ "tcp-idle", required_argument, NULL, OPT_TCP_IDLE },
	{ "health", required_argument, NULL, OPT_HEALTH },
	{ "health-interval", required_argument, NULL, OPT_INTERVAL },
	{ "health-timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "healthy", required_argument, NULL, OPT_HEALTHY },
	{ "unhealthy", required_argument, NULL, OPT_UNHEALTHY },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "stats", required_argument, NULL, OPT_STATS },
	{ "answers", no_argument, NULL, OPT_ANSWERS },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool parse_health(struct options *opt, const char *text)
{
	size_t len;

	opt->health = HEALTH_NONE;
	if (!strcmp(text, "none"))
		return true;
	if (!strncmp(text, "tcp:", 4)) {
		opt->health = HEALTH_TCP;
		text += 4;
	} else if (!strncmp(text, "http:", 5)) {
		opt->health = HEALTH_HTTP;
		text += 5;
	} else {
		return value_bad("health",
				 "expected none, tcp:PORT or http:PORT/PATH, got \"%s\"",
				 text);
	}
	len = strcspn(text, "/");
	opt->health_path = text[len] ? text + len : "/";
	if (!value_port("health", text, len, &opt->health_port))
		return false;
	if (opt->health == HEALTH_TCP && text[len])
		return value_bad("health", "a tcp check has no path");
	if (strlen(opt->health_path) > 255 ||
	    strpbrk(opt->health_path, " \t\r\n"))
		return value_bad("health",
				 "the path is too long or has blanks");
	return true;
}

static bool parse_cross_zone(struct options *opt, const char *text)
{
	static const char *const words[] = { "off", "on", NULL };
	unsigned int choice;

	if (!value_choice("cross-zone", text, words, &choice))
		return false;
	opt->cross_zone = choice;
	return true;
}

static bool parse_failover(struct options *opt, const char *text)
{
	static const char *const words[] = { "no_rebalance", "rebalance",
					     NULL };
	unsigned int choice;

	if (!value_choice("failover", text, words, &choice))
		return false;
	opt->rebalance = choice;
	return true;
}

static bool parse_stickiness(struct options *opt, const char *text)
{
	static const char *const words[] = {
		[TUPLE_FIVE] = "5-tuple",
		[TUPLE_THREE] = "source_ip_dest_ip_proto",
		[TUPLE_TWO] = "source_ip_dest_ip",
		NULL,
	};
	unsigned int choice;

	if (!value_choice("stickiness", text, words, &choice))
		return false;
	opt->stickiness = choice;
	return true;
}

static bool parse_control(struct options *opt, const char *text)
{
	struct sockaddr_un sun;

	if (!*text || strlen(text) >= sizeof(sun.sun_path))
		return value_bad("control", "the path is empty or too long");
	opt->control = text;
	return true;
}

static bool take(struct options *opt, int c, char *arg)
{
	switch (c) {
	case OPT_WIRE:
		opt->wire = arg;
		return value_device("wire", arg);
	case OPT_GWLB:
		return region_gwlb(opt, arg);
	case OPT_APPLIANCE:
		return region_appliance(opt, arg);
	case OPT_ENDPOINT:
		return region_endpoint(opt, arg);
	case OPT_CROSS_ZONE:
		return parse_cross_zone(opt, arg);
	case OPT_STICKINESS:
		return parse_stickiness(opt, arg);
	case OPT_FAILOVER:
		return parse_failover(opt, arg);
	case OPT_DELAY:
		return value_number("deregistration-delay", arg, 0, DELAY_MAX,
				    &opt->deregistration_delay);
	case OPT_TCP_IDLE:
		return value_number("tcp-idle", arg, TCP_IDLE_MIN,
				    TCP_IDLE_MAX, &opt->tcp_idle);
	case OPT_HEALTH:
		return parse_health(opt, arg);
	case OPT_INTERVAL:
		return value_number("health-interval", arg, INTERVAL_MIN,
				    INTERVAL_MAX, &opt->health_interval);
	case OPT_TIMEOUT:
		return value_number("health-timeout", arg, INTERVAL_MIN,
				    INTERVAL_MAX, &opt->health_timeout);
	case OPT_HEALTHY:
		return value_number("healthy", arg, THRESHOLD_MIN,
				    THRESHOLD_MAX, &opt->healthy);
	case OPT_UNHEALTHY:
		return value_number("unhealthy", arg, THRESHOLD_MIN,
				    THRESHOLD_MAX, &opt->unhealthy);
	case OPT_CONTROL:
		return parse_control(opt, arg);
	case OPT_STATS:
		opt->stats = arg;
		return true;
	case OPT_ANSWERS:
		opt->answers = true;
		return true;
	case OPT_VERBOSE:
		opt->verbose = true;
		return true;
	}
	/* getopt_long() has said what is wrong */
	return false;
}

/* What was left out, and what does not go together */
static bool complete(struct options *opt)
{
	if (!opt->health_timeout)
		opt->health_timeout = opt->health_interval < TIMEOUT_DEFAULT ?
				      opt->health_interval : TIMEOUT_DEFAULT;
	/* A node has one check of a target under way. */
	if (opt->health_timeout > opt->health_interval)
		return value_bad("health-timeout",
				 "is longer than the interval");
	/* Only then lets AWS change it. */
	if (opt->tcp_idle && opt->stickiness != TUPLE_FIVE)
		return value_bad("tcp-idle",
				 "can only be changed for 5-tuple stickiness");
	if (!opt->tcp_idle)
		opt->tcp_idle = TCP_IDLE_DEFAULT;
	return region_complete(opt);
}

/**
 * options_parse() - read the command line
 * @opt: filled in; refers to the strings of @argv
 * @argc: as of main()
 * @argv: as of main(); values that have parts are cut into them
 *
 * Return: what to do now.
 */
enum options_result options_parse(struct options *opt, int argc, char **argv)
{
	int c;

	memset(opt, 0, sizeof(*opt));
	opt->health_interval = INTERVAL_DEFAULT;
	opt->healthy = HEALTHY_DEFAULT;
	opt->unhealthy = UNHEALTHY_DEFAULT;
	opt->deregistration_delay = DELAY_DEFAULT;
	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) != -1) {
		if (c == OPT_HELP || c == 'h') {
			fputs(usage, stdout);
			return OPTIONS_HELP;
		}
		if (!take(opt, c, optarg))
			return OPTIONS_BAD;
	}
	if (optind < argc) {
		value_bad("", "unexpected argument \"%s\"", argv[optind]);
		return OPTIONS_BAD;
	}
	return complete(opt) ? OPTIONS_RUN : OPTIONS_BAD;
}
