#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prometheus' own tool takes a page with hostile names, and would notice if
# they were not escaped.
set -eu

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v promtool >/dev/null; then
	echo "1..0 # SKIP promtool is not installed"
	exit 0
fi
echo 1..3
failed=0
./t_metrics "$work/page"
if out=$(promtool check metrics <"$work/page" 2>&1) && [ -z "$out" ]; then
	echo "ok 1 - promtool has nothing to say"
else
	echo "not ok 1 - promtool has nothing to say"
	printf '%s\n' "$out" | sed 's/^/# /'
	failed=1
fi
sed 's/\\"/"/g' "$work/page" >"$work/bad"
if promtool check metrics <"$work/bad" >/dev/null 2>&1; then
	echo "not ok 2 - it refuses quotes that are not escaped"
	failed=1
else
	echo "ok 2 - it refuses quotes that are not escaped"
fi
{ cat "$work/page"; grep gwlb_up "$work/page"; } >"$work/bad"
if promtool check metrics <"$work/bad" >/dev/null 2>&1; then
	echo "not ok 3 - it refuses a family that is there twice"
	failed=1
else
	echo "ok 3 - it refuses a family that is there twice"
fi
exit $failed
