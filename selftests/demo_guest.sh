#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What "make demo" shows, inside the guest: a VPC with two web servers behind
# a load balancer, a NAT and a client outside, whose traffic all passes the
# appliance. Every step is checked; the first that fails ends the demo.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
PATH=$PATH:$top/tools/gwlbctl:$top/selftests/gwlbsim
rules=$top/tools/gwlbctl/rules/quickstart.rules
work=$(mktemp -d)
chmod 755 "$work"

picture()
{
	cat <<-'EOT'

	 client            edge                 vpc                     alb
	 198.51.100.10 --- NAT gateway,   ---   routers of the    ---   10.1.1.20
	                   198.51.100.1         subnets               / load balancer
	                   and .20 for            |                  /
	                   the ALB         VPC endpoint gwe0   --- web1 10.1.2.11
	                                          |             \
	                                   gwlbsim, playing      - web2 10.1.2.12
	                                   the GWLB 192.168.9.1
	                                          |
	                                      Geneve, UDP 6081
	                                          |
	                                   appliance 192.168.9.100: gwlb.ko

	EOT
}

say()
{
	printf '\n--- %s\n' "$*"
}

# show COMMAND...: as one would type it, with what it prints
show()
{
	printf '$ %s\n' "$*"
	"$@"
}

quietly()
{
	"$@" >"$work/quiet" 2>&1 || {
		cat "$work/quiet"
		fail "$*"
	}
}

fail()
{
	printf '\nDEMO FAILED: %s\n' "$*"
	exit 1
}

# wait_for WHAT COMMAND...: within ten seconds
wait_for()
{
	local what=$1 end=$((SECONDS + 10))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "$what"
		sleep 0.05
	done
}

# link NAMESPACE DEVICE ADDRESS NAMESPACE DEVICE ADDRESS
link()
{
	quietly ip link add "$2" netns "$1" mtu 8500 type veth \
		peer name "$5" netns "$4" mtu 8500
	quietly ip -n "$1" addr add "$3" dev "$2"
	quietly ip -n "$4" addr add "$6" dev "$5"
	quietly ip -n "$1" link set "$2" up
	quietly ip -n "$4" link set "$5" up
}

network()
{
	local ns

	for ns in client edge vpc alb web1 web2 appliance; do
		quietly ip netns add $ns
		quietly ip -n $ns link set lo up
	done
	link client eth0 198.51.100.10/24 edge outside 198.51.100.1/24
	link edge inside 10.1.0.10/24 vpc edge 10.1.0.1/24
	link alb eth0 10.1.1.20/24 vpc alb 10.1.1.1/24
	link web1 eth0 10.1.2.11/32 vpc web1 10.1.2.1/32
	link web2 eth0 10.1.2.12/32 vpc web2 10.1.2.1/32
	link appliance eth0 192.168.9.100/24 vpc wire 192.168.9.1/24
	quietly ip -n vpc link set wire mtu 9001
	quietly ip -n appliance link set eth0 mtu 9001

	quietly ip -n edge addr add 198.51.100.20/32 dev outside
	quietly ip -n edge route add 10.1.0.0/16 via 10.1.0.1
	quietly ip -n alb route add default via 10.1.1.1
	for ns in web1 web2; do
		quietly ip -n $ns route add 10.1.2.1 dev eth0
		quietly ip -n $ns route add default via 10.1.2.1
		quietly ip -n vpc route add 10.1.2.1${ns#web} dev $ns
	done
	quietly ip -n vpc route add default via 10.1.0.10
	quietly ip netns exec edge sysctl -qw net.ipv4.ip_forward=1
	quietly ip netns exec vpc sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	# The Internet gateway knows the ALB's address, NAT hides the others.
	quietly ip netns exec edge nft -f - <<-'NFT'
		table ip nat {
			chain in {
				type nat hook prerouting priority dstnat;
				ip daddr 198.51.100.20 dnat to 10.1.1.20
			}
			chain out {
				type nat hook postrouting priority srcnat;
				oif outside snat to 198.51.100.1
			}
		}
	NFT
}

# server NAMESPACE CONFIGURATION
server()
{
	mkdir "$work/$1"
	cat >"$work/$1/conf" <<-CONF
		pid $work/$1/pid;
		error_log $work/$1/log;
		events {}
		http {
			access_log off;
			$2
		}
	CONF
	quietly ip netns exec "$1" nginx -p "$work/$1" -c "$work/$1/conf"
}

servers()
{
	local n

	for n in 1 2; do
		server web$n "server { listen 80;
			return 200 'web server $n\n'; }"
	done
	server alb "upstream web { server 10.1.2.11; server 10.1.2.12; }
		server { listen 80; location / { proxy_pass http://web; } }"
}

# What leaves or enters the VPC is routed into the endpoint, as the quickstart
# does it; what comes out of the endpoint goes on by the usual table.
load_balancer()
{
	local dev

	ip netns exec vpc gwlbsim --wire wire --gwlb 192.168.9.1 \
		--appliance 192.168.9.100 \
		--endpoint vpce-0123456789abcdef0=gwe0 \
		--answers --stats "$work/stats" \
		>"$work/sim.out" 2>"$work/sim.log" &
	sim=$!
	wait_for "gwlbsim starts" grep -q ready "$work/sim.out"
	quietly ip -n vpc route add default dev gwe0 table 100
	quietly ip -n vpc rule add iif edge to 10.1.0.1 table local \
		priority 10
	quietly ip -n vpc rule add iif edge to 10.1.0.0/16 table 100 \
		priority 20
	for dev in alb web1 web2; do
		quietly ip -n vpc rule add iif $dev to 10.1.0.0/16 table main \
			priority 30
		quietly ip -n vpc rule add iif $dev table 100 priority 40
	done
}

appliance_up()
{
	say "The appliance: load the module, say who may send and what, go up"
	show modprobe -a nf_reject_ipv4 nf_reject_ipv6
	show insmod "$top/gwlb.ko"
	show gwlbctl -n appliance peer add 192.168.9.0/24
	show cat "$rules"
	show gwlbctl -n appliance rule load "$rules"
	show gwlbctl -n appliance up
	show gwlbctl -n appliance status
}

ping_out()
{
	say "A web server pings the client outside, through the NAT"
	show ip netns exec web1 ping -c 3 -i 0.3 198.51.100.10 ||
		fail "ping out"
}

curl_in()
{
	local n

	say "The client asks the load balancer's public address"
	for n in 1 2 3 4 5 6; do
		show ip netns exec client curl -sS --max-time 10 \
			http://198.51.100.20/ | tee -a "$work/shown"
	done
	grep '^web server' "$work/shown" >"$work/answers" || :
	# Six answers, of both, and never the same twice.
	[ "$(uniq "$work/answers" | wc -l)" -eq 6 ] &&
		[ "$(sort -u "$work/answers" | wc -l)" -eq 2 ] ||
		fail "the web servers do not alternate"
}

capture()
{
	local dump

	say "The same on the wire: each packet comes in and goes back"
	echo "\$ tcpdump -nvv 'port 6081'"
	ip netns exec appliance timeout 20 tcpdump -nvvi eth0 -c 4 \
		'port 6081' >"$work/dump" 2>"$work/dump.log" &
	dump=$!
	wait_for "tcpdump starts" grep -q listening "$work/dump.log"
	quietly ip netns exec web2 ping -c 3 -i 0.2 198.51.100.10
	wait $dump || fail "tcpdump has not seen four packets"
	cat "$work/dump"
	grep -q '192.168.9.1.6[0-9]* > 192.168.9.100.6081' "$work/dump" &&
		grep -q '192.168.9.100.6[0-9]* > 192.168.9.1.6081' \
			"$work/dump" ||
		fail "tcpdump has not seen both directions"
}

# curl says 7 when its connection is refused, and that at once.
firewall()
{
	local rc=0

	say "Rules decide, from the next packet on"
	echo "rule closed: proto tcp dport 80 reject" >"$work/closed.rules"
	show cat "$work/closed.rules"
	show gwlbctl -n appliance rule load "$work/closed.rules"
	show ip netns exec client curl -sS --max-time 10 \
		http://198.51.100.20/ || rc=$?
	[ $rc -eq 7 ] || fail "a connection was not rejected"
	show gwlbctl -n appliance rule load "$rules"
	show ip netns exec client curl -sS --max-time 10 \
		http://198.51.100.20/ || fail "the old rules, but no answer"
	show gwlbctl -n appliance rule list --counters
	show gwlbctl -n appliance flow list
}

statistics()
{
	say "What the appliance counted"
	show gwlbctl -n appliance stats --explain ||
		fail "no statistics"
	show gwlbctl -n appliance endpoint list
	show gwlbctl -n appliance node list
}

without()
{
	say "Nothing passes without it"
	show gwlbctl -n appliance down
	if show ip netns exec client curl -sS --max-time 2 \
		http://198.51.100.20/
	then
		fail "a request was answered that nobody inspected"
	fi
	show gwlbctl -n appliance up
	show ip netns exec client curl -sS --max-time 10 \
		http://198.51.100.20/ || fail "up again, but no answer"
}

verdict()
{
	local rc=0 returned

	say "What gwlbsim says: is every packet back byte for byte?"
	kill $sim
	wait $sim || rc=$?
	cat "$work/sim.log"
	[ $rc -eq 0 ] || fail "gwlbsim saw differences"
	returned=$(gwlbctl -n appliance stats --json |
		jq '.counters[] | select(.name == "returned").packets')
	[ "$returned" -gt 0 ] &&
		[ "$returned" -eq "$(jq .returned "$work/stats")" ] ||
		fail "the module returned $returned packets, gwlbsim has others"
}

picture
network
servers
load_balancer
appliance_up
ping_out
curl_in
capture
firewall
without
statistics
verdict
printf '\nDEMO OK\n'
