#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What README.md and docs/ tell people to type on an appliance, line by line, as
# it is written there. Owns a scratch directory, where it is typed.
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/docs.sh
. "$TOP/selftests/docs.sh"

FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}

work=$(mktemp -d)
on_exit rm -rf "$work"

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# as_expected PATTERN: it has said that, or it is over and said nothing
as_expected()
{
	if [ -n "$1" ]; then
		grep -qE -- "$1" "$work/out"
	else
		gone "$pid" && [ ! -s "$work/out" ]
	fi
}

# type_line LINE PATTERN: as somebody at a prompt does, who looks until it has
# said what is expected, then ends it, if it goes on
type_line()
{
	local rc=0 pid

	: >"$work/out"
	# With all that it starts in a group of its own, by which it is ended
	set -m
	(cd "$work" && exec ip netns exec "$APP" bash -c \
		'mount -t tracefs none /sys/kernel/tracing && eval "$1"' - \
		"$1") >"$work/out" 2>&1 </dev/null &
	pid=$!
	set +m
	if wait_for 60 as_expected "$2"; then
		ok "$1: says '$2'"
	else
		not_ok "$1: does not say '$2'"
		note "$(tail -n 5 "$work/out")"
	fi
	# Some go on until somebody ends them; that was no mistake of theirs.
	within 2 gone $pid || kill -TERM -- -$pid
	wait $pid || rc=$?
	[ $rc -eq 0 ] || [ $rc -eq 143 ] || not_ok "$1: exit code $rc"
}

# type_block FILE FIRST PATTERN...: one for each line
type_block()
{
	local file=$1 first=$2 line
	local -a lines

	shift 2
	mapfile -t lines < <(docs_lines "$TOP/$file" "$first")
	is "$file: $first: so many lines" ${#lines[@]} $#
	for line in "${lines[@]}"; do
		type_line "$line" "${1:-}"
		shift
	done
}

# sender OPTION...: without end
sender()
{
	ip netns exec "$SIM" "$FLOWGEN" --rounds 0 --rate 25 "$@" wire0 \
		"$APP_MAC" $NODE $LOCAL >/dev/null 2>&1 &
	sender=$!
}

test_appliance()
{
	type_block README.md "modprobe -a nf_reject_ipv4" "" "" "" "" \
		"^up: 3 rules, policy drop" "^received +0" "flow"
	is "it is up, with rules" "$(ctl status --json |
		jq -r '.state + " " + (.rules | tostring)')" "up 3"
}

test_rules_file()
{
	docs_block "$TOP/README.md" "policy drop" >"$work/rules"
	exits 0 "the rules file" "" ctl rule check "$work/rules"
	is "it has all that it has" \
		"$(grep -c '^rule' "$work/rules")" 4
}

test_health()
{
	type_block README.md "gwlb-healthd --port 8080" "answers at port" \
		"hook" "^gwlb_" ""
	is "it drains" "$(ctl config show | grep drain)" "drain on"
	must ctl drain off
}

test_wrong()
{
	local before

	before=$(counter received)
	sender --proto tcp --server 10.1.2.3 --port 443
	wait_for 20 reaches received $((before + 1)) || bail_out "no traffic"
	type_block README.md "gwlbctl doctor" "" "received" "vpce-" \
		"10.1.2.3" "gwlb-report.*tar"
	stop $sender
}

test_ingress()
{
	must ip -n "$APP" link add ens5 type dummy
	type_block README.md "gwlbctl up attach ingress" "^up: " ""
	is "back" "$(ctl config show | grep attach)" "attach prerouting"
}

test_confirm()
{
	# Other ones than those that are loaded, or there is nothing to confirm
	echo "rule proto gre accept" >>"/etc/netns/$APP/gwlb/rules.conf"
	type_block docs/operations.md "gwlbctl rule load --confirm 60" \
		"comes back in 60 seconds" ""
}

test_import()
{
	type_block docs/operations.md "gwlbctl import geneve-proxy" "" ""
}

# What is typed finds its commands by name, as on an appliance, and its files
# where a checkout has them.
must mkdir -p "/etc/netns/$APP/gwlb" /etc/gwlb
on_exit rm -rf "/etc/netns/$APP"
must ln -s "$GWLB_KO" "$work/gwlb.ko"
must ln -s "$TOP/tools" "$work/tools"
printf '%s\n' "outbound:" "  allowed_transport_protocols: [6, 17]" "inbound:" \
	"  drop_all_traffic: true" >"$work/config.yaml"
PATH=$TOP/tools/gwlbctl:$TOP/tools/gwlb-healthd:$PATH
setup_pair
on_exit rmmod gwlb
on_exit ip netns exec "$APP" pkill gwlb-healthd
test_appliance
must ctl peer add 192.168.9.0/24
test_rules_file
must cp "$TOP/tools/gwlbctl/rules/quickstart.rules" \
	"/etc/netns/$APP/gwlb/rules.conf"
test_health
test_wrong
test_ingress
test_confirm
test_import
