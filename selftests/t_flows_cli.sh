#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl's flow, monitor and top against the module: they show the flows that
# were sent and nothing else, with packets and bytes that are counted by hand,
# and what they print as JSON is what the schemas say.
# shellcheck disable=SC2154 # start_probe makes $work
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

CTL=$TOP/tools/gwlbctl

# Bytes of a packet from the outer IP header on: 68 of the tunnel, the inner IP
# header, the transport header, and 8 bytes of payload if there is one.
SYN=$((68 + 20 + 20))
ACK=$((68 + 20 + 20 + 8))
UDP=$((68 + 20 + 8 + 8))
UDP6=$((68 + 40 + 8 + 8))

QUERY="udp 10.1.0.1 1000 10.2.0.1 53"
ANSWER="udp 10.2.0.1 53 10.1.0.1 1000"
QUERY6="udp fd00:1::1 1000 2600::1 53"
NOISE="udp 10.1.0.1 1000 10.2.0.1 99"

# More than a listener's buffer holds
MANY=36000

# One flow of each kind
send_all()
{
	send "$C" S
	send "$S" SA
	send "$C" A
	send "$QUERY"
	send "$ANSWER"
	send "$QUERY6"
	send ep=$ENDPOINT2 icmp 10.1.0.1 10.2.0.1 8 0
	send ip 10.1.0.1 10.2.0.1 47
}

# listed FILTER...: how many lines
listed()
{
	ctl flow list "$@" | wc -l
}

# field NAME FILTER...: of the only line
field()
{
	local name=$1

	shift
	ctl flow list "$@" | tr ' ' '\n' | sed -n "s/^$name=//p"
}

test_list()
{
	local line

	is "no flows, no lines" "$(ctl flow list)" ""
	is "and as JSON" "$(ctl flow list --json)" '{"flows":[]}'
	send_all
	is "a line for each" "$(listed)" 5

	line=$(ctl flow list proto tcp)
	is "TCP: who, state, how much" "${line%% verdict=*}" \
		"tcp tcp-established src=10.1.0.1 dst=10.2.0.1 sport=1000 dport=80 packets=2 bytes=$((SYN + ACK)) reply-packets=1 reply-bytes=$SYN"
	line=${line#* verdict=}
	is "TCP: what was decided" "${line%% age=*}" \
		"accept rule=1 direction=out endpoint=$ENDPOINT node=$NODE cookie=0xc0000000"
	line=$(ctl flow list from fd00::/8)
	is "UDP over IPv6" "${line%% verdict=*}" \
		"udp new src=fd00:1::1 dst=2600::1 sport=1000 dport=53 packets=1 bytes=$UDP6 reply-packets=0 reply-bytes=0"
	line=$(ctl flow list proto icmp)
	is "ICMP" "${line%% packets=*}" \
		"icmp new src=10.1.0.1 dst=10.2.0.1 type=8 icmp-id=7"
	is "its group and endpoint" "$(field group proto icmp) $(field endpoint \
		proto icmp)" "blue $ENDPOINT2"
	is "a policy has no rule" "$(field rule proto icmp)" ""
	line=$(ctl flow list proto gre)
	is "no ports where there are none" "${line%% packets=*}" \
		"gre new src=10.1.0.1 dst=10.2.0.1"

	is "JSON says the same" "$(ctl flow list --json proto tcp | jq -c \
		'.flows[] | [.source, .destination, .protocol, ."source-port",
		."destination-port", .state, .verdict, .rule, .direction,
		.endpoint, .group, .original, .reply]')" \
		"[\"10.1.0.1\",\"10.2.0.1\",6,1000,80,\"tcp-established\",\"accept\",1,\"out\",\"$ENDPOINT\",null,{\"packets\":2,\"bytes\":$((SYN + ACK))},{\"packets\":1,\"bytes\":$SYN}]"
	is "idle and what is left are UDP's timeout" "$(ctl flow list --json \
		state established | jq '.flows[] |
		.idle + .expires | . >= 119000 and . <= 121000')" true
	is "ids are given in turn" "$(ctl flow list --json |
		jq -c '[.flows[].id] | sort | [.[] - .[0]]')" "[0,1,2,3,4]"
	ctl flow list --json >"$work/samples/flow-list.json"
}

# filters EXPECTED FILTER...
filters()
{
	local expected=$1

	shift
	is "filter: $*" "$(listed "$@")" "$expected"
}

test_filters()
{
	local id

	filters 4 endpoint $ENDPOINT
	filters 1 endpoint $ENDPOINT2
	filters 0 endpoint vpce-00000000000000001
	filters 1 group blue
	filters 2 proto udp
	filters 1 proto 47
	filters 0 proto esp
	filters 4 from 10.1.0.0/16
	filters 4 from 10.1.0.1
	filters 0 from 10.2.0.1
	filters 4 to 10.2.0.0/24
	filters 1 to 2600::/16
	filters 4 from 0.0.0.0/0
	filters 1 from ::/0
	filters 3 sport 1000
	filters 1 sport 7
	filters 2 dport 53
	filters 0 dport 1000
	filters 1 state tcp-established
	filters 1 state established
	filters 3 state new
	filters 0 state tcp-closed
	filters 1 proto udp from 10.0.0.0/8 dport 53 state established
	filters 0 proto udp group blue
	id=$(field id proto gre)
	filters 1 id "$id"
	is "it is that one" "$(field id id "$id")" "$id"
	filters 0 id 18446744073709551615
	refused "a group that there is not" "nonsense\|no such group" \
		ctl flow list group nonsense
	check "what ends early is no JSON" test -z "$(ctl flow list --json \
		group nonsense 2>/dev/null | jq -c . 2>/dev/null)"
}

test_flush()
{
	exits 2 "flush of all has to be said" "--all" ctl flow flush
	is "flush by a filter" "$(ctl flow flush proto udp sport 1000)" \
		"2 flows were removed"
	is "one flow" "$(ctl flow flush group blue)" "1 flow was removed"
	is "none" "$(ctl flow flush group blue)" "0 flows were removed"
	is "the others stay" "$(listed)" 2
	refused "not without CAP_NET_ADMIN" "CAP_NET_ADMIN" \
		ip netns exec "$APP" setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$GWLBCTL" flow flush --all
	refused "nor is reading for everybody" "CAP_NET_ADMIN" \
		ip netns exec "$APP" setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$GWLBCTL" flow list
	ctl flow flush --all --json >"$work/samples/flow-flush.json"
	is "flush all, as JSON" "$(cat "$work/samples/flow-flush.json")" \
		'{"flushed":2}'
	is "nothing stays" "$(listed)" 0
}

# The rules' generation goes up by two.
tick()
{
	must ctl set add tick 1
	must ctl set del tick 1
}

# start_monitor NAME ARGUMENT...: one that hears of rules; returns when it
# listens, and sets $monitor
start_monitor()
{
	local file=$work/$1 generation

	shift
	"$GWLBCTL" -n "$APP" monitor "$@" >"$file" 2>&1 &
	monitor=$!
	wait_for 20 tick_until "$file" . || bail_out "the monitor is deaf"
	# What it heard so far ends with this.
	tick
	generation=$(ctl rule list --json | jq .generation)
	wait_for 20 grep -q "generation.*$generation" "$file"
	wc -l <"$file" >"$file.skip"
}

# tick_until FILE PATTERN: for wait_for
tick_until()
{
	tick
	grep -q "$2" "$1"
}

# heard NAME: what a monitor heard since it was started
heard()
{
	tail -n "+$(($(cat "$work/$1.skip") + 1))" "$work/$1"
}

# heard_lines NAME N: for wait_for
heard_lines()
{
	[ "$(heard "$1" | wc -l)" -ge "$2" ]
}

test_monitor()
{
	local rc=0 generation text json

	start_monitor text
	text=$monitor
	start_monitor json --json
	json=$monitor
	wait_for 20 grep -q "generation=$(ctl rule list --json |
		jq .generation)" "$work/text"
	wc -l <"$work/text" >"$work/text.skip"

	generation=$(ctl rule list --json | jq .generation)
	send cookie=9 "$QUERY"
	send "$NOISE"
	must ctl flow flush proto udp
	must ctl set add tick 5
	check "monitor: five events" wait_for 20 heard_lines json 5
	wait_for 20 heard_lines text 5
	is "monitor: what happened, in its order" "$(heard json | jq -c '[.event,
		.rule, .name, .text, .reason, .flow.rule, .generation]' |
		xargs -d '\n')" \
		"[\"log\",2,\"dns\",\"a \\\"query\\\"\",null,null,null] [\"new\",null,null,null,null,2,null] [\"log\",3,\"noisy\",null,null,null,null] [\"end\",null,null,null,\"flushed\",2,null] [\"rules\",null,null,null,null,null,$((generation + 1))]"
	is "monitor: the logged packet" "$(heard json | jq -c '
		select(.rule == 2) | [.packet.source, .packet.destination,
		.packet.protocol, .packet["source-port"],
		.packet["destination-port"], .packet.ttl, .length, .endpoint,
		.cookie, .lost]')" \
		"[\"10.1.0.1\",\"10.2.0.1\",17,1000,53,64,36,\"$ENDPOINT\",9,0]"
	is "monitor: how much the flow was" "$(heard json | jq -c '
		select(.event == "end") | .flow | [.original, .reply]')" \
		"[{\"packets\":1,\"bytes\":$UDP},{\"packets\":0,\"bytes\":0}]"
	is "monitor: it was just now" "$(heard json | jq -r '.time |
		sub("\\.[0-9]*Z"; "Z") | fromdate | . - now |
		. > -100 and . < 100' | sort -u)" true

	is "text: the same" "$(heard text | cut -d ' ' -f 3 | xargs)" \
		"log new log end rules"
	check "text: a log" grep -q \
		'^[0-9-]* [0-9:.]* log rule=2 name=dns text="a \\"query\\"" udp src=10.1.0.1 dst=10.2.0.1 sport=1000 dport=53 ttl=64 length=36 ' \
		<(heard text)
	check "text: an end" grep -q \
		" end reason=flushed udp new src=10.1.0.1 .* packets=1 bytes=$UDP " \
		<(heard text)

	kill -INT $json
	wait $json || rc=$?
	is "SIGINT ends it well" "$rc" 0
	stop $text
	heard json | jq -c 'select(.event == "log")' |
		head -n 1 >"$work/samples/monitor-log.json"
	for text in new end rules; do
		heard json | jq -c "select(.event == \"$text\")" \
			>"$work/samples/monitor-$text.json"
	done
}

# noise_until FILE PATTERN: for wait_for
noise_until()
{
	send "$NOISE"
	grep -q "$2" "$1"
}

# is_over PID: for wait_for
is_over()
{
	! kill -0 "$1"
}

# tick_until_over PID: for wait_for
tick_until_over()
{
	tick
	is_over "$1"
}

test_monitor_some()
{
	local rc=0

	"$GWLBCTL" -n "$APP" monitor logs >"$work/logs" 2>&1 &
	monitor=$!
	check "monitor logs: hears them" wait_for 20 noise_until \
		"$work/logs" "log rule=3 name=noisy"
	tick
	send "$QUERY"
	send "$NOISE"
	wait_for 20 grep -q "name=dns" "$work/logs"
	is "monitor logs: nothing else" "$(grep -vc " log rule=" \
		"$work/logs")" 0
	stop $monitor

	"$GWLBCTL" -n "$APP" monitor rules --count 3 >"$work/counted" 2>&1 &
	monitor=$!
	check "--count: it ends by itself" wait_for 20 tick_until_over $monitor
	wait $monitor || rc=$?
	is "--count: and well" "$rc" 0
	is "--count: after so many" "$(grep -c " rules generation=" \
		"$work/counted")" 3
	is "--count: and no more" "$(wc -l <"$work/counted")" 3
}

# flows_until FILE PATTERN: for wait_for
flows_until()
{
	send "$QUERY"
	must ctl flow flush --all
	grep -q "$2" "$1"
}

# new_events: of the flood
new_events()
{
	grep -c '"event":"new".*"destination-port":5353,' "$work/slow"
}

# A listener that does not get round to reading is told what it missed, and
# goes on.
test_lost()
{
	local lost

	# They are to be there yet when test_many() has listed them.
	{ echo "timeout udp 3600"; ctl rule list; } | must ctl rule load -
	"$GWLBCTL" -n "$APP" monitor flows --json >"$work/slow" 2>&1 &
	monitor=$!
	wait_for 20 flows_until "$work/slow" '"event":"end"'
	kill -STOP $monitor
	is "a flood while nobody reads" "$(gen --flows $MANY --port 5353)" \
		"sent $MANY returned $MANY other 0"
	kill -CONT $monitor
	check "lost: it is told" wait_for 60 grep -q '"event":"lost"' \
		"$work/slow"
	lost=$(jq -s '[.[] | .events] | add' <(grep '"lost"' "$work/slow"))
	check "lost: some were ($lost)" test "$lost" -gt 0
	is "lost: each one is counted" "$(($(new_events) + lost))" "$MANY"
	grep -m 1 '"event":"lost"' "$work/slow" \
		>"$work/samples/monitor-lost.json"
	: >"$work/slow"
	send "udp 10.1.0.1 1 10.2.0.1 5354"
	check "lost: it goes on" wait_for 20 grep -q \
		'"event":"new".*"destination-port":5354,' "$work/slow"
	stop $monitor
}

# There are $MANY flows now.
test_many()
{
	is "many: a line for each" "$(listed dport 5353)" "$MANY"
	is "many: each once" "$(ctl flow list dport 5353 | sort -u | wc -l)" \
		"$MANY"
	# A flow as JSON in memory is some 3 KB.
	is "many: JSON, in 60 MB" "$( (ulimit -v 60000
		ctl flow list --json dport 5353) | jq '.flows | length')" \
		"$MANY"
	is "many: flush" "$(ctl flow flush dport 5353)" \
		"$MANY flows were removed"
}

# start_load: three busy flows of a rule
start_load()
{
	ip netns exec "$SIM" "$FLOWGEN" --proto tcp --steps ">S <SA >A" \
		--flows 3 --port 80 --rounds 0 wire0 "$APP_MAC" $NODE $LOCAL \
		>/dev/null 2>&1 &
	load=$!
	wait_for 20 flows_are 3
}

test_top()
{
	no_flows
	start_load
	is "top: ends after so many" "$(ctl top --interval 0.5 --count 2 |
		grep -c "bits/s  packets/s  flows at")" 2
	check "top: shows who" grep -Eq \
		"^ *[0-9.]+[kM]? +[0-9.]+k?  tcp 10.1.0.[012]:[0-9]* > 10.2.0.1:80 tcp-established $ENDPOINT id [0-9]*\$" \
		<(ctl top flows --interval 0.5 --count 1)
	check "top: without a terminal, no control characters" \
		test "$(ctl top --interval 0.2 --count 2 | grep -c $'\033')" -eq 0

	ctl top flows --json --interval 0.5 --count 1 \
		>"$work/samples/top-flows.json"
	ctl top endpoints --json --interval 0.5 --count 1 \
		>"$work/samples/top-endpoints.json"
	ctl top rules --json --interval 0.5 --count 1 \
		>"$work/samples/top-rules.json"
	is "top flows" "$(jq -c '[.flows[] | .flow["destination-port"],
		."bits-per-second" > 0, ."packets-per-second" > 0] |
		unique' "$work/samples/top-flows.json")" "[true,80]"
	is "top flows: most first" "$(jq '[.flows[] | ."bits-per-second"] |
		. == (sort | reverse)' "$work/samples/top-flows.json")" true
	is "top endpoints" "$(jq -c '[.endpoints[] | .id,
		."bits-per-second" > 0]' "$work/samples/top-endpoints.json")" \
		"[\"$ENDPOINT\",true]"
	is "top rules" "$(jq -c '[.rules[] | .number, .name, .policy,
		."packets-per-second" > 0]' "$work/samples/top-rules.json")" \
		'[1,"web",null,true]'

	timeout 200 script -qec "$GWLBCTL -n $APP top --interval 0.2" \
		/dev/null >"$work/terminal" </dev/null 2>&1 &
	top=$!
	check "top: on a terminal it prints in place" wait_for 20 \
		grep -q $'\033\[4A\r\033\[J' "$work/terminal"
	stop $top 2>/dev/null
	stop $load
	is "top: those that are idle are not busy" "$(ctl top --json \
		--interval 0.2 --count 1 | jq -c .flows)" "[]"
}

test_schemas()
{
	check "JSON is what the schemas say" /usr/bin/python3 \
		-W ignore::DeprecationWarning "$CTL/tests/schema.py" --some \
		"$CTL/schema" "$work/samples"
	is "all of them were seen" "$(ls "$work/samples" | wc -l)" 10
}

test_gone()
{
	local rc=0

	start_monitor gone
	unload_module
	wait_for 20 is_over $monitor || kill $monitor
	wait $monitor || rc=$?
	is "a monitor ends with the module" "$rc" 1
	check "and says why" grep -q "^Error: module gwlb is not loaded any" \
		"$work/gone"
}

setup_up
start_probe
mkdir "$work/samples"
rules <<-RULES
	set tick port { }
	group blue { endpoint $ENDPOINT2 }
	rule web: proto tcp dport 80 accept
	rule dns: proto udp dport 53 log "a \"query\"" accept
	rule noisy: proto udp dport 99 log drop
RULES
test_list
test_filters
test_flush
test_monitor
test_monitor_some
test_lost
test_many
test_top
test_schemas
check_balance
test_gone
