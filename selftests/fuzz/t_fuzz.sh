#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Requests by chance, $REQUESTS of them from $SEED on, of everybody who can
# send any: see fuzz.c. What may come back is an answer, or an error with a
# sentence; what is refused changes nothing.
. "$(dirname "$0")/../lib.sh"

REQUESTS=${REQUESTS:-30000}
SEED=${SEED:-1}
FUZZ=${FUZZ:-$TOP/selftests/fuzz/fuzz}
# After so many requests things are as in the beginning.
ROUND=20000

# For root alone, as only he sees what is in his namespace
traffic()
{
	printf 'exec ip netns exec %s %s/selftests/flowgen/flood ' "$SIM" "$TOP"
	echo "--count 256 --endpoints 8 --flows 128 wire0 $APP_MAC $NODE $LOCAL"
}

# afresh: whatever the round before left, packets are accepted
afresh()
{
	ctl rule confirm 2>/dev/null
	must ctl rule load - <<<"policy accept"
	must ctl peer flush
	must ctl up attach prerouting
	must ctl config set send-mode route
}

# never: $work/never is what was accepted in none of the rounds
never()
{
	local these

	these=$(grep " was never accepted$" "$work/log" | sort)
	[ ! -e "$work/never" ] ||
		these=$(comm -12 "$work/never" <(printf '%s\n' "$these"))
	printf '%s\n' "$these" >"$work/never"
}

# requests ACTOR N: in rounds, the rest in the last one
requests()
{
	local actor=$1 left=$2 n traffic=()

	[ "$actor" != root ] || traffic=(--traffic "$(traffic)")
	while [ "$left" -gt 0 ]; do
		n=$((left < 2 * ROUND ? left : ROUND))
		afresh
		ip netns exec "$APP" "$FUZZ" --device eth0 --seed "$SEED" \
			--count "$n" "${traffic[@]}" "$actor" >"$work/log" 2>&1 || return 1
		tail -n 1 "$work/log" >>"$work/done"
		never
		left=$((left - n)) SEED=$((SEED + 1))
	done
}

# actor NAME WHAT PERCENT: of all requests
actor()
{
	local n=$((REQUESTS * $3 / 100))

	: >"$work/done"
	rm -f "$work/never"
	# Not by check(), which would forget how far the seeds have come.
	if requests "$1" "$n" && ! grep -q . "$work/never"; then
		ok "$n requests of $2"
	else
		not_ok "$n requests of $2"
		note "$(sed 's/^# //' "$work/log")"
		[ ! -s "$work/never" ] || note "in no round: $(<"$work/never")"
	fi
	cat "$work/done"
}

work=$(mktemp -d)
on_exit rm -rf "$work"
setup_up
actor root "root" 40
actor tenant "root of a user namespace, in a network namespace of his own" 30
actor guest "root of a user namespace, in this network namespace" 10
actor powerless "root without CAP_NET_ADMIN" 10
actor nobody "somebody" 10
