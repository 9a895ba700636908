# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A region of two zones for tests of gwlbsim, behind ../lib.sh; needs root and
# /dev/net/tun, no kernel module.
#
#   $CLIENT 10.1.0.2 (zone a) and .3 (zone b) --- $VPC --- 10.2.0.2 $SERVER
#                                                  | TUN gwea, gweb
#   ......................................... gwlbsim in $LB .............
#                  na 10.9.1.10 (zone a) |  | nb 10.9.2.10 (zone b)
#                                       $ROUTER
#             10.9.11.20 |     10.9.12.20 |     10.9.13.20 |
#                $APP-a1          $APP-a2          $APP-b1    each with
#                (zone a)         (zone a)         (zone b)   reflector.py

# shellcheck disable=SC2034,SC2154 # for, and from, those who source this

CLIENT=client-$$
SERVER=server-$$
VPC=vpc-$$
LB=lb-$$
ROUTER=router-$$
GWLBSIM_DIR=$TOP/selftests/gwlbsim
VPCE_A=vpce-0aaaaaaaaaaaaaaaa
VPCE_B=vpce-0bbbbbbbbbbbbbbbb
A1=10.9.11.20
A2=10.9.12.20
B1=10.9.13.20
work=$(mktemp -d)
on_exit rm -rf "$work"

# link MTU NS DEV ADDRESS PEER_NS PEER_DEV PEER_ADDRESS
link()
{
	must ip -n "$2" link add "$3" mtu "$1" type veth \
		peer name "$6" netns "$5" mtu "$1"
	must ip -n "$2" addr add "$4" dev "$3"
	must ip -n "$5" addr add "$7" dev "$6"
	must ip -n "$2" link set "$3" up
	must ip -n "$5" link set "$6" up
}

# routers NS...: forward, whatever the source
routers()
{
	local ns

	for ns in "$@"; do
		must ip netns exec "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0 \
			net.ipv4.conf.all.send_redirects=0 \
			net.ipv4.conf.default.send_redirects=0
	done
}

# No IPv6: its neighbour reports would be in the way of counting.
make_namespaces()
{
	local ns

	for ns in "$CLIENT" "$SERVER" "$VPC" "$LB" "$ROUTER" \
		"$APP"-a1 "$APP"-a2 "$APP"-b1; do
		netns "$ns"
		must ip netns exec "$ns" sysctl -qw \
			net.ipv6.conf.default.disable_ipv6=1
	done
	routers "$VPC" "$ROUTER" "$LB"
}

# appliance NAME ADDRESS GATEWAY
appliance()
{
	link 9001 "$ROUTER" "$1" "$3"/24 "$APP-$1" eth0 "$2"/24
	must ip -n "$APP-$1" route add default via "$3"
}

make_region()
{
	local dev

	make_namespaces
	link 8500 "$VPC" c0 10.1.0.1/24 "$CLIENT" eth0 10.1.0.2/24
	must ip -n "$CLIENT" addr add 10.1.0.3/24 dev eth0
	must ip -n "$CLIENT" route add 10.2.0.0/24 via 10.1.0.1
	link 8500 "$VPC" s0 10.2.0.1/24 "$SERVER" eth0 10.2.0.2/24
	must ip -n "$SERVER" route add 10.1.0.0/24 via 10.2.0.1
	for dev in c0 s0; do
		must ip -n "$VPC" rule add iif $dev to 10.1.0.2 table 1
		must ip -n "$VPC" rule add iif $dev to 10.1.0.3 table 2
		must ip -n "$VPC" rule add iif $dev from 10.1.0.2 table 1
		must ip -n "$VPC" rule add iif $dev from 10.1.0.3 table 2
	done
	# The nodes' addresses are not those that the kernel would choose.
	link 9001 "$ROUTER" na 10.9.1.1/24 "$LB" na 10.9.1.9/24
	must ip -n "$LB" addr add 10.9.1.10/24 dev na
	link 9001 "$ROUTER" nb 10.9.2.1/24 "$LB" nb 10.9.2.9/24
	must ip -n "$LB" addr add 10.9.2.10/24 dev nb
	must ip -n "$LB" route add 10.9.0.0/16 via 10.9.1.1 dev na metric 1
	must ip -n "$LB" route add 10.9.0.0/16 via 10.9.2.1 dev nb metric 2
	appliance a1 $A1 10.9.11.1
	appliance a2 $A2 10.9.12.1
	appliance b1 $B1 10.9.13.1
}

# spawn NAME NS COMMAND...: in the background, until it says that it is ready;
# its pid is in $spawned
spawn()
{
	local name=$1 ns=$2

	shift 2
	: >"$work/$name.out"
	ip netns exec "$ns" "$@" >"$work/$name.out" 2>"$work/$name.err" &
	spawned=$!
	on_exit stop $spawned
	wait_for 20 grep -q ready "$work/$name.out" ||
		bail_out "$name does not start: $(cat "$work/$name.err")"
}

# health NAME STATUS...: what the appliance answers from now on, one check
# after the other, the last one for ever
health()
{
	echo "${*:2}" >"$work/health-$1.new"
	mv "$work/health-$1.new" "$work/health-$1"
}

# reflect NAME [MISTAKE]: how it treats packets from now on
reflect()
{
	local name=$1

	shift
	[ -z "${reflector[$name]-}" ] || stop "${reflector[$name]}"
	spawn "reflector-$name" "$APP-$name" "$GWLBSIM_DIR/reflector.py" \
		eth0 "$@"
	reflector[$name]=$spawned
}

declare -A reflector

start_appliances()
{
	local name

	for name in a1 a2 b1; do
		health $name 200
		reflect $name
		spawn "responder-$name" "$APP-$name" \
			"$GWLBSIM_DIR/responder.py" 8080 "$work/health-$name" \
			"$work/checks-$name"
	done
	spawn server "$SERVER" "$GWLBSIM_DIR/talk.py" serve 7
}

# kill_appliance NAME: it answers nothing any more, not even ARP
kill_appliance()
{
	must ip -n "$APP-$1" link set eth0 down
}

# revive NAME GATEWAY
revive()
{
	must ip -n "$APP-$1" link set eth0 up
	must ip -n "$APP-$1" route replace default via "$2"
}

# start_region [OPTION...]
start_region()
{
	rm -f "$work/stats"
	# A flow of before must not find its port taken, or still known.
	spawn sim "$LB" "$GWLBSIM" \
		--gwlb 10.9.1.10,dev=na,zone=a,via=10.9.1.1 \
		--gwlb 10.9.2.10,dev=nb,zone=b,via=10.9.2.1 \
		--appliance $A1,zone=a --appliance $A2,zone=a \
		--appliance $B1,zone=b \
		--endpoint "$VPCE_A=gwea,zone=a,netns=$VPC" \
		--endpoint "$VPCE_B=gweb,zone=b,netns=$VPC" \
		--control "$work/control" --stats "$work/stats" --verbose "$@"
	sim=$spawned
	must ip -n "$VPC" route replace default dev gwea table 1
	must ip -n "$VPC" route replace default dev gweb table 2
}

# With checks that are quick, but not too quick for a guest that is slow
start_checked()
{
	start_region --health http:8080/health --health-interval 500 \
		--healthy 2 --unhealthy 3 "$@"
	wait_for 20 state_is '[.targets[].state] == ["healthy", "healthy",
		"healthy"]' || bail_out "appliances are not healthy"
}

# stop_region: ends gwlbsim; everything that came back must have been right
stop_region()
{
	kill "$sim"
	wait "$sim"
	is "everything that came back was right" $? 0
}

# unhealthy NAME / healthy NAME: wait until it is
unhealthy()
{
	wait_for 20 stat_is ".$1.state == \"unhealthy\"" ||
		bail_out "$1 does not become unhealthy"
}

healthy()
{
	wait_for 20 stat_is ".$1.state == \"healthy\"" ||
		bail_out "$1 does not become healthy"
}

# control COMMAND...: prints a line for each
control()
{
	printf '%s\n' "$@" | timeout 10 nc -UN "$work/control"
}

# state_is FILTER: a jq expression that must be true of "targets"
state_is()
{
	control targets | jq -e "$1" >/dev/null
}

# stat_is FILTER: a jq expression that must be true of "stats"; names of
# appliances are short there
stat_is()
{
	stats | jq -e "$1" >/dev/null
}

# stats: those of "stats", with targets by short name
stats()
{
	control stats | jq -c --arg a1 $A1 --arg a2 $A2 --arg b1 $B1 '
		. + (.appliances | map({(.address): .}) | add |
		     {a1: .[$a1], a2: .[$a2], b1: .[$b1]})'
}

# number FILTER: of "stats"
number()
{
	stats | jq "$1"
}

# shows DESCRIPTION FILTER: within a moment
shows()
{
	if wait_for 10 stat_is "$2"; then
		ok "$1"
	else
		not_ok "$1"
		note "$2"
		note "$(stats)"
		note "$(tail -n 20 "$work/sim.err")"
	fi
}

# udp SOURCE PORT COUNT: prints how many of as many flows came back
udp()
{
	ip netns exec "$CLIENT" "$GWLBSIM_DIR/talk.py" udp "$1" "$2" "$3" \
		10.2.0.2 7
}

# connect SOURCE PORT: a TCP connection for say(); whether it was made is in
# $reply
connect()
{
	coproc TALK {
		exec ip netns exec "$CLIENT" "$GWLBSIM_DIR/talk.py" tcp \
			"$1" "$2" 10.2.0.2 7
	}
	read -rt 20 reply <&"${TALK[0]}" || reply=dead
}

# say TEXT: whether it came back is in $reply
say()
{
	echo "$1" >&"${TALK[1]}"
	read -rt 20 reply <&"${TALK[0]}" || reply=dead
}

disconnect()
{
	echo >&"${TALK[1]}"
	wait "$TALK_PID" 2>/dev/null
}
