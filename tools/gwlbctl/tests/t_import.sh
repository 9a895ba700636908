#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# "gwlbctl import geneve-proxy" prints rules that do what geneve-proxy did, by
# the oracle of selftests/import.
set -eu

cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}

"$PYTHON" -B ../../../selftests/import/check_text.py ./gwlbctl-san
