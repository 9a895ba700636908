// SPDX-License-Identifier: GPL-2.0-only
/*
 * config_netlink: state, settings and peers as user space sees them.
 */
#include <linux/inetdevice.h>
#include <linux/stringify.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include <linux/gwlb.h>

#include "config.h"
#include "gwlb.h"
#include "netlink.h"
#include "netlink_gen.h"

static int check_generation(const struct gwlb_config *config,
			    const struct nlattr *expected,
			    struct netlink_ext_ack *extack)
{
	if (!expected || nla_get_u32(expected) == config->generation)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, expected,
			    "settings were changed by somebody else meanwhile");
	return -ESTALE;
}

/* Peers */

static int put_peer(struct sk_buff *msg, const struct gwlb_peer *peer)
{
	struct nlattr *nest = nla_nest_start(msg, GWLB_A_CONFIG_PEER);

	if (!nest ||
	    nla_put_in_addr(msg, GWLB_A_PEER_ADDRESS, peer->address) ||
	    nla_put_u8(msg, GWLB_A_PEER_PREFIX_LEN, peer->prefix_len))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int parse_peer(const struct nlattr *attr, struct gwlb_peer *peer,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[GWLB_A_PEER_MAX + 1];
	int err;

	err = nla_parse_nested(tb, GWLB_A_PEER_MAX, attr, gwlb_peer_nl_policy,
			       extack);
	if (err)
		return err;
	if (!tb[GWLB_A_PEER_ADDRESS] || !tb[GWLB_A_PEER_PREFIX_LEN]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a peer needs an address and a prefix length");
		return -EINVAL;
	}
	peer->address = nla_get_in_addr(tb[GWLB_A_PEER_ADDRESS]);
	peer->prefix_len = nla_get_u8(tb[GWLB_A_PEER_PREFIX_LEN]);
	if (peer->address & ~inet_make_mask(peer->prefix_len)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the address of a peer has bits set below its prefix length");
		return -EINVAL;
	}
	return 0;
}

/* The attribute of a list of peers that names @peer; there is one. */
static const struct nlattr *find_peer(struct genl_info *info,
				      const struct gwlb_peer *peer)
{
	const struct nlattr *attr, *last = NULL;
	struct gwlb_peer p;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_PEER)
			continue;
		if (!parse_peer(attr, &p, NULL) &&
		    p.address == peer->address &&
		    p.prefix_len == peer->prefix_len)
			last = attr;
	}
	return last;
}

static int count_peers(struct genl_info *info, u32 *n_peers)
{
	const struct nlattr *attr;
	int rem;

	*n_peers = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_PEER)
			continue;
		if (++*n_peers > GWLB_MAX_PEERS) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "more than "
					    __stringify(GWLB_MAX_PEERS)
					    " peers");
			return -E2BIG;
		}
	}
	return 0;
}

/* A repeated attribute is walked: info->attrs only has the last one. */
static int parse_peers(struct genl_info *info, struct gwlb_config *config)
{
	const struct gwlb_peer *twice;
	const struct nlattr *attr;
	int rem, err;

	config->n_peers = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_PEER)
			continue;
		err = parse_peer(attr, &config->peers[config->n_peers++],
				 info->extack);
		if (err)
			return err;
	}
	twice = gwlb_config_sort(config);
	if (!twice)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, find_peer(info, twice),
			    "the same peer is given twice");
	return -EINVAL;
}

/* Devices */

static int put_devices(struct sk_buff *msg, const struct gwlb_net *gn,
		       const struct gwlb_config *config)
{
	u32 i;

	for (i = 0; i < config->n_devices; i++)
		if (nla_put_string(msg, GWLB_A_CONFIG_DEVICE,
				   config->devices[i]))
			return -EMSGSIZE;
	for (i = 0; i < config->n_devices; i++)
		if (gwlb_ingress_has(gn, config->devices[i]) &&
		    nla_put_string(msg, GWLB_A_CONFIG_ATTACHED,
				   config->devices[i]))
			return -EMSGSIZE;
	return 0;
}

static int parse_device(struct net *net, const struct nlattr *attr,
			struct gwlb_config *config,
			struct netlink_ext_ack *extack)
{
	char name[IFNAMSIZ];

	nla_strscpy(name, attr, sizeof(name));
	if (config->n_devices == GWLB_MAX_DEVICES) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "more than "
				    __stringify(GWLB_MAX_DEVICES) " devices");
		return -E2BIG;
	}
	if (gwlb_config_names(config, name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the same device is given twice");
		return -EINVAL;
	}
	if (!gwlb_ingress_may_attach(net, name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "there is no device of this name (alternative names do not count)");
		return -ENODEV;
	}
	strscpy(config->devices[config->n_devices++], name, IFNAMSIZ);
	return 0;
}

/* A list of names that are new has to make sense; that devices of the old one
 * may have gone is nobody's mistake.
 */
static int parse_devices(struct genl_info *info, struct gwlb_config *config)
{
	const struct nlattr *attr;
	int rem, err;

	if (config->attach != GWLB_ATTACH_INGRESS) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[GWLB_A_CONFIG_DEVICE],
				    "only attach ingress has devices");
		return -EINVAL;
	}
	config->n_devices = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != GWLB_A_CONFIG_DEVICE)
			continue;
		err = parse_device(genl_info_net(info), attr, config,
				   info->extack);
		if (err)
			return err;
	}
	return 0;
}

/* Where packets are taken */
static int parse_place(struct genl_info *info, struct gwlb_config *config)
{
	const struct nlattr *attach = info->attrs[GWLB_A_CONFIG_ATTACH];

	if (attach)
		config->attach = nla_get_u32(attach);
	if (config->attach == GWLB_ATTACH_PREROUTING)
		config->n_devices = 0;
	if (info->attrs[GWLB_A_CONFIG_DEVICE])
		return parse_devices(info, config);
	if (config->attach == GWLB_ATTACH_INGRESS && !config->n_devices) {
		NL_SET_ERR_MSG_ATTR(info->extack, attach,
				    "attach ingress needs a device to take packets from");
		return -EINVAL;
	}
	return 0;
}

/* Settings */

static int put_config(struct sk_buff *msg, struct gwlb_net *gn,
		      const struct gwlb_config *config)
{
	u32 i;

	if (nla_put_u32(msg, GWLB_A_CONFIG_STATE,
			config->state) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_SEND_MODE, config->send_mode) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_GENERATION, config->generation) ||
	    nla_put_string(msg, GWLB_A_CONFIG_VERSION, GWLB_VERSION) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_NODES,
			gwlb_tally_table_count(&gn->nodes)) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_ENDPOINTS,
			gwlb_tally_table_count(&gn->endpoints.table)) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_DRAIN, config->drain) ||
	    nla_put_u32(msg, GWLB_A_CONFIG_ATTACH, config->attach) ||
	    put_devices(msg, gn, config))
		return -EMSGSIZE;
	for (i = 0; i < config->n_peers; i++)
		if (put_peer(msg, &config->peers[i]))
			return -EMSGSIZE;
	return 0;
}

static size_t config_size(const struct gwlb_config *config)
{
	size_t peer = nla_total_size(nla_total_size(sizeof(__be32)) +
				     nla_total_size(sizeof(u8)));

	return 7 * nla_total_size(sizeof(u32)) +
	       nla_total_size(sizeof(GWLB_VERSION)) +
	       2 * config->n_devices * nla_total_size(IFNAMSIZ) +
	       config->n_peers * peer;
}

/**
 * gwlb_nl_config_get_doit() - GWLB_CMD_CONFIG_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, -ESTALE if something changed since the expected generation, or
 *         -ENOMEM
 */
int gwlb_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	const struct gwlb_config *config;
	struct sk_buff *msg;
	void *hdr;
	int err;

	mutex_lock(&gn->config_lock);
	config = rcu_dereference_protected(gn->config,
					   lockdep_is_held(&gn->config_lock));
	err = check_generation(config,
			       info->attrs[GWLB_A_CONFIG_EXPECT_GENERATION],
			       info->extack);
	if (err)
		goto unlock;
	err = -ENOMEM;
	msg = gwlb_nl_answer_new(info, config_size(config),
				 GWLB_CMD_CONFIG_GET, &hdr);
	if (!msg)
		goto unlock;
	err = gwlb_nl_answer(msg, hdr, info, put_config(msg, gn, config));
unlock:
	mutex_unlock(&gn->config_lock);
	return err;
}

/* Reads the changes that @info asks for into @config. */
static int parse_config(struct genl_info *info, struct gwlb_config *config)
{
	struct nlattr **attrs = info->attrs;
	int err;

	if (attrs[GWLB_A_CONFIG_STATE])
		config->state = nla_get_u32(attrs[GWLB_A_CONFIG_STATE]);
	if (attrs[GWLB_A_CONFIG_SEND_MODE])
		config->send_mode =
			nla_get_u32(attrs[GWLB_A_CONFIG_SEND_MODE]);
	if (attrs[GWLB_A_CONFIG_DRAIN])
		config->drain = nla_get_u32(attrs[GWLB_A_CONFIG_DRAIN]);
	err = parse_place(info, config);
	if (err)
		return err;
	if (attrs[GWLB_A_CONFIG_NO_PEERS])
		config->n_peers = 0;
	if (attrs[GWLB_A_CONFIG_PEER])
		return parse_peers(info, config);
	return 0;
}

/**
 * gwlb_nl_config_set_doit() - GWLB_CMD_CONFIG_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error after which everything is as it was: -EINVAL for a
 *         bad peer or a list of devices that makes no sense, -E2BIG for too
 *         many, -ENODEV for a device that is not there, -ESTALE if the
 *         generation is not the expected one, -ENOMEM
 */
int gwlb_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct gwlb_net *gn = gwlb_net(genl_info_net(info));
	struct nlattr **attrs = info->attrs;
	struct gwlb_config *config, *old;
	u32 n_peers;
	int err;

	if (attrs[GWLB_A_CONFIG_PEER] && attrs[GWLB_A_CONFIG_NO_PEERS]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[GWLB_A_CONFIG_NO_PEERS],
				    "either peers or no peers");
		return -EINVAL;
	}
	err = count_peers(info, &n_peers);
	if (err)
		return err;

	mutex_lock(&gn->config_lock);
	old = rcu_dereference_protected(gn->config,
					lockdep_is_held(&gn->config_lock));
	err = check_generation(old, attrs[GWLB_A_CONFIG_EXPECT_GENERATION],
			       info->extack);
	if (err)
		goto unlock;
	err = -ENOMEM;
	config = gwlb_config_copy(old, max(n_peers, old->n_peers));
	if (!config)
		goto unlock;
	err = parse_config(info, config);
	if (err)
		kfree(config);
	else
		err = gwlb_net_apply(gn, config, info->extack);
unlock:
	mutex_unlock(&gn->config_lock);
	return err;
}
