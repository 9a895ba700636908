# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Requests by chance, of all who can send any: 30,000, a million with LONG=1.
# See fuzz/t_fuzz.sh. SEED=N makes them others than the last time.

layer_messages()
{
	local requests=30000

	[ -z "${LONG:-}" ] || requests=1000000
	for_guests
	REQUESTS=$requests suite "messages: $requests requests" \
		selftests/vm/run.sh --kernel "$KERNEL" --timeout 36000 \
		--out "$OUT/messages" --env GWLB_KO --env REQUESTS --env SEED \
		-- selftests/guest.sh fuzz/t_fuzz.sh
}
