// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module tells without being asked: the messages, as structs, as one
 * line each, and as JSON. Pure, but for printing. listen.c receives them.
 */

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <time.h>

#include "attr.h"
#include "event.h"
#include "flow_print.h"
#include "out.h"
#include "vpce.h"

#define NSEC_PER_SEC	1000000000ULL

static int decode_log(const struct nlmsghdr *nlh, struct event *event)
{
	const struct nlattr *tb[GWLB_A_EVENT_MAX + 1];
	struct event_log *log = &event->log;

	if (attr_parse_msg(nlh, tb, GWLB_A_EVENT_MAX) < 0 ||
	    !tb[GWLB_A_EVENT_TIME] || !tb[GWLB_A_EVENT_RULE] ||
	    !tb[GWLB_A_EVENT_ENDPOINT] || !tb[GWLB_A_EVENT_COOKIE] ||
	    !tb[GWLB_A_EVENT_LENGTH] || !tb[GWLB_A_EVENT_PACKET] ||
	    !tb[GWLB_A_EVENT_LOST])
		return -EBADMSG;
	if (attr_u64(tb[GWLB_A_EVENT_TIME], &event->time) < 0 ||
	    attr_u32(tb[GWLB_A_EVENT_RULE], &log->rule) < 0 ||
	    attr_u64(tb[GWLB_A_EVENT_ENDPOINT], &log->endpoint) < 0 ||
	    attr_u32(tb[GWLB_A_EVENT_COOKIE], &log->cookie) < 0 ||
	    attr_u32(tb[GWLB_A_EVENT_LENGTH], &log->length) < 0 ||
	    attr_u64(tb[GWLB_A_EVENT_LOST], &log->lost) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_EVENT_NAME] &&
	    attr_string(tb[GWLB_A_EVENT_NAME], log->name,
			sizeof(log->name)) < 0)
		return -EBADMSG;
	if (tb[GWLB_A_EVENT_TEXT] &&
	    attr_text(tb[GWLB_A_EVENT_TEXT], log->text,
		      sizeof(log->text)) < 0)
		return -EBADMSG;
	packet_decode(mnl_attr_get_payload(tb[GWLB_A_EVENT_PACKET]),
		      mnl_attr_get_payload_len(tb[GWLB_A_EVENT_PACKET]),
		      &log->packet);
	return 0;
}

static int decode_rules(const struct nlmsghdr *nlh, struct event *event)
{
	const struct nlattr *tb[GWLB_A_EVENT_MAX + 1];

	if (attr_parse_msg(nlh, tb, GWLB_A_EVENT_MAX) < 0 ||
	    !tb[GWLB_A_EVENT_TIME] || !tb[GWLB_A_EVENT_GENERATION] ||
	    attr_u64(tb[GWLB_A_EVENT_TIME], &event->time) < 0 ||
	    attr_u32(tb[GWLB_A_EVENT_GENERATION], &event->generation) < 0)
		return -EBADMSG;
	return 0;
}

static int decode_flow(const struct nlmsghdr *nlh, struct event *event)
{
	bool ended;
	int err;

	err = flow_decode(nlh, &event->flow);
	if (err < 0)
		return err;
	event->time = event->flow.time;
	ended = event->cmd == GWLB_CMD_FLOW_END_EVENT;
	/* the end of a flow without a reason is no end */
	return event->time && event->flow.has_end == ended ? 0 : -EBADMSG;
}

/**
 * event_decode() - read one event
 * @nlh: the message
 * @event: filled in; of an event that only newer modules have, the kind is 0
 *
 * Return: 0 or a negative errno.
 */
int event_decode(const struct nlmsghdr *nlh, struct event *event)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	memset(event, 0, sizeof(*event));
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return -EBADMSG;
	event->cmd = genl->cmd;
	switch (event->cmd) {
	case GWLB_CMD_FLOW_NEW_EVENT:
	case GWLB_CMD_FLOW_END_EVENT:
		event->kind = EVENT_FLOW;
		return decode_flow(nlh, event);
	case GWLB_CMD_LOG_EVENT:
		event->kind = EVENT_LOG;
		return decode_log(nlh, event);
	case GWLB_CMD_RULESET_EVENT:
		event->kind = EVENT_RULES;
		return decode_rules(nlh, event);
	default:
		return 0;
	}
}

/* For people: their own time. Without zone, as there is no other in sight. */
static const char *local_time(__u64 time, char text[EVENT_TIME])
{
	time_t seconds = (time_t)(time / NSEC_PER_SEC);
	struct tm tm;
	size_t len;

	if (!localtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	len = strftime(text, EVENT_TIME, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(text + len, EVENT_TIME - len, ".%06llu",
		 time % NSEC_PER_SEC / 1000);
	return text;
}

/* For programs: RFC 3339. A number of nanoseconds would not survive jq. */
static const char *universal_time(__u64 time, char text[EVENT_TIME])
{
	time_t seconds = (time_t)(time / NSEC_PER_SEC);
	struct tm tm;
	size_t len;

	if (!gmtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	len = strftime(text, EVENT_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, EVENT_TIME - len, ".%09lluZ",
		 time % NSEC_PER_SEC);
	return text;
}

/* As in a rules file, so that it can be looked for there */
static void print_quoted(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void print_log(FILE *to, const struct event_log *log)
{
	char vpce[VPCE_TEXT];

	fprintf(to, "log rule=%u", log->rule);
	if (log->name[0])
		fprintf(to, " name=%s", log->name);
	if (log->text[0]) {
		fputs(" text=", to);
		print_quoted(to, log->text);
	}
	fputc(' ', to);
	packet_print(to, &log->packet);
	vpce_print(log->endpoint, vpce);
	fprintf(to, " length=%u endpoint=%s cookie=0x%08x", log->length, vpce,
		log->cookie);
	if (log->lost)
		fprintf(to, " lost=%llu", log->lost);
}

/**
 * event_print() - print an event, without a newline
 * @to: where to
 * @event: the event, of a known kind
 */
void event_print(FILE *to, const struct event *event)
{
	char time[EVENT_TIME];

	fprintf(to, "%s ", local_time(event->time, time));
	switch (event->kind) {
	case EVENT_FLOW:
		if (event->flow.has_end)
			fprintf(to, "end reason=%s ",
				flow_name(flow_ends, event->flow.end));
		else
			fputs("new ", to);
		flow_print(to, &event->flow);
		break;
	case EVENT_LOG:
		print_log(to, &event->log);
		break;
	default:
		fprintf(to, "rules generation=%u", event->generation);
		break;
	}
}

static json_t *text_json(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static json_t *log_json(const struct event_log *log, const char *time)
{
	char vpce[VPCE_TEXT];

	vpce_print(log->endpoint, vpce);
	return json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:I, s:s, s:I, s:I}",
			 "event", "log", "time", time,
			 "rule", (json_int_t)log->rule,
			 "name", text_json(log->name),
			 "text", text_json(log->text),
			 "packet", packet_json(&log->packet),
			 "length", (json_int_t)log->length,
			 "endpoint", vpce,
			 "cookie", (json_int_t)log->cookie,
			 "lost", out_u64(log->lost));
}

/**
 * event_json() - an event as JSON
 * @event: the event, of a known kind
 *
 * Return: an object, or NULL if there is no memory.
 */
json_t *event_json(const struct event *event)
{
	char time[EVENT_TIME];

	universal_time(event->time, time);
	switch (event->kind) {
	case EVENT_FLOW:
		if (event->flow.has_end)
			return json_pack("{s:s, s:s, s:s, s:o}",
					 "event", "end", "time", time,
					 "reason", flow_name(flow_ends,
							event->flow.end),
					 "flow", flow_json(&event->flow));
		return json_pack("{s:s, s:s, s:o}", "event", "new",
				 "time", time,
				 "flow", flow_json(&event->flow));
	case EVENT_LOG:
		return log_json(&event->log, time);
	default:
		return json_pack("{s:s, s:s, s:I}", "event", "rules",
				 "time", time, "generation",
				 (json_int_t)event->generation);
	}
}
