# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What passes the appliances in every case: pings out, requests in, logins
# from the bastion; and what is to be seen of it at both ends. Behind
# accept_lab.sh; writes to $work.

# shellcheck disable=SC2154 # from those who source this

# Echo requests of one ping, and of the one in a session from the bastion
PINGS=10
SESSION_PINGS=3

# payload_of WEB: bytes in its echo requests. Behind a NAT gateway they are the
# only thing that tells whose they are.
payload_of()
{
	echo $((56 + 16 * ${1#web}))
}

# Every web server pings every client address, all at the same time.
start_pings()
{
	local web client

	pings=()
	for web in "${WEBS[@]}"; do
		for client in "${CLIENTS[@]}"; do
			launch "$web" ping -q -c $PINGS -i 0.2 \
				-s "$(payload_of "$web")" "$client" \
				>"$work/ping.$web.$client" 2>&1
			pings+=($!)
		done
	done
}

# Whom the echo requests come from is seen outside.
start_witness()
{
	launch internet tcpdump -lni any -s 128 --immediate-mode \
		'icmp[icmptype] == icmp-echo' \
		>"$work/witness" 2>"$work/witness.log"
	witness=$!
	wait_for 20 grep -q listening "$work/witness.log" ||
		bail_out "tcpdump does not start outside"
}

# how many each web server sends
requests()
{
	echo $((PINGS * ${#CLIENTS[@]} + SESSION_PINGS))
}

# seen_from ADDRESS WEB: echo requests of a web server that came from there
seen_from()
{
	grep -c " IP $1 > .*, length $((8 + $(payload_of "$2")))$" \
		"$work/witness"
}

# for wait_for
all_seen()
{
	[ "$(grep -c ' IP ' "$work/witness")" -ge \
		$((${#WEBS[@]} * $(requests))) ]
}

# all_answered WEB: as many echo replies have come in as requests were sent,
# for wait_for. ping itself does not wait for a last reply that takes longer
# than all others, as on a machine with a hiccup.
all_answered()
{
	on "$1" nstat -asz IcmpOutEchos IcmpInEchoReps |
		awk -v n="$(requests)" '
			/^Icmp/ && $2 == n { good++ }
			END { exit good != 2 }'
}

# Where packets can be lost that did not get as far as an appliance, or were
# lost behind it: queues of this machine's CPUs, routers that do not let pass
# what no VPC would, hosts that did not answer
whereabouts()
{
	local host

	echo "backlog: $(awk '{ printf "%s ", $2 }' /proc/net/softnet_stat)"
	for host in "${HOSTS[@]}"; do
		case $host in
		internet|igw*|nat*|web*)
			echo "$host: $(on "$host" nstat -asz IcmpOutEchos \
				IcmpInEchos IcmpOutEchoReps IcmpInEchoReps \
				IpOutDiscards IpInDiscards IpForwDatagrams |
				awk '!/^#/ { printf "%s %s ", $1, $2 }')"
			;;
		vpc*)
			echo "$host: $(on "$host" nft list counters |
				awk '/counter/ { name = $2 }
				/packets/ { printf "%s %s ", name, $2 }')"
			;;
		esac
	done
}

judge_pings()
{
	local web lost="" strangers

	for web in "${WEBS[@]}"; do
		wait_for 20 all_answered "$web" || lost+="$web "
	done
	is "every web server pings every client outside, 0 % loss" "$lost" ""
	[ -z "$lost" ] || note "$(whereabouts)"

	for web in "${WEBS[@]}"; do
		# What it pinged from the bastion's session is seen as well.
		is "$web is seen outside as its zone's NAT gateway" \
			"$(seen_from "${NAT_OF[${ZONE[$web]}]}" "$web")" \
			"$(requests)"
	done
	strangers=$(grep -vF "$(printf ' IP %s > \n' "${NAT_OF[@]}")" \
		"$work/witness")
	is "nobody else is" "$strangers" ""
}

# ask ALB [OPTION...]: a client's request
ask()
{
	on internet curl -sS --max-time 20 "${@:2}" "http://${PUBLIC[$1]}/"
}

# The answers to six requests, and each web server's own as often as it is
# its turn.
judge_requests()
{
	local alb n answers turns

	turns=$(sed 's/^web/Web Server /' <<<"$(printf '%s\n' "${WEBS[@]}")")
	for alb in "${ALBS[@]}"; do
		answers=$(for ((n = 0; n < 6; n++)); do
				ask "$alb" -f
			done 2>&1)
		if [ "$(sort -u <<<"$answers")" = "$turns" ] &&
		   alternates "${#WEBS[@]}" "$answers"; then
			ok "six requests to $alb alternate"
		else
			not_ok "six requests to $alb alternate"
			note "$answers"
		fi
	done
}

# alternates N LINES: each line is the one N before, and no two of the N are
# the same
alternates()
{
	awk -v n="$1" '
		NR <= n && seen[$0]++ { bad = 1 }
		NR > n && $0 != line[NR - n] { bad = 1 }
		{ line[NR] = $0 }
		END { exit bad || NR != 6 }' <<<"$2"
}

# From the bastion's shell to the web servers', and from there a ping out.
start_logins()
{
	local web

	logins=()
	for web in "${WEBS[@]}"; do
		# shellcheck disable=SC2016 # the web server's variable
		inside bastion ssh "${ADDRESS[$web]}" 'hostname;
			echo "$SSH_CONNECTION"; ping -q '\
"-s $(payload_of "$web") -c $SESSION_PINGS ${CLIENTS[0]}" \
			>"$work/login.$web" 2>&1 &
		logins+=($!)
	done
}

judge_logins()
{
	local web out

	for web in "${WEBS[@]}"; do
		out=$(cat "$work/login.$web")
		if [[ $out == "$web"$'\n'"${ADDRESS[bastion]} "*" \
${ADDRESS[$web]} 22"$'\n'*"$SESSION_PINGS packets transmitted, $SESSION_PINGS received"* ]]; then
			ok "bastion, ssh, $web, ping out"
		else
			not_ok "bastion, ssh, $web, ping out"
			note "$out"
		fi
	done
}

# The bastion is for those in the allow-list; 192.0.2.0/24 is not.
judge_allow_list()
{
	must ip -n "${NETNS[internet]}" address add 192.0.2.1/32 dev lo
	check "the bastion lets in who is in the allow-list" \
		on internet nc -z -w 5 -s "${CLIENTS[0]}" "${PUBLIC[bastion]}" 22
	exits 1 "and nobody else" "" \
		on internet nc -z -w 2 -s 192.0.2.1 "${PUBLIC[bastion]}" 22
}

# All at once: it is the same to the appliances, and takes less time.
traffic()
{
	start_witness
	start_captures
	start_pings
	start_logins
	judge_requests
	wait "${pings[@]}"
	wait "${logins[@]}"
	wait_for 10 all_seen
	stop "$witness"
	wait_for 30 quiet
	stop_captures
	judge_pings
	judge_logins
}
