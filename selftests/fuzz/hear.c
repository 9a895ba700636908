// SPDX-License-Identifier: GPL-2.0-only
/*
 * hear: what is answered, and whether it is as the protocol has it. See talk.h.
 *
 * The kernel handles a request while it is sent, and each part of a dump while
 * the one before is read. So nothing has to be waited for: what is not there
 * yet will not come.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/gwlb.h>
#include <string.h>
#include <sys/socket.h>

#include "schema.h"
#include "talk.h"
#include "walk.h"

/* A dump is told in messages of 32 KB at most. */
static uint8_t heard[256 * 1024] __attribute__((aligned(16)));

/* What a refusal has to say */

/**
 * struct request - what an answer is looked at with
 * @nlh: header of the request
 * @cmd: its command
 * @len: how many bytes were sent
 * @answer: what is found out
 */
struct request {
	struct nlmsghdr nlh;
	uint8_t cmd;
	size_t len;
	struct answer *answer;
};

static const char *check_sentence(const char *text, size_t len)
{
	size_t i;

	if (len < 2 || text[len - 1])
		return "a sentence without an end";
	for (i = 0; i < len - 1; i++)
		if (!isprint((unsigned char)text[i]))
			return "a sentence that cannot be printed";
	return NULL;
}

static const char *check_extack_attr(struct request *req,
				     const struct nlattr *attr)
{
	size_t len = attr->nla_len - NLA_HDRLEN;
	uint32_t offset;

	switch (attr->nla_type & NLA_TYPE_MASK) {
	case NLMSGERR_ATTR_MSG:
		req->answer->told = true;
		return check_sentence((const char *)(attr + 1), len);
	case NLMSGERR_ATTR_OFFS:
		if (len != sizeof(offset))
			return "an offset of another size";
		memcpy(&offset, attr + 1, sizeof(offset));
		if (offset < NLMSG_HDRLEN + GENL_HDRLEN || offset % 4 ||
		    offset + NLA_HDRLEN > req->len)
			return "an offset that is of no attribute";
		return NULL;
	case NLMSGERR_ATTR_POLICY:
	case NLMSGERR_ATTR_MISS_TYPE:
	case NLMSGERR_ATTR_MISS_NEST:
		return NULL;
	}
	return "more than a sentence, a place and a policy";
}

static const char *check_extack(struct request *req, const void *attrs,
				size_t left)
{
	const struct nlattr *attr = attrs;
	const char *wrong;

	for (; attr_fits(attr, left); attr = next_attr(attr, &left)) {
		wrong = check_extack_attr(req, attr);
		if (wrong)
			return wrong;
	}
	return left ? "an extack that is cut off" : NULL;
}

static const char *take_result(struct request *req, int result,
			       const struct nlmsghdr *nlh, size_t skip)
{
	struct answer *answer = req->answer;
	const char *at = (const char *)NLMSG_DATA(nlh) + skip;

	if (answer->done)
		return "two results";
	answer->done = true;
	if (result > 0)
		return "a result that is no error";
	answer->err = -result;
	answer->outcome = result ? REFUSED :
		req->nlh.nlmsg_flags & NLM_F_REQUEST ? ACCEPTED : IGNORED;
	if (result && answer->data)
		return "data of a request that was refused";
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	return check_extack(req, at, nlh->nlmsg_len - NLMSG_HDRLEN - skip);
}

/* Each message of an answer */

static const char *take_error(struct request *req, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *error = NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		return "an error that is cut off";
	if (error->msg.nlmsg_seq != req->nlh.nlmsg_seq)
		return "an error of another request";
	return take_result(req, error->error, nlh, sizeof(*error));
}

static const char *take_done(struct request *req, const struct nlmsghdr *nlh)
{
	int result;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(result)))
		return "an end that is cut off";
	memcpy(&result, NLMSG_DATA(nlh), sizeof(result));
	return take_result(req, result, nlh, NLMSG_ALIGN(sizeof(result)));
}

static const char *take_data(struct request *req, const struct nlmsghdr *nlh,
			     uint16_t family, talk_fn *fn, void *arg)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct schema_op *op = schema_op(req->cmd);
	const char *wrong = NULL;
	const void *attrs;
	size_t len;

	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return "an answer that is cut off";
	attrs = (const char *)genl + GENL_HDRLEN;
	len = nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	req->answer->data = true;
	if (family) {
		if (nlh->nlmsg_type != family || genl->cmd != req->cmd || !op)
			return "an answer to something else";
		wrong = schema_check(op->set, op->answer, attrs, len);
	}
	if (!wrong && fn)
		fn(attrs, len, arg);
	return wrong;
}

static const char *take_one(struct request *req, const struct nlmsghdr *nlh,
			    uint16_t family, talk_fn *fn, void *arg)
{
	/* A length that lies may make a second request of what is left. */
	if (nlh->nlmsg_seq != req->nlh.nlmsg_seq)
		return NLMSG_ALIGN(req->nlh.nlmsg_len) < req->len ? NULL :
			"an answer to another request";
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		return take_error(req, nlh);
	case NLMSG_DONE:
		return take_done(req, nlh);
	}
	return take_data(req, nlh, family, fn, arg);
}

/* Nobody answers who is not asked, or is not asked to answer. */
static void conclude(struct request *req)
{
	struct answer *answer = req->answer;
	uint32_t len = req->nlh.nlmsg_len;

	if (answer->done)
		return;
	answer->outcome = IGNORED;
	if (len < NLMSG_HDRLEN || len > req->len ||
	    !(req->nlh.nlmsg_flags & NLM_F_REQUEST))
		return;
	answer->outcome = ACCEPTED;
	if ((req->nlh.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
		answer->wrong = "a dump that does not end";
	else if (req->nlh.nlmsg_flags & NLM_F_ACK)
		answer->wrong = "no answer";
}

/**
 * talk_hear() - read all that was answered
 * @talk: the conversation
 * @bytes: the request
 * @len: how many bytes
 * @answer: gets what became of it
 * @fn: gets messages with data, or NULL
 * @arg: for @fn
 */
void talk_hear(struct talk *talk, const uint8_t *bytes, size_t len,
	       struct answer *answer, talk_fn *fn, void *arg)
{
	struct request req = { .len = len, .answer = answer };
	const struct nlmsghdr *nlh;
	const char *wrong;
	ssize_t got;
	size_t left;

	memset(answer, 0, sizeof(*answer));
	if (len >= NLMSG_HDRLEN)
		memcpy(&req.nlh, bytes, sizeof(req.nlh));
	if (len > NLMSG_HDRLEN)
		req.cmd = bytes[NLMSG_HDRLEN];
	while ((got = recv(talk->fd, heard, sizeof(heard), MSG_DONTWAIT)) > 0) {
		nlh = (const void *)heard;
		left = got;
		for (; message_fits(nlh, left);
		     nlh = next_message(nlh, &left)) {
			wrong = take_one(&req, nlh, talk->family, fn, arg);
			if (wrong && !answer->wrong)
				answer->wrong = wrong;
		}
	}
	if (got < 0 && errno != EAGAIN) {
		answer->outcome = REFUSED;
		answer->err = errno;
		answer->done = true;
	}
	conclude(&req);
}
