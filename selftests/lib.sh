# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every test in this directory begins with: TAP output, a stack of things
# to undo, waiting for conditions, and the two namespaces of most tests:
#
#   $SIM   wire0 192.168.9.1/24, .2  ------  eth0 192.168.9.100/24   $APP
#          the load balancer's side          the appliance: gwlb.ko, up
#
# $ATTACH says where the module takes packets, in words of "gwlbctl up": with
# "attach ingress dev eth0" a test is another one.
#
# $ONLY lists parts of a test, functions test_*: the others are left out, and so
# is what they would have found.
#
# Sourced by t_*.sh, which run as root, each alone and in any order.

set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
GWLBCTL=${GWLBCTL:-$TOP/tools/gwlbctl/gwlbctl}
GWLB_KO=${GWLB_KO:-$TOP/gwlb.ko}
GWLBSIM=${GWLBSIM:-$TOP/selftests/gwlbsim/gwlbsim}

NODE=192.168.9.1
NODE2=192.168.9.2
LOCAL=192.168.9.100
# shellcheck disable=SC2034 # for those who source this
ENDPOINT=vpce-0123456789abcdef0

SIM=sim-$$
APP=app-$$

tests=0
failed=0
undo=()

# TAP

ok()
{
	tests=$((tests + 1))
	echo "ok $tests - $*"
}

not_ok()
{
	tests=$((tests + 1))
	failed=$((failed + 1))
	echo "not ok $tests - $*"
}

note()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# check DESCRIPTION COMMAND...: it must succeed
check()
{
	local what=$1 out

	shift
	if out=$("$@" 2>&1); then
		ok "$what"
	else
		not_ok "$what"
		note "$*"
		note "$out"
	fi
}

# exits CODE DESCRIPTION PATTERN COMMAND...: with that code, saying PATTERN
exits()
{
	local code=$1 what=$2 pattern=$3 out rc

	shift 3
	out=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq "$code" ] && grep -q -- "$pattern" <<<"$out"; then
		ok "$what"
	else
		not_ok "$what"
		note "exit code $rc, not $code with '$pattern': $out"
	fi
}

# refused DESCRIPTION PATTERN COMMAND...: and says why
refused()
{
	[ -n "$2" ] || bail_out "$1: what is said?"
	exits 1 "$@"
}

# is DESCRIPTION FOUND EXPECTED
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "found: $2"
		note "expected: $3"
	fi
}

bail_out()
{
	echo "Bail out! $*"
	exit 1
}

# must COMMAND...: what a test needs before it can test anything
must()
{
	local out

	out=$("$@" 2>&1) || bail_out "$*: $out"
}

# How many times slower than a stock kernel this one is, by design
SLOW=${SLOW:-1}

# within SECONDS COMMAND...: whether it succeeds by then; asked every POLL seconds
POLL=0.05
within()
{
	local end=$((SECONDS + $1 * SLOW))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep $POLL
	done
}

# wait_for SECONDS COMMAND...: until it succeeds. The seconds are many times what
# a stock kernel needs, and a machine that others share has many times that.
wait_for()
{
	within $(($1 * 6)) "${@:2}"
}

# Undoing

# on_exit COMMAND...: run at the end, the last one first
on_exit()
{
	undo+=("$(printf '%q ' "$@")")
}

undo_all()
{
	local i

	for ((i = ${#undo[@]} - 1; i >= 0; i--)); do
		eval "${undo[i]}" >/dev/null 2>&1
	done
	undo=()
}

# Every test ends here, however it ends.
finish()
{
	local rc=$? jobs

	trap - EXIT
	# Who gave up has not ended what runs in the background, which would be
	# in the way of tests to come.
	jobs=$(jobs -p)
	if [ -n "$jobs" ]; then
		# shellcheck disable=SC2086 # a list
		{ kill $jobs; kill -CONT $jobs; } 2>/dev/null
	fi
	undo_all
	echo "1..$tests"
	# A bare "exit" in a trap would exit with what was before the trap.
	[ $rc -eq 0 ] && [ $failed -eq 0 ] || exit 1
	exit 0
}
trap finish EXIT
trap 'exit 1' INT TERM

# leave_out COMMAND: if it is a part of the test that $ONLY does not have, that
# part does nothing
leave_out()
{
	case $1 in
	test_*)
		[[ " $ONLY " == *" ${1%% *} "* ]] || eval "${1%% *}() { :; }"
		;;
	esac
}

# Functions do not inherit this: parts are what the script itself calls. Not to
# run the command would be simpler, but when it is the last one bash forgets the
# other trap then.
[ -z "${ONLY:-}" ] || trap 'leave_out "$BASH_COMMAND"' DEBUG

# stop PID: end a process and wait until it is gone
stop()
{
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# The module

# load_module [PARAMETER=VALUE]...
# shellcheck disable=SC2120 # those who source this pass some
load_module()
{
	if [ -d /sys/module/gwlb ]; then
		return
	fi
	# insmod does not load what a module needs; a kernel may have it built in.
	modprobe -aq nf_reject_ipv4 nf_reject_ipv6
	must insmod "$GWLB_KO" "$@"
	on_exit rmmod gwlb
}

# unload_module: while others read, as a dump holds it
unload_module()
{
	must wait_for 20 rmmod gwlb
}

ctl()
{
	"$GWLBCTL" -n "$APP" "$@"
}

# up: takes packets where $ATTACH says
up()
{
	# shellcheck disable=SC2086 # words are wanted
	ctl up ${ATTACH:-}
}

# counter NAME [packets|bytes]
counter()
{
	ctl stats --json | jq -r --arg n "$1" --arg u "${2:-packets}" \
		'[.received, .counters[]] | .[] | select(.name == $n) | .[$u]'
}

# reaches NAME N: for wait_for
reaches()
{
	[ "$(counter "$1")" -ge "$2" ]
}

# watch_arrivals: for check_balance, and only for who calls that, nft counts what
# comes to the module's hook, and what is let on, by chains around it
watch_arrivals()
{
	grep -q '^	*check_balance$' "$0" || return 0
	must ip netns exec "$APP" nft -f - <<-NFT
		table ip arrivals {
			chain before {
				type filter hook prerouting priority -451
				ip protocol udp counter
			}
			chain behind {
				type filter hook prerouting priority -449
				ip protocol udp counter
			}
		}
	NFT
}

# arrivals: packets and bytes that came to the hook and were not let on
arrivals()
{
	ip netns exec "$APP" nft --json list table ip arrivals |
		jq -c '[.nftables[].rule // empty] | map({key: .chain,
			value: (.expr[].counter // empty)}) | from_entries |
			[.before.packets - .behind.packets,
			 .before.bytes - .behind.bytes]'
}

# settled: packets and bytes that the module has returned or dropped
settled()
{
	ctl stats --json | jq -c '[.counters[] |
		select(.name | startswith("pass-") | not)] |
		[(map(.packets) | add), (map(.bytes) | add)]'
}

# forget_arrivals: what came so far does not count. Aggregates are one packet for
# nft, and as many for the module as they have on the wire.
forget_arrivals()
{
	arrived_before=$(arrivals)
	settled_before=$(settled)
}
arrived_before="[0,0]"
settled_before="[0,0]"

# since NOW BEFORE: two lists of numbers
since()
{
	jq -nc "[$1, $2] | transpose | map(.[0] - .[1])"
}

# Each packet that was not let on has one fate, and is counted once. Somebody
# else has to say how many there were: the module's "received" is a sum itself.
# Where packets are taken before nft can see them, nobody does.
check_balance()
{
	[ -z "${ATTACH:-}" ] || return 0
	is "what was taken is what was returned or dropped" \
		"$(since "$(settled)" $settled_before)" \
		"$(since "$(arrivals)" $arrived_before)"
}

# Namespaces

# netns NAME: a namespace that says nothing by itself
netns()
{
	must ip netns add "$1"
	on_exit ip netns del "$1"
	must ip -n "$1" link set lo up
	must ip netns exec "$1" sysctl -qw net.ipv6.conf.default.accept_dad=0
}

# plug_wire [MTU]: joins the two namespaces
plug_wire()
{
	local mtu=${1:-9001}

	must ip link add wire0 netns "$SIM" mtu "$mtu" type veth \
		peer name eth0 netns "$APP" mtu "$mtu"
	setup_addresses
}

# setup_addresses: of the two devices that are there
setup_addresses()
{
	# Only IPv4 is counted, but a quiet wire makes captures readable.
	must ip netns exec "$SIM" sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1
	must ip netns exec "$APP" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
	must ip -n "$SIM" addr add $NODE/24 dev wire0
	must ip -n "$SIM" addr add $NODE2/24 dev wire0
	must ip -n "$APP" addr add $LOCAL/24 dev eth0
	must ip -n "$SIM" link set wire0 up
	must ip -n "$APP" link set eth0 up
	SIM_MAC=$(ip netns exec "$SIM" cat /sys/class/net/wire0/address)
	APP_MAC=$(ip netns exec "$APP" cat /sys/class/net/eth0/address)
	must ip -n "$SIM" neigh replace $LOCAL lladdr "$APP_MAC" dev wire0
	must ip -n "$APP" neigh replace $NODE lladdr "$SIM_MAC" dev eth0
	must ip -n "$APP" neigh replace $NODE2 lladdr "$SIM_MAC" dev eth0
}

# setup_pair [MTU]
setup_pair()
{
	netns "$SIM"
	netns "$APP"
	watch_arrivals
	plug_wire "$@"
}

# setup_up [MTU]: both namespaces, module loaded, up
setup_up()
{
	load_module
	setup_pair "$@"
	must up
}
