#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits of flows: a flood from one endpoint harms no connection that lives,
# and nobody else; what is dropped says why.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/probe.sh"

MAX=1000
SHARE=400
C=vpce-0123456789abcdef2
D=vpce-0123456789abcdef3
E=vpce-0123456789abcdef4

# What has no flow is dropped, whatever it says it belongs to.
STRICT="
	policy drop
	pickup strict
	flow-max $MAX
	flow-max-endpoint $SHARE
	rule from 10.1.0.0/16 state new accept
"

# connect ENDPOINT N OPTION...: so many connections
connect()
{
	local endpoint=$1 n=$2

	shift 2
	is "$n connections of $endpoint" "$(gen --endpoint "$endpoint" \
		--proto tcp --flows "$n" --steps '>S <SA >A' "$@")" \
		"sent $((3 * n)) returned $((3 * n)) other 0"
}

# still_live ENDPOINT N OPTION...: both sides of them
still_live()
{
	local endpoint=$1 n=$2

	shift 2
	is "the connections of $endpoint live" "$(gen --endpoint "$endpoint" \
		--proto tcp --flows "$n" --steps '>A <A' "$@")" \
		"sent $((2 * n)) returned $((2 * n)) other 0"
}

# endpoint_has ENDPOINT: how many flows, and how many that nobody answered
endpoint_has()
{
	ctl flow list endpoint "$1" --json | jq -c '[(.flows | length),
		([.flows[] | select(.state | IN("new", "tcp-syn"))] | length)]'
}

# 10 times what one endpoint may have, from one, while others work
test_flood()
{
	local cpu=$(($(nproc) - 1))

	rules <<<"$STRICT"
	connect $ENDPOINT 100
	connect $ENDPOINT2 100
	ip netns exec "$SIM" "$FLOWGEN" --cpu $cpu --proto tcp --rounds 0 \
		--steps ">A <A" --flows 100 --endpoint $ENDPOINT \
		--outer-port 60001 wire0 "$APP_MAC" $NODE $LOCAL \
		>"$work/gen.live" &
	live=$!
	on_exit stop $live
	check "flood: its own connections are busy" \
		wait_for 10 reaches returned $(($(counter returned) + 100))
	note "flood: $(gen --endpoint $ENDPOINT --proto tcp --port 81 \
		--cpu 0 --flows $((10 * SHARE)) | tee "$work/gen.flood")"
	is "flood: the newest SYNs take the place of the oldest" \
		"$(cat "$work/gen.flood")" \
		"sent $((10 * SHARE)) returned $((10 * SHARE)) other 0"
	is "flood: no more than its share" "$(endpoint_has $ENDPOINT)" \
		"[$SHARE,$((SHARE - 100))]"
	kill $live
	wait $live
	note "connections during the flood: $(cat "$work/gen.live")"
	check "flood: its own connections went on" grep -Eqx \
		'sent ([1-9][0-9]*) returned \1 other 0' "$work/gen.live"
	still_live $ENDPOINT 100
	still_live $ENDPOINT2 100
	connect $ENDPOINT2 100 --first 100
	connect $C 100
	is "flood: the newest SYN has its flow" "$(gen --endpoint $ENDPOINT \
		--proto tcp --port 81 --first $((10 * SHARE - 1)) \
		--steps '<SA')" "sent 1 returned 1 other 0"
	is "flood: the oldest has not" "$(gen --endpoint $ENDPOINT \
		--proto tcp --port 81 --first 0 --steps '<SA')" \
		"sent 1 returned 0 other 0"
	is "flood: a new connection of the flooder gets in" \
		"$(gen --endpoint $ENDPOINT --proto tcp --port 82 \
		--steps '>S <SA >A >A <A')" "sent 5 returned 5 other 0"
	check_balance
}

# No young one to take the place of
test_share()
{
	rules <<<"$STRICT"
	connect $ENDPOINT $SHARE
	is "share: it has all" "$(endpoint_has $ENDPOINT)" "[$SHARE,0]"
	is "share: no more" "$(gen --endpoint $ENDPOINT --proto tcp \
		--port 81 --flows 50)" "sent 50 returned 0 other 0"
	is "share: for that reason" "$(dropped drop-flow-limit)" 50
	is "share: and no other" "$(dropped drop-flow-full)" 0
	still_live $ENDPOINT $SHARE
	connect $ENDPOINT2 50
	# One closes, one more can begin.
	is "share: one is closed" "$(gen --endpoint $ENDPOINT --proto tcp \
		--steps '>FA <FA >A')" "sent 3 returned 3 other 0"
	must ctl flow flush endpoint $ENDPOINT state tcp-closed
	is "share: then there is room for one" "$(gen --endpoint $ENDPOINT \
		--proto tcp --port 81 --steps '>S <SA >A')" \
		"sent 3 returned 3 other 0"
	is "share: and for no more" "$(gen --endpoint $ENDPOINT --proto tcp \
		--port 81 --first 1)" "sent 1 returned 0 other 0"
	check_balance
}

# UDP that was answered is no young flow.
test_udp()
{
	rules <<<"$STRICT"
	is "UDP: answered flows" "$(gen --flows $SHARE --steps '> <')" \
		"sent $((2 * SHARE)) returned $((2 * SHARE)) other 0"
	is "UDP: a flood" "$(gen --port 54 --flows $((2 * SHARE)))" \
		"sent $((2 * SHARE)) returned 0 other 0"
	is "UDP: drops" "$(dropped drop-flow-limit)" $((2 * SHARE))
	is "UDP: answered flows are not evicted" \
		"$(gen --flows $SHARE --steps '<')" \
		"sent $SHARE returned $SHARE other 0"
	no_flows
	is "UDP: unanswered flows are" "$(gen --flows $((2 * SHARE)))" \
		"sent $((2 * SHARE)) returned $((2 * SHARE)) other 0"
	is "UDP: the share is full of them" "$(endpoint_has $ENDPOINT)" \
		"[$SHARE,$SHARE]"
	is "UDP: first came, first gone" "$(gen --flows $((2 * SHARE)) \
		--steps '<')" "sent $((2 * SHARE)) returned $SHARE other 0"
	check_balance
}

# The table as a whole
test_full()
{
	rules <<<"${STRICT/endpoint $SHARE/endpoint $MAX}"
	connect $ENDPOINT $((MAX / 2))
	is "full: SYNs of one endpoint take the rest" \
		"$(gen --endpoint $ENDPOINT2 --proto tcp --flows $MAX)" \
		"sent $MAX returned $MAX other 0"
	is "full: the table is" "$(flows)" $MAX
	connect $C $((MAX / 4)) --batch 1
	is "full: at the expense of those SYNs" \
		"$(endpoint_has $ENDPOINT2)" "[$((MAX / 4)),$((MAX / 4))]"
	connect $D $((MAX / 4)) --batch 1
	is "full: until none is left" "$(endpoint_has $ENDPOINT2)" "[0,0]"
	is "full: then nobody gets in" "$(gen --endpoint $ENDPOINT2 \
		--proto tcp --flows 10)" "sent 10 returned 0 other 0"
	is "full: for that reason" "$(dropped drop-flow-full)" 10
	is "full: and no other" "$(dropped drop-flow-limit)" 0
	still_live $ENDPOINT $((MAX / 2))
	still_live $C $((MAX / 4))
	still_live $D $((MAX / 4))
	is "full: it never was more than that" "$(flows)" $MAX
	check_balance
}

# The rules accept it, but it finds no place: nor does the rest of it.
test_first_fragment()
{
	local udp="udp 10.1.0.9 1000 10.2.0.1 53"

	rules <<<"${STRICT/policy drop/policy $1}"
	connect $ENDPOINT $SHARE
	fate "no place, policy $1: a first fragment" drop-flow-limit \
		id=1 len=1000 frag=0+504 "$udp"
	fate "no place, policy $1: what follows it" drop-fragment-lost \
		id=1 len=1000 frag=504+504 "$udp"
	check_balance
}

test_stateless()
{
	rules <<<"$STRICT
		on-full stateless
		rule answers: from 10.2.0.1 sport 99 accept
	"
	connect $ENDPOINT $SHARE
	is "stateless: what the rules accept passes" \
		"$(gen --endpoint $ENDPOINT --flows 50)" \
		"sent 50 returned 50 other 0"
	is "stateless: without a flow" "$(endpoint_has $ENDPOINT)" \
		"[$SHARE,0]"
	is "stateless: so answers are judged by themselves" \
		"$(gen --endpoint $ENDPOINT --flows 50 --steps '<')" \
		"sent 50 returned 0 other 0"
	is "stateless: by the rules, too" "$(gen --endpoint $ENDPOINT \
		--flows 50 --port 99 --steps '<')" \
		"sent 50 returned 50 other 0"
	is "stateless: refused is refused" "$(gen --endpoint $ENDPOINT \
		--flows 50 --client 10.3.0.0)" "sent 50 returned 0 other 0"
	is "stateless: by policy" "$(dropped drop-policy)" 100
	is "stateless: nothing for want of room" \
		"$(($(dropped drop-flow-limit) + $(dropped drop-flow-full)))" 0
	still_live $ENDPOINT $SHARE
	check_balance
}

# fragment WHICH ENDPOINT FIRST N: that half of so many datagrams
fragment()
{
	gen --fragment "$1" --endpoint "$2" --first "$3" --flows "$4"
}

# In less time than first fragments are remembered, 60 seconds: what begins
# when that is over is begun again; false if it never was in time.
in_time()
{
	local began try

	for try in 1 2 3 4; do
		began=$SECONDS
		"$@"
		[ $((SECONDS - began)) -ge 59 ] || return 0
		note "fragments: not in time, try $try"
	done
	return 1
}

# too_slow NAME: a kernel that is slow by design may be
too_slow()
{
	if [ "$SLOW" -gt 1 ]; then
		ok "$1 # SKIP this kernel takes longer than they are kept"
	else
		not_ok "$1"
	fi
}

# flood_of_fragments: three times what one endpoint may have, from one, while
# others wait for the rest of theirs
flood_of_fragments()
{
	local n=4096

	fragment first $ENDPOINT2 0 100 >"$work/gen.others"
	fragment first $ENDPOINT 0 $((3 * n)) >"$work/gen.first"
	lost=$(dropped drop-fragment-lost)
	fragment rest $ENDPOINT2 0 100 >>"$work/gen.others"
	fragment rest $ENDPOINT $((2 * n)) $n >"$work/gen.newest"
	fragment rest $ENDPOINT 0 $((2 * n)) >"$work/gen.oldest"
	lost=$(($(dropped drop-fragment-lost) - lost))
}

# 16,384 first fragments are remembered, and 4,096 of one endpoint's.
test_fragments()
{
	local n=4096 lost

	rules <<<"
		policy drop
		flow-max 100000
		rule from 10.1.0.0/16 accept
	"
	in_time flood_of_fragments ||
		{ too_slow "fragments: in time"; return; }
	is "fragments: the flood" "$(cat "$work/gen.first")" \
		"sent $((3 * n)) returned $((3 * n)) other 0"
	is "fragments: others' packets are completed" \
		"$(cat "$work/gen.others")" "$(printf '%s\n%s' \
		"sent 100 returned 100 other 0" "sent 100 returned 100 other 0")"
	is "fragments: as are its own newest" "$(cat "$work/gen.newest")" \
		"sent $n returned $n other 0"
	is "fragments: the oldest made way" "$(cat "$work/gen.oldest")" \
		"sent $((2 * n)) returned 0 other 0"
	is "fragments: for that reason" "$lost" $((2 * n))
	check_balance
}

# full_of_fragments: from four endpoints what they may have, then from a fifth
full_of_fragments()
{
	local n=4096 endpoint

	: >"$work/gen.full"
	for endpoint in $ENDPOINT $ENDPOINT2 $C $D; do
		fragment first $endpoint 0 $n >>"$work/gen.full"
	done
	fragment first $E 0 100 >>"$work/gen.full"
	fragment rest $E 0 100 >"$work/gen.fifth"
	fragment rest $ENDPOINT 0 $n >"$work/gen.oldest"
	for endpoint in $ENDPOINT2 $C $D; do
		fragment rest $endpoint 0 $n
	done >"$work/gen.others"
}

# Whoever has most of them loses one for each of the fifth endpoint's.
test_full_of_fragments()
{
	local n=4096 lost

	rules <<<"
		policy drop
		flow-max 100000
		rule from 10.1.0.0/16 accept
	"
	in_time full_of_fragments ||
		{ too_slow "all fragments: in time"; return; }
	is "all fragments: all are sent on" "$(sort "$work/gen.full" | uniq -c |
		xargs)" "1 sent 100 returned 100 other 0 4 sent $n returned $n other 0"
	is "all fragments: who has few of them keeps them" \
		"$(cat "$work/gen.fifth")" "sent 100 returned 100 other 0"
	lost=$(cat "$work/gen.oldest" "$work/gen.others" |
		awk '{ n += $2 - $4 } END { print n }')
	is "all fragments: others make way, one for each" "$lost" 100
	check_balance
}

# Half of all is what one may have if nobody says anything else.
test_default()
{
	rules <<-RULES
		flow-max 600
	RULES
	is "default share" "$(gen --flows 400 --batch 1 --steps '> <')" \
		"sent 800 returned 600 other 0"
	is "default share: is half" "$(endpoint_has $ENDPOINT)" "[300,0]"
	is "default share: each packet above it" \
		"$(dropped drop-flow-limit)" 200
	reload <<<"flow-max 700"
	is "a larger limit counts at once" "$(gen --flows 60 --first 1000 \
		--batch 1 --steps '> <')" "sent 120 returned 100 other 0"
	reload <<<"flow-max 100"
	is "a smaller one ends nothing" "$(gen --flows 300 --steps '> <')" \
		"sent 600 returned 600 other 0"
	check_balance
}

setup_up
start_probe
test_flood
test_share
test_udp
test_full
test_first_fragment drop
test_first_fragment accept
test_stateless
test_fragments
test_full_of_fragments
test_default
check_balance
