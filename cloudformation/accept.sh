#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# accept.sh - acceptance of a stack of either set, on AWS
#
# What selftests/lab shows of the templates on one machine, asked of the real
# thing, and what only AWS can show. Needs awscli with credentials that may read
# what the stack is made of and run commands by Systems Manager, and curl. Says
# what it finds in TAP. Owns nothing. Changes nothing, but sends traffic; with
# --failover it also drains an appliance, which it takes back, and terminates
# another one, which the Auto Scaling group replaces.
set -euo pipefail

export AWS_PAGER=""

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=cloudformation/accept_stack.sh
. "$here/accept_stack.sh"
# shellcheck source=cloudformation/accept_failover.sh
. "$here/accept_failover.sh"

tests=0
failed=0

usage()
{
	cat <<-USAGE
	Usage: accept.sh STACK [--region REGION] [--ping ADDRESS] [--whoami URL]
	                 [--failover]

	Checks a stack that was made of single-vpc or separated-vpc.

	  --region REGION  else what awscli is configured for
	  --ping ADDRESS   who answers a ping on the Internet
	  --whoami URL     who answers with the address that he was asked from
	  --failover       also drains an appliance and terminates another one
	USAGE
}

misuse()
{
	echo "accept: $*" >&2
	usage >&2
	exit 2
}

die()
{
	echo "Bail out! $*"
	exit 1
}

note()
{
	echo "# $*"
}

# check NAME COMMAND...: a test that passes if the command does
check()
{
	local name=$1

	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		failed=$((failed + 1))
	fi
}

# The command line

arguments()
{
	stack="" region="" ping="" failover=""
	whoami=http://checkip.amazonaws.com/
	while [ $# -gt 0 ]; do
		case $1 in
		-h|--help) usage; exit 0 ;;
		--failover) failover=yes ;;
		--region|--ping|--whoami)
			[ -n "${2:-}" ] || misuse "$1 needs a value"
			case $1 in
			--region) region=$2 ;;
			--ping) ping=$2 ;;
			--whoami) whoami=$2 ;;
			esac
			shift ;;
		-*) misuse "unknown option $1" ;;
		*)
			[ -z "$stack" ] || misuse "one stack, please"
			stack=$1 ;;
		esac
		shift
	done
	[ -n "$stack" ] || misuse "which stack?"
	# They go into command lines on instances.
	[[ $ping =~ ^[0-9.]*$ ]] || misuse "no address: $ping"
	[[ $whoami =~ ^https?://[A-Za-z0-9./:_-]+$ ]] ||
		misuse "no plain URL: $whoami"
}

# Traffic

# The application load balancer's addresses: one of its node in each zone
alb_addresses()
{
	getent ahostsv4 "${out[ALBEndpoint]}" | awk '{ print $1 }' | sort -u
}

# Asks each address six times for each web server. AWS does not promise that the
# servers take turns strictly, as several processes share the work of a node.
alb_asks_all()
{
	local address zone page pages seen=0

	for address in $(alb_addresses); do
		pages=""
		for ((page = 0; page < 6 * ${#zones[@]}; page++)); do
			pages+=$(curl -fsS --max-time 10 \
				"http://$address:${out[ALBListenerPort]}/")$'\n'
		done
		note "$address: $(sort <<<"$pages" | uniq -c | tr -s ' \n' ' ')"
		for zone in "${zones[@]}"; do
			grep -qx "Web Server $zone" <<<"$pages" || return 1
		done
		[ "$(grep -c "^Web Server " <<<"$pages")" -eq "$page" ] ||
			return 1
		seen=$((seen + 1))
	done
	[ "$seen" -gt 0 ]
}

web_pings()
{
	local said

	said=$(remote "${out[VPC1WebApp$1]}" "ping -q -c 20 -i 0.2 $ping") ||
		return 1
	note "$(grep loss <<<"$said")"
	grep -q " 0% packet loss" <<<"$said"
}

web_leaves_by_nat()
{
	local said

	said=$(remote "${out[VPC1WebApp$1]}" "curl -fsS --max-time 10 $whoami") ||
		return 1
	note "web server $1 was seen as $said"
	[ "${said//[[:space:]]/}" = "${out[NatAddress$1]}" ]
}

# No key is needed to see that a server answers on the port for SSH.
bastion_reaches()
{
	local address=${out[VPC1WebApp${1}PrivateIP]} said

	said=$(remote "${out[JumpServerInstance]}" \
		"timeout 10 bash -c 'head -n 1 </dev/tcp/$address/22'") ||
		return 1
	[[ $said == SSH-2.0-* ]]
}

# Whole packets of 8500 bytes pass an endpoint.
passes_8500()
{
	remote "${out[JumpServerInstance]}" "ping -q -c 3 -M do -s 8472 \
${out[VPC1WebApp${1}PrivateIP]}" | grep -q " 0% packet loss"
}

# One more byte does not, if endpoints are as we know them. It is no defect of
# the stack if they have learned it, so this only tells.
note_larger()
{
	if remote "${out[JumpServerInstance]}" "ping -q -c 3 -M do -s 8473 \
${out[VPC1WebApp1PrivateIP]}" | grep -q " 0% packet loss"; then
		note "packets of 8501 bytes pass an endpoint, too"
	else
		note "packets of 8501 bytes do not pass an endpoint"
	fi
}

# What appliances see

appliance_is_healthy()
{
	local said

	said=$(remote "$1" ". /etc/gwlb/gwlb.conf; \
curl -sS -m 2 -w ' %{http_code}' http://127.0.0.1:\$HEALTH_PORT/") || return 1
	[[ $said == *" 200" ]]
}

# returned INSTANCE: how many packets the module has inspected and given back
returned()
{
	remote "$1" "gwlbctl stats --all" | awk '$1 == "returned" { print $2 }'
}

# The endpoints that the packets name are those of the stack: so an appliance
# reads AWS's options right, and gets packets from every zone or from its own.
endpoints_are_ours()
{
	local id seen="" zone known=" "

	for zone in "${zones[@]}"; do
		known+="${out[GwlbEndpoint$zone]} "
	done
	for id in $(appliances); do
		seen+=$(remote "$id" "gwlbctl endpoint list" |
			awk 'NR > 1 { print $1 }')$'\n'
	done
	seen=$(sort -u <<<"$seen" | grep .)
	note "endpoints in the packets: ${seen//$'\n'/ }"
	for id in $seen; do
		[[ $known == *" $id "* ]] || return 1
	done
	[ "$(grep -c . <<<"$seen")" -eq ${#zones[@]} ]
}

# counted WHAT: sum over all web servers, or over all appliances, in packets
counted()
{
	local id zone sum=0 packets

	if [ "$1" = appliances ]; then
		for id in $fleet; do
			packets=$(returned "$id")
			sum=$((sum + packets))
		done
	else
		for zone in "${zones[@]}"; do
			packets=$(remote "${out[VPC1WebApp$zone]}" \
				"cat /sys/class/net/e*/statistics/[rt]x_packets" |
				awk '{ n += $1 } END { print n }')
			sum=$((sum + packets))
		done
	fi
	echo "$sum"
}

# What web servers send and receive is what appliances inspect. Each server asks
# the load balancer by its public name: out by NAT, in again to another server.
# The servers' counters are those of their interface, so they have what is not
# inspected, too: Systems Manager's own packets, the clock's. That is a few in a
# hundred; a path that is not inspected in one direction would be a quarter.
# What appliances have more is the bastion's.
covers()
{
	local before after servers inspected zone share

	fleet=$(appliances)
	before="$(counted servers) $(counted appliances)"
	for zone in "${zones[@]}"; do
		remote "${out[VPC1WebApp$zone]}" "for i in \$(seq 1000); do \
curl -fsS -m 10 -o /dev/null $url || exit 1; done" >/dev/null || return 1
	done
	after="$(counted servers) $(counted appliances)"
	servers=$((${after% *} - ${before% *}))
	inspected=$((${after#* } - ${before#* }))
	share=$((inspected * 100 / servers))
	note "web servers: $servers packets, inspected: $inspected, $share %"
	[ "$share" -ge 93 ] && [ "$share" -le 103 ]
}

all_appliances_work()
{
	local id packets

	for id in $(appliances); do
		packets=$(returned "$id")
		note "$id has inspected $packets packets"
		[ "$packets" -gt 0 ] || return 1
	done
}

# The rest

run_reads()
{
	local zone id

	check "S28: stack and outputs are complete" \
		stack_is_complete "$stack"
	check "S15: endpoints are available" endpoints_are_available
	check "S15: all routes are active" routes_are_active
	check "S3: all appliances are in service and healthy" fleet_is_whole
	check "S5: all web servers are healthy" \
		all_healthy "${out[WebTargetGroup]}" ${#zones[@]}
	check "flows fail over" fails_over
	check "S14: Systems Manager manages the bastion" \
		is_managed "${out[JumpServerInstance]}"
	for zone in "${zones[@]}"; do
		check "S17: Systems Manager manages web server $zone" \
			is_managed "${out[VPC1WebApp$zone]}"
	done
	for id in $(appliances); do
		check "S1, S21: $id works" appliance_is_healthy "$id"
	done
}

run_traffic()
{
	local zone

	check "S18: every web server answers" alb_asks_all
	for zone in "${zones[@]}"; do
		check "S17: web server $zone: ping" web_pings "$zone"
		check "S4: web server $zone leaves by its NAT" \
			web_leaves_by_nat "$zone"
		check "S16: bastion to web server $zone: SSH" \
			bastion_reaches "$zone"
		check "web server $zone: packets of 8500 bytes" \
			passes_8500 "$zone"
	done
	note_larger
	check "S19: packets name the stack's endpoints" endpoints_are_ours
	check "S3: all appliances inspect" all_appliances_work
	check "D1: all of it is inspected" covers
}

main()
{
	local tool

	arguments "$@"
	for tool in aws curl getent; do
		command -v "$tool" >/dev/null || die "needs $tool"
	done
	region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}
	region=${region:-$(aws configure get region || true)}
	[ -n "$region" ] || misuse "which region?"
	export AWS_REGION=$region AWS_DEFAULT_REGION=$region
	# Who is near: many addresses cannot be reached from China.
	case $region in
	cn-*) ping=${ping:-223.5.5.5} ;;
	*) ping=${ping:-1.1.1.1} ;;
	esac

	read_outputs "$stack"
	trap resume EXIT
	run_reads
	run_traffic
	[ -z "$failover" ] || run_failover
	echo "1..$tests"
	[ "$failed" -eq 0 ]
}

main "$@"
