/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk: from one message, or attribute, to the next, over bytes that need not
 * be right.
 */
#ifndef _WALK_H
#define _WALK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * next_attr() - the attribute behind one that fits
 * @attr: that one
 * @left: how many bytes there are from it on; made less
 *
 * Return: the place behind it
 */
static inline const struct nlattr *next_attr(const struct nlattr *attr,
					     size_t *left)
{
	size_t step = NLA_ALIGN(attr->nla_len);

	*left = step < *left ? *left - step : 0;
	return (const void *)((const char *)attr + step);
}

/**
 * attr_fits() - is there an attribute?
 * @attr: where it would be
 * @left: how many bytes there are
 *
 * Return: true if there is a whole one
 */
static inline bool attr_fits(const struct nlattr *attr, size_t left)
{
	return left >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= left;
}

/**
 * message_fits() - is there a message?
 * @nlh: where it would be
 * @left: how many bytes there are
 *
 * Return: true if there is a whole one
 */
static inline bool message_fits(const struct nlmsghdr *nlh, size_t left)
{
	return left >= NLMSG_HDRLEN && nlh->nlmsg_len >= NLMSG_HDRLEN &&
	       nlh->nlmsg_len <= left;
}

/**
 * next_message() - the message behind one that fits
 * @nlh: that one
 * @left: how many bytes there are from it on; made less
 *
 * Return: the place behind it
 */
static inline const struct nlmsghdr *next_message(const struct nlmsghdr *nlh,
						  size_t *left)
{
	size_t step = NLMSG_ALIGN(nlh->nlmsg_len);

	*left = step < *left ? *left - step : 0;
	return (const void *)((const char *)nlh + step);
}

#endif
