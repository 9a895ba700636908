// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel says about a request that it refuses: NLMSG_ERROR and
 * NLMSG_DONE with their extended attributes. Pure: messages in, struct out.
 */

#include <linux/genetlink.h>
#include <string.h>

#include "attr.h"
#include "extack.h"

static int decode_attrs(const void *attrs, size_t len, struct extack *extack)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];

	if (attr_parse(attrs, len, tb, NLMSGERR_ATTR_MAX) < 0)
		return -1;

	if (tb[NLMSGERR_ATTR_MSG] &&
	    attr_string(tb[NLMSGERR_ATTR_MSG], extack->text,
			sizeof(extack->text)) < 0)
		return -1;
	if (tb[NLMSGERR_ATTR_OFFS]) {
		if (attr_u32(tb[NLMSGERR_ATTR_OFFS], &extack->offset) < 0)
			return -1;
		extack->has_offset = true;
	}
	if (tb[NLMSGERR_ATTR_MISS_TYPE] &&
	    attr_u32(tb[NLMSGERR_ATTR_MISS_TYPE], &extack->miss_type) < 0)
		return -1;
	if (tb[NLMSGERR_ATTR_MISS_NEST] &&
	    attr_u32(tb[NLMSGERR_ATTR_MISS_NEST], &extack->miss_nest) < 0)
		return -1;
	return 0;
}

/**
 * extack_decode() - read a verdict
 * @nlh: a whole message of type NLMSG_ERROR or NLMSG_DONE
 * @extack: where it goes
 *
 * Return: 0, or -1 if the message is malformed.
 */
int extack_decode(const struct nlmsghdr *nlh, struct extack *extack)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(int);
	struct nlmsghdr quoted;
	int code;

	memset(extack, 0, sizeof(*extack));
	if (nlh->nlmsg_type == NLMSG_DONE && !len)
		return 0;
	if (len < sizeof(code))
		return -1;
	memcpy(&code, payload, sizeof(code));

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (len < sizeof(struct nlmsgerr))
			return -1;
		/* NLM_F_CAPPED: only the header of the request is quoted */
		skip = sizeof(struct nlmsgerr);
		memcpy(&quoted, payload + sizeof(code), sizeof(quoted));
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
			if (quoted.nlmsg_len < sizeof(quoted) ||
			    quoted.nlmsg_len > len - sizeof(code))
				return -1;
			skip = sizeof(code) + MNL_ALIGN(quoted.nlmsg_len);
		}
	}
	/* negative on the wire; INT_MIN has no positive counterpart */
	if (code > 0 || code < -4095)
		return -1;
	extack->code = -code;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip >= len)
		return 0;
	return decode_attrs(payload + skip, len - skip, extack);
}

/**
 * extack_attr() - find the top-level attribute that an offset is in
 * @request: the request that was refused
 * @extack: the refusal
 * @nth: set to how many attributes of the same type come before it
 *
 * Return: the attribute, or NULL if the refusal points at none.
 */
const struct nlattr *extack_attr(const struct nlmsghdr *request,
				 const struct extack *extack,
				 unsigned int *nth)
{
	__u32 offset = extack->miss_type ? extack->miss_nest : extack->offset;
	const struct nlattr *attr, *other;
	size_t start;

	if (!offset || (!extack->has_offset && !extack->miss_type))
		return NULL;

	mnl_attr_for_each(attr, request, sizeof(struct genlmsghdr)) {
		start = (size_t)((const char *)attr - (const char *)request);
		if (offset < start || offset >= start + attr->nla_len)
			continue;
		*nth = 0;
		mnl_attr_for_each(other, request, sizeof(struct genlmsghdr)) {
			if (other == attr)
				break;
			if (mnl_attr_get_type(other) == mnl_attr_get_type(attr))
				(*nth)++;
		}
		return attr;
	}
	return NULL;
}
