# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# The disruptive part of the acceptance: drains an appliance and takes it back,
# and terminates another one, which the Auto Scaling group replaces. Sourced by
# accept.sh, whose functions it uses, with those of accept_stack.sh.

# How long things may take, in seconds. An appliance is given up after two
# health checks of five seconds; the rest is the load balancer's own, which AWS
# says may take minutes: so it is watched for longer than is good.
outage_limit=60
outage_watch=300
drain_limit=120
replace_limit=900

# The appliance whose group must not replace it; resume() ends that.
suspended=""

# watch_alb SECONDS: asks once a second, prints how many failed at a stretch
watch_alb()
{
	local now since="" worst=0 end=$((SECONDS + $1))

	while [ "$SECONDS" -lt "$end" ]; do
		now=$SECONDS
		if curl -fs --max-time 3 "$url" >/dev/null; then
			since=""
		else
			since=${since:-$now}
			[ $((SECONDS - since)) -le "$worst" ] ||
				worst=$((SECONDS - since))
		fi
		[ "$SECONDS" -gt "$now" ] || sleep 1
	done
	echo "$worst"
}

# await SECONDS COMMAND...: until the command succeeds
await()
{
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 5
	done
}

# target_is INSTANCE STATE
target_is()
{
	targets "${out[GwlbTargetGroup]}" | grep -qx "$1 $2"
}

# Whoever is unhealthy is replaced; not so while we drain on purpose.
suspend()
{
	aws autoscaling suspend-processes --auto-scaling-group-name \
		"${out[VirtualApplianceFleet]}" --scaling-processes \
		HealthCheck ReplaceUnhealthy
	suspended=$1
}

# Also what the end of this script does, whatever ends it.
resume()
{
	local id=$suspended

	[ -n "$id" ] || return 0
	suspended=""
	remote "$id" "gwlbctl drain off" >/dev/null ||
		note "drain is still on at $id"
	await "$drain_limit" target_is "$id" healthy || true
	aws autoscaling resume-processes --auto-scaling-group-name \
		"${out[VirtualApplianceFleet]}" --scaling-processes \
		HealthCheck ReplaceUnhealthy
}

# The load balancer turns away from a drained appliance, and nobody notices.
drains()
{
	local id worst file turned=""

	id=$(appliances | head -n 1)
	file=$(mktemp)
	suspend "$id" || return 1
	watch_alb "$drain_limit" >"$file" &
	if remote "$id" "gwlbctl drain on" >/dev/null &&
		await "$drain_limit" target_is "$id" unhealthy; then
		turned=yes
	fi
	wait $!
	worst=$(cat "$file")
	rm "$file"
	resume
	note "longest outage while draining: $worst s"
	[ -n "$turned" ] && [ "$worst" -eq 0 ] &&
		await "$drain_limit" fleet_is_whole
}

# An appliance dies without a word: new connections work again soon.
fails_over_in_time()
{
	local worst

	victim=$(appliances | head -n 1)
	note "terminating $victim"
	aws ec2 terminate-instances --instance-ids "$victim" >/dev/null ||
		return 1
	worst=$(watch_alb $outage_watch)
	note "longest outage: $worst s"
	[ "$worst" -le "$outage_limit" ]
}

is_replaced()
{
	fleet_is_whole && ! grep -q "$victim" <<<"$(appliances)"
}

run_failover()
{
	local zone

	check "drain: no connection fails" drains
	check "an appliance dies: at most $outage_limit s" fails_over_in_time
	check "the group replaces it" await "$replace_limit" is_replaced
	for zone in "${zones[@]}"; do
		check "web server $zone: ping" web_pings "$zone"
	done
	check "every web server answers" alb_asks_all
}
