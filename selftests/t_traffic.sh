#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real traffic: a client and a web server whose packets all take the way
# through gwlbsim, which compares every packet that comes back byte for byte,
# and the module.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vpc.sh"

SIZE=${SIZE:-$((100 << 20))}

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

sum_of()
{
	in_client curl -sSf --max-time 300 "http://$1/large" | sha256sum
}

both_nodes()
{
	in_client curl -sSfI --max-time 10 http://10.1.2.2/large &&
		[ "$(ctl node list --json | jq '.nodes | length')" -eq 2 ]
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
is "a large file by HTTP arrives as it is" "$(sum_of 10.1.2.2)" "$expected"
is "a large file by HTTP over IPv6" "$(sum_of '[fd00:2::2]')" "$expected"

must ctl config set send-mode reflect
check "ping, reflected" in_client ping -qc 10 -i 0.1 10.1.2.2
is "a large file by HTTP, reflected" "$(sum_of 10.1.2.2)" "$expected"

# Which node a flow is given to is chance: it takes as many flows as it takes.
check "both nodes are used" wait_for 60 both_nodes

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
check_balance
