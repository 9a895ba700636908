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
# all there is, an inner packet of IPv6 behind an unknown option, and no packet
ethernet="020000000001 020000000002 8100 0005 0800"
./gwlbctl-san decode --json $ethernet \
	45000060000000004011010080fe0b3c0afe0b65 ea6117c1004c0000 \
	0800080000000000 0108010223 56de92d389839c 010802020000000000000000 \
	0108030198ef1b00 4500001c00000000400166df0a0000010a000002 \
	0800000000010001 >"$work/decode.json" || :
./gwlbctl-san decode --json --link geneve 0440 86dd 00000700 \
	01328401 00000001 01080300 6000 >"$work/decode-broken.json" || :
./gwlbctl-san decode --json --link ip 60 >"$work/decode-other.json" || :
"$PYTHON" -W ignore::DeprecationWarning schema.py ../schema "$work"
