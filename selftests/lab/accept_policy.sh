# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Rules decide, from the next packet on, and nothing is restarted for it.
# Behind accept_lab.sh; writes to $work.

# shellcheck disable=SC2154 # from those who source this

# How long a client waits that is not answered.
PATIENCE=3

# The identifier of the ping that goes on meanwhile
POLICY_PING=4000

# What would be another if something had been restarted: the daemon that
# answers health checks, the module's settings and when it was loaded, the
# flow of the ping.
lives()
{
	local a

	stat -c %Y,%i /sys/module/gwlb
	for a in "${APPLIANCES[@]}"; do
		echo "$a $(inside "$a" pidof gwlb-healthd)" \
			"$(on "$a" "$GWLBCTL" status --json |
				jq -c '[.state, .generation]')" \
			"$(on "$a" "$GWLBCTL" flow list proto icmp \
				sport $POLICY_PING --json |
				jq -c '[.flows[].id]')"
	done
}

# dropped PREFIX [APPLIANCE]...: packets that these, else all, have dropped
# since they came up, by the reasons whose names begin so; the dead say nothing
dropped()
{
	local a prefix=$1

	shift
	[ $# -gt 0 ] || set -- "${APPLIANCES[@]}"
	for a; do
		on "$a" "$GWLBCTL" stats --json 2>/dev/null
	done | jq -s --arg prefix "$prefix" '[.[].counters[] |
		select(.name | startswith($prefix)).packets] | add'
}

policy()
{
	local a ping file=$work/policy.ping before refused n rc=0

	long_ping $POLICY_PING "${WEBS[0]}" "${CLIENTS[0]}" "$file"
	ping=$!
	wait_for 20 more_replies "$file" 2
	before=$(lives)
	refused=$(dropped drop-rule)

	for a in "${APPLIANCES[@]}"; do
		{ echo "rule closed: proto tcp dport 80 direction in drop"
		  inside "$a" cat /etc/gwlb/rules.conf; } >"$work/closed"
		must inside "$a" gwlbctl rule load - <"$work/closed"
	done
	n=$(replies "$file")
	# 28 is a timeout: dropped, not refused.
	on internet curl -sS --max-time $PATIENCE "http://${PUBLIC[alb1]}/" \
		>"$work/policy.out" 2>&1 || rc=$?
	is "TCP port 80 denied: a request gets no answer" $rc 28
	check "the rule has dropped it" \
		[ "$(dropped drop-rule)" -gt "$refused" ]
	check "the ping goes on" [ "$(replies "$file")" -gt $((n + 5)) ]

	for a in "${APPLIANCES[@]}"; do
		must inside "$a" /usr/lib/gwlb/gwlb-service reload
	done
	check "allowed again: the next connection works" ask alb1 -f
	is "nothing was restarted: daemons, module, the ping's flow" \
		"$(lives)" "$before"
	stop_ping $ping
	is "the ping lost nothing" "$(ping_record "$file" | cut -d' ' -f1,2)" \
		"0 0"
}
