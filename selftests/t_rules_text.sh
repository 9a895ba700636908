#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From a rules file into the kernel and back: what was loaded is what is
# printed, what is printed changes nothing when it is loaded, and what is
# refused leaves all as it was. Many rules, and large sets.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

QUICKSTART=$TOP/tools/gwlbctl/rules/quickstart.rules
work=$(mktemp -d)
on_exit rm -rf "$work"

# generation: that of the ruleset
generation()
{
	ctl status --json | jq '."ruleset-generation"'
}

pending()
{
	ctl status --json | jq .confirm
}

# silent DESCRIPTION COMMAND...: succeeds and prints nothing at all
silent()
{
	local what=$1 out rc=0

	shift
	out=$("$@" 2>&1) || rc=$?
	is "$what" "$rc:$out" "0:"
}

# load: loads what comes on standard input
load()
{
	must ctl rule load -
}

# send COUNT: packets of UDP port 53, all of which come back
send()
{
	must ip netns exec "$SIM" "$TOP/selftests/geneve.py" --dev wire0 \
		--mac "$APP_MAC" --node $NODE --local $LOCAL --count "$1" \
		--endpoint 0123456789abcdef0
}

# seconds COMMAND...: how long it takes; it must succeed
seconds()
{
	local start=$EPOCHREALTIME

	must "$@"
	echo "$start $EPOCHREALTIME" | awk '{ printf "%.1f\n", $2 - $1 }'
}

test_nothing()
{
	is "without a ruleset nothing is printed" "$(ctl rule list)" ""
	is "generation 0" "$(generation)" 0
	is "up says so" "$(ctl up 2>/dev/null)" \
		"up: no rules are loaded, every well-formed packet is returned"
	is "saved is what is no rule, as comments" \
		"$(ctl save | grep -v '^#' | tr -d '\n')" ""
}

test_load()
{
	local before

	silent "load the quickstart's rules" ctl rule load "$QUICKSTART"
	is "they are printed as they were written" "$(ctl rule list)" \
		"$(grep -v '^#' "$QUICKSTART" | sed '/^$/d')"
	is "generation 1" "$(generation)" 1
	is "up says how many there are" "$(ctl up 2>/dev/null)" \
		"up: 3 rules, policy drop"
	check "status, too" grep -q \
		'^rules: *3, policy drop, generation 1$' <(ctl status)
	is "status, for programs" "$(ctl status --json |
		jq -c '[.rules, .policy, .groups, .sets]')" '[3,"drop",0,0]'
	silent "again" ctl rule load "$QUICKSTART"
	is "which changes nothing" "$(generation)" 1

	before=$(ctl rule list)
	printf 'policy accept\nrule form 10.0.0.1 drop\n' >"$work/bad"
	exits 1 "a bad file is refused at its place" \
		"^$work/bad:2:6: expected .*, got \"form\"$" \
		ctl rule load "$work/bad"
	is "and nothing has changed" "$(ctl rule list)" "$before"
	is "nor the generation" "$(generation)" 1
}

# Everything that the language has
all_of_it()
{
	cat <<-RULES
		policy drop
		inside 10.0.0.0/8, fd00::/8
		pickup strict
		refused remember
		on-full stateless
		flow-max 100000
		flow-max-endpoint 1000
		timeout tcp-syn 59s
		timeout tcp-established 2h
		timeout tcp-closing 3m
		timeout tcp-closed 4s
		timeout udp 5s
		timeout icmp 6s
		timeout other 7s
		set bad address { 10.9.0.0/16, 192.0.2.1, 2001:db8::/32, 2001:db8::1 }
		set empty address { }
		set points endpoint { vpce-00000000000000001 }
		set web port { 80, 443, 8000-8100 }
		group blue {
		 	endpoint vpce-0123456789abcdef0,
		 		vpce-0123456789abcdef1;
		 	policy accept;
		 	inside none
		}
		group green { }
		group red {
		 	inside 10.0.0.0/8
		}
		rule one: endpoint vpce-00000000000000002, @points group not blue, green node 192.168.9.0/24 from not @bad, 10.0.0.1 to 10.2.0.0/16, fd00::1 proto tcp, 10-20 sport not 1-1023 dport @web, 53 accept comment "a \"b\" \\\\ Ä"
		rule icmp echo-request, destination-unreachable/4, 20-30 log "text" limit 10/minute burst 7 drop
		rule icmpv6 not packet-too-big family ipv6 direction in state established, related, invalid fragment none, first log
		rule tcp-flags not syn/fin|syn|rst|ack fragment later reject
		rule tcp-flags none/none accept
		rule accept
		rule accept
	RULES
}

test_round_trip()
{
	local before

	all_of_it | sed 's/^ //' >"$work/all"
	silent "load everything that the language has" \
		ctl rule load "$work/all"
	is "it is printed as it was written" "$(ctl rule list)" \
		"$(cat "$work/all")"
	check "the same file is no difference" ctl rule diff "$work/all"
	before=$(generation)
	send 5
	ctl rule list --counters >"$work/counted"
	is "what rules and policies counted are comments" \
		"$(grep -c '# .*[0-9] packets [0-9]* bytes$' \
			"$work/counted")" 11
	check "5 packets are among them" grep -q '# 5 packets' "$work/counted"
	ctl rule list | load
	is "list | load changes nothing" "$(generation)" "$before"
	load <"$work/counted"
	is "nor does it with counters" "$(generation)" "$before"
	ctl save | load
	is "nor does save | load" "$(generation)" "$before"
	is "and the counters are what they were" \
		"$(ctl rule list --counters)" "$(cat "$work/counted")"
	check "it is no difference, either" \
		ctl rule diff <(ctl save)
}

test_counters()
{
	load <<-RULES
		rule other: proto gre drop
		rule udp: proto udp accept
	RULES
	send 3
	is "a rule counts" "$(ctl rule list --json |
		jq '.rules[1].packets')" 3
	load <<-RULES
		rule new: proto tcp drop
		rule udp: proto udp accept
		rule other: proto gre drop comment "changed"
	RULES
	is "and goes on counting in another ruleset" "$(ctl rule list --json |
		jq '.rules[1].packets')" 3
	load <<-RULES
		rule udp: proto udp accept comment "changed"
	RULES
	is "but not when it is another one" "$(ctl rule list --json |
		jq '.rules[0].packets')" 0
}

test_diff()
{
	load <<-RULES
		policy drop
		set a port { 1, 3 }
		rule a: accept
		rule b: accept
	RULES
	cat >"$work/new" <<-RULES
		policy reject
		set a port { 1, 2 }
		rule b: accept
		rule c: accept
		rule a: accept
	RULES
	is "diff says what would change" \
		"$(ctl rule diff "$work/new" | tail -n +3 | tr '\t\n' ' |')" \
		"-policy drop|+policy reject| set a port {|+ 2|- 3| }|-rule a: accept # moved|+rule c: accept|+rule a: accept # moved|"
	exits 1 "and exits with 1" "^+++ $work/new$" ctl rule diff "$work/new"
	exits 2 "with 2 when it cannot" "No such file" \
		ctl rule diff "$work/none"
	must ctl rule load "$work/new"
	exits 0 "with 0 when all is the same" "" ctl rule diff "$work/new"
}

test_expect()
{
	local now

	now=$(generation)
	refused "another generation" "at expect-generation" \
		ctl rule load "$QUICKSTART" --expect-generation $((now + 1))
	is "has changed nothing" "$(generation)" "$now"
	silent "the right one" ctl rule load "$QUICKSTART" \
		--expect-generation "$now"
	is "has" "$(generation)" $((now + 1))
}

# back_is TEXT: for wait_for
back_is()
{
	[ "$(ctl rule list)" = "$1" ]
}

test_confirm()
{
	local old new now

	old=$(ctl rule list)
	echo "rule accept" >"$work/new"
	is "a ruleset that waits says so" \
		"$(ctl rule load "$work/new" --confirm 3600 |
		   sed 's/in [0-9]* seconds/in N seconds/')" \
		'loaded; the ruleset before comes back in N seconds, unless "gwlbctl rule confirm" comes first'
	new=$(ctl rule list)
	is "it is in force" "$new" "rule accept"
	check "status says how long it will be" [ "$(pending)" -gt 3000 ]
	check "in words, too" grep -q '^confirm: ' <(ctl status)
	refused "nothing else can be loaded" "confirmed" \
		ctl rule load "$QUICKSTART"
	silent "roll back" ctl rule rollback
	is "the old one is there" "$(ctl rule list)" "$old"
	is "and waits for nothing" "$(pending)" null
	refused "roll back twice" "Error: " ctl rule rollback
	refused "confirm what does not wait" "Error: " ctl rule confirm

	must ctl rule load "$work/new" --confirm 3600
	now=$(generation)
	refused "confirm another generation" "at expect-generation" \
		ctl rule confirm --expect-generation $((now + 1))
	silent "confirm" ctl rule confirm --expect-generation "$now"
	is "it stays" "$(ctl rule list):$(pending)" "$new:null"
	is "what is loaded already has nothing to confirm" \
		"$(ctl rule load "$work/new" --confirm 3600)" \
		"this ruleset was loaded already; there is nothing to confirm"

	must ctl rule load "$QUICKSTART" --confirm 1
	check "after its time the old one comes back" wait_for 30 \
		back_is "$new"
}

test_sets()
{
	local now

	load <<-RULES
		set a address { 10.0.0.0/8, ::1 }
		set p port { 80, 8000-8100 }
		set e endpoint { }
		rule from @a dport @p endpoint @e accept
	RULES
	now=$(generation)
	silent "add" ctl set add a 192.0.2.1 2001:db8::/32
	is "list one" "$(ctl set list a)" \
		"set a address { 10.0.0.0/8, 192.0.2.1, ::1, 2001:db8::/32 }"
	is "a change has a generation" "$(generation)" $((now + 1))
	refused "add one again" "at 192.0.2.1" \
		ctl set add a 192.0.2.2 192.0.2.1 192.0.2.3
	is "of which nothing was added" "$(ctl set list a --json |
		jq '.sets[0].elements | length')" 4
	refused "add what overlaps" "at 8100-8200" ctl set add p 8100-8200
	refused "add what is of another type" "at 80" ctl set add a 80
	refused "add to what is not there" "no such set" ctl set add x 80
	silent "delete" ctl set del a 192.0.2.1
	refused "delete what is not there" "at 192.0.2.1" \
		ctl set del a ::1 192.0.2.1
	refused "of another generation" "at expect-generation" \
		ctl set flush a --expect-generation "$now"

	printf '192.0.2.1 # one\n192.0.2.2, 192.0.2.3\n' >"$work/elements"
	silent "add from standard input" ctl set add a - <"$work/elements"
	exits 1 "which has places, too" \
		"^stdin:2:1: the set has it already" \
		ctl set add a - < <(printf '192.0.2.4\n192.0.2.2, 192.0.2.5')
	silent "delete likewise" ctl set del a - <"$work/elements"
	silent "nothing is nothing" ctl set add a - </dev/null
	is "list all" "$(ctl set list | xargs -d '\n')" \
		"set a address { 10.0.0.0/8, ::1, 2001:db8::/32 } set e endpoint { } set p port { 80, 8000-8100 }"

	silent "test: an address in a prefix" ctl set test a 10.1.2.3
	silent "a prefix in a prefix" ctl set test a 10.1.0.0/16
	silent "the very prefix" ctl set test a 10.0.0.0/8
	silent "an address itself" ctl set test a ::1
	exits 1 "another address" "" ctl set test a 11.0.0.1
	exits 1 "a larger prefix" "" ctl set test a 10.0.0.0/7
	silent "a port in a range" ctl set test p 8050
	exits 1 "another port" "" ctl set test p 81
	exits 1 "a range that is half in it" "" ctl set test p 8100-8101
	exits 1 "an endpoint" "" ctl set test e $ENDPOINT
	must ctl set add e $ENDPOINT
	silent "which is there now" ctl set test e $ENDPOINT
	exits 2 "what is no such thing" "expected an endpoint" \
		ctl set test e 80
	exits 2 "a set that is not there" "no such set" ctl set test x 80

	printf 'set a address\nset p port { 1 }\nrule from @a accept\n' | load
	is "a set without braces keeps what it has" "$(ctl set list)" \
		"$(printf 'set a address { 10.0.0.0/8, ::1, 2001:db8::/32 }\nset p port { 1 }')"
	silent "flush" ctl set flush a
	is "leaves nothing" "$(ctl set list a)" "set a address { }"
	refused "list what is not there" 'no set "x"' ctl set list x
}

test_groups()
{
	load <<-RULES
		group blue { endpoint $ENDPOINT; policy accept }
		group green { inside none }
		policy drop
	RULES
	send 2
	is "group list" "$(ctl group list --json |
		jq -c '.groups[] | [.name, .policy, .inside, .packets]' |
		xargs -d '\n')" \
		'["blue","accept",null,2] ["green",null,[],0]'
	check "as a table" grep -q '^blue *1 *accept *- *2 ' <(ctl group list)
	is "group show" "$(ctl group show green | xargs)" \
		"group green { inside none }"
	refused "one that is not there" 'no group "red"' ctl group show red
}

# change_on_and_on: one ruleset after the other, so that any mixture would show
change_on_and_on()
{
	while [ -e "$work/changing" ]; do
		ctl rule load "$work/odd"
		ctl rule load "$work/even"
	done
}

# What is read is one ruleset, though it is read in several parts. It takes
# time to read the large sets, and while that goes on they are replaced.
test_consistent()
{
	local i changer text mixed=0 seen=0

	for i in odd even; do
		echo "set s$i port {"
		seq -f '%g,' 1 2 60000
		echo "}"
		echo "group g$i { }"
		seq -f "rule $i%g: dport @s$i group g$i accept" 200
	done >"$work/both"
	sed '/even/,$d' "$work/both" >"$work/odd"
	sed '1,/rule odd200:/d' "$work/both" >"$work/even"
	for i in odd even; do
		must ctl rule load "$work/$i"
		ctl rule list >"$work/$i.list"
	done
	: >"$work/changing"
	change_on_and_on 2>"$work/errors" &
	changer=$!
	on_exit stop $changer
	for i in $(seq 1000); do
		if [ "$i" -gt 30 ] && [ $seen -eq 3 ]; then
			break
		fi
		text=$(ctl rule list 2>&1)
		if [ "$text" = "$(cat "$work/odd.list")" ]; then
			seen=$((seen | 1))
		elif [ "$text" = "$(cat "$work/even.list")" ]; then
			seen=$((seen | 2))
		else
			mixed=$((mixed + 1))
			note "$(grep '^[sgE]' <<<"$text")"
		fi
	done
	# Not in the middle of a load, which would go on by itself
	rm "$work/changing"
	wait $changer
	is "while rulesets change, what is read is one of them" $mixed 0
	is "and both were seen" $seen 3
	is "each could be loaded" "$(cat "$work/errors")" ""
}

test_many_rules()
{
	local took

	seq 10000 | sed 's/.*/rule r&: from 10.0.0.0\/8 proto tcp dport & accept/' \
		>"$work/many"
	took=$(seconds ctl rule load "$work/many")
	check "10,000 rules are loaded in $took s" [ "${took%.*}" -lt $((60 * SLOW)) ]
	took=$(seconds ctl rule list)
	check "and listed in $took s" [ "${took%.*}" -lt $((60 * SLOW)) ]
	check "as they were" cmp "$work/many" <(ctl rule list)
	check "diff agrees" ctl rule diff "$work/many"
}

test_large_set()
{
	local took

	awk 'BEGIN {
		print "set large address {"
		for (i = 0; i < 1000000; i++)
			printf "\t10.%d.%d.%d%s\n", i / 65536 % 256,
				i / 256 % 256, i % 256, i < 999999 ? "," : ""
		print "}"
		print "rule from @large drop"
	}' >"$work/large"
	took=$(seconds ctl rule load "$work/large")
	check "a set of 1,000,000 elements is loaded in $took s" \
		[ "${took%.*}" -lt $((180 * SLOW)) ]
	took=$(seconds ctl set list large)
	check "and listed in $took s" [ "${took%.*}" -lt $((180 * SLOW)) ]
	check "as it was" cmp "$work/large" <(ctl rule list)
	silent "an element is found" ctl set test large 10.15.66.63
	exits 1 "another one is not" "" ctl set test large 10.15.66.64
	took=$(seconds ctl set flush large)
	check "it is empty in $took s" \
		[ "$(ctl set list large)" = "set large address { }" ]
	echo "rule accept" | load
}

# Without privileges the buffer cannot be made as large as the message, whatever
# a kernel's own idea of a large one is: 7.x has four megabytes.
test_privileges()
{
	local as=(setpriv --reuid 65534 --clear-groups)
	local limit=net.core.wmem_max

	on_exit sysctl -qw "$limit=$(sysctl -n $limit)"
	must sysctl -qw $limit=212992
	# The tree may be where only root can read.
	chmod 755 "$work"
	cp "$QUICKSTART" "$work/quickstart"
	refused "a user may change nothing" "not permitted" \
		ip netns exec "$APP" "${as[@]}" "$GWLBCTL" rule load \
		"$work/quickstart"
	refused "nor look at rules" "CAP_NET_ADMIN" \
		ip netns exec "$APP" "${as[@]}" "$GWLBCTL" rule list
	refused "a large message says why it is not sent" "wmem_max" \
		ip netns exec "$APP" "${as[@]}" "$GWLBCTL" rule load \
		"$work/many"
}

setup_up
test_nothing
test_load
test_round_trip
test_counters
test_diff
test_expect
test_confirm
test_sets
test_groups
test_consistent
test_many_rules
test_large_set
test_privileges
check_balance
