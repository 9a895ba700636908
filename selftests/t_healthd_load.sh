#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlb-healthd when it has more to do: clients that take their time, hundreds of
# each kind, rules that never hold still, and a kernel that is busy with them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/healthd.sh"

PYTHON=${PYTHON:-/usr/bin/python3}
# Of each kind of slow client; fewer where the kernel that serves them is slower by
# design, and so are they: there 500 did not get as far as that in 24 minutes.
CLIENTS=$((500 / SLOW))
# GWLB's shortest timeout, in milliseconds
IN_TIME=$((2000 * SLOW))
ROUTER=192.168.9.200

# in_time DESCRIPTION SECONDS PATH...: everybody is answered in time
in_time()
{
	local what=$1 seconds=$2 found

	shift 2
	found=$(ip netns exec "$SIM" "$PYTHON" "$HERE/tests/ask.py" $LOCAL \
		$PORT "$seconds" "$@")
	check "$what: $found" jq -e ".failed == 0 and .slowest < $IN_TIME and
		(.answers | add) >= $seconds" <<<"$found"
}

# slow KIND: so many clients of that kind, until they are stopped
slow()
{
	local kind=$1

	: >"$work/slow.$kind"
	# They are meant to keep the server busy, not this machine's CPUs.
	# shellcheck disable=SC2016 # for the inner one
	ip netns exec "$SIM" nice -n 19 \
		sh -c 'ulimit -n 20000; exec "$@"' - "$PYTHON" \
		"$HERE/tests/slow.py" "$kind" $CLIENTS $LOCAL $PORT \
		>"$work/slow.$kind" 2>&1 &
	slow+=($!)
	wait_for 60 grep -q ready "$work/slow.$kind" ||
		bail_out "slow.py $kind: $(cat "$work/slow.$kind")"
}

# half_open N: for wait_for
half_open()
{
	[ "$(ip netns exec "$APP" ss -Htn state syn-recv | wc -l)" -ge "$1" ]
}

end_slow()
{
	local pid

	for pid in "${slow[@]}"; do
		if ! kill -0 "$pid" 2>/dev/null; then
			not_ok "slow clients lasted"
			note "$(cat "$work"/slow.*)"
		fi
		stop "$pid"
	done
	slow=()
}

# A page that no socket's buffer holds, so that it has to be read
many_rules()
{
	local i

	echo "policy drop"
	for ((i = 0; i < 4000; i++)); do
		echo "rule n$i: to 10.9.$((i / 250)).$((i % 250)) drop"
	done
	echo "rule direction out accept"
}

# Scrapes are not as urgent as health checks, but none may fail.
scrape_on()
{
	ip netns exec "$SIM" "$PYTHON" "$HERE/tests/ask.py" $LOCAL $PORT "$1" \
		/metrics >"$work/scrapes" &
	scraper=$!
}

scraped()
{
	local found

	wait "$scraper"
	found=$(<"$work/scrapes")
	check "$1: $found" jq -e ".failed == 0 and
		(.answers | keys) == [\"200\"] and .slowest < $((8000 * SLOW))" \
		<<<"$found"
}

test_slow()
{
	local kind slow=() peak late

	many_rules >"$work/many"
	must ctl rule load "$work/many"
	# Where half-open connections come from there is a router, and nobody
	# behind it: without one no neighbour answered, which ends them.
	must ip -n "$APP" neigh add $ROUTER lladdr 02:00:00:00:00:fe dev eth0
	must ip -n "$APP" route add 10.255.0.0/16 via $ROUTER
	start_healthd "$PLAIN"
	check "the page has 500 KB" test "$(get /metrics | wc -c)" -gt 500000
	in_time "nobody else" 3 / /metrics
	for kind in half silent head byte deaf; do
		slow "$kind"
		[ "$kind" != half ] || check "half-open ones are there" \
			wait_for 60 half_open $CLIENTS
		scrape_on 4
		in_time "$CLIENTS $kind" 4 /
		scraped "$CLIENTS $kind, scrapes"
		end_slow
	done
	for kind in half silent head byte deaf; do
		slow "$kind"
	done
	# Longer than anybody's time is.
	scrape_on 14
	in_time "all of them" 14 /
	scraped "all of them, scrapes"
	check "the page can be had by curl, too" wait_for 30 get_page
	late=$(sum gwlb_healthd_dropped_connections_total late)
	check "late ones were thrown out: $late" test "$late" -gt $((2 * CLIENTS))
	end_slow
	peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$healthd/status")
	check "memory: $peak kB" test "$peak" -lt 200000
	fit "afterwards"
	end_healthd
	must ip -n "$APP" route del 10.255.0.0/16
	must ip -n "$APP" neigh del $ROUTER dev eth0
}

# Rules cannot be read as of one time while a set never holds still. All else
# is told.
test_restless()
{
	local restless

	{ many_rules; echo "set restless address { 192.0.2.1 }"; } >"$work/many"
	must ctl rule load "$work/many"
	start_healthd "$PLAIN"
	: >"$work/restless"
	ip netns exec "$APP" "$TOP/selftests/restless.py" \
		>"$work/restless" 2>&1 &
	restless=$!
	on_exit stop $restless
	wait_for 30 grep -qx begun "$work/restless" ||
		bail_out "a set that is changed: $(cat "$work/restless")"
	get /metrics >"$work/page"
	is "a set is changed all the time: the module answers" \
		"$(metric gwlb_up) $(metric gwlb_healthy)" "1 1"
	check "it is" kill -0 $restless
	stop $restless
	check "then rules are told, too" wait_for 20 rules_are_told
	end_healthd
	must ctl rule load "$work/rules"
}

rules_are_told()
{
	get /metrics | grep -q ^gwlb_rule_packets_total
}

# The kernel is busy for as long as it takes to load a set of a million.
test_busy_kernel()
{
	local load

	"$PYTHON" - >"$work/million" <<-'PYTHON'
		print("policy drop\nset big address {")
		print(",\n".join(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"
		                 for i in range(0, 1 << 20)))
		print("}\nrule direction out accept")
	PYTHON
	start_healthd "$PLAIN"
	touch "$work/loading"
	while [ -e "$work/loading" ]; do
		ctl rule load "$work/million" && echo loaded
		ctl rule load "$work/rules"
	done >"$work/loads" 2>&1 &
	load=$!
	check "it loads" wait_for 100 grep -q loaded "$work/loads"
	in_time "while rules are loaded" 15 /
	rm "$work/loading"
	wait $load
	check "it is fit again" wait_for 60 fit_now
	end_healthd
}

fit_now()
{
	[ "$(code /)" = 200 ]
}

[ -x "$HEALTHD" ] || HEALTHD=$PLAIN
must test -x "$HEALTHD" -a -x "$PLAIN"
setup_up
must ctl peer set 192.168.9.0/28
must ctl rule load "$work/rules"
test_slow
test_restless
test_busy_kernel
