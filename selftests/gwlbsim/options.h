/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line. */
#ifndef GWLBSIM_OPTIONS_H
#define GWLBSIM_OPTIONS_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "tuple.h"

#define OPTIONS_GWLB_MAX	16
#define OPTIONS_APPLIANCE_MAX	64
#define OPTIONS_ENDPOINT_MAX	64
#define OPTIONS_ZONE_MAX	16

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
 * struct gwlb - one node of the load balancer
 * @addr: its address
 * @dev: the Ethernet device that has it
 * @zone: index of its zone
 * @via: router to appliances outside of its subnet, or 0.0.0.0
 */
struct gwlb {
	struct in_addr addr;
	const char *dev;
	unsigned int zone;
	struct in_addr via;
};

/**
 * struct appliance - one target
 * @addr: its address
 * @zone: index of its zone
 */
struct appliance {
	struct in_addr addr;
	unsigned int zone;
};

/**
 * struct endpoint - one VPC endpoint
 * @id: its id as a number
 * @tun: name of its TUN device
 * @zone: index of its zone
 * @netns: network namespace of the TUN device, or NULL for gwlbsim's own
 */
struct endpoint {
	__u64 id;
	const char *tun;
	unsigned int zone;
	const char *netns;
};

/**
 * struct options - the command line
 * @wire: device towards the appliances of nodes that name none
 * @stats: file for the statistics, or NULL
 * @control: path of the control socket, or NULL
 * @health_path: path for HTTP checks, with the leading slash
 * @health: kind of health check
 * @health_port: port for health checks
 * @health_interval: ms between two checks of one appliance by one node
 * @health_timeout: ms that a check may take
 * @healthy: checks in a row that make a target healthy
 * @unhealthy: checks in a row that make a target unhealthy
 * @stickiness: what makes packets one flow
 * @cross_zone: nodes use the targets of all zones
 * @rebalance: flows leave a target that is unhealthy or gone
 * @deregistration_delay: ms that a deregistered target keeps its flows
 * @tcp_idle: ms after which a TCP flow is forgotten
 * @answers: appliances may answer packets themselves
 * @verbose: say more on stderr
 * @gwlbs: how many nodes
 * @appliances: how many appliances
 * @endpoints: how many endpoints
 * @zones: how many zones, at least one
 * @gwlb: the nodes
 * @appliance: the appliances
 * @endpoint: the endpoints
 * @zone: names of the zones; "" is the only one of those who name none
 */
struct options {
	const char *wire;
	const char *stats;
	const char *control;
	const char *health_path;
	enum health_kind health;
	__u16 health_port;
	unsigned int health_interval;
	unsigned int health_timeout;
	unsigned int healthy;
	unsigned int unhealthy;
	enum tuple_kind stickiness;
	bool cross_zone;
	bool rebalance;
	unsigned int deregistration_delay;
	unsigned int tcp_idle;
	bool answers;
	bool verbose;
	unsigned int gwlbs;
	unsigned int appliances;
	unsigned int endpoints;
	unsigned int zones;
	struct gwlb gwlb[OPTIONS_GWLB_MAX];
	struct appliance appliance[OPTIONS_APPLIANCE_MAX];
	struct endpoint endpoint[OPTIONS_ENDPOINT_MAX];
	const char *zone[OPTIONS_ZONE_MAX];
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
