#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl and the real module: what it prints, what it changes, and what it
# says when it may not. Needs root and a kernel that can load gwlb.ko, as in
# selftests/vm/run.sh, after "make" and "make -C tests live" here.
# Owns: what lib.sh sets up, and a scratch directory.
HERE=$(cd "$(dirname "$0")" && pwd)
GWLBCTL=${GWLBCTL:-$HERE/gwlbctl-san}
# shellcheck source=/dev/null
. "$HERE/../../../selftests/lib.sh"

PYTHON=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
on_exit rm -rf "$work"

# send COUNT [ENDPOINT]: packets of that endpoint, all of which come back
send()
{
	must ip netns exec "$SIM" "$PYTHON" "$TOP/selftests/geneve.py" \
		--dev wire0 --mac "$APP_MAC" --node "$NODE" --local "$LOCAL" \
		--count "$1" --endpoint "${2:-0123456789abcdef0}"
}

generation()
{
	ctl status --json | jq .generation
}

# silent DESCRIPTION COMMAND...: succeeds and prints nothing at all
silent()
{
	local what=$1 out

	shift
	out=$("$@" 2>&1) && [ -z "$out" ]
	check "$what" test $? -eq 0
}

test_up_and_down()
{
	local before

	is "up says that there are no rules" "$(ctl up)" \
		"up: no rules are loaded, every well-formed packet is returned"
	before=$(generation)
	is "up again says so again" "$(ctl up)" \
		"up: no rules are loaded, every well-formed packet is returned"
	is "but changes nothing" "$(generation)" "$before"
	is "for programs it says nothing" "$(ctl up --json)" ""
	check "without peers it warns" grep -q '^Warning: no peers' \
		<(ctl up 2>&1 >/dev/null)
	must ctl peer add 192.168.0.0/16
	is "with peers it does not" "$(ctl up 2>&1 >/dev/null)" ""
	must ctl peer flush
	check "status says it too" grep -q \
		"^rules: *no rules are loaded, every well-formed" \
		<(ctl status)
	silent "down" ctl down
	silent "down again" ctl down
	check "status when down" ctl status
	check "status knows that it is down" grep -q "^state: *down$" \
		<(ctl status)
	must ctl up
}

test_config()
{
	silent "config set" ctl config set send-mode reflect
	is "config show" "$(ctl config show | grep send-mode)" \
		"send-mode reflect"
	refused "an old generation" "at expect-generation" \
		ctl config set send-mode route --expect-generation 0
	is "which changed nothing" "$(ctl config show | grep send-mode)" \
		"send-mode reflect"
	silent "the right generation" ctl config set send-mode route \
		--expect-generation "$(generation)"
	refused "up of an old generation" "at expect-generation" \
		ctl up --expect-generation 0
}

# What health makes of it is another test's business
test_drain()
{
	local before

	before=$(generation)
	silent "drain on" ctl drain on
	is "config show knows" "$(ctl config show | grep drain)" "drain on"
	is "so does status" "$(ctl status | grep -c '^drain: *on$')" 1
	check "and it says what follows" grep -q \
		"^health: .*drain: draining (gwlbctl drain off)$" <(ctl status)
	is "save has it" "$(ctl save | grep drain)" "# gwlbctl drain on"
	is "it is a change" "$(generation)" $((before + 1))
	silent "drain on again" ctl drain on
	is "is none" "$(generation)" $((before + 1))
	must ctl peer set 10.0.0.0/8
	is "a change of peers does not end it" \
		"$(ctl config show --json | jq -r .drain)" on
	must ctl peer flush
	refused "drain off at an old generation" "at expect-generation" \
		ctl drain off --expect-generation 0
	silent "drain off" ctl drain off --expect-generation "$(generation)"
	is "ends it" "$(ctl config show | grep drain)" "drain off"
	check "status --interface looks at that one" grep -q \
		"^health: .*interface: none0: there is no such interface" \
		<(ctl status --interface none0)
}

# saved_commands: what save says that makes the settings
saved_commands()
{
	ctl save | sed -n 's/^# gwlbctl //p'
}

# settings NAMESPACE: but for how often they were changed, and what they do
settings()
{
	"$GWLBCTL" -n "$1" config show --json |
		jq -cS 'del(.generation, .state, .devices[].attached)'
}

# What save says makes the same settings elsewhere, and none if there are none.
test_saved()
{
	local other=other-$$ line

	netns $other
	must ip -n $other link add eth0 type dummy
	for line in "" "peer set 10.0.0.0/8 192.168.9.0/24" \
	    "config set send-mode reflect attach ingress dev eth0 dev lo" \
	    "drain on"; do
		# shellcheck disable=SC2086 # words are wanted
		[ -z "$line" ] || must ctl $line
		while read -r line; do
			# shellcheck disable=SC2086 # words are wanted
			check "saved: $line" "$GWLBCTL" -n $other $line
		done < <(saved_commands)
		is "makes what it was saved of" "$(settings $other)" \
			"$(settings "$APP")"
	done
	must ctl drain off
	must ctl config set send-mode route attach prerouting
	must ctl peer flush
	while read -r line; do
		# shellcheck disable=SC2086 # words are wanted
		check "saved: $line" "$GWLBCTL" -n $other $line
	done < <(saved_commands)
	is "and takes it back" "$(settings $other)" "$(settings "$APP")"
}

test_peers()
{
	local before

	is "no peers are any" "$(ctl peer list)" any
	silent "add two" ctl peer add 10.0.0.0/8 192.168.9.1
	is "list" "$(ctl peer list | xargs)" "10.0.0.0/8 192.168.9.1/32"
	before=$(ctl config show)
	refused "add one of them again" "10.0.0.0/8 is a peer already" \
		ctl peer add 172.16.0.0/12 10.0.0.0/8
	refused "delete one that is not there" "172.16.0.0/12 is not a peer" \
		ctl peer del 10.0.0.0/8 172.16.0.0/12
	refused "delete the last ones" "everybody may send" \
		ctl peer del 10.0.0.0/8 192.168.9.1
	refused "add at an old generation" "the generation is" \
		ctl peer add 172.16.0.0/12 --expect-generation 0
	refused "set at an old generation" "at expect-generation" \
		ctl peer set 172.16.0.0/12 --expect-generation 0
	# shellcheck disable=SC2046 # words are wanted
	refused "the one that is too many is named" "at 10.1.254.0/24" \
		ctl peer add $(seq -f '10.1.%g.0/24' 0 255)
	is "nothing of this changed anything" "$(ctl config show)" "$before"

	silent "add at the right generation" ctl peer add 172.16.0.0/12 \
		--expect-generation "$(generation)"
	silent "delete" ctl peer del 10.0.0.0/8
	is "what is left" "$(ctl peer list | xargs)" \
		"172.16.0.0/12 192.168.9.1/32"
	# shellcheck disable=SC2046 # words are wanted
	silent "a list can be read back" ctl peer set $(ctl peer list)
	is "and is the same" "$(ctl peer list | xargs)" \
		"172.16.0.0/12 192.168.9.1/32"
	silent "set any" ctl peer set any
	is "is the empty list" "$(ctl peer list --json)" '{"peers":[]}'
	must ctl peer set 10.0.0.0/8
	silent "flush" ctl peer flush
	is "is the empty list, too" "$(ctl peer list)" any
}

# Many at a time: each must find the others' changes and keep them
test_race()
{
	local i pids=() failures=0

	for i in $(seq 0 23); do
		ctl peer add "10.9.$i.0/24" >"$work/add.$i" 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || failures=$((failures + 1))
	done
	is "24 that add at the same time: none fails" "$failures" 0
	is "and no change is lost" "$(ctl peer list | wc -l)" 24
	must ctl peer flush
}

test_traffic()
{
	local list

	send 5
	send 3 1
	list=$(ctl endpoint list)
	check "endpoint list" grep -q \
		"^vpce-0123456789abcdef0 *- *5 *5 *5 .* 5 .* 0 *0 *[0-9.ms]* ago$" \
		<<<"$list"
	check "another endpoint" grep -q \
		"^vpce-00000000000000001 *- *3 *3 *3 " <<<"$list"
	is "endpoint show" "$(ctl endpoint show VPCE-0123456789ABCDEF0 |
		head -n 4 | xargs)" \
		"id: vpce-0123456789abcdef0 group: none flows: 5, 5 of them new received: 5 packets, $(ctl \
		endpoint list --json |
		jq '.endpoints[0].traffic.received.bytes') bytes"
	refused "endpoint show: unknown" "no such endpoint" \
		ctl endpoint show vpce-1a2b3c4d
	check "node list" grep -q "^$NODE *$LOCAL *8 " <(ctl node list)
	is "node show" "$(ctl node show "$NODE" "$LOCAL" --json |
		jq .traffic.returned.packets)" 8
	refused "node show: unknown" "no such node" \
		ctl node show "$LOCAL" "$NODE"

	is "stats: the balance" "$(ctl stats | tail -n 1)" "received $(counter \
		received) = returned 8 + passed $(ctl stats --json | jq \
		'[.counters[] | select(.class == "pass").packets] | add'
		) + dropped 0"
	check "stats leaves zeros out" \
		test "$(ctl stats | grep -c drop-)" -eq 0
	is "stats --all does not" "$(ctl stats --all | grep -c ^drop-)" \
		"$(ctl stats --json |
			jq '[.counters[] | select(.class == "drop")] | length')"
	is "stats --explain says what the protocol's source says" \
		"$(ctl stats --explain | sed -n 's/^returned: //p')" \
		"$("$PYTHON" "$TOP/tools/ynl/reasons.py" --markdown \
			"$TOP/uapi/gwlb.yaml" |
			sed -n 's/^| `returned` | \(.*\) |$/\1/p')"
}

# With the sanitizers; what they do is another test's business
test_rules()
{
	cat >"$work/rules" <<-RULES
		policy drop
		inside 10.0.0.0/8
		set a address { 10.0.0.0/8, ::1 }
		set p port { 80, 443-445 }
		set e endpoint { vpce-0123456789abcdef0 }
		group g { endpoint vpce-0123456789abcdef0; policy accept; inside none }
		rule name: group g from @a tcp-flags syn/syn|ack state new log "text" limit 1/hour accept comment "text"
		rule log
	RULES
	silent "rule check" ctl rule check "$work/rules"
	silent "rule load" ctl rule load "$work/rules"
	check "rule list" ctl rule list --counters
	check "rule diff" ctl rule diff "$work/rules"
	check "rule diff of something else" test "$(ctl rule diff \
		"$HERE/../rules/quickstart.rules" | wc -l)" -gt 10
	check "save" ctl save
	check "set list" ctl set list
	silent "set add" ctl set add a 192.0.2.1 192.0.2.2
	silent "set del" ctl set del a - <<<"192.0.2.1,192.0.2.2"
	refused "set add twice" "at ::1" ctl set add a 192.0.2.1 ::1
	silent "set test" ctl set test a 10.0.0.1
	silent "set test of a port" ctl set test p 444
	silent "set flush" ctl set flush p
	check "group list" ctl group list
	check "group show" ctl group show g
	check "status" ctl status
	check "rule load that waits" ctl rule load --confirm 60 \
		"$HERE/../rules/quickstart.rules"
	check "status says so" grep -q '^confirm: ' <(ctl status)
	silent "rule rollback" ctl rule rollback
	refused "rule confirm" "Error: " ctl rule confirm
}

# A group that is as long as can be does not fit into an ordinary answer, nor
# does a rule.
test_large()
{
	local points prefixes

	points=$(seq -f 'vpce-0%016.0f' 5000 | paste -sd, )
	prefixes=$(seq 256 | sed 's/.*/2001:db8:&::\/48/' | paste -sd, )
	cat >"$work/large" <<-RULES
		policy drop
		group many { endpoint $points }
		rule long: from $prefixes to $prefixes accept
		rule after: dport 80 accept
	RULES
	silent "a group of 5,000: rule load" ctl rule load "$work/large"
	is "rule list has them" "$(ctl rule list |
		grep -o 'vpce-0[0-9]*' | sort -u | wc -l)" 5000
	is "group show does" "$(ctl group show many --json |
		grep -o 'vpce-0[0-9]*' | sort -u | wc -l)" 5000
	silent "it is what the file says" ctl rule diff "$work/large"
	is "with all rules" "$(ctl rule list --json |
		jq -c '[.rules[].name]')" '["long","after"]'
	check "save" ctl save
}

# Groups are for rules; without one, nothing is refused.
test_group_only()
{
	must ctl down
	echo "group g { endpoint vpce-0123456789abcdef0 }" |
		must ctl rule load -
	is "a group is no rule, and up says so" "$(ctl up 2>/dev/null)" \
		"up: no rules are loaded, every well-formed packet is returned"
	must ctl down
	echo "group g { endpoint vpce-0123456789abcdef0; policy drop }" |
		must ctl rule load -
	is "its policy is one" "$(ctl up 2>/dev/null)" "up: 0 rules, policy accept"
}

test_json()
{
	local name

	must ctl rule load "$work/rules"
	while read -r name; do
		# shellcheck disable=SC2086 # it is a line of words
		ctl ${name#*:} --json >"$work/${name%%:*}.json"
	done <<-NAMES
		status:status
		config-show:config show
		peer-list:peer list
		stats:stats
		stats-explain:stats --explain
		endpoint-list:endpoint list
		endpoint-show:endpoint show vpce-0123456789abcdef0
		node-list:node list
		node-show:node show $NODE $LOCAL
		rule-list:rule list
		set-list:set list
		group-list:group list
		group-show:group show g
		version:version
	NAMES
	"$GWLBCTL" -n "$APP" stats --watch 0.2 --json >"$work/watch" &
	name=$!
	wait_for 20 test -s "$work/watch"
	stop $name
	head -n 1 "$work/watch" >"$work/stats-watch.json"
	check "JSON is what the schemas say" "$PYTHON" \
		-W ignore::DeprecationWarning "$HERE/schema.py" --some \
		"$HERE/../schema" "$work"
	echo "policy accept" | must ctl rule load -
}

moved()
{
	grep -q '^returned ' "$work/rates"
}

test_watch()
{
	local watch

	"$GWLBCTL" -n "$APP" stats --watch 0.5 >"$work/rates" &
	watch=$!
	wait_for 20 test -s "$work/rates"
	check "watch begins with an interval" grep -q \
		"^[0-9:]* *packets/s *bits/s$" "$work/rates"
	send 20
	check "watch sees what moves" wait_for 20 moved
	check "and nothing else" test "$(grep -c drop- "$work/rates")" -eq 0
	check "without a terminal, no control characters" \
		test "$(grep -c $'\033' "$work/rates")" -eq 0
	check "it appends" wait_for 20 several
	stop $watch

	# script says when it is ended, a half line sometimes.
	timeout 200 script -qec "$GWLBCTL -n $APP stats --watch 0.2" \
		/dev/null >"$work/terminal" </dev/null 2>&1 &
	watch=$!
	check "on a terminal it prints in place" \
		wait_for 20 grep -q $'\033\[1A\r\033\[J' "$work/terminal"
	stop $watch 2>/dev/null

	ctl stats --watch 0.2 2>"$work/error" | head -n 1 >/dev/null
	is "it does not outlive its reader" "${PIPESTATUS[0]}" 141
}

several()
{
	[ "$(grep -c packets/s "$work/rates")" -ge 3 ]
}

test_privilege()
{
	refused "without CAP_NET_ADMIN" \
		"^Error: Operation not permitted (CAP_NET_ADMIN is needed)$" \
		ip netns exec "$APP" setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$GWLBCTL" up
}

test_completion()
{
	must ctl peer set 10.0.0.0/8
	is "peer del" "$("$GWLBCTL" --complete -n "$APP" peer del |
		head -n 1)" 10.0.0.0/8
	must ctl peer flush
	is "endpoint show" "$("$GWLBCTL" --complete -n "$APP" endpoint show |
		grep -v ^- | xargs)" \
		"vpce-0123456789abcdef0 vpce-00000000000000001"
	is "node show" "$("$GWLBCTL" --complete -n "$APP" node show |
		grep -v ^-)" "$NODE"
	is "node show ADDRESS" "$("$GWLBCTL" --complete -n "$APP" node show \
		"$NODE" | grep -v ^-)" "$LOCAL"
}

test_version()
{
	is "both versions" "$(ctl version | xargs)" \
		"gwlbctl $(<"$TOP/VERSION") module $(<"$TOP/VERSION")"
	is "they differ" "$("$HERE/gwlbctl-old" version | tail -n 1)" \
		"the versions differ: what one of them knows the other may not"
}

test_gone()
{
	local watch rc=0

	"$GWLBCTL" -n "$APP" stats --watch 0.2 >"$work/gone" 2>&1 &
	watch=$!
	wait_for 20 test -s "$work/gone"
	unload_module
	wait $watch || rc=$?
	is "a watch ends with the module" "$rc" 1
	check "and says why: $(tail -n 1 "$work/gone")" \
		grep -q "^Error: module gwlb is not loaded any" "$work/gone"
	refused "without the module" \
		"^Error: module gwlb is not loaded (modprobe gwlb)$" ctl status
}

must test -x "$GWLBCTL" -a -x "$HERE/gwlbctl-old"
setup_up
test_up_and_down
test_config
test_drain
test_saved
test_peers
test_race
test_traffic
test_rules
test_large
test_group_only
test_json
test_watch
test_privilege
test_completion
test_version
test_gone
