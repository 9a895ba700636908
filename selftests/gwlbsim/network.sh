# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for those who source this
#
# The network of t_live.sh, its programs, and TAP:
#
#   client --- vpc (router, gwlbsim) --- server     10.1.0.0/24, 10.2.0.0/24
#                 |
#                app (reflector.py)                 10.9.0.0/24
#
# What the client and the server send is routed into gwlbsim's TUN device,
# and what comes out of it is routed on.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
id=gwlbsim-$$
client=$id-client server=$id-server vpc=$id-vpc app=$id-app
vpce='vpce-0123456789abcdef0'
vpce2='vpce-0fedcba9876543210'
packets=20
tmp=$(mktemp -d)
pids=() sim='' app_pid='' count=0 failed=0

cleanup() {
	local pid ns

	for pid in $sim $app_pid ${pids[@]+"${pids[@]}"}; do
		kill "$pid" 2>/dev/null || :
	done
	for ns in "$client" "$server" "$vpc" "$app"; do
		ip netns del "$ns" 2>/dev/null || :
	done
	rm -rf "$tmp"
}

# result STATUS DESCRIPTION
result() {
	local word=ok

	count=$((count + 1))
	if [ "$1" -ne 0 ]; then
		word="not ok"
		failed=$((failed + 1))
	fi
	echo "$word $count - $2"
	[ "$1" -eq 0 ] || sed 's/^/# /' "$tmp/sim.err" "$tmp/stats.json" \
		2>/dev/null | head -60
}

# check DESCRIPTION COMMAND...: the command's status decides
check() {
	local text=$1 rc=0

	shift
	"$@" >"$tmp/check.out" 2>&1 || rc=$?
	result "$rc" "$text"
	[ "$rc" -eq 0 ] || sed 's/^/# /' "$tmp/check.out"
}

# wait_for SECONDS COMMAND...: until it succeeds; a machine that others share has
# many times as long
wait_for() {
	local end=$((SECONDS + $1 * 6))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# Not for what runs in the background: its pid would be a subshell's.
in_ns() {
	ip netns exec "$@"
}

# link MTU NS DEV PEER_NS PEER_DEV
link() {
	ip -n "$2" link add "$3" type veth peer name "$5" netns "$4"
	ip -n "$2" link set "$3" mtu "$1" up
	ip -n "$4" link set "$5" mtu "$1" up
}

# host NS NET OTHER_NET: an end host with a route to the other one. No default
# route: a look-up of names by some tool must not end up in the counters.
host() {
	ip -n "$1" addr add "10.$2.0.2/24" dev eth0
	ip -n "$1" addr add "fd0$2::2/64" dev eth0 nodad
	ip -n "$1" route add "10.$3.0.0/24" via "10.$2.0.1"
	ip -n "$1" route add "fd0$3::/64" via "fd0$2::1"
}

topology() {
	local ns

	for ns in "$client" "$server" "$vpc" "$app"; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0 \
			net.ipv6.conf.default.accept_dad=0
		ip -n "$ns" link set lo up
	done
	in_ns "$vpc" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.default.send_redirects=0
	link 8500 "$client" eth0 "$vpc" c0
	link 8500 "$server" eth0 "$vpc" s0
	link 8568 "$app" eth0 "$vpc" wire
	host "$client" 1 2
	host "$server" 2 1
	ip -n "$vpc" addr add 10.1.0.1/24 dev c0
	ip -n "$vpc" addr add fd01::1/64 dev c0 nodad
	ip -n "$vpc" addr add 10.2.0.1/24 dev s0
	ip -n "$vpc" addr add fd02::1/64 dev s0 nodad
	ip -n "$vpc" addr add 10.9.0.10/24 dev wire
	ip -n "$vpc" addr add 10.9.0.11/24 dev wire
	ip -n "$app" addr add 10.9.0.20/24 dev eth0
	ip -n "$app" addr add 10.9.0.21/24 dev eth0
	for ns in 4 6; do
		ip -n "$vpc" -"$ns" rule add iif c0 lookup 100
		ip -n "$vpc" -"$ns" rule add iif s0 lookup 100
		ip -n "$vpc" -"$ns" rule add iif gwe0 lookup 101
	done
}

# The first endpoint takes everything; the second, if there is one, takes
# what came out of the first.
routes() {
	local v

	for v in 4 6; do
		ip -n "$vpc" -$v route replace default dev gwe0 table 100
		ip -n "$vpc" link show gwe1 >/dev/null 2>&1 || continue
		ip -n "$vpc" -$v route replace default dev gwe1 table 101
	done
}

ready() {
	grep -qs ready "$1"
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# start_app [MISTAKE]
start_app() {
	: >"$tmp/app.out"
	ip netns exec "$app" "$here/reflector.py" eth0 "$@" >"$tmp/app.out" 2>&1 &
	app_pid=$!
	wait_for 10 ready "$tmp/app.out"
}

stop_app() {
	[ -n "$app_pid" ] || return 0
	kill "$app_pid" 2>/dev/null || :
	wait "$app_pid" 2>/dev/null || :
	app_pid=''
}

# start_sim [OPTION...]
start_sim() {
	: >"$tmp/sim.out"
	rm -f "$tmp/stats.json"
	ip netns exec "$vpc" "$here/gwlbsim" --wire wire --gwlb 10.9.0.10 \
		--gwlb 10.9.0.11 --appliance 10.9.0.20 --appliance 10.9.0.21 \
		--endpoint $vpce=gwe0 --stats "$tmp/stats.json" "$@" \
		>"$tmp/sim.out" 2>"$tmp/sim.err" &
	sim=$!
	wait_for 10 ready "$tmp/sim.out"
	routes
}

# Ends gwlbsim; its exit status is in $sim_status
stop_sim() {
	sim_status=0
	kill -"${1:-TERM}" "$sim"
	wait "$sim" || sim_status=$?
	sim=''
}

# Fresh statistics, of which every reading must add up
stats() {
	rm -f "$tmp/stats.json"
	kill -USR1 "$sim"
	wait_for 5 test -e "$tmp/stats.json"
	jq -e '.missing + .returned + .in_flight == .sent and
		.sent == ([.endpoints[].sent] | add) and
		.sent == ([.gwlbs[].sent] | add) and
		.sent == ([.appliances[].sent] | add) and
		.returned == ([.endpoints[].returned] | add) and
		.missing == ([.endpoints[].missing] | add)' \
		"$tmp/stats.json" >/dev/null || {
		echo "# the counters do not add up"
		failed=$((failed + 1))
	}
}

# stat_is FILTER: a jq expression that must be true of fresh statistics
stat_is() {
	stats
	jq -e "$1" "$tmp/stats.json" >/dev/null
}

# send_udp COUNT: as many datagrams, each from another port and in one flow
send_udp() {
	in_ns "$client" bash -c "for ((i = 0; i < $1; i++)); do
		printf '%032d' \$i >/dev/udp/10.2.0.2/9
	done"
}

sink() {
	ip netns exec "$server" python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 9))
print("ready", flush=True)
while True:
    s.recv(65535)
' >"$tmp/sink.out" &
	pids+=($!)
	wait_for 10 ready "$tmp/sink.out"
}

listens() {
	in_ns "$1" ss -Hltn | grep -qF " $2 "
}

# serve NS ADDRESS PORT DIRECTORY; the pid is in $served
serve() {
	ip netns exec "$1" python3 -m http.server -b "$(tr -d '[]' <<<"$2")" -d "$4" "$3" \
		>/dev/null 2>&1 &
	served=$!
	pids+=("$served")
	wait_for 10 listens "$1" "$2:$3"
}

fetch() {
	in_ns "$client" curl -sfm 60 -o "$tmp/got" "$1" &&
		cmp "$tmp/web/file" "$tmp/got"
}

fetch_many() {
	local urls=()

	for _ in $(seq 24); do
		urls+=(-o /dev/null http://10.2.0.2:80/small)
	done
	in_ns "$client" curl -sfm 60 --no-keepalive -Z \
		--parallel-max 24 -H 'Connection: close' "${urls[@]}"
}
