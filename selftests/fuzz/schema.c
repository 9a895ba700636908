// SPDX-License-Identifier: GPL-2.0-only
/*
 * schema: are attributes as the spec says? A second opinion on what the
 * kernel's policies let in. See schema.h.
 */
#include <linux/gwlb.h>
#include <linux/netlink.h>
#include <string.h>

#include "schema.h"
#include "schema_tables.inc"

/**
 * schema_op() - a command by its number
 * @cmd: enum GWLB_CMD_*
 *
 * Return: the command, or NULL if nobody may ask for that
 */
const struct schema_op *schema_op(uint8_t cmd)
{
	unsigned int i;

	for (i = 0; i < n_schema_ops; i++)
		if (schema_ops[i].cmd == cmd)
			return &schema_ops[i];
	return NULL;
}

static uint64_t number(const void *data, uint32_t size)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 1:
		return *(const uint8_t *)data;
	case 2:
		memcpy(&u16, data, size);
		return u16;
	case 4:
		memcpy(&u32, data, size);
		return u32;
	default:
		memcpy(&u64, data, size);
		return u64;
	}
}

/* A string of a list may do without its NUL: the spec's generator makes
 * another policy for those.
 */
static const char *check_string(const struct schema_attr *attr,
				const char *data, size_t len)
{
	if (!len || (!attr->multi && !memchr(data, '\0', len)))
		return "a string without an end";
	if (!data[len - 1])
		len--;
	if (attr->max && strnlen(data, len) > attr->max)
		return "a string that is too long";
	return NULL;
}

static const char *check_attr(const struct schema_attr *attr,
			      const struct nlattr *nla, const void *data,
			      size_t len)
{
	bool nest = nla->nla_type & NLA_F_NESTED;
	uint64_t value;

	if (nest ? attr->kind != KIND_NEST : attr->kind == KIND_NEST)
		return "a nest without its flag, or a flag without a nest";
	switch (attr->kind) {
	case KIND_NEST:
		return schema_check(attr->nest, ~0ULL, data, len);
	case KIND_FLAG:
		return len ? "a flag with a value" : NULL;
	case KIND_STRING:
		return check_string(attr, data, len);
	case KIND_BINARY:
		return NULL;
	default:
		break;
	}
	if (len != attr->size)
		return "a number of another size";
	value = number(data, attr->size);
	if (value < attr->min || value > attr->max)
		return "a number out of its range";
	return NULL;
}

/**
 * schema_check() - are these attributes as the spec says?
 * @set: enum schema_index of the set that they are of
 * @allowed: bit of each attribute that may be there
 * @attrs: the attributes
 * @len: of them all, in bytes
 *
 * Padding of 64-bit numbers is no attribute that anybody may send. Answers have
 * none either, where the kernel reads such numbers at any address: on x86.
 *
 * Return: NULL, or what is wrong
 */
const char *schema_check(int set, uint64_t allowed, const void *attrs,
			 size_t len)
{
	const struct schema_set *s = &schema_sets[set];
	struct nlattr nla;
	const char *wrong;
	uint32_t type;
	size_t step;

	while (len >= NLA_HDRLEN) {
		memcpy(&nla, attrs, sizeof(nla));
		type = nla.nla_type & NLA_TYPE_MASK;
		if (nla.nla_len < NLA_HDRLEN || nla.nla_len > len)
			return "an attribute that is longer than its message";
		if (type >= s->n || !s->attrs[type].name ||
		    s->attrs[type].kind == KIND_PAD || !(allowed >> type & 1))
			return "an attribute that does not belong there";
		wrong = check_attr(&s->attrs[type], &nla,
				   (const char *)attrs + NLA_HDRLEN,
				   nla.nla_len - NLA_HDRLEN);
		if (wrong)
			return wrong;
		step = NLA_ALIGN(nla.nla_len);
		if (step >= len)
			return NULL;
		attrs = (const char *)attrs + step;
		len -= step;
	}
	return len ? "bytes behind the last attribute" : NULL;
}
