# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Load that tells what it has lost: pings of which every reply is on record
# with its time, slow downloads of which every byte is compared. Behind
# accept_lab.sh; writes to $work and to the web servers' own files.

# shellcheck disable=SC2034,SC2154 # for, and from, those who source this

# Milliseconds between the echo requests of a ping
STEP=200
# A download takes about 15 seconds.
SIZE=900000
RATE=60000
# How many addresses outside have been added
addresses=0

# Ping

# long_ping IDENTIFIER WEB ADDRESS FILE: until stop_ping; sets $!
long_ping()
{
	launch "$2" ping -nD -e "$1" -i 0.$STEP -W 5 "$3" >"$4" 2>&1
}

# It ends as if by Ctrl-C. A background process ignores SIGINT unless it takes
# care of it, as ping does.
stop_ping()
{
	kill -INT "$1"
	wait "$1"
}

# replies FILE: how many it has got
replies()
{
	grep -c 'bytes from' "$1"
}

# for wait_for
more_replies()
{
	[ "$(replies "$1")" -gt "$2" ]
}

# ping_record FILE: how many are lost of those that can have been answered,
# duplicates, the longest silence in ms
ping_record()
{
	awk -v step=$STEP '
		/bytes from/ {
			time = substr($1, 2) + 0
			match($0, /icmp_seq=[0-9]+/)
			seq = substr($0, RSTART + 9, RLENGTH - 9) + 0
			if (seq in seen)
				twice++
			seen[seq]
			if (seq > last)
				last = seq
			if (n++ && time - before > gap)
				gap = time - before
			before = time
		}
		/packets transmitted/ { sent = $1 }
		# Those of the last second were on their way when it ended.
		# Who has been silent for longer is silent to the end.
		END {
			way = 1000 / step
			if (sent - last > way &&
			    (sent - last) * step > gap * 1000)
				gap = (sent - last) * step / 1000
			if (sent - way > last)
				last = sent - way
			for (i = 1; i <= last; i++)
				if (!(i in seen))
					lost++
			printf "%d %d %d\n", lost, twice, 1000 * gap
		}' "$1"
}

# Several at once

# load_ping: one more, from another web server each time, and to an address
# outside that no ping of this load has used: another flow to GWLB
load_ping()
{
	local n=${#load_pid[@]} web address

	web=${WEBS[n % ${#WEBS[@]}]}
	address=198.51.100.$((100 + ++addresses))
	must ip -n "${NETNS[internet]}" address add "$address/32" dev lo
	long_ping $((5000 + addresses)) "$web" "$address" \
		"$work/load.$addresses"
	load_pid[addresses]=$!
}

# download HOST URL
download()
{
	local n=${#download_pid[@]}

	launch "$1" curl -sS -f --max-time 120 --limit-rate $RATE \
		-o "$work/download.$n" "$2" 2>"$work/download.$n.log"
	download_pid+=($!)
}

# load_download: one more by clients, from another ALB node each time
load_download()
{
	local n=${#download_pid[@]}

	download internet \
		"http://${PUBLIC[${ALBS[n % ${#ALBS[@]}]}]}/download"
}

# load_outgoing: some by each web server. Somebody who downloads has nothing to
# say, so what another appliance sees first of it comes from outside.
load_outgoing()
{
	local web

	for web in "${WEBS[@]}"; do
		download "$web" "http://${CLIENTS[1]}/download"
	done
}

# Where the flows of the load are: $work/load.map has lines "ping IDENTIFIER
# APPLIANCE" and "download PORT APPLIANCE"
load_map()
{
	all_flows >"$work/load.flows"
	jq -r 'select(.idle < 2000) |
		if .protocol == 1 and ."source-port" > 5000 then
			"ping \(."source-port" - 5000) \(.on)"
		elif ."destination-port" == 80 and
			.state == "tcp-established" then
			"download \(."source-port") \(.on)"
		else empty end' "$work/load.flows" >"$work/load.map"
}

# load_on HOST: does it carry a ping and a download, and another one a ping?
load_on()
{
	grep -q "^ping [0-9]* $1\$" "$work/load.map" &&
		grep -q "^download [0-9]* $1\$" "$work/load.map" &&
		grep -v " $1\$" "$work/load.map" | grep -q ping
}

# A slow download is to be on its way, not in buffers on its way.
small_buffers()
{
	local host

	for host in internet "${ALBS[@]}" "${WEBS[@]}"; do
		must on "$host" sysctl -qw \
			net.ipv4.tcp_rmem="4096 16384 32768" \
			net.ipv4.tcp_wmem="4096 16384 32768"
	done
}

# load_begins: sets $loaded to an appliance that something is to be lost with.
# GWLB's hash decides where a flow goes, so more are tried if it has to be.
load_begins()
{
	local web a tries

	load_pid=() download_pid=() loaded=""
	small_buffers
	for web in "${WEBS[@]}"; do
		inside "$web" sh -c 'cat >/srv/web/download' \
			<"$work/download"
	done
	inside internet sh -c 'cat >/var/www/download' <"$work/download"
	for tries in 1 2 3 4 5 6; do
		load_ping
	done
	for tries in 1 2 3 4; do
		load_download
	done
	load_outgoing
	for ((tries = 0; tries < 10; tries++)); do
		wait_for 30 load_runs || bail_out "the load does not pass"
		load_map
		for a in "${APPLIANCES[@]}"; do
			if load_on "$a"; then
				loaded=$a
				break 2
			fi
		done
		load_ping
		load_download
	done
	note "$(cut -d' ' -f1,3 "$work/load.map" | sort | uniq -c)"
	[ -n "$loaded" ] || bail_out "no appliance has pings and downloads"
}

# Has each ping got a reply, each download some bytes? For wait_for.
load_runs()
{
	local i

	for i in "${!load_pid[@]}"; do
		more_replies "$work/load.$i" 1 || return 1
	done
	for i in "${!download_pid[@]}"; do
		[ -s "$work/download.$i" ] || return 1
	done
}

load_ends()
{
	local i

	for i in "${!load_pid[@]}"; do
		stop_ping "${load_pid[i]}"
	done
}

# Each download is complete and right.
judge_downloads()
{
	local i bad=""

	for i in "${!download_pid[@]}"; do
		wait "${download_pid[i]}" &&
			cmp -s "$work/download" "$work/download.$i" ||
			bad+="$i: $(cat "$work/download.$i.log")"$'\n'
		rm -f "$work/download.$i"
	done
	is "${#download_pid[@]} downloads go on to the last byte" "$bad" ""
}
