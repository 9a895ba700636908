#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows by netlink: what a filter shows, long dumps of a table that changes,
# dumps that nobody reads to the end, flushing, and events for those who
# listen and for those who listen too slowly.
. "$(dirname "$0")/lib.sh"

MANY=${MANY:-20000}
work=$(mktemp -d)
on_exit rm -rf "$work"
lateron=()

# gen ARGUMENT...: sends flows and waits for their packets
gen()
{
	must ip netns exec "$SIM" "$TOP/selftests/flowgen/flowgen" "$@" \
		wire0 "$APP_MAC" $NODE $LOCAL
}

# begin NAMESPACE COMMAND...: in the background, as process $!
begin()
{
	exec ip netns exec "$@"
}

end_all()
{
	local pid

	for pid in "${lateron[@]}"; do
		kill -CONT "$pid" 2>/dev/null
		stop "$pid"
	done
	lateron=()
}

# count FILTER...: how many flows are shown
count()
{
	ctl flow list "$@" | wc -l
}

flush()
{
	ctl flow flush "$@" --json | jq .flushed
}

# shown DESCRIPTION FLOWS FILTER...
shown()
{
	local what=$1 flows=$2

	shift 2
	is "$what" "$(count "$@")" "$flows"
}

test_filters()
{
	must ctl rule load - <<-RULES
		group blue { endpoint vpce-00000000000000001,
				vpce-00000000000000002 }
		rule proto tcp accept
		rule proto udp dport 54 accept
	RULES
	gen --flows 4 --endpoint vpce-00000000000000001 --endpoints 4
	gen --flows 3 --endpoint vpce-00000000000000005 --port 54
	gen --proto tcp --steps ">S <SA >A" --flows 2 --port 443 \
		--endpoint vpce-00000000000000005
	gen --proto icmp --flows 2 --client 10.9.0.0 \
		--endpoint vpce-00000000000000005
	gen --flows 5 --client fd00:1::1 --server fd00:2::1 \
		--endpoint vpce-00000000000000005

	shown "no filter shows all flows" 16
	shown "by endpoint" 1 endpoint vpce-00000000000000002
	shown "by endpoint, none" 0 endpoint vpce-00000000000000009
	shown "by group" 2 group blue
	shown "by protocol" 2 proto tcp
	shown "by source port, an ICMP identifier too" 16 sport 1024
	shown "by source port, none" 0 sport 1025
	shown "by destination port" 3 dport 54
	shown "by destination port, which ICMP has not" 0 dport 0
	shown "by state" 2 state tcp-established
	shown "by source" 6 from 10.1.0.0/31
	shown "by source, one address" 1 from 10.9.0.1
	shown "by source of the other family" 5 from fd00:1::/32
	shown "by destination" 5 to fd00:2::1
	shown "by destination, not the source" 0 to fd00:1::/64
	shown "by source, all of one family" 11 from 0.0.0.0/0
	shown "what is given has to hold, all of it" 1 proto udp \
		dport 53 from 10.1.0.0/30 endpoint vpce-00000000000000003
	is "the number of the rule is shown, if it was one" \
		"$(ctl flow list --json |
		   jq -c '[.flows[] | .rule // 0] | group_by(.) |
			map([.[0], length])')" "[[0,11],[1,2],[2,3]]"

	refused "an unknown group" "no such group" ctl flow list group red
	refused "also for flushing" "no such group" ctl flow flush group red
	is "by its number" "$(ctl flow list --json id "$(ctl flow list --json |
		jq '[.flows[].id] | max')" | jq -c '[.flows[]."destination-port"]')" "[53]"
	shown "by a number that none has" 0 id 999999
}

test_flush()
{
	is "flush says how many it was" "$(flush proto tcp)" 2
	shown "and they are gone" 0 proto tcp
	shown "and only they" 14
	is "flush of a group" "$(flush group blue)" 2
	is "flush of all" "$(flush --all)" 12
	shown "leaves none" 0
	is "flush of none" "$(flush --all)" 0
	# The group went, and is not the one that is new.
	gen --flows 1 --endpoint vpce-00000000000000001
	must ctl rule load - <<-RULES
		group green { endpoint vpce-00000000000000001 }
	RULES
	shown "a flow stays in the group that it began in" 0 group green
	shown "but is still there" 1 endpoint vpce-00000000000000001
	must ctl flow flush --all
}

# held: how many places in the table are taken
held()
{
	ctl status --json | jq .flows
}

none_shown()
{
	[ "$(ctl flow list --json | jq '.flows | length')" = 0 ]
}

# over_but_held OPTION...: for wait_for, flows that nobody is shown and that take
# places yet; a slow machine may have missed them
over_but_held()
{
	gen --flows 20000 --batch 256 "$@"
	within 60 none_shown
	[ "$(held)" -gt 0 ]
}

# What is over is collected within seconds: an eighth of all in each of them.
test_flush_over()
{
	must ctl rule load - <<<"timeout udp 1"
	check "some that are over take places yet" wait_for 60 over_but_held
	is "flush counts none of them" "$(flush --all)" 0
	is "but they are gone" "$(held)" 0
}

# least_id: of all flows that are shown
least_id()
{
	ctl flow list --json | jq '[.flows[].id] | min'
}

# Not even a packet of its own brings one back that is over.
test_over_is_over()
{
	local mark

	must ctl flow flush --all
	must ctl rule load - <<<"timeout udp 5"
	check "flows that both sides knew are over" \
		wait_for 60 over_but_held --steps "> <"
	gen --first 30000
	mark=$(ctl flow list --json | jq '[.flows[].id] | max')
	check "another one has the last number" [ "$mark" -gt 20000 ]
	gen --flows 20000 --batch 256
	check "those that begin again have later ones" \
		[ "$(least_id)" -ge "$mark" ]
	must ctl flow flush --all
}

# dump_half: begins a dump; finish_dump or abandon_dump ends it
dump_half()
{
	rm -f "$work/go" "$work/half"
	mkfifo "$work/go"
	begin "$APP" "$TOP/selftests/flowdump.py" <"$work/go" \
		>"$work/half" &
	dump=$!
	lateron+=("$dump")
	exec 9>"$work/go"
	wait_for 20 grep -q half "$work/half" || bail_out "no dump"
}

finish_dump()
{
	echo >&9
	exec 9>&-
	wait "$dump" || note "the dump failed"
	sed -i 1d "$work/half"
}

abandon_dump()
{
	exec 9>&-
	wait "$dump"
}

test_long_dump()
{
	local before

	# A busy machine needs its time, in which no flow shall end.
	must ctl rule load - <<<"timeout udp 100h"
	gen --flows "$MANY" --clients 250 --endpoints 8
	dump_half
	finish_dump
	is "$MANY flows, none of them twice" "$(jq -c \
		'[.messages, (.ids | length), .interrupted]' "$work/half")" \
		"[$MANY,$MANY,false]"
	shown "a filter that few pass" 250 sport 1030

	jq '.ids[]' "$work/half" | sort >"$work/before"
	dump_half
	gen --flows $((4 * MANY)) --first 1000000 --clients 250 --endpoints 8
	finish_dump
	is "the table grew: the dump says that it was interrupted" \
		"$(jq .interrupted "$work/half")" true
	is "but what was there all the time is in it" "$(jq '.ids[]' \
		"$work/half" | sort | comm -23 "$work/before" - | wc -l)" 0
	before=$(count)
	is "all are there afterwards" "$before" $((5 * MANY))

	dump_half
	is "the table is emptied meanwhile" "$(flush --all)" "$before"
	finish_dump
	check "and the dump ends" jq -e ".messages < $before" "$work/half"
}

not_used()
{
	[ "$(cat /sys/module/gwlb/refcnt)" = 0 ]
}

test_abandoned_dump()
{
	gen --flows 5000
	dump_half
	is "a dump holds the module" "$(cat /sys/module/gwlb/refcnt)" 1
	exits 1 "so that it cannot go" "in use" rmmod gwlb
	abandon_dump
	check "who closes the socket lets it go" wait_for 20 not_used
	shown "flows are still there" 5000
	must ctl flow flush --all
}

# listen FILE [ARGUMENT...]: gwlbctl monitor
listen()
{
	local file=$1 before

	shift
	before=$(listeners)
	begin "$APP" "$GWLBCTL" monitor --json "$@" >"$file" 2>&1 &
	listener=$!
	lateron+=("$listener")
	wait_for 10 more_listeners "$before" || bail_out "nobody listens"
}

# Sockets of generic netlink that are in a group, in any namespace's table
listeners()
{
	ip netns exec "$APP" awk '$2 == 16 && $4 != "00000000"' \
		/proc/net/netlink | wc -l
}

more_listeners()
{
	[ "$(listeners)" -gt "$1" ]
}

# events FILE EVENT: how many are told; not by jq, as there may be megabytes,
# and the last line may still be written
events()
{
	grep -c "\"event\":\"$2\"" "$1"
}

# told FILE N EVENT: at least so many of them
told()
{
	[ "$(events "$1" "$3")" -ge "$2" ]
}

test_events()
{
	listen "$work/events"
	gen --flows 3 --steps "> <"
	must ctl flow flush --all
	must ctl rule load - <<-RULES
		rule loud: proto icmp log "ping" drop
	RULES
	check "three end" wait_for 10 told "$work/events" 3 end
	is "three begin" "$(events "$work/events" new)" 3
	is "each with its number" "$(jq -sc '[.[] | select(.event == "new")
		| .flow.id] - [.[] | select(.event == "end") | .flow.id]' \
		"$work/events")" "[]"
	check "the ruleset is told" wait_for 10 told "$work/events" 1 rules

	test_log_limit
	end_all
}

more_logs()
{
	[ "$(events "$work/events" log)" -gt "$1" ]
}

# accounted TOTAL: so many are told, or counted as lost by the last one that is
accounted()
{
	local lost

	lost=$(tail -n 1 "$work/events" | jq .lost) &&
		[ $(($(events "$work/events" log) + lost)) -eq "$1" ]
}

# burst: 3,000 packets more, added to $total; some of them are not told. $most is
# how many may be, as the module has a number for each second, and it may take
# part of one more than it takes whole ones.
burst()
{
	local start=${EPOCHREALTIME/./}

	gen --proto icmp --flows 3000
	most=$((most + 1000 * ((${EPOCHREALTIME/./} - start) / 1000000 + 2)))
	total=$((total + 3000))
	within 2 accounted $total
	[ "$(tail -n 1 "$work/events" | jq .lost)" -gt 0 ]
}

# Of many packets in a moment not all are told, but how many are not is.
test_log_limit()
{
	local total=0 most=0 start=$SECONDS told

	# Who sends less than 1,000 in a second tries to be faster.
	if wait_for 10 burst; then
		ok "not all are told"
	else
		not_ok "not all are told"
		note "$total packets, $(tail -n 1 "$work/events")"
	fi
	check "logs are told" wait_for 10 more_logs 0
	told=$(events "$work/events" log)
	note "$total packets, $told told of at most $most"
	check "no more than 1,000 in a second" [ "$told" -le $most ]
	# Until the next second begins, more of them are lost.
	until accounted $total || [ $((SECONDS - start)) -gt 120 ]; do
		gen --proto icmp --flows 1
		total=$((total + 1))
		within 2 accounted $total
	done
	check "told or counted as lost, each of them" accounted $total
}

# heard ID: of the beginning of that flow
heard()
{
	grep -q "\"event\":\"new\".*\"id\":$1[,}]" "$work/slow"
}

test_slow_listener()
{
	local id

	must ctl rule load - </dev/null
	listen "$work/slow" flows
	kill -STOP "$listener"
	gen --flows "$MANY" --clients 250
	gen --flows "$MANY" --first 1000000 --clients 250
	must ctl flow flush --all
	kill -CONT "$listener"
	check "who listens too slowly is told so" wait_for 60 told \
		"$work/slow" 1 lost
	gen --flows 1 --first 5000000
	id=$(ctl flow list --json | jq '.flows[0].id')
	check "and hears what comes then" wait_for 60 heard "$id"
	end_all
}

test_unload()
{
	local n

	listen "$work/unload"
	gen --flows 100
	begin "$SIM" "$TOP/selftests/flowgen/flowgen" --flows 1000 \
		--rounds 0 --fresh wire0 "$APP_MAC" $NODE $LOCAL \
		>"$work/gen" 2>&1 &
	lateron+=($!)
	n=$(($(counter returned) + 2000))
	check "traffic flows" wait_for 20 reaches returned "$n"
	check "unloaded under traffic, while somebody listens" rmmod gwlb
	end_all
	must insmod "$GWLB_KO"
	must ctl up
}

on_exit end_all
setup_up
test_filters
test_flush
test_flush_over
test_over_is_over
test_long_dump
test_abandoned_dump
test_events
test_slow_listener
test_unload
