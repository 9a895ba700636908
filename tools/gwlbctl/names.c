// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names that people have for numbers of the protocols, and for the values of
 * the rules' own enums. Not getprotobyname(): what a rules file means must not
 * depend on a file in /etc. Tables only.
 */

#include <linux/gwlb.h>
#include <string.h>

#include "names.h"

const struct name names_protocols[] = {
	{ "icmp", 1 }, { "igmp", 2 }, { "ipip", 4 }, { "tcp", 6 },
	{ "udp", 17 }, { "dccp", 33 }, { "ipv6", 41 }, { "gre", 47 },
	{ "esp", 50 }, { "ah", 51 }, { "ipv6-icmp", 58 }, { "icmpv6", 58 },
	{ "eigrp", 88 }, { "ospf", 89 }, { "pim", 103 }, { "ipcomp", 108 },
	{ "vrrp", 112 }, { "l2tp", 115 }, { "sctp", 132 },
	{ "udplite", 136 },
	{ NULL, 0 },
};

const struct name names_icmp[] = {
	{ "echo-reply", 0 },
	{ "destination-unreachable", 3 },
	{ "source-quench", 4 },
	{ "redirect", 5 },
	{ "echo-request", 8 },
	{ "router-advertisement", 9 },
	{ "router-solicitation", 10 },
	{ "time-exceeded", 11 },
	{ "parameter-problem", 12 },
	{ "timestamp-request", 13 },
	{ "timestamp-reply", 14 },
	{ "info-request", 15 },
	{ "info-reply", 16 },
	{ "address-mask-request", 17 },
	{ "address-mask-reply", 18 },
	{ NULL, 0 },
};

const struct name names_icmpv6[] = {
	{ "destination-unreachable", 1 },
	{ "packet-too-big", 2 },
	{ "time-exceeded", 3 },
	{ "parameter-problem", 4 },
	{ "echo-request", 128 },
	{ "echo-reply", 129 },
	{ "mld-listener-query", 130 },
	{ "mld-listener-report", 131 },
	{ "mld-listener-done", 132 },
	{ "router-solicitation", 133 },
	{ "router-advertisement", 134 },
	{ "neighbour-solicitation", 135 },
	{ "neighbor-solicitation", 135 },
	{ "neighbour-advertisement", 136 },
	{ "neighbor-advertisement", 136 },
	{ "redirect", 137 },
	{ "mld2-listener-report", 143 },
	{ NULL, 0 },
};

/* By their bits in byte 13 of the header */
const struct name names_tcp_flags[] = {
	{ "fin", 0x01 }, { "syn", 0x02 }, { "rst", 0x04 }, { "psh", 0x08 },
	{ "ack", 0x10 }, { "urg", 0x20 }, { "ece", 0x40 }, { "cwr", 0x80 },
	{ NULL, 0 },
};

const struct name names_fields[] = {
	{ "endpoint", GWLB_FIELD_ENDPOINT },
	{ "group", GWLB_FIELD_GROUP },
	{ "node", GWLB_FIELD_NODE },
	{ "from", GWLB_FIELD_SOURCE },
	{ "to", GWLB_FIELD_DESTINATION },
	{ "proto", GWLB_FIELD_PROTOCOL },
	{ "sport", GWLB_FIELD_SOURCE_PORT },
	{ "dport", GWLB_FIELD_DESTINATION_PORT },
	{ "icmp", GWLB_FIELD_ICMP },
	{ "icmpv6", GWLB_FIELD_ICMPV6 },
	{ "tcp-flags", GWLB_FIELD_TCP_FLAGS },
	{ "family", GWLB_FIELD_FAMILY },
	{ "direction", GWLB_FIELD_DIRECTION },
	{ "state", GWLB_FIELD_CONNECTION },
	{ "fragment", GWLB_FIELD_FRAGMENT },
	{ NULL, 0 },
};

const struct name names_verdicts[] = {
	{ "accept", GWLB_VERDICT_ACCEPT },
	{ "drop", GWLB_VERDICT_DROP },
	{ "reject", GWLB_VERDICT_REJECT },
	{ NULL, 0 },
};

const struct name names_families[] = {
	{ "ipv4", GWLB_FAMILY_IPV4 },
	{ "ipv6", GWLB_FAMILY_IPV6 },
	{ NULL, 0 },
};

const struct name names_directions[] = {
	{ "in", GWLB_DIRECTION_IN },
	{ "out", GWLB_DIRECTION_OUT },
	{ NULL, 0 },
};

const struct name names_connections[] = {
	{ "new", GWLB_CONNECTION_NEW },
	{ "established", GWLB_CONNECTION_ESTABLISHED },
	{ "related", GWLB_CONNECTION_RELATED },
	{ "invalid", GWLB_CONNECTION_INVALID },
	{ NULL, 0 },
};

const struct name names_fragments[] = {
	{ "none", GWLB_FRAGMENT_NONE },
	{ "first", GWLB_FRAGMENT_FIRST },
	{ "later", GWLB_FRAGMENT_LATER },
	{ NULL, 0 },
};

const struct name names_units[] = {
	{ "second", GWLB_LIMIT_UNIT_SECOND },
	{ "minute", GWLB_LIMIT_UNIT_MINUTE },
	{ "hour", GWLB_LIMIT_UNIT_HOUR },
	{ NULL, 0 },
};

const struct name names_set_types[] = {
	{ "address", GWLB_SET_TYPE_ADDRESS },
	{ "port", GWLB_SET_TYPE_PORT },
	{ "endpoint", GWLB_SET_TYPE_ENDPOINT },
	{ NULL, 0 },
};

const struct name names_pickups[] = {
	{ "loose", GWLB_PICKUP_LOOSE },
	{ "strict", GWLB_PICKUP_STRICT },
	{ "either", GWLB_PICKUP_EITHER },
	{ NULL, 0 },
};

const struct name names_refused[] = {
	{ "forget", GWLB_REFUSED_FORGET },
	{ "remember", GWLB_REFUSED_REMEMBER },
	{ NULL, 0 },
};

const struct name names_on_full[] = {
	{ "drop", GWLB_ON_FULL_DROP },
	{ "stateless", GWLB_ON_FULL_STATELESS },
	{ NULL, 0 },
};

#define TIMEOUT(x) (GWLB_A_OPTIONS_TIMEOUT_##x - GWLB_A_OPTIONS_TIMEOUT_TCP_SYN)

/* By their index in struct rules_options */
const struct name names_timeouts[] = {
	{ "tcp-syn", TIMEOUT(TCP_SYN) },
	{ "tcp-established", TIMEOUT(TCP_ESTABLISHED) },
	{ "tcp-closing", TIMEOUT(TCP_CLOSING) },
	{ "tcp-closed", TIMEOUT(TCP_CLOSED) },
	{ "udp", TIMEOUT(UDP) },
	{ "icmp", TIMEOUT(ICMP) },
	{ "other", TIMEOUT(OTHER) },
	{ NULL, 0 },
};

/**
 * names_find() - number of a name
 * @table: where to look
 * @text: the name
 * @value: set to the number
 *
 * Return: true if there is one.
 */
bool names_find(const struct name *table, const char *text, __u32 *value)
{
	for (; table->text; table++) {
		/* Most differ in the first letter, and need no call. */
		if (*table->text == *text && !strcmp(table->text, text)) {
			*value = table->value;
			return true;
		}
	}
	return false;
}

/**
 * names_of() - name of a number
 * @table: where to look
 * @value: the number
 *
 * Return: the name, or NULL if it has none.
 */
const char *names_of(const struct name *table, __u32 value)
{
	for (; table->text; table++) {
		if (table->value == value)
			return table->text;
	}
	return NULL;
}
