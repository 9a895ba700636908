#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packaging/monitoring: Prometheus' own tool tries the alerts (alerts_test.yml)
# and reads what the dashboard asks; and nothing is asked for that gwlb-healthd
# does not serve.
set -u

cd "$(dirname "$0")" || exit 1
monitoring=../../../packaging/monitoring
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
failed=0

if ! command -v promtool >/dev/null; then
	echo "1..0 # SKIP promtool is not installed"
	exit 0
fi

# check DESCRIPTION COMMAND...
check()
{
	local what=$1 out

	shift
	n=$((n + 1))
	if out=$("$@" 2>&1); then
		echo "ok $n - $what"
		return
	fi
	echo "not ok $n - $what"
	printf '%s\n' "$out" | sed 's/^/# /'
	failed=1
}

# Grafana's own words come in where the time of a scrape is known.
asked()
{
	jq -r '.panels[].targets[].expr' $monitoring/dashboard.json |
		sed "s/\\\$__rate_interval/5m/g; s/\\\$instance/.*/g"
}

questions_are_promql()
{
	asked | jq -R . | jq -s '{groups: [{name: "dashboard", rules: [
		to_entries[] | {record: "q\(.key)", expr: .value}]}]}' \
		>"$work/rules.json"
	promtool check rules "$work/rules.json"
}

# names FILE...: of series in text that is not theirs alone
names()
{
	grep -ohE '\bgwlb_[a-z_]+' "$@" | sort -u
}

# What is only in a test's page is no promise; the page has all families.
all_are_served()
{
	./t_metrics "$work/page" >/dev/null || return 1
	grep -v '^#' "$work/page" | sed 's/[{ ].*//' | sort -u >"$work/served"
	asked >"$work/asked"
	names "$work/asked" $monitoring/alerts.yml |
		comm -23 - "$work/served" >"$work/unknown"
	cat "$work/unknown"
	[ -s "$work/asked" ] && [ ! -s "$work/unknown" ]
}

# every_alert: has come in a test
every_alert()
{
	local alert

	for alert in $(sed -n 's/^ *- alert: //p' $monitoring/alerts.yml); do
		if ! grep -qE "(\"|: )$alert(\"|\$)" alerts_test.yml; then
			echo "$alert"
			return 1
		fi
	done
}

check "alerts come when they should, and not else" \
	promtool test rules alerts_test.yml
check "each of them is in a test" every_alert
check "what the dashboard asks can be read" questions_are_promql
check "gwlb-healthd serves all that is asked for" all_are_served
echo "1..$n"
exit $failed
