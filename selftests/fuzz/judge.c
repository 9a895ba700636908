// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge: what the protocol says about answers. See judge.h.
 *
 * What is let in has to be as uapi/gwlb.yaml says; what is refused has to be
 * refused for one of the reasons that the command has; and who has no
 * CAP_NET_ADMIN gets what is for everybody.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <string.h>

#include "judge.h"
#include "schema.h"

#define HEADERS	(NLMSG_HDRLEN + GENL_HDRLEN)

/**
 * struct reasons - why a command may be refused, by more than a bad form
 * @cmd: enum GWLB_CMD_*
 * @errors: numbers of errno.h, as the functions in module/ *_netlink.c say
 */
struct reasons {
	uint8_t cmd;
	int errors[6];
};

static const struct reasons reasons[] = {
	{ GWLB_CMD_CONFIG_GET, { ESTALE } },
	{ GWLB_CMD_CONFIG_SET, { ESTALE, E2BIG, ENODEV } },
	{ GWLB_CMD_COUNTER_GET, { 0 } },
	{ GWLB_CMD_NODE_GET, { ENOENT } },
	{ GWLB_CMD_ENDPOINT_GET, { ENOENT } },
	{ GWLB_CMD_RULESET_GET, { ESTALE } },
	{ GWLB_CMD_RULESET_SET, { ESTALE, E2BIG, EBUSY, EEXIST, ENOENT } },
	{ GWLB_CMD_RULESET_CONFIRM, { ESTALE, ENOENT } },
	{ GWLB_CMD_RULE_GET, { ENOENT } },
	{ GWLB_CMD_GROUP_GET, { ENOENT } },
	{ GWLB_CMD_SET_GET, { ENOENT } },
	{ GWLB_CMD_ELEMENT_GET, { ENOENT } },
	{ GWLB_CMD_ELEMENT_ADD, { ESTALE, E2BIG, EEXIST, ENOENT } },
	{ GWLB_CMD_ELEMENT_DEL, { ESTALE, ENOENT } },
	{ GWLB_CMD_SET_FLUSH, { ESTALE, ENOENT } },
	{ GWLB_CMD_FLOW_GET, { ENOENT } },
	{ GWLB_CMD_FLOW_FLUSH, { ENOENT } },
};

static bool is_reason(uint8_t cmd, int error)
{
	unsigned int i, k;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		for (k = 0; reasons[i].cmd == cmd && k < 6; k++)
			if (reasons[i].errors[k] == error)
				return true;
	return false;
}

/* Netlink itself refuses what has no form, whatever the command. */
static const char *judge_refusal(const struct schema_op *op,
				 const struct nlmsghdr *nlh,
				 const struct answer *answer, bool may)
{
	switch (answer->err) {
	case EINVAL:
	case ERANGE:
		/* What is too short for a header is no request of ours yet. */
		return op && nlh->nlmsg_len >= HEADERS && !answer->told ?
			"refused without a word" : NULL;
	case EOPNOTSUPP:
		if (!op || (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
			return NULL;
		return "a command that is not supported, but is there";
	case EPERM:
		if (op && op->admin && !may)
			return NULL;
		return "not permitted to somebody who may";
	}
	if (!op || !is_reason(op->cmd, answer->err))
		return "an error that the command does not have";
	if (!may && op->admin)
		return "an answer to somebody who may not ask";
	if (!answer->told)
		return "refused without a sentence";
	return NULL;
}

/**
 * judge_request() - may this request be accepted?
 * @bytes: the request
 * @len: how many bytes
 * @may: whoever sends it has CAP_NET_ADMIN
 *
 * Return: NULL if it may, or why it has to be refused
 */
const char *judge_request(const uint8_t *bytes, size_t len, bool may)
{
	const struct schema_op *op = schema_op(bytes[NLMSG_HDRLEN]);
	struct nlmsghdr nlh;
	bool dump;

	memcpy(&nlh, bytes, sizeof(nlh));
	if (nlh.nlmsg_len < len)
		len = nlh.nlmsg_len;
	dump = (nlh.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	if (len < HEADERS)
		return "a request without a command was accepted";
	if (!op)
		return "a command that is not there was accepted";
	if (op->admin && !may)
		return "accepted from somebody who may not";
	if (dump && !op->dump)
		return "a dump that is not there was accepted";
	return schema_check(op->set, op->request, bytes + HEADERS,
			    len - HEADERS);
}

/**
 * judge() - is this an answer that a request may get?
 * @bytes: the request
 * @len: how many bytes
 * @answer: what came of it
 * @may: whoever sent it has CAP_NET_ADMIN
 *
 * Return: NULL, or what is wrong
 */
const char *judge(const uint8_t *bytes, size_t len,
		  const struct answer *answer, bool may)
{
	const struct schema_op *op = schema_op(bytes[NLMSG_HDRLEN]);
	struct nlmsghdr nlh;

	memcpy(&nlh, bytes, sizeof(nlh));
	if (answer->wrong)
		return answer->wrong;
	switch (answer->outcome) {
	case REFUSED:
		return judge_refusal(op, &nlh, answer, may);
	case ACCEPTED:
		return judge_request(bytes, len, may);
	default:
		return answer->data ? "data that nobody asked for" : NULL;
	}
}

/**
 * is_writer() - may this request change anything?
 * @bytes: the request
 * @len: how many bytes
 *
 * Return: true unless it is one that only reads
 */
bool is_writer(const uint8_t *bytes, size_t len)
{
	const struct schema_op *op = schema_op(bytes[NLMSG_HDRLEN]);

	if (len < HEADERS || !op)
		return true;
	return !strstr(op->name, "-get");
}
