// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan: the rules of a run, drawn from its seed by selftests/unit/match_draw.c.
 * Owns their text, which gwlbctl loads into the module, and who answers for
 * them here: module/match.c and index.c as they are compiled for user space,
 * and the oracle that knows neither. These have to agree, or the program ends.
 */
#include <arpa/inet.h>
#include <err.h>
#include <string.h>

#include "plan.h"

#define ENDPOINT	0x0123456789abcde0ULL
#define GROUP_MEMBERS	2

/* Always the first rule */
static void draw_sentinel_rule(struct oracle_rule *rule)
{
	__be32 address = htonl(PLAN_SENTINEL_SRC);

	memset(rule, 0, sizeof(*rule));
	rule->verdict = GWLB_VERDICT_ACCEPT;
	rule->n = 1;
	rule->matches[0].field = GWLB_FIELD_SOURCE;
	rule->matches[0].n = 1;
	rule->matches[0].values[0] = (struct oracle_value) {
		.kind = ORACLE_PREFIX, .version = 4, .len = 32,
	};
	memcpy(rule->matches[0].values[0].address, &address, 4);
}

/* Can the language of rules say it? It can say more than one match of flags,
 * but no list that is empty, and no range of ICMP types with codes.
 */
static bool is_sayable(const struct plan *plan, const struct oracle_match *m)
{
	unsigned int i;

	switch (m->field) {
	case GWLB_FIELD_TCP_FLAGS:
		return m->mask;
	case GWLB_FIELD_FAMILY:
	case GWLB_FIELD_DIRECTION:
		return !m->invert && (m->bits == 1 || m->bits == 2);
	case GWLB_FIELD_CONNECTION:
	case GWLB_FIELD_FRAGMENT:
		return !m->invert && m->bits;
	case GWLB_FIELD_GROUP:
		if (!plan->groups)
			return false;
		break;
	default:
		break;
	}
	for (i = 0; i < m->n; i++) {
		if ((m->field == GWLB_FIELD_ICMP ||
		     m->field == GWLB_FIELD_ICMPV6) &&
		    m->values[i].first != m->values[i].last)
			return false;
		if (m->field == GWLB_FIELD_NODE &&
		    m->values[i].kind == ORACLE_PREFIX &&
		    m->values[i].version == 6)
			return false;
	}
	return m->n;
}

static bool is_rule(const struct plan *plan, const struct oracle_rule *rule)
{
	unsigned int i;

	/* One without matches would be the last that is ever asked. */
	if (!rule->n || rule->verdict == GWLB_VERDICT_CONTINUE)
		return false;
	for (i = 0; i < rule->n; i++)
		if (!is_sayable(plan, &rule->matches[i]))
			return false;
	return true;
}

/* No element of a set may be there twice, no port in two of its ranges. */
static void thin_out(struct plan *plan)
{
	struct oracle_set *set;
	unsigned int i, k, n;

	for (set = plan->d.sets; set < plan->d.sets + DRAW_SETS; set++) {
		n = 0;
		for (i = 0; i < set->n; i++) {
			for (k = 0; k < n; k++)
				if (set->elements[i].kind == ORACLE_RANGE ||
				    !memcmp(&set->elements[i],
					    &set->elements[k],
					    sizeof(set->elements[k])))
					break;
			if (k == n)
				set->elements[n++] = set->elements[i];
		}
		set->n = n;
	}
}

static const enum gwlb_verdict policies[] = {
	GWLB_VERDICT_ACCEPT, GWLB_VERDICT_ACCEPT, GWLB_VERDICT_DROP,
	GWLB_VERDICT_REJECT,
};

/* More than a third of them are to accept something. */
static void draw_good_rule(struct plan *plan, struct oracle_rule *rule)
{
	do
		draw_rule(&plan->d, rule);
	while (!is_rule(plan, rule));
	if (draw_below(&plan->d, 2))
		rule->verdict = GWLB_VERDICT_ACCEPT;
}

/**
 * plan_draw() - draw a ruleset
 * @plan: gets it
 * @seed: of the random numbers
 */
void plan_draw(struct plan *plan, unsigned long long seed)
{
	struct drawer *d = &plan->d;
	unsigned int i;

	memset(plan, 0, sizeof(*plan));
	d->state = seed * 0x9e3779b97f4a7c15ULL + 1;
	/* Seeds are near to each other; what follows from them is not. */
	for (i = 0; i < 64; i++)
		draw_below(d, 2);
	/* Four that follow each other have all of them. */
	plan->policy = policies[(seed + seed / 4) % 4];
	plan->pickup = draw_below(d, 3);
	/* Of four that follow each other some remember. */
	plan->refused = (seed + seed / 4) % 2 ? GWLB_REFUSED_REMEMBER :
		GWLB_REFUSED_FORGET;
	plan->groups = draw_below(d, 2);
	for (i = 0; i < PLAN_GROUPS; i++)
		plan->group_policy[i] = policies[draw_below(d, 4)];
	draw_sets(d);
	thin_out(plan);
	draw_sentinel_rule(&plan->rules[0]);
	/* With few of them it is often the policy that decides. */
	plan->n = 1 + draw_below(d, draw_below(d, 2) ? PLAN_RULES + 1 : 6);
	for (i = 1; i < plan->n; i++)
		draw_good_rule(plan, &plan->rules[i]);
	build_rules(plan->rules, plan->n, &plan->built);
}

static void print_value(const struct plan *plan, enum gwlb_field field,
			const struct oracle_value *value, FILE *to)
{
	char text[INET6_ADDRSTRLEN];

	switch (value->kind) {
	case ORACLE_PREFIX:
		inet_ntop(value->version == 4 ? AF_INET : AF_INET6,
			  value->address, text, sizeof(text));
		fprintf(to, "%s/%d", text, value->len);
		break;
	case ORACLE_RANGE:
		if (field == GWLB_FIELD_ICMP || field == GWLB_FIELD_ICMPV6)
			fprintf(to, "%u/%u", value->first / 256,
				value->first % 256);
		else if (value->first == value->last)
			fprintf(to, "%u", value->first);
		else
			fprintf(to, "%u-%u", value->first, value->last);
		break;
	case ORACLE_ID:
		fprintf(to, "vpce-0%016llx", value->id);
		break;
	case ORACLE_GROUP:
		fprintf(to, "g%u", value->group);
		break;
	case ORACLE_SET:
		fprintf(to, "@s%u", (unsigned int)(value->set - plan->d.sets));
		break;
	}
}

/* Names of the bits that are set, the lowest first */
static void print_bits(unsigned int bits, const char *const *names,
		       const char *between, FILE *to)
{
	bool first = true;
	unsigned int i;

	if (!bits)
		fputs("none", to);
	for (i = 0; bits >> i; i++) {
		if (!(bits >> i & 1))
			continue;
		fprintf(to, "%s%s", first ? "" : between, names[i]);
		first = false;
	}
}

static void print_match(const struct plan *plan, const struct oracle_match *m,
			FILE *to)
{
	static const char *const flags[] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr",
	};
	static const char *const families[] = { "ipv4", "ipv6" };
	static const char *const directions[] = { "in", "out" };
	static const char *const states[] = {
		"new", "established", "related", "invalid",
	};
	static const char *const fragments[] = { "none", "first", "later" };
	static const char *const words[GWLB_FIELDS] = {
		[GWLB_FIELD_ENDPOINT] = "endpoint",
		[GWLB_FIELD_GROUP] = "group",
		[GWLB_FIELD_NODE] = "node",
		[GWLB_FIELD_SOURCE] = "from",
		[GWLB_FIELD_DESTINATION] = "to",
		[GWLB_FIELD_PROTOCOL] = "proto",
		[GWLB_FIELD_SOURCE_PORT] = "sport",
		[GWLB_FIELD_DESTINATION_PORT] = "dport",
		[GWLB_FIELD_ICMP] = "icmp",
		[GWLB_FIELD_ICMPV6] = "icmpv6",
		[GWLB_FIELD_TCP_FLAGS] = "tcp-flags",
		[GWLB_FIELD_FAMILY] = "family",
		[GWLB_FIELD_DIRECTION] = "direction",
		[GWLB_FIELD_CONNECTION] = "state",
		[GWLB_FIELD_FRAGMENT] = "fragment",
	};
	unsigned int i;

	fprintf(to, " %s%s ", words[m->field], m->invert ? " not" : "");
	switch (m->field) {
	case GWLB_FIELD_TCP_FLAGS:
		print_bits(m->bits, flags, "|", to);
		fputc('/', to);
		print_bits(m->mask, flags, "|", to);
		break;
	case GWLB_FIELD_FAMILY:
		print_bits(m->bits, families, ", ", to);
		break;
	case GWLB_FIELD_DIRECTION:
		print_bits(m->bits, directions, ", ", to);
		break;
	case GWLB_FIELD_CONNECTION:
		print_bits(m->bits, states, ", ", to);
		break;
	case GWLB_FIELD_FRAGMENT:
		print_bits(m->bits, fragments, ", ", to);
		break;
	default:
		for (i = 0; i < m->n; i++) {
			fputs(i ? ", " : "", to);
			print_value(plan, m->field, &m->values[i], to);
		}
	}
}

static const char *verdict_word(enum gwlb_verdict verdict)
{
	return verdict == GWLB_VERDICT_ACCEPT ? "accept" :
		verdict == GWLB_VERDICT_DROP ? "drop" : "reject";
}

static void print_sets(const struct plan *plan, FILE *to)
{
	static const char *const types[] = { "address", "port", "endpoint" };
	const struct oracle_set *set;
	unsigned int i, k;

	for (i = 0; i < DRAW_SETS; i++) {
		set = &plan->d.sets[i];
		fprintf(to, "set s%u %s {", i, types[i % DRAW_TYPES]);
		for (k = 0; k < set->n; k++) {
			fputs(k ? ", " : " ", to);
			print_value(plan, GWLB_FIELD_SOURCE,
				    &set->elements[k], to);
		}
		fputs(" }\n", to);
	}
}

/**
 * plan_print() - write a ruleset as gwlb-rules(5) has it
 * @plan: the ruleset
 * @to: where to
 *
 * No flow ends by itself while a run lasts, and there is room for all of them.
 */
void plan_print(const struct plan *plan, FILE *to)
{
	static const char *const whats[] = {
		"tcp-syn", "tcp-established", "tcp-closing", "tcp-closed",
		"udp", "icmp", "other",
	};
	static const char *const pickups[] = {
		[GWLB_PICKUP_LOOSE] = "loose",
		[GWLB_PICKUP_STRICT] = "strict",
		[GWLB_PICKUP_EITHER] = "either",
	};
	unsigned int i, k;

	fprintf(to, "policy %s\npickup %s\nrefused %s\n",
		verdict_word(plan->policy), pickups[plan->pickup],
		plan->refused == GWLB_REFUSED_FORGET ? "forget" : "remember");
	fputs("flow-max-endpoint 1048576\n", to);
	for (i = 0; i < sizeof(whats) / sizeof(whats[0]); i++)
		fprintf(to, "timeout %s 12h\n", whats[i]);
	print_sets(plan, to);
	for (i = 0; plan->groups && i < PLAN_GROUPS; i++) {
		fprintf(to, "group g%u {", i);
		if (i < GROUP_MEMBERS)
			fprintf(to, " endpoint vpce-0%016llx;", ENDPOINT + i);
		fprintf(to, " policy %s }\n",
			verdict_word(plan->group_policy[i]));
	}
	for (i = 0; i < plan->n; i++) {
		fprintf(to, "rule r%u:", i);
		for (k = 0; k < plan->rules[i].n; k++)
			print_match(plan, &plan->rules[i].matches[k], to);
		fprintf(to, " %s\n", verdict_word(plan->rules[i].verdict));
	}
}

/**
 * plan_group() - which group is an endpoint in?
 * @plan: the ruleset
 * @endpoint: id of the endpoint
 *
 * Return: the group, or GWLB_NO_GROUP
 */
u32 plan_group(const struct plan *plan, u64 endpoint)
{
	if (plan->groups && endpoint >= ENDPOINT &&
	    endpoint < ENDPOINT + GROUP_MEMBERS)
		return endpoint - ENDPOINT;
	return GWLB_NO_GROUP;
}

/**
 * plan_direction() - is who sends inside, by what gwlb-rules(5) has as default?
 * @family: family of the address
 * @source: the address
 *
 * Return: one bit of enum gwlb_direction
 */
u8 plan_direction(u8 family, const union nf_inet_addr *source)
{
	static const struct oracle_value inside[] = {
		{ .version = 4, .address = { 10 }, .len = 8 },
		{ .version = 4, .address = { 100, 64 }, .len = 10 },
		{ .version = 4, .address = { 172, 16 }, .len = 12 },
		{ .version = 4, .address = { 192, 168 }, .len = 16 },
		{ .version = 6, .address = { 0xfc }, .len = 7 },
	};
	int version = family == NFPROTO_IPV4 ? 4 : 6;
	unsigned int i;

	for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		if (oracle_is_in(&inside[i], version, source))
			return GWLB_DIRECTION_OUT;
	return GWLB_DIRECTION_IN;
}

/**
 * plan_ask() - what do the rules say?
 * @plan: the ruleset
 * @s: what they are asked about
 *
 * Return: that
 */
struct decision plan_ask(const struct plan *plan, struct gwlb_subject *s)
{
	struct gwlb_candidates c;
	unsigned int i;
	u32 found;

	gwlb_index_find(&plan->built.index, s, &c);
	found = gwlb_match(plan->built.rules, &c, s);
	for (i = 0; i < plan->n; i++)
		if (oracle_applies(&plan->rules[i], s))
			break;
	if (found != (i < plan->n ? i : GWLB_NO_RULE))
		errx(3, "match.c says rule %u, its oracle says %u", found, i);
	if (i < plan->n)
		return (struct decision){ plan->rules[i].verdict, true };
	return (struct decision){ s->group == GWLB_NO_GROUP ? plan->policy :
				  plan->group_policy[s->group], false };
}
