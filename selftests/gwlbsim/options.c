// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the command line: text to struct options, with a sentence on stderr
 * for everything that is wrong. Opens and changes nothing.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define INTERVAL_DEFAULT	10000
#define INTERVAL_MIN		10
#define INTERVAL_MAX		300000

static const char usage[] =
"Usage: gwlbsim --wire DEV --gwlb ADDR... --appliance ADDR...\n"
"               --endpoint VPCE=TUN... [OPTION...]\n"
"A Gateway Load Balancer in user space that demands every packet back\n"
"byte for byte.\n"
"\n"
"  --wire DEV              Ethernet device towards the appliances\n"
"  --gwlb ADDR             GWLB address, configured on DEV; may be repeated\n"
"  --appliance ADDR        appliance, a neighbour on DEV; may be repeated\n"
"  --endpoint VPCE=TUN     VPC endpoint (vpce-0123456789abcdef0) and the TUN\n"
"                          device that leads to it; may be repeated. A device\n"
"                          that is missing is made, with MTU 8500\n"
"  --health none           appliances are always healthy (default)\n"
"  --health tcp:PORT       check that they accept a connection\n"
"  --health http:PORT/PATH check that they answer with a status 200 to 399\n"
"  --health-interval MS    time between checks (default 10000)\n"
"  --stats FILE            where SIGUSR1 and the end write statistics as JSON\n"
"  --answers               deliver what an appliance answers by itself, a TCP\n"
"                          reset or ICMP error in the tunnel of a packet that\n"
"                          it has not given back\n"
"  --verbose               report flows, health and neighbours on stderr\n"
"  --help                  this text\n"
"\n"
"Exit status: 0 when everything that came back was right, 1 when something\n"
"was different, unsolicited or duplicated or on failure, 2 for wrong usage.\n";

enum {
	OPT_WIRE = 1,
	OPT_GWLB,
	OPT_APPLIANCE,
	OPT_ENDPOINT,
	OPT_HEALTH,
	OPT_INTERVAL,
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
	{ "health", required_argument, NULL, OPT_HEALTH },
	{ "health-interval", required_argument, NULL, OPT_INTERVAL },
	{ "stats", required_argument, NULL, OPT_STATS },
	{ "answers", no_argument, NULL, OPT_ANSWERS },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* @what: an option, or "" */
__attribute__((format(printf, 2, 3)))
static bool bad(const char *what, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "gwlbsim: %s%s%s", *what ? "--" : "", what,
		*what ? ": " : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(" (see --help)\n", stderr);
	return false;
}

static bool parse_number(const char *text, unsigned long min,
			 unsigned long max, unsigned long *value)
{
	char *end;

	/* strtoul() would take a sign and blanks as well */
	if (*text < '0' || *text > '9')
		return false;
	*value = strtoul(text, &end, 10);
	return !*end && *value >= min && *value <= max;
}

static bool add_address(struct in_addr *list, unsigned int *n,
			unsigned int max, const char *name, const char *text)
{
	struct in_addr addr;
	unsigned int i;
	__u32 host;

	if (inet_pton(AF_INET, text, &addr) != 1)
		return bad(name, "expected an IPv4 address, got \"%s\"", text);
	host = ntohl(addr.s_addr);
	if (!(host >> 24) || host >> 24 == 127 || host >> 28 >= 14)
		return bad(name, "%s is no address of a host", text);
	if (*n == max)
		return bad(name, "more than %u addresses", max);
	for (i = 0; i < *n; i++)
		if (list[i].s_addr == addr.s_addr)
			return bad(name, "%s is given twice", text);
	list[(*n)++] = addr;
	return true;
}

/*
 * An id has 17 hexadecimal digits, of which the first is 0 (it would not fit
 * the 64-bit option otherwise), or 8 in old accounts.
 */
static bool parse_vpce(const char *text, size_t len, __u64 *id)
{
	static const char prefix[] = "vpce-";
	size_t i = sizeof(prefix) - 1;
	__u64 value = 0;

	if (len != i + 17 && len != i + 8)
		return false;
	if (strncmp(text, prefix, i) || (len == i + 17 && text[i] != '0'))
		return false;
	for (; i < len; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, text[i]);

		if (!digit || !*digit)
			return false;
		value = value << 4 | (__u64)(digit - digits);
	}
	*id = value;
	return true;
}

static bool add_endpoint(struct options *opt, const char *text)
{
	struct endpoint *new = &opt->endpoint[opt->endpoints];
	const char *equal = strchr(text, '=');
	unsigned int i;

	if (opt->endpoints == OPTIONS_ENDPOINT_MAX)
		return bad("endpoint", "more than %u", OPTIONS_ENDPOINT_MAX);
	if (!equal)
		return bad("endpoint", "expected VPCE=TUN, got \"%s\"", text);
	if (!parse_vpce(text, equal - text, &new->id))
		return bad("endpoint",
			   "expected vpce- and 17 lower case hexadecimal digits, the first 0, got \"%.*s\"",
			   (int)(equal - text), text);
	new->tun = equal + 1;
	if (!*new->tun || strlen(new->tun) >= IFNAMSIZ ||
	    strpbrk(new->tun, "/ %"))
		return bad("endpoint", "\"%s\" is no name of a device",
			   new->tun);
	for (i = 0; i < opt->endpoints; i++)
		if (opt->endpoint[i].id == new->id ||
		    !strcmp(opt->endpoint[i].tun, new->tun))
			return bad("endpoint",
				   "id or device of \"%s\" is given twice",
				   text);
	opt->endpoints++;
	return true;
}

static bool parse_health(struct options *opt, const char *text)
{
	char port[6] = "";
	unsigned long n;
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
		return bad("health",
			   "expected none, tcp:PORT or http:PORT/PATH, got \"%s\"",
			   text);
	}
	len = strcspn(text, "/");
	opt->health_path = text[len] ? text + len : "/";
	if (len < sizeof(port))
		memcpy(port, text, len);
	if (!parse_number(port, 1, 65535, &n))
		return bad("health",
			   "expected a port from 1 to 65535, got \"%.*s\"",
			   (int)len, text);
	opt->health_port = n;
	if (opt->health == HEALTH_TCP && text[len])
		return bad("health", "a tcp check has no path");
	if (strlen(opt->health_path) > 255 ||
	    strpbrk(opt->health_path, " \t\r\n"))
		return bad("health", "the path is too long or has blanks");
	return true;
}

static bool take(struct options *opt, int c, const char *arg)
{
	unsigned long n;

	switch (c) {
	case OPT_WIRE:
		opt->wire = arg;
		return true;
	case OPT_GWLB:
		return add_address(opt->gwlb, &opt->gwlbs, OPTIONS_GWLB_MAX,
				   "gwlb", arg);
	case OPT_APPLIANCE:
		return add_address(opt->appliance, &opt->appliances,
				   OPTIONS_APPLIANCE_MAX, "appliance", arg);
	case OPT_ENDPOINT:
		return add_endpoint(opt, arg);
	case OPT_HEALTH:
		return parse_health(opt, arg);
	case OPT_INTERVAL:
		if (!parse_number(arg, INTERVAL_MIN, INTERVAL_MAX, &n))
			return bad("health-interval",
				   "expected %u to %u ms, got \"%s\"",
				   INTERVAL_MIN, INTERVAL_MAX, arg);
		opt->health_interval = n;
		return true;
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

static bool complete(const struct options *opt)
{
	unsigned int i, k;

	if (!opt->wire)
		return bad("wire", "is missing");
	if (!opt->gwlbs)
		return bad("gwlb", "is missing");
	if (!opt->appliances)
		return bad("appliance", "is missing");
	if (!opt->endpoints)
		return bad("endpoint", "is missing");
	for (i = 0; i < opt->gwlbs; i++)
		for (k = 0; k < opt->appliances; k++)
			if (opt->gwlb[i].s_addr == opt->appliance[k].s_addr)
				return bad("gwlb", "%s is an appliance as well",
					   inet_ntoa(opt->gwlb[i]));
	return true;
}

/**
 * options_parse() - read the command line
 * @opt: filled in; refers to the strings of @argv
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: what to do now.
 */
enum options_result options_parse(struct options *opt, int argc, char **argv)
{
	int c;

	memset(opt, 0, sizeof(*opt));
	opt->health_interval = INTERVAL_DEFAULT;
	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) != -1) {
		if (c == OPT_HELP || c == 'h') {
			fputs(usage, stdout);
			return OPTIONS_HELP;
		}
		if (!take(opt, c, optarg))
			return OPTIONS_BAD;
	}
	if (optind < argc) {
		bad("", "unexpected argument \"%s\"", argv[optind]);
		return OPTIONS_BAD;
	}
	return complete(opt) ? OPTIONS_RUN : OPTIONS_BAD;
}
