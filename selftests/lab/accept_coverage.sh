# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Inspection coverage: is every byte that a web server sends or receives one
# that an appliance has inspected? Seen is what crossed the web servers'
# interfaces; inspected is what the flows of all appliances add up to, in each
# direction, without the 68 bytes of the tunnel. Behind accept_lab.sh; writes
# to $work.
#
# A flow that ends takes its counts with it. So flows of closed connections
# are kept meanwhile, and as a proof that none was forgotten, the flows have
# to add up to what the endpoints' counters say, which nothing takes away.

# shellcheck disable=SC2154 # from those who source this

# What web servers have seen, as JSON by name, to a file
seen_by_webs()
{
	local web pids=()

	for web in "${WEBS[@]}"; do
		python3 "$LAB_PY" counters "$LAB" "$web" >"$work/seen.$web" &
		pids+=($!)
	done
	wait "${pids[@]}"
	for web in "${WEBS[@]}"; do
		jq --arg web "$web" '{($web): .}' "$work/seen.$web"
	done | jq -s add >"$1"
}

# inner bytes that all appliances have got by all endpoints, and given back
endpoint_bytes()
{
	local a

	for a in "${APPLIANCES[@]}"; do
		on "$a" "$GWLBCTL" endpoint list --json
	done | jq -sc 'def inner: .bytes - 68 * .packets;
		[.[].endpoints[].traffic] |
		[(map(.received | inner) | add // 0),
		 (map(.returned | inner) | add // 0)]'
}

# the flows of all appliances that live, each with the one that it is on
all_flows()
{
	local a

	for a in "${APPLIANCES[@]}"; do
		echo "\"$a\""
		on "$a" "$GWLBCTL" flow list --json 2>/dev/null
	done | jq -nc 'foreach inputs as $one (null;
		if $one | type == "string" then $one else . end;
		if $one | type == "object" then
			{on: .} + $one.flows[]
		else empty end)'
}

sent_and_open()
{
	balancer stats | grep -o '^{"sent":[0-9]*\|"in_flight":[0-9]*'
}

# Nothing on its way, and nothing new: for wait_for
quiet()
{
	local before

	before=$(sent_and_open) && [[ $before == *'"in_flight":0'* ]] &&
		sleep 0.3 && [ "$(sent_and_open)" = "$before" ]
}

# before anything that is to be counted
coverage_begins()
{
	local a

	for a in "${APPLIANCES[@]}"; do
		must inside "$a" sh -c '{ cat /etc/gwlb/rules.conf
			echo timeout tcp-closed 1h
			echo timeout tcp-closing 1h; } | gwlbctl rule load -'
		must inside "$a" gwlbctl flow flush --all
	done
	seen_by_webs "$work/seen.before"
	endpoint_bytes >"$work/endpoints.before"
}

# after it: $work/coverage has a line for each web server and direction, seen
# and inspected
coverage_ends()
{
	wait_for 30 quiet || note "there is still traffic"
	seen_by_webs "$work/seen.after"
	endpoint_bytes >"$work/endpoints.after"
	all_flows >"$work/flows"
	for web in "${WEBS[@]}"; do
		echo "\"$web ${ADDRESS[$web]}\""
	done | jq -r --slurpfile flows "$work/flows" \
		--slurpfile before "$work/seen.before" \
		--slurpfile after "$work/seen.after" '
		def inner: .bytes - 68 * .packets;
		def total(f): map(f | inner) | add // 0;
		split(" ") as [$web, $address] |
		($flows | map(select(.source == $address))) as $mine |
		($flows | map(select(.destination == $address))) as $others |
		def seen(way): $after[0][$web][way].bytes -
			$before[0][$web][way].bytes;
		"\($web) in \(seen("in")) \(($mine | total(.reply)) +
			($others | total(.original)))",
		"\($web) out \(seen("out")) \(($mine | total(.original)) +
			($others | total(.reply)))"' >"$work/coverage"
}

coverage_table()
{
	awk 'BEGIN { print "web server  direction      bytes  inspected" }
		{ printf "%-11s %-9s %10d %10d  %6.2f %%\n", $1, $2, $3, $4,
			$3 ? 100 * $4 / $3 : 0 }' "$work/coverage"
}

# Every web server has seen something, and all of it was inspected.
covered()
{
	awk '$3 == 0 || $3 != $4 { bad = 1 } END { exit bad || NR == 0 }' \
		"$work/coverage"
}

judge_coverage()
{
	local flows endpoints

	note "$(coverage_table)"
	check "100 % of the web servers' bytes were inspected, both ways" covered
	flows=$(awk '{ n += $4 } END { printf "%d", n }' "$work/coverage")
	endpoints=$(jq -nc --slurpfile b "$work/endpoints.before" \
		--slurpfile a "$work/endpoints.after" \
		'[$a[0][0] - $b[0][0], $a[0][1] - $b[0][1]]')
	is "and the endpoints' counters say the same, received and returned" \
		"$endpoints" "[$flows,$flows]"
}

# What the route tables say about it: conversations that pass no endpoint in
# one direction, or another one
bypasses()
{
	python3 "$TOP/selftests/lab/accept_walk.py" <"$work/lab.topology"
}

judge_walk()
{
	is "the route tables send everything by one endpoint, there and back" \
		"$(bypasses)" ""
}

# Does the check bite?
judge_hole()
{
	local share ways

	ways=$(bypasses)
	note "$ways"
	check "the route tables show where the appliances are bypassed" \
		[ -n "$ways" ]
	note "$(coverage_table)"
	share=$(awk '{ s += $3; i += $4 }
		END { printf "%.1f", s ? 100 * i / s : 0 }' "$work/coverage")
	if awk -v s="$share" 'BEGIN { exit !(s > 0 && s < 99) }'; then
		ok "only $share % of the web servers' bytes were inspected"
	else
		not_ok "$share % of the web servers' bytes were inspected"
	fi
}

# The ping flows, web servers' all, that an appliance has; each is in one place
# and has all of its packets in it.
judge_spread()
{
	local a zone n stuck

	for a in "${APPLIANCES[@]}"; do
		n=$(jq -s --arg on "$a" 'map(select(.on == $on)) | length' \
			"$work/flows")
		check "$a got flows: $n" [ "$n" -gt 0 ]
	done
	stuck=$(jq -s --argjson n "$PINGS" '
		map(select(.protocol == 1 and .original.packets == $n and
			.reply.packets == $n)) |
		map("\(.source) \(.destination) \(."source-port")") |
		[length, (unique | length)]' -c "$work/flows")
	n=$((${#WEBS[@]} * ${#CLIENTS[@]}))
	is "a flow sticks: each ping's packets met one appliance" \
		"$stuck" "[$n,$n]"
	[ "$CROSS_ZONE" = false ] || return 0
	zone=$(for a in "${APPLIANCES[@]}"; do
			jq -r --arg on "$a" --arg zone "${ZONE[$a]}" \
				--arg own "${VPCE_OF[${ZONE[$a]}]}" \
				'select(.on == $on and .endpoint != $own) |
				"\($on) \(.endpoint)"' "$work/flows"
		done)
	is "no endpoint's flows leave its zone" "$zone" ""
}
