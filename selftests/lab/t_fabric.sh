#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the lab enforce what AWS does? Routes of the templates and no others,
# security groups, source/destination check, MTUs, translations; and does it
# come and go without a trace? The appliances are reflectors, so this needs no
# module and runs on any machine with network namespaces, as root.
#
# Owns labs of its own name, fab and fab2.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

LAB=$TOP/selftests/lab/lab.py
EXEC=/run/gwlb-lab/fab/exec
work=$(mktemp -d)
on_exit rm -rf "$work"

# What people outside see: the first client, NAT gateways, ALB nodes, bastion.
CLIENT=198.51.100.10
NAT1=203.0.113.10
NAT2=203.0.113.11
BASTION=203.0.113.12
ALB1=203.0.113.201

lab()
{
	/usr/bin/python3 "$LAB" "$@"
}

in_host()
{
	"$EXEC" "$@"
}

# lost COMMAND...: it must fail
lost()
{
	! WAIT=2 "$@" >/dev/null 2>&1
}

pings()
{
	in_host "$1" ping -q -c 1 -W "${WAIT:-20}" "${@:2}"
}

# connects HOST ADDRESS PORT
connects()
{
	in_host "$1" nc -w "${WAIT:-20}" -z "$2" "$3"
}

ask()
{
	in_host "$1" curl -sS --max-time "${WAIT:-20}" "$2"
}

field()
{
	jq -r "$1" "$work/show"
}

# router_counter TABLE COUNTER: packets
router_counter()
{
	ip netns exec fab-vpc1 nft -j list counters table "$1" "$2" |
		jq --arg n "$3" '.nftables[].counter? | select(.name == $n)
			.packets'
}

leftovers()
{
	local pattern="^$1-"

	ip netns list | grep "$pattern"
	find /run/gwlb-lab -maxdepth 1 -name "$1" 2>/dev/null
	pgrep -f "^/[^ ]*python3 [^ ]*lab.py up .*--name $1( |\$)"
	return 0
}

usage()
{
	exits 2 "no verb" "VERB" lab
	exits 2 "an unknown verb" "invalid choice" lab fly
	exits 2 "up without a name" "name" lab up "$work/topology"
	refused "a name with a hyphen" "up to 16" \
		lab up "$work/topology" --name a-b
	refused "no such file" "No such file" lab up "$work/none" --name fab
	echo '{' >"$work/broken"
	refused "no JSON" "broken:" lab up "$work/broken" --name fab
	echo '{"vpcs": []}' >"$work/broken"
	refused "no topology" "topology: KeyError" \
		lab up "$work/broken" --name fab
	jq '.tables[0].routes[0].kind = "nat"' "$work/topology" >"$work/broken"
	refused "a route to a NAT gateway that is none" "topology: there is" \
		lab up "$work/broken" --name fab --reflector
	refused "no such lab" "there is no lab fab" lab down fab
	refused "nor anything in it" "there is no lab fab" lab show fab
	is "nothing is left of these" "$(leftovers fab)" ""
}

# Zone 1 leaves by the NAT gateway of zone 2, from where the way back is by the
# endpoint of zone 1; zone 2 has no way out.
changed()
{
	jq '(.nats[1].id) as $nat | (.endpoints[0].id) as $endpoint |
	     (.tables[] | select(.name == "endpoint 1").routes[0].target) =
		$nat |
	     (.tables[] | select(.name == "public 2").routes[] |
		select(.kind == "endpoint").target) = $endpoint |
	     (.tables[] | select(.name == "app 2").routes) |=
		map(select(.to != "0.0.0.0/0"))' "$work/topology"
}

inward()
{
	local answers

	answers=$(for _ in 1 2 3 4; do ask internet http://$ALB1/; done |
		grep . | paste -sd ,)
	is "the web servers take turns" "$answers" \
		"Web Server 1,Web Server 2,Web Server 1,Web Server 2"
	check "the client may log in to the bastion" \
		connects internet $BASTION 22
	check "but nobody else's port there" lost connects internet $BASTION 80
	check "an ALB node's ping is not let in" lost pings internet $ALB1
	check "a NAT gateway is nobody to talk to" lost pings internet $NAT1
	is "ssh from bastion to web server" \
		"$(in_host internet ssh bastion ssh web2 hostname)" web2
	check "alb2 must not ssh" lost connects alb2 "$(field '.web[0]')" 22
	check "but may ask port 80" connects alb2 "$(field '.web[0]')" 80
}

outward()
{
	check "a web server pings out" pings web1 $CLIENT
	is "what the client sees is the NAT gateway" \
		"$(ask web1 http://$CLIENT/ip)" $NAT1
	is "of the zone" "$(ask web2 http://$CLIENT/ip)" $NAT2
	is "a bastion has an address of its own" \
		"$(ask bastion http://$CLIENT/ip)" $BASTION
	check "appliances have no way out" lost pings appliance1 $CLIENT
}

identity()
{
	local own other spoofed astray

	own=$(field '.web[0]')
	other=${own%.*}.99
	must in_host web1 ip address add "$other/32" dev lo
	spoofed=$(router_counter netdev fabric spoofed)
	check "nobody sends from another's address" \
		lost pings web1 -I "$other" $CLIENT
	is "that was seen" $(($(router_counter netdev fabric spoofed) - \
		spoofed)) 1
	must in_host web1 ip address del "$other/32" dev lo
	# By way of another host of the subnet, which would be the wrong one.
	must in_host alb1 ip route add $CLIENT via \
		"$(field .hosts.bastion.addresses.eth0)"
	astray=$(router_counter netdev fabric astray)
	check "nobody gets what is not for him" lost pings alb1 $CLIENT
	check "that was seen, too" \
		[ "$(router_counter netdev fabric astray)" -gt "$astray" ]
	must in_host alb1 ip route del $CLIENT
}

appliance_door()
{
	local address

	address=$(field '.appliances[0]')
	check "appliances do not send to each other" \
		in_host appliance2 bash -c "echo >/dev/udp/$address/6081"
	# shellcheck disable=SC2016 # the variable is jq's
	is "as the security group says" "$(ip netns exec fab-appliance1 \
		nft -j list counters table netdev group | jq \
		'.nftables[].counter? | select(.name == "refused").packets')" 1
	check "nor ask for each other's health" \
		lost connects appliance2 "$address" 8080
}

sizes()
{
	local web

	web=$(field '.web[0]')
	check "8500 bytes pass an endpoint" pings alb1 -M "do" -s 8472 "$web"
	is "larger ones are lost in silence" \
		"$(in_host alb1 ping -c 1 -W 1 -M "do" -s 8473 "$web" |
		   grep -c -i '64 bytes\|frag\|unreach')" 0
	check "and not fragmented" lost pings alb1 -M dont -s 8473 "$web"
	is "but counted" "$(router_counter inet router too_big)" 1
	check "1501 bytes for the Internet are answered by its gateway" \
		eval "in_host web1 ping -c 1 -W 2 -M do -s 1473 $CLIENT |
			grep -q 'mtu = 1500'"
}

counting()
{
	local before after

	before=$(lab counters fab web1)
	# 28 bytes of headers
	must in_host web1 ping -q -i 0.1 -c 5 -s 100 198.51.100.11
	after=$(lab counters fab web1)
	is "5 pings of 128 bytes are that much each way" \
		"$(jq -sc '[.[1].in.packets - .[0].in.packets,
			    .[1].in.bytes - .[0].in.bytes,
			    .[1].out.packets - .[0].out.packets,
			    .[1].out.bytes - .[0].out.bytes]' \
			<<<"$before $after")" "[5,640,5,640]"
	before=$(lab counters fab web2)
	must in_host web2 ping -q -c 1 -s 4000 -M dont 198.51.100.11
	after=$(lab counters fab web2)
	# It can send up to 8500 at once, what comes back are fragments of
	# what the Internet carries: 4008 bytes in three, 20 bytes of header
	# each.
	is "fragments are what they are on the wire" \
		"$(jq -sc '[.[1].in.bytes - .[0].in.bytes,
			    .[1].out.bytes - .[0].out.bytes]' \
			<<<"$before $after")" "[4068,4028]"
}

# for wait_for
restarted()
{
	lab service fab web1 status | jq -e '."web-server.service" |
		.restarts == 1 and .state == "active"'
}

lives()
{
	local before

	must in_host web1 pkill -KILL -f http.server
	check "a service that ends is started again" wait_for 20 restarted
	in_host web1 touch /srv/web/trace
	before=$(in_host web1 cat /sys/class/net/eth0/address)
	must lab kill fab web1
	refused "it is dead" "web1 is dead" lab exec fab web1 -- true
	is "ALB: no answer in 10 s is a 504" "$(for _ in 1 2; do
		in_host internet curl -s -o "$work/page" -w '%{http_code} ' \
			http://$ALB1/; done | grep -o 504)" 504
	must lab restart fab web1
	check "a host begins anew" lost in_host web1 test -e /srv/web/trace
	is "with the hardware address that it had" \
		"$(in_host web1 cat /sys/class/net/eth0/address)" "$before"
	refused "a router cannot go" "cannot be taken" lab kill fab vpc1
	must lab kill fab appliance1
	check "the load balancer notices" lab wait fab appliance1 unhealthy
	must lab restart fab appliance1
	check "this, too" lab wait fab appliance1 healthy
}

# A second lab beside the first one, with the same addresses.
changed_routes()
{
	changed >"$work/changed"
	must lab up "$work/changed" --name fab2 --reflector
	EXEC=/run/gwlb-lab/fab2/exec
	is "a NAT gateway and an endpoint of another zone" \
		"$(ask web1 http://$CLIENT/ip)" $NAT2
	check "no default route, no way out" lost pings web2 $CLIENT
	EXEC=/run/gwlb-lab/fab/exec
	is "the lab beside it has its own way" \
		"$(ask web1 http://$CLIENT/ip)" $NAT1
	check "one of two labs comes down" lab down fab2
	is "nothing is left of it" "$(leftovers fab2)" ""
	check "the other one is still there" pings web2 $CLIENT
}

begun()
{
	ip netns list | grep -q '^fab2-'
}

nobody_builds()
{
	! pgrep -f "[l]ab.py up .*--name fab2"
}

half()
{
	# In a group of its own: what is killed is more than a shell
	set -m
	lab up "$work/topology" --name fab2 --reflector >/dev/null 2>&1 &
	set +m
	wait_for 60 begun
	kill -KILL -- -$!
	wait $! 2>/dev/null
	check "it is dead" wait_for 20 nobody_builds
	check "half a lab comes down" lab down fab2
	is "nothing is left of it" "$(leftovers fab2)" ""
}

on_exit lab down fab
on_exit lab down fab2
/usr/bin/python3 "$TOP/selftests/cfn/topology.py" single-vpc \
	>"$work/topology" || bail_out "no topology"
usage
half
must lab up "$work/topology" --name fab --reflector
refused "a lab that is there" "exists" \
	lab up "$work/topology" --name fab --reflector
lab show fab --json >"$work/show"
inward
outward
identity
appliance_door
sizes
counting
changed_routes
lives
lab service fab gwlb stop gwlbsim >"$work/stop"
check "the load balancer got back what it gave" \
	grep -q '"status": 0' "$work/stop"
check "down" lab down fab
is "nothing is left" "$(leftovers fab)" ""
