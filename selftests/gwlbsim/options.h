/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line. */
#ifndef GWLBSIM_OPTIONS_H
#define GWLBSIM_OPTIONS_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>

#define OPTIONS_GWLB_MAX	16
#define OPTIONS_APPLIANCE_MAX	64
#define OPTIONS_ENDPOINT_MAX	64

/**
 * enum health_kind - how the health of an appliance is checked
 * @HEALTH_NONE: not at all, it is always healthy
 * @HEALTH_TCP: it accepts a connection
 * @HEALTH_HTTP: it answers a GET with a status from 200 to 399
 */
enum health_kind {
	HEALTH_NONE,
	HEALTH_TCP,
	HEALTH_HTTP,
};

/**
 * struct endpoint - one VPC endpoint
 * @id: its id as a number
 * @tun: name of its TUN device
 */
struct endpoint {
	__u64 id;
	const char *tun;
};

/**
 * struct options - the command line
 * @wire: device towards the appliances
 * @stats: file for the statistics, or NULL
 * @health_path: path for HTTP checks, with the leading slash
 * @health: kind of health check
 * @health_port: port for health checks
 * @health_interval: ms between two checks of one appliance
 * @answers: appliances may answer packets themselves
 * @verbose: say more on stderr
 * @gwlbs: how many GWLB addresses
 * @appliances: how many appliances
 * @endpoints: how many endpoints
 * @gwlb: the GWLB addresses
 * @appliance: the appliances' addresses
 * @endpoint: the endpoints
 */
struct options {
	const char *wire;
	const char *stats;
	const char *health_path;
	enum health_kind health;
	__u16 health_port;
	unsigned int health_interval;
	bool answers;
	bool verbose;
	unsigned int gwlbs;
	unsigned int appliances;
	unsigned int endpoints;
	struct in_addr gwlb[OPTIONS_GWLB_MAX];
	struct in_addr appliance[OPTIONS_APPLIANCE_MAX];
	struct endpoint endpoint[OPTIONS_ENDPOINT_MAX];
};

/**
 * enum options_result - what the command line asks for
 * @OPTIONS_RUN: run
 * @OPTIONS_HELP: help was asked for and printed
 * @OPTIONS_BAD: it is wrong, and was complained about
 */
enum options_result {
	OPTIONS_RUN,
	OPTIONS_HELP,
	OPTIONS_BAD,
};

enum options_result options_parse(struct options *opt, int argc, char **argv);

#endif
