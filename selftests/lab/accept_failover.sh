# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Appliances die, come back broken, and come back well. Behind accept_lab.sh
# and accept_load.sh; writes to $work.

# shellcheck disable=SC2034,SC2154 # for, and from, those who source this

# How long the flows of a dead appliance may be silent, in ms. GWLB gives it
# up after so many checks in a row that failed, which begin so far apart; and
# a machine that is dead refuses nothing, so that the last check has failed
# only when its timeout is over. A second is for everything else.
limit()
{
	echo $((1000 * (UNHEALTHY * INTERVAL + TIMEOUT + 1)))
}

# judge_outage VICTIM: pings of others lost nothing, its own recovered in time
judge_outage()
{
	local kind i a lost twice gap limit worst=0 hurt="" late="" n=0

	limit=$(limit)
	while read -r kind i a; do
		[ "$kind" = ping ] || continue
		read -r lost twice gap <<<"$(ping_record "$work/load.$i")"
		if [ "$a" != "$1" ]; then
			n=$((n + 1))
			[ "$lost $twice" = "0 0" ] ||
				hurt+="ping $i on $a: lost $lost, $gap ms"$'\n'
			continue
		fi
		[ "$gap" -le "$limit" ] ||
			late+="ping $i: lost $lost, silent for $gap ms"$'\n'
		[ "$gap" -le $worst ] || worst=$gap
	done <"$work/load.map"
	is "the flows of the others lose nothing: $n pings" "$hurt" ""
	is "those of $1 recover within $limit ms, the last after $worst" \
		"$late" ""
	# Without an outage there was nothing to recover from.
	check "and they were interrupted" [ $worst -gt $((2 * STEP)) ]
}

# has_recovered VICTIM: for wait_for
has_recovered()
{
	local kind i a

	while read -r kind i a; do
		[ "$kind $a" != "ping $1" ] ||
			more_replies "$work/load.$i" "${known[i]}" || return 1
	done <"$work/load.map"
}

# The one with the load; $victim and $others are for what comes after.
appliance_dies()
{
	local i
	local -a known

	load_begins
	victim=$loaded
	mapfile -t others < <(printf '%s\n' "${APPLIANCES[@]}" |
		grep -vx "$victim")
	# Its counters die with it.
	dropped_by_dead=$(dropped drop- "$victim")
	must python3 "$LAB_PY" kill "$LAB" "$victim"
	check "a dead appliance is found unhealthy" \
		wait_for 30 target_is "${ADDRESS[$victim]}" unhealthy
	for i in "${!load_pid[@]}"; do
		known[i]=$(replies "$work/load.$i")
	done
	check "all flows go on" wait_for 20 has_recovered "$victim"
	load_ends
	judge_outage "$victim"
	judge_downloads
	check "and new connections work" ask alb1 -f
}

# The ALB's connections to web servers get no answer: it gives up after ten
# seconds.
all_die()
{
	local a alb pids=()

	dropped_by_dead=$((dropped_by_dead + $(dropped drop-)))
	for a in "${others[@]}"; do
		python3 "$LAB_PY" kill "$LAB" "$a" &
		pids+=($!)
	done
	wait "${pids[@]}"
	pids=()
	for alb in "${ALBS[@]}"; do
		ask "$alb" -o /dev/null -w '%{http_code}\n' \
			>"$work/code.$alb" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
	is "all are dead: every ALB node answers 504" \
		"$(sort -u "$work"/code.*)" 504
}

# health HOST: the answer to GWLB's health check and its status
health()
{
	on gwlb curl -sS --max-time 2 -w '\n%{http_code}\n' \
		"http://${ADDRESS[$1]}:$HEALTH_PORT/"
}

# health_says HOST STATUS REASON: which check failed first, for wait_for
health_says()
{
	health "$1" >"$work/health" 2>&1 &&
		[ "$(tail -n 1 "$work/health")" = "$2" ] &&
		[ "$(head -n 1 "$work/health" |
			jq -r '[.checks[] | select(.ok | not).name][0]')" = "$3" ]
}

checks_failed()
{
	balancer stats | jq --arg a "${ADDRESS[$1]}" \
		'.appliances[] | select(.address == $a).checks_failed'
}

# for wait_for
failed_more()
{
	[ "$(checks_failed "$1")" -ge "$2" ]
}

# One without its service, all others as they should be
some_come_back()
{
	local a n nodes=${#NODES[@]} pids=()

	python3 "$LAB_PY" restart "$LAB" "$victim" --broken &
	pids+=($!)
	for a in "${others[@]}"; do
		python3 "$LAB_PY" restart "$LAB" "$a" &
		pids+=($!)
	done
	wait "${pids[@]}"

	check "$victim came up without its service: 503, because of the hook" \
		wait_for 20 health_says "$victim" 503 hook
	note "$(head -n 1 "$work/health")"
	n=$(checks_failed "$victim")
	exits 0 "gwlbctl status says so as well" "^health: *hook: down" \
		inside "$victim" gwlbctl status
	for a in "${others[@]}"; do
		check "$a came up as it should: healthy" \
			wait_for 40 target_is "${ADDRESS[$a]}" healthy
	done
	check "traffic passes again" ask alb1 -f
	# By then it would be healthy, if its answers were good.
	[ "$CROSS_ZONE" = true ] || nodes=1
	wait_for 40 failed_more "$victim" $((n + UNHEALTHY * nodes))
	check "the one without its service stays unhealthy" \
		target_is "${ADDRESS[$victim]}" unhealthy
}

# what an appliance has returned so far
returned()
{
	on "$1" "$GWLBCTL" stats --json |
		jq '.counters[] | select(.name == "returned").packets'
}

# A request by the ALB node of its zone, for cross-zone may be off; for
# wait_for
returns_again()
{
	local alb

	for alb in "${ALBS[@]}"; do
		[ "${ZONE[$alb]}" != "${ZONE[$victim]}" ] || ask "$alb" -f
	done
	[ "$(returned "$victim")" -gt 0 ]
}

# What an administrator would do about it
victim_is_started()
{
	must python3 "$LAB_PY" service "$LAB" "$victim" start gwlb
	check "systemctl start gwlb, and it answers 200" \
		health_says "$victim" 200 null
}

victim_is_back()
{
	check "GWLB finds it healthy" \
		wait_for 40 target_is "${ADDRESS[$victim]}" healthy
	check "and it gets flows again" wait_for 30 returns_again
}
