#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What gwlbctl prints as JSON is what the schemas say, and the schemas would
# notice if it was not.
set -eu

cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! "$PYTHON" -c 'import jsonschema' 2>/dev/null; then
	echo "1..0 # SKIP python3-jsonschema is not installed"
	exit 0
fi
./samples "$work"
./samples_flow "$work"
./gwlbctl-san version --json >"$work/version.json"
"$PYTHON" -W ignore::DeprecationWarning schema.py ../schema "$work"
