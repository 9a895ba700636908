# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# An appliance is drained: no packet is lost, and in the end it has nothing to
# do any more. Behind accept_failover.sh and accept_load.sh; writes to $work.

# shellcheck disable=SC2154 # from those who source this

# A copy from a web server, to the bastion
start_copy()
{
	local kbit=$((RATE * 8 / 1000))

	inside bastion scp -O -q -l $kbit \
		"${ADDRESS[${WEBS[0]}]}:/srv/web/download" /run/copy \
		>"$work/copy.log" 2>&1 &
	copy=$!
}

judge_copy()
{
	local rc=0

	wait "$copy" || rc=$?
	[ $rc -eq 0 ] || note "$(cat "$work/copy.log")"
	is "so does a copy by scp from the bastion" \
		"$rc $(inside bastion sha256sum /run/copy | cut -d' ' -f1)" \
		"0 $(sha256sum "$work/download" | cut -d' ' -f1)"
}

judge_load_whole()
{
	local i lost twice gap bad=""

	for i in "${!load_pid[@]}"; do
		read -r lost twice gap <<<"$(ping_record "$work/load.$i")"
		[ "$lost $twice" = "0 0" ] || bad+="$i: $lost $twice $gap"$'\n'
	done
	is "${#load_pid[@]} pings lose nothing" "$bad" ""
}

# returns_nothing HOST: for wait_for
returns_nothing()
{
	local before

	before=$(returned "$1")
	sleep 0.5
	[ "$(returned "$1")" -eq "$before" ]
}

drain()
{
	local a before alb

	load_begins
	a=$loaded
	start_copy
	must inside "$a" gwlbctl drain on
	before=$(returned "$a")
	check "drain on: $a answers 503 at once, and says why" \
		health_says "$a" 503 drain
	check "it still returns what it gets" \
		[ "$(returned "$a")" -gt "$before" ]
	check "GWLB finds it unhealthy" \
		wait_for 30 target_is "${ADDRESS[$a]}" unhealthy
	wait_for 10 returns_nothing "$a"
	before=$(returned "$a")
	for alb in "${ALBS[@]}" "${ALBS[@]}" "${ALBS[@]}"; do
		ask "$alb" -f || note "$alb does not answer"
	done >/dev/null
	judge_downloads
	judge_copy
	load_ends
	judge_load_whole
	is "no flow, new or old, meets it any more" "$(returned "$a")" \
		"$before"
	must inside "$a" gwlbctl drain off
	check "drain off: it answers 200" health_says "$a" 200 null
}
