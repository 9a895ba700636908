# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for those who source this
#
# What tests of gwlb-healthd begin with, behind lib.sh: servers, and questions.
# Owns a scratch directory, and the servers that it starts in $APP.

HERE=$TOP/tools/gwlb-healthd
# With the sanitizers where they were built, but where time matters.
PLAIN=$HERE/gwlb-healthd
HEALTHD=${HEALTHD:-$HERE/tests/gwlb-healthd-san}
FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
ENDPOINT2=vpce-0123456789abcdef1
PORT=8080

work=$(mktemp -d)
on_exit rm -rf "$work"

cat >"$work/rules" <<-RULES
	policy drop
	flow-max 100
	flow-max-endpoint 100
	group blue { endpoint $ENDPOINT2; policy reject }
	rule web: direction out proto tcp accept
	rule dns-53.x_: direction out proto udp dport 53 accept comment "\"\\\\ {}"
	rule direction out proto udp dport 54 drop
RULES

# start_healthd PROGRAM OPTION...: in $APP; what it says is in $work/log
start_healthd()
{
	# What the last one said is not what this one will.
	: >"$work/log"
	ip netns exec "$APP" "$@" --port $PORT 2>"$work/log" &
	healthd=$!
	wait_for 20 grep -q "answers at port" "$work/log" ||
		bail_out "gwlb-healthd does not start: $(cat "$work/log")"
}

# It ends well, and the sanitizers have nothing to say.
end_healthd()
{
	local rc=0

	kill "$healthd"
	wait "$healthd" || rc=$?
	is "it ends when it is told to" "$rc $(grep -c ERROR "$work/log")" "0 0"
}

# get PATH: from the appliance itself, since its links go up and down
get()
{
	ip netns exec "$APP" curl -s --max-time 60 "http://127.0.0.1:$PORT$1"
}

# All of it: what is cut off is no page.
get_page()
{
	ip netns exec "$APP" curl -sf --max-time 60 -o "$work/page" \
		"http://127.0.0.1:$PORT/metrics"
}

code()
{
	ip netns exec "$APP" curl -s --max-time 60 -o /dev/null \
		-w '%{http_code}' "http://127.0.0.1:$PORT$1"
}

failed_checks()
{
	jq -r '[.checks[] | select(.ok | not) | .name] | join(" ")'
}

# status [OPTION]: gwlbctl's, of the interface that gwlb-healthd was told, if any
status()
{
	ctl status ${INTERFACE:+--interface "$INTERFACE"} "$@"
}

# fit DESCRIPTION
fit()
{
	is "$1: 200" "$(code /) $(get / | jq .healthy)" "200 true"
	is "$1: gwlbctl agrees" "$(status | grep ^health:)" \
		"health:     ok"
}

# unfit DESCRIPTION CHECKS REASON: 503 for these checks and no others; REASON
# is a pattern for the first one's
unfit()
{
	local body

	body=$(get /)
	is "$1: 503" "$(code /) $(failed_checks <<<"$body")" "503 $2"
	check "$1: it says why" grep -q "$3" <<<"$(jq -r \
		'[.checks[] | select(.ok | not)][0].reason' <<<"$body")"
	if [ -d /sys/module/gwlb ]; then
		is "$1: gwlbctl agrees" "$(status --json | jq -c .health)" \
			"$body"
	fi
}

gen()
{
	ip netns exec "$SIM" "$FLOWGEN" "$@" wire0 "$APP_MAC" $NODE $LOCAL
}

# The neighbours go with the link.
back_up()
{
	must ip -n "$APP" link set eth0 up
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev eth0
	must ip -n "$APP" neigh replace $NODE2 lladdr "$SIM_MAC" dev eth0
}

no_carrier()
{
	ctl status | grep -q "has no carrier"
}

has_carrier()
{
	ctl status | grep -q "^health: *ok$"
}

# metric SAMPLE: its value
metric()
{
	awk -v s="$1" '$1 == s { print $2 }' "$work/page"
}

# sum FAMILY PATTERN: of the samples whose labels match
sum()
{
	awk -v f="$1{" -v p="$2" 'index($1, f) == 1 && $0 ~ p { n += $2 }
		END { print n + 0 }' "$work/page"
}
