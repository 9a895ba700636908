// SPDX-License-Identifier: GPL-2.0-only
/*
 * match_values: packets, and what rules may ask of them, for match_test.c. See
 * match_values.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "match_values.h"

struct gwlb_subject tcp, udp, tcp6, icmp, icmp6, esp, later, alone;

/**
 * set_packets() - fill in the packets
 */
void set_packets(void)
{
	tcp = (struct gwlb_subject){
		.endpoint = 0x0123456789abcdef,
		.src.ip = htonl(0x0a000001),
		.dst.ip = htonl(0x0b000002),
		.node = htonl(0x0afe0b3c),
		.group = 1,
		.sport = htons(40000),
		.dport = htons(443),
		.family = NFPROTO_IPV4,
		.proto = IPPROTO_TCP,
		.tcp_flags = 0x02,
		.direction = GWLB_DIRECTION_OUT,
		.connection = GWLB_CONNECTION_NEW,
		.fragment = GWLB_FRAGMENT_NONE,
	};
	udp = tcp;
	udp.proto = IPPROTO_UDP;
	udp.tcp_flags = 0;
	tcp6 = tcp;
	tcp6.family = NFPROTO_IPV6;
	inet_pton(AF_INET6, "2001:db8::1", &tcp6.src);
	inet_pton(AF_INET6, "2001:db8::2", &tcp6.dst);
	icmp = udp;
	icmp.proto = IPPROTO_ICMP;
	icmp.sport = 0;
	icmp.dport = 0;
	icmp.icmp_type = 3;
	icmp.icmp_code = 4;
	icmp6 = tcp6;
	icmp6.proto = IPPROTO_ICMPV6;
	icmp6.sport = 0;
	icmp6.dport = 0;
	icmp6.tcp_flags = 0;
	icmp6.icmp_type = 128;
	esp = udp;
	esp.proto = IPPROTO_ESP;
	esp.sport = 0;
	esp.dport = 0;
	later = esp;
	later.proto = IPPROTO_TCP;
	later.fragment = GWLB_FRAGMENT_LATER;
	alone = tcp;
	alone.group = GWLB_NO_GROUP;
}

/**
 * no_values() - a match of a field without values
 * @field: the field
 *
 * Return: the match
 */
struct oracle_match no_values(enum gwlb_field field)
{
	return (struct oracle_match){ .field = field };
}

/**
 * add_value() - one more value
 * @match: gets it
 * @value: the value
 */
void add_value(struct oracle_match *match, struct oracle_value value)
{
	match->values[match->n++] = value;
}

/**
 * prefix() - a value that is a prefix
 * @address: its address, as text
 * @len: its length
 *
 * Return: the value
 */
struct oracle_value prefix(const char *address, int len)
{
	struct oracle_value value = {
		.kind = ORACLE_PREFIX,
		.version = strchr(address, ':') ? 6 : 4,
		.len = len,
	};

	assert_int_equal(inet_pton(value.version == 4 ? AF_INET : AF_INET6,
				   address, value.address), 1);
	return value;
}

/**
 * range() - a value that is a range
 * @first: its first number
 * @last: its last one
 *
 * Return: the value
 */
struct oracle_value range(unsigned int first, unsigned int last)
{
	return (struct oracle_value){
		.kind = ORACLE_RANGE,
		.first = first,
		.last = last,
	};
}

/**
 * id() - a value that is an endpoint
 * @id: the endpoint's
 *
 * Return: the value
 */
struct oracle_value id(unsigned long long id)
{
	return (struct oracle_value){ .kind = ORACLE_ID, .id = id };
}

/**
 * group() - a value that is a group
 * @group: its number
 *
 * Return: the value
 */
struct oracle_value group(unsigned int group)
{
	return (struct oracle_value){ .kind = ORACLE_GROUP, .group = group };
}

/**
 * all_of() - a value that is a set
 * @set: the set
 *
 * Return: the value
 */
struct oracle_value all_of(const struct oracle_set *set)
{
	return (struct oracle_value){ .kind = ORACLE_SET, .set = set };
}

/**
 * one() - a match of one value
 * @field: the field
 * @value: the value
 *
 * Return: the match
 */
struct oracle_match one(enum gwlb_field field, struct oracle_value value)
{
	struct oracle_match match = no_values(field);

	add_value(&match, value);
	return match;
}

/**
 * bits() - a match of a field that has bits
 * @field: the field
 * @bits: those that may be
 *
 * Return: the match
 */
struct oracle_match bits(enum gwlb_field field, unsigned int bits)
{
	return (struct oracle_match){ .field = field, .bits = bits };
}

/**
 * flags() - a match of TCP flags
 * @bits: those that have to be set
 * @mask: of these
 *
 * Return: the match
 */
struct oracle_match flags(unsigned int bits, unsigned int mask)
{
	return (struct oracle_match){
		.field = GWLB_FIELD_TCP_FLAGS,
		.bits = bits,
		.mask = mask,
	};
}
