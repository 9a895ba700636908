#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A new ruleset is in force for the next packet, of live flows in both
# directions, too; one that is refused changes nothing, and one that was loaded
# on trial can be taken back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

Q="udp 10.1.0.1 1000 10.2.0.1 53"
R="udp 10.2.0.1 53 10.1.0.1 1000"
CLIENT="tcp 10.1.0.1 1000 10.2.0.1 80"
SERVER="tcp 10.2.0.1 80 10.1.0.1 1000"

test_next_packet()
{
	rules <<<"policy accept"
	send "$Q"
	send "$CLIENT" S
	send "$SERVER" SA
	send "$CLIENT" A
	fate "live: the answer" returned "$R"
	reload <<-RULES
		policy accept
		rule dport 53 drop
		rule from 10.1.0.0/16 dport 80 reject
	RULES
	fate "new rules: the answer of a live flow" drop-rule "$R"
	fate "new rules: its question" drop-rule "$Q"
	fate "new rules: a live connection, the server's side" \
		"drop-reject rst" "$SERVER" PA
	fate "new rules: and the client's" "drop-reject rst" "$CLIENT" PA
	is "new rules: refused flows are gone" "$(flows)" 0
	reload <<<"policy drop"
	fate "other rules" drop-policy "$Q"
	reload <<-RULES
		policy drop
		rule dport 53 accept
	RULES
	fate "other rules accept" returned "$Q"
	fate "and the answer" returned "$R"
	is "one flow, by rule 1" "$(flow_field '[.rule, .verdict]')" \
		'[1,"accept"]'
	reload <<-RULES
		policy drop
		rule dport 1 accept
		rule dport 53 accept
	RULES
	fate "the answer asks as the question did" returned "$R"
	is "by rule 2 now" "$(flow_field '[.rule, .verdict]')" '[2,"accept"]'
}

# What "new" means for flows that live: an accepting rule means that flows may
# begin and go on, a refusing one that they may not begin.
test_new()
{
	local begin="policy accept"

	rules <<<"$begin"
	send "$Q"
	reload <<-RULES
		policy drop
		rule state new accept
	RULES
	fate "state new accept: a live flow goes on" returned "$R"
	reload <<-RULES
		policy accept
		rule no: state new drop
	RULES
	fate "state new drop: a live flow goes on" returned "$R"
	fate "state new drop: none begins" drop-rule \
		udp 10.1.0.1 1001 10.2.0.1 53
	is "state new drop: counted" "$(tallies no)" 1
	reload <<-RULES
		policy drop
		rule state established accept
	RULES
	fate "state established accept: a live flow goes on" returned "$Q"
	fate "state established accept: none begins" drop-policy \
		udp 10.1.0.1 1002 10.2.0.1 53
	reload <<-RULES
		policy accept
		rule state established drop
	RULES
	fate "state established drop: a live flow ends" drop-rule "$R"
	fate "state established drop: others begin" returned \
		udp 10.1.0.1 1003 10.2.0.1 53
	# It has ended, and what comes now is new.
	fate "state established drop: and this one again" returned "$Q"
}

# Asked again is what the first packet was, in the ruleset of now.
test_first_packet()
{
	rules <<<"policy accept"
	send "$CLIENT" S
	send "$SERVER" SA
	send "$CLIENT" A
	reload <<-RULES
		policy drop
		rule tcp-flags syn/syn|ack from 10.1.0.1 dport 80 accept
	RULES
	fate "TCP flags are those of the first packet" returned "$SERVER" PA
	rules <<<"policy accept"
	send node=$NODE2 "$Q"
	reload <<-RULES
		policy drop
		rule node $NODE2 accept
	RULES
	fate "the node, too" returned "$R"
	rules <<<"policy accept"
	send "$Q"
	reload <<-RULES
		policy drop
		inside 10.2.0.0/16
		rule direction in accept
	RULES
	fate "but direction is that of the new prefixes" returned "$Q"
	fate "for answers, too" returned "$R"
}

test_refused_file()
{
	local before

	rules <<-RULES
		policy accept
		rule web: dport 80 drop
	RULES
	fate "before" drop-rule "$CLIENT" S
	before=$(ctl rule list; ctl status --json | jq -c 'del(.received, .passed, .flows)')
	echo "rule dport 80 accpt" >"$work/bad"
	refused "an error in the text" "bad:1:15: expected " \
		ctl rule load "$work/bad"
	echo "rule from @nobody accept" >"$work/bad"
	refused "an unknown set" "bad:1:" ctl rule load "$work/bad"
	refused "the generation of yesterday" "changed" \
		ctl rule load "$work/rules" --expect-generation 1
	is "what was refused changed nothing" \
		"$(ctl rule list; ctl status --json | jq -c 'del(.received, .passed, .flows)')" "$before"
	fate "and counts" drop-rule "$CLIENT" S
	is "as before" "$(tallies web)" 2
}

# acts_like VERDICT: for wait_for
acts_like()
{
	send "$Q"
	[ "$fate" = "$1" ]
}

pending()
{
	ctl status --json | jq -e '.confirm > 0'
}

no_pending()
{
	ctl status --json | jq -e '.confirm == null'
}

generation()
{
	ctl status --json | jq '.["ruleset-generation"]'
}

test_confirm()
{
	# Long enough for two commands
	local trial=$((10 * ${SLOW:-1})) before

	rules <<<"policy accept"
	echo "policy drop" >"$work/drop"
	echo "policy reject" >"$work/reject"
	# Not to come back before all has been asked
	must ctl rule load "$work/drop" --confirm 600
	fate "confirm: in force at once" drop-policy "$Q"
	check "confirm: pending" pending
	refused "confirm: nothing else now" "confirm" \
		ctl rule load "$work/reject"
	must ctl rule rollback

	before=$(generation)
	must ctl rule load "$work/drop" --confirm 2
	check "not confirmed: the old one comes back" wait_for 30 \
		acts_like returned
	check "not confirmed: nothing is pending" no_pending
	is "not confirmed: there and back" "$(generation)" $((before + 2))
	refused "nothing to confirm" "there is nothing to" ctl rule confirm
	refused "nothing to roll back" "there is nothing to" ctl rule rollback

	must ctl rule load "$work/drop" --confirm $trial
	check "confirm" ctl rule confirm
	check "confirmed: nothing is pending" no_pending
	# Longer than the old one would have taken to come back
	within 12 acts_like returned
	is "confirmed: it stays" "$fate" drop-policy

	must ctl rule load "$work/reject" --confirm 600
	fate "rollback: in force" "drop-reject unreachable 3/3" "$Q"
	check "rollback: at once" ctl rule rollback
	fate "rollback: the old one" drop-policy "$Q"
	check "rollback: nothing is pending" no_pending
	must ctl rule load "$work/reject" --confirm 1
	check "unload with something pending" rmmod gwlb
	must insmod "$GWLB_KO"
	must ctl up
	is "a new beginning" "$(ctl status --json |
		jq -c '[.["ruleset-generation"], .rules]')" "[0,0]"
}

setup_up
start_probe
test_next_packet
test_new
test_first_packet
test_refused_file
check_balance
test_confirm
