#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real traffic: a client and a web server whose packets all take the way
# through gwlbsim, which compares every packet that comes back byte for byte,
# and the module.
#
#   client 10.1.1.2 --- $SIM: routes into the endpoint --- server 10.1.2.2
#          fd00:1::2             |  TUN gwe0                      fd00:2::2
#                             gwlbsim
#                                |  Geneve
#                              $APP
. "$(dirname "$0")/lib.sh"

CLIENT=client-$$
SERVER=server-$$
SIZE=$((100 << 20))

# leg NAMESPACE N: joins it to the load balancer's side as network N, whose
# packets are routed into the endpoint
leg()
{
	local ns=$1 n=$2

	netns "$ns"
	must ip link add leg"$n" netns "$SIM" mtu 8500 type veth \
		peer name eth0 netns "$ns" mtu 8500
	must ip -n "$SIM" addr add 10.1."$n".1/24 dev leg"$n"
	must ip -n "$SIM" addr add fd00:"$n"::1/64 dev leg"$n" nodad
	must ip -n "$SIM" link set leg"$n" up
	must ip -n "$ns" addr add 10.1."$n".2/24 dev eth0
	must ip -n "$ns" addr add fd00:"$n"::2/64 dev eth0 nodad
	must ip -n "$ns" link set eth0 up
	must ip -n "$ns" route add default via 10.1."$n".1
	must ip -n "$ns" -6 route add default via fd00:"$n"::1
	# To the router itself, and for neighbours, no detour.
	must ip -n "$SIM" rule add iif leg"$n" to 10.1."$n".1 table local \
		priority 1
	must ip -n "$SIM" rule add iif leg"$n" table 100 priority 2
	must ip -n "$SIM" -6 rule add iif leg"$n" to fd00::/16 table 100 \
		priority 2
}

start_sim()
{
	ip netns exec "$SIM" "$GWLBSIM" --wire wire0 --gwlb $NODE \
		--gwlb $NODE2 --appliance $LOCAL \
		--endpoint $ENDPOINT=gwe0 --stats "$work/stats" \
		>"$work/sim.out" 2>"$work/sim.log" &
	sim=$!
	wait_for 20 grep -q "gwlbsim: ready" "$work/sim.out" ||
		bail_out "gwlbsim does not start: $(cat "$work/sim.log")"
	on_exit stop $sim
	must ip -n "$SIM" route add default dev gwe0 table 100
	must ip -n "$SIM" -6 route add default dev gwe0 table 100
	must ip netns exec "$SIM" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.gwe0.rp_filter=0
}

# A web server with one large file, whose every part is different.
start_server()
{
	# nginx reads it as somebody else.
	chmod 755 "$work"
	mkdir "$work/www" "$work/nginx"
	openssl enc -aes-128-ctr -pass pass:gwlb -nosalt -pbkdf2 \
		</dev/zero 2>/dev/null | head -c $SIZE >"$work/www/large"
	cat >"$work/nginx.conf" <<-CONF
		pid $work/nginx/pid;
		error_log $work/nginx/error.log;
		events {}
		http {
			access_log off;
			server {
				listen 80;
				listen [::]:80;
				root $work/www;
			}
		}
	CONF
	must ip netns exec "$SERVER" nginx -p "$work/nginx" \
		-c "$work/nginx.conf"
	on_exit pkill -F "$work/nginx/pid"
}

in_client()
{
	ip netns exec "$CLIENT" "$@"
}

sum_of()
{
	in_client curl -sSf --max-time 300 "http://$1/large" | sha256sum
}

setup_up 9001
work=$(mktemp -d)
on_exit rm -rf "$work"
leg "$CLIENT" 1
leg "$SERVER" 2
start_sim
start_server

check "ping" in_client ping -qc 10 -i 0.1 10.1.2.2
check "ping with the largest packet" in_client ping -qc 3 -i 0.1 \
	-M "do" -s 8472 10.1.2.2
check "ping with fragments" in_client ping -qc 3 -i 0.1 -s 20000 10.1.2.2
check "IPv6 ping" in_client ping -6qc 10 -i 0.1 fd00:2::2
check "IPv6 ping with fragments" in_client ping -6qc 3 -i 0.1 -s 20000 \
	fd00:2::2
check "the server's way to the client" ip netns exec "$SERVER" \
	ping -qc 3 -i 0.1 10.1.1.2

is "the sender leaves segmentation to the device" "$(in_client ethtool -k \
	eth0 | sed -n 's/^tcp-segmentation-offload: //p')" on
expected=$(sha256sum <"$work/www/large")
is "100 MB by HTTP arrive as they are" "$(sum_of 10.1.2.2)" "$expected"
is "100 MB by HTTP over IPv6" "$(sum_of '[fd00:2::2]')" "$expected"

must ctl config set send-mode reflect
check "ping, reflected" in_client ping -qc 10 -i 0.1 10.1.2.2
is "100 MB by HTTP, reflected" "$(sum_of 10.1.2.2)" "$expected"

kill $sim
wait $sim
is "gwlbsim: every packet came back byte for byte" $? 0
note "$(cat "$work/sim.log")"
is "gwlbsim: differences" "$(jq .differences "$work/stats")" 0
is "gwlbsim: unsolicited" "$(jq .unsolicited "$work/stats")" 0
is "gwlbsim: missing" "$(jq .missing "$work/stats")" 0
is "what gwlbsim sent is what the module returned" \
	"$(counter returned)" "$(jq .sent "$work/stats")"
is "what the endpoint counts is what the module returned" \
	"$(ctl endpoint list --json | jq '.endpoints[0].traffic.returned.packets')" \
	"$(counter returned)"
is "both nodes were used" "$(ctl node list --json | jq '.nodes | length')" 2
check_balance
