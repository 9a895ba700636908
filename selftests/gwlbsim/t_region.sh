#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# End-to-end test of gwlbsim as all nodes of a region: zones, stickiness, idle
# flows, namespaces and the control socket. Needs root and /dev/net/tun, no
# kernel module.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/region.sh"

make_region
start_appliances

test_zones()
{
	start_checked
	is "off: flows of zone a come back" "$(udp 10.1.0.2 1000 40)" 40
	is "off: flows of zone b come back" "$(udp 10.1.0.3 1000 40)" 40
	shows "off: targets serve their zone" '
		.a1.sent > 10 and .a2.sent > 10 and .b1.sent == 80 and
		.a1.sent + .a2.sent == 80 and .sent == .returned'
	shows "off: an endpoint leaves from the node of its zone" '
		[.gwlbs[] | .zone, .dev, .sent, .flows] ==
			["a", "na", 80, 40, "b", "nb", 80, 40] and
		[.endpoints[] | .zone, .sent, .flows] ==
			["a", 80, 40, "b", 80, 40]'
	stop_region

	start_checked --cross-zone on
	is "on: flows of zone a come back" "$(udp 10.1.0.2 1000 60)" 60
	is "on: flows of zone b come back" "$(udp 10.1.0.3 1000 60)" 60
	shows "on: targets serve both zones" '
		([.a1, .a2, .b1] | map(.sent) | min) > 40 and .sent == 240 and
		.sent == .returned and
		(.appliances | map(.flows) | add) == 120 and
		[.gwlbs[].sent] == [120, 120]'
	stop_region
}


# The router on the way takes its part of the TTL; nobody else may.
test_routed()
{
	reflect b1 ttl
	start_region
	is "a wrong TTL does not come back" "$(udp 10.1.0.3 1000 5)" 0
	shows "a wrong TTL is seen behind a router" '.differences == 5 and
		.returned == 0'
	check "and is told" grep -q 'TTL): expected ff, found fc' \
		"$work/sim.err"
	kill "$sim"
	wait "$sim"
	is "exit status 1" $? 1
	reflect b1
}

test_idle()
{
	start_checked --tcp-idle 3000 --deregistration-delay 0
	connect 10.1.0.2 1000
	is "a connection" "$reply" yes
	say something
	is "lives" "$reply" yes
	check "a TCP flow that idles is forgotten" \
		wait_for 20 stat_is '.flows == 0'
	say more
	is "its data is dropped then" "$reply" no
	shows "and counted" '.tcp_no_flow > 0 and .missing == 0 and .flows == 0'
	disconnect
	# The same ports as before, on whatever target is there
	if [ "$(number '.a1.sent')" -gt 0 ]; then
		control "deregister $A1" >/dev/null
	else
		control "deregister $A2" >/dev/null
	fi
	connect 10.1.0.2 1000
	is "a SYN is a new flow" "$reply" yes
	say something
	is "that lives" "$reply" yes
	shows "on another target" '.a1.sent > 0 and .a2.sent > 0 and
		.flows == 1'
	disconnect
	stop_region
}

test_stickiness()
{
	start_checked --cross-zone on
	is "5-tuple: flows begin" "$(udp 10.1.0.2 1000 40)" 40
	shows "5-tuple: are spread" \
		'.flows == 40 and ([.a1, .a2, .b1] | map(.flows) | min) > 0'
	stop_region

	start_checked --cross-zone on --stickiness source_ip_dest_ip_proto
	is "3-tuple: UDP" "$(udp 10.1.0.2 1000 40)" 40
	shows "3-tuple: is one flow to one target" '.flows == 1 and
		([.appliances[] | select(.sent == 80)] | length) == 1'
	connect 10.1.0.2 1000
	disconnect
	connect 10.1.0.2 1001
	disconnect
	is "3-tuple: TCP" "$reply" yes
	shows "3-tuple: is another one" '.flows == 2'
	stop_region

	start_checked --cross-zone on --stickiness source_ip_dest_ip
	is "2-tuple: UDP" "$(udp 10.1.0.2 1000 10)" 10
	connect 10.1.0.2 1000
	disconnect
	is "2-tuple: TCP" "$reply" yes
	check "2-tuple: ICMP" ip netns exec "$CLIENT" ping -qc 1 -W 5 10.2.0.2
	shows "2-tuple: is one flow to one target" '.flows == 1 and
		([.appliances[] | select(.sent > 0)] | length) == 1'
	is "2-tuple: other addresses" "$(udp 10.1.0.3 1000 10)" 10
	shows "2-tuple: are another flow" '.flows == 2'
	stop_region
}

# start_other OPTION...: a second gwlbsim, that is expected to refuse
start_other()
{
	ip netns exec "$VPC" timeout 5 "$GWLBSIM" --wire c0 --gwlb 10.2.0.1 \
		--appliance 10.1.0.2 --endpoint $VPCE_A=other "$@"
}

# refuses DESCRIPTION PATTERN COMMAND: with an error, and lives on
refuses()
{
	exits 0 "$1" "\"error\":.*$2" control "$3"
}

test_control()
{
	local long

	start_region --deregistration-delay 800000
	refuses "an unknown command" 'expected register' 'obey'
	refuses "an empty command" 'expected register' ''
	refuses "too many words" 'expected register' 'targets all'
	refuses "no address" 'expected register' 'register'
	refuses "a bad address" 'expected an IPv4 address' 'register x'
	refuses "more than an address" 'expected an IPv4' "register $A1 $A2"
	refuses "an address of nobody" 'no appliance' 'deregister 10.9.9.9'
	refuses "to register twice" 'is healthy already' "register $A1"
	refuses "bytes that are no text" 'no text' $'\xff'
	long=$(printf '%0200d' 1)
	refuses "a line that is too long" 'shorter than' "$long"
	is "and says it once" \
		"$(control "$long$long" targets | jq -c keys | paste -sd ' ')" \
		'["error"] ["targets"]'
	is "two commands on one connection" \
		"$(control "deregister $A1" "deregister $A2" |
			jq -c '[.address, .state]' | paste -sd ' ')" \
		"[\"$A1\",\"draining\"] [\"$A2\",\"draining\"]"
	refuses "to deregister twice" 'is draining already' "deregister $A1"
	is "registered while it drains" \
		"$(control "register $A1" | jq -r .state)" healthy
	is "targets" "$(control targets | jq -c '.targets[1]')" \
		"{\"address\":\"$A2\",\"zone\":\"a\",\"state\":\"draining\",\"flows\":0}"
	many_clients
	exits 1 "a second one with the same socket" 'control socket.*in use' \
		start_other --control "$work/control"
	check "the first one still has it" state_is .targets
	stop_region
	check "the socket is gone at the end" test ! -e "$work/control"
}

# More than there are places, some of whom never say or read anything
many_clients()
{
	check "clients that are silent, deaf or too many" python3 - \
		"$work/control" <<-'PYTHON'
		import socket, sys

		def client():
		    sock = socket.socket(socket.AF_UNIX)
		    sock.settimeout(10)
		    sock.connect(sys.argv[1])
		    return sock

		deaf = client()
		try:
		    for _ in range(10000):
		        deaf.send(b"stats\n" * 10)
		    sys.exit("a client that never reads is still served")
		except (BrokenPipeError, ConnectionResetError):
		    pass
		silent = [client() for _ in range(7)]
		last = client()
		later = client()
		later.send(b"targ")
		last.send(b"targets\ntargets\n")
		text = last.recv(65536)
		while text.count(b"\n") < 2:
		    text += last.recv(65536)
		last.close()
		later.send(b"ets\n")
		if not later.recv(65536).startswith(b'{"targets":'):
		    sys.exit("the one who waited was not served")
	PYTHON
}

# What is left behind by one that was killed is not in the way; and TUN
# devices of another namespace.
test_start()
{
	start_region
	check "TUN devices are where they belong" \
		ip -n "$VPC" link show gweb
	check "and not elsewhere" bash -c "! ip -n $LB link show gweb"
	kill -KILL "$sim"
	wait "$sim" 2>/dev/null
	check "a killed one leaves its socket" test -S "$work/control"
	start_region
	check "the next one takes it over" state_is '.targets | length == 3'
	stop_region
	check "TUN devices are gone at the end" \
		bash -c "! ip -n $VPC link show gweb"
	touch "$work/file"
	exits 1 "a file is not taken for a socket" 'control socket' \
		start_other --control "$work/file"
	check "it is still there" test -f "$work/file"
	exits 1 "a network namespace that is none" \
		'cannot find the network namespace nowhere-' \
		start_other --endpoint $VPCE_B=more,netns=nowhere-$$
	exits 1 "a device without the address" 's0 has no address 10.1.0.1' \
		start_other --gwlb 10.1.0.1,dev=s0,via=10.2.0.2
}

test_zones
test_routed
test_idle
test_stickiness
test_control
test_start
