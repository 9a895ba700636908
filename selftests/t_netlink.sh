#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The protocol: who may what, what a refusal says, long dumps, and that the
# kernel's own client for YAML specs can speak it with uapi/gwlb.yaml.
. "$(dirname "$0")/lib.sh"

ENDPOINTS=5000
MAX_ENDPOINTS=4096
NODES=2000
MAX_NODES=1024

ynl()
{
	ip netns exec "$APP" "$TOP/selftests/ynl.py" \
		"$YNL_SRC/tools/net/ynl/cli.py" --no-schema \
		--spec "$TOP/uapi/gwlb.yaml" "$@"
}

# ynl_refused DESCRIPTION PATTERN ARGUMENT...
ynl_refused()
{
	local what=$1 pattern=$2 out

	shift 2
	if out=$(ynl "$@" 2>&1); then
		not_ok "$what"
		note "was not refused: $out"
	elif grep -qE -- "$pattern" <<<"$out"; then
		ok "$what"
	else
		not_ok "$what"
		note "expected $pattern: $out"
	fi
}

nobody()
{
	ip netns exec "$APP" setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$GWLBCTL" "$@"
}

test_privilege()
{
	check "anybody may read counters" nobody stats
	check "anybody may read the state" nobody status
	refused "but not go up" "CAP_NET_ADMIN" nobody up
	refused "nor down" "CAP_NET_ADMIN" nobody down
	refused "nor say who may send" "CAP_NET_ADMIN" nobody peer set 10.0.0.1
	refused "nor change a setting" "CAP_NET_ADMIN" \
		nobody config set send-mode reflect
}

test_dumps()
{
	local list

	must ctl up
	# On one CPU: what is received on two has no order.
	must taskset -c 0 ip netns exec "$SIM" \
		"$TOP/selftests/flowgen/flood" --count 10000 \
		--endpoints $ENDPOINTS wire0 "$APP_MAC" $NODE $LOCAL
	wait_for 20 reaches received 10000
	is "10,000 packets came" "$(counter received)" 10000
	list=$(ctl endpoint list --json)
	is "endpoints up to the limit, and the others" \
		"$(jq '.endpoints | length' <<<"$list")" $((MAX_ENDPOINTS + 1))
	is "none twice" "$(jq '[.endpoints[].id] | unique | length' \
		<<<"$list")" $((MAX_ENDPOINTS + 1))
	is "together they have all packets" "$(jq \
		'[.endpoints[].traffic.received.packets] | add' <<<"$list")" \
		10000
	# They were sent in the order of their ids.
	is "they are listed in the order seen" "$(jq \
		'[.endpoints[].id | strings | select(startswith("vpce-"))] |
			. == sort and .[0] == "vpce-00000000000000001"' \
		<<<"$list")" true

	# With a route, an address of somebody far away is as good as any.
	must ip netns exec "$SIM" "$TOP/selftests/flowgen/flood" --count 4000 \
		--nodes $NODES wire0 "$APP_MAC" 172.16.0.1 $LOCAL
	wait_for 20 reaches received 14000
	list=$(ctl node list --json)
	is "nodes up to the limit, and the others" \
		"$(jq '.nodes | length' <<<"$list")" $((MAX_NODES + 1))
	is "together they have all packets" "$(jq \
		'[.nodes[].traffic.received.packets] | add' <<<"$list")" 14000
	is "none was lost for want of a place" "$(counter returned)" 14000
	check_balance
}

test_ynl()
{
	local answer

	answer=$(ynl --dump counter-get | tr "'" '"')
	is "ynl reads the counters" "$(jq -r \
		'.[] | select(.reason == "returned").packets' <<<"$answer")" \
		"$(counter returned)"
	is "ynl: what was received comes first and has no reason" \
		"$(jq -rc '.[0] | [.name, .packets, has("reason")]' \
		<<<"$answer")" '["received",14000,false]'
	answer=$(ynl --do counter-get --json '{"reason": "drop-loop"}')
	check "ynl reads one counter" grep -q "'drop-loop'" <<<"$answer"
	answer=$(ynl --do endpoint-get --json '{"id": 1}')
	check "ynl reads one endpoint" grep -q "'received-packets'" \
		<<<"$answer"
	check "and how many flows it has" grep -qzE \
		"'flows': [1-9].*'flows-new': [1-9]" <<<"$answer"
	check "ynl changes a setting" ynl --do config-set \
		--json '{"send-mode": "reflect"}'
	is "and it is changed" "$(ctl config show --json |
		jq -r '."send-mode"')" reflect
	is "nobody drains at first" "$(drain)" "'off'"
	check "ynl drains" ynl --do config-set --json '{"drain": "on"}'
	is "and it drains, up or down" "$(drain)" "'on'"
	check "ynl takes packets of two devices" ynl --do config-set \
		--json '{"attach": "ingress", "device": ["eth0", "lo"]}'
	is "and they are" "$(ctl config show --json | jq -c .devices)" \
		'[{"name":"eth0","attached":true},{"name":"lo","attached":true}]'
	check "ynl takes them as before" ynl --do config-set \
		--json '{"attach": "prerouting"}'
	check "ynl changes another setting" ynl --do config-set \
		--json '{"send-mode": "route"}'
	is "which ends no draining" "$(drain)" "'on'"
}

# as ynl prints it
drain()
{
	ynl --do config-get | grep -o "'drain': *'[a-z]*'" | grep -o "'[a-z]*'$"
}

test_refusals()
{
	local before i devices='"lo", "eth0"'

	before=$(ctl config show --json)
	ynl_refused "prefix too long: policy names the attribute" \
		"bad-attr.*prefix-len" --do config-set --json \
		'{"peer": [{"address": 1, "prefix-len": 33}]}'
	ynl_refused "a peer without address" \
		"needs an address and a prefix length.*|bad-attr.*peer" \
		--do config-set --json '{"peer": [{"prefix-len": 32}]}'
	ynl_refused "host bits" "bits set below its prefix length" \
		--do config-set --json \
		'{"peer": [{"address": 16777226, "prefix-len": 8}]}'
	ynl_refused "the same peer twice" "given twice" --do config-set --json \
		'{"peer": [{"address": 167772160, "prefix-len": 8},
			   {"address": 167772160, "prefix-len": 8}]}'
	ynl_refused "peers and no peers" "either peers or no peers" \
		--do config-set --json '{"no-peers": true,
			"peer": [{"address": 167772160, "prefix-len": 8}]}'
	ynl_refused "a drain that is neither on nor off" \
		"bad-attr.*drain" --do config-set --json '{"drain": 2}'
	ynl_refused "an attachment that there is not" \
		"bad-attr.*attach" --do config-set --json '{"attach": 2}'
	ynl_refused "ingress of no device" \
		"needs a device.*|bad-attr.*attach" \
		--do config-set --json '{"attach": "ingress"}'
	ynl_refused "a device's name that is too long" "bad-attr.*device" \
		--do config-set --json \
		'{"attach": "ingress", "device": ["longer-than-all0"]}'
	for ((i = 1; i < 8; i++)); do
		must ip -n "$APP" link add d$i type dummy
		devices+=", \"d$i\""
	done
	ynl_refused "nine devices" "more than 8 devices" --do config-set \
		--json "{\"attach\": \"ingress\", \"device\": [$devices]}"
	ynl_refused "an old generation" "changed by somebody else" \
		--do config-set --json '{"state": "down",
			"expect-generation": 0}'
	ynl_refused "reading at an old generation" "changed by somebody else" \
		--do config-get --json '{"expect-generation": 0}'
	ynl_refused "a counter without reason" "which reason" \
		--do counter-get --json '{}'
	ynl_refused "an endpoint without id" "which endpoint" \
		--do endpoint-get --json '{}'
	ynl_refused "an endpoint that was not seen" "no such endpoint" \
		--do endpoint-get --json '{"id": 81985529216486895}'
	ynl_refused "a node with one address" "its address and ours" \
		--do node-get --json '{"address": 10}'
	ynl_refused "a node that was not seen" "no such node" \
		--do node-get --json '{"address": 10, "local": 11}'
	is "none of this changed anything" "$(ctl config show --json)" \
		"$before"
}

[ -n "${YNL_SRC:-}" ] || bail_out "YNL_SRC is not set: where is ynl?"
load_module
setup_pair
must ip -n "$APP" route add 172.16.0.0/12 via $NODE
test_privilege
test_dumps
test_ynl
test_refusals
