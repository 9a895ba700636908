# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a case of the acceptance suite is, and how the lab of it is asked:
# the templates' parameters, who is who, gwlbsim, the appliances. Behind
# lib.sh; owns the lab between lab_up and lab_down and $work/lab.*.

# shellcheck disable=SC2034,SC2154 # for, and from, those who source this

LAB_PY=$TOP/selftests/lab/lab.py
TOPOLOGY_PY=$TOP/selftests/cfn/topology.py

# What is waited for takes seconds here, and each question starts programs.
POLL=0.25

# Every address of the templates another one, with other lengths, and the
# port of the health checks with them.
other_cidrs()
{
	local architecture=$1 vpc=1 net=172.20 i
	local given=(VPC1CIDR=172.20.0.0/16 HealthPort=18080)

	for i in 1 2; do
		given+=("VPC1NATSubnet${i}CIDR=172.20.$i.64/26"
			"VPC1EndpointSubnet${i}CIDR=172.20.$((16 * i)).0/28"
			"VPC1PrivateSubnet${i}CIDR=172.20.$((100 + 2 * i)).0/23")
	done
	if [ "$architecture" = separated-vpc ]; then
		vpc=2 net=10.99
		given+=("VPC2CIDR=10.99.0.0/16")
	fi
	for i in 1 2; do
		given+=("VPC${vpc}GWLBSubnet${i}CIDR=$net.$((200 + i)).0/27"
			"VPC${vpc}ApplianceSubnet${i}CIDR=$net.$((64 + i)).0/24")
	done
	printf '%s\n' "${given[@]}"
}

# case_arguments CASE: sets $arguments for topology.py, or fails
case_arguments()
{
	local architecture=${1%%-*}-vpc given

	arguments=("$architecture")
	case $1 in
	single-aws|separated-aws) ;;
	single-cn|separated-cn) arguments+=(--partition aws-cn) ;;
	single-cidrs|separated-cidrs)
		for given in $(other_cidrs "$architecture"); do
			arguments+=(--set "$given")
		done
		;;
	single-zones|separated-zones) arguments+=(--set ZoneCount=3) ;;
	# Two in each zone, so that no zone is lost with one of them.
	single-zonal|separated-zonal)
		arguments+=(--set GwlbCrossZone=false --set FleetSize=4)
		;;
	single-original|separated-original)
		arguments+=(--original-routes)
		;;
	*) return 1 ;;
	esac
}

# lab_up CASE: the lab of a case, and all that is known about it
lab_up()
{
	case_arguments "$1" || bail_out "there is no case $1"
	CASE=$1
	# A lab's name is short and has no hyphen.
	LAB=${1//-/}
	LAB=${LAB:0:16}
	LAB_EXEC=/run/gwlb-lab/$LAB/exec
	python3 "$TOPOLOGY_PY" "${arguments[@]}" >"$work/lab.topology" ||
		bail_out "topology.py ${arguments[*]}"
	on_exit python3 "$LAB_PY" down "$LAB"
	must python3 "$LAB_PY" up "$work/lab.topology" --name "$LAB"
	lab_facts
}

# Asked once, as each question to a program takes its time in a guest.
#
#   WEBS APPLIANCES ALBS HOSTS    names of hosts
#   ADDRESS ZONE PUBLIC NETNS     of a host; PUBLIC of those that have one
#   CLIENTS                       addresses outside
#   NAT_OF VPCE_OF                of a zone: the NAT gateway's public address,
#                                 the endpoint
#   NODES                         addresses of the load balancer
#   INTERVAL TIMEOUT UNHEALTHY    of the health checks, in seconds
lab_facts()
{
	local code

	declare -gA ADDRESS ZONE PUBLIC NETNS NAT_OF VPCE_OF
	python3 "$LAB_PY" show "$LAB" --json >"$work/lab.json" ||
		bail_out "lab.py show $LAB"
	code=$(jq -r --slurpfile t "$work/lab.topology" '
		def list(n): "\(n)=(\(map(@sh) | join(" ")))";
		def table(n): "\(n)=(\(map("[\(.[0])]=\(.[1] | @sh)") |
			join(" ")))";
		def those(role): .hosts | to_entries |
			map(select(.value.role == role).key);
		$t[0] as $t |
		(those("web") | list("WEBS")),
		(those("appliance") | list("APPLIANCES")),
		(those("alb") | list("ALBS")),
		(.hosts | keys_unsorted | list("HOSTS")),
		(.hosts | to_entries | map([.key, .value.netns]) |
			table("NETNS")),
		(.hosts | to_entries | map([.key, .value.zone]) |
			table("ZONE")),
		(.hosts | to_entries |
			map([.key, (.value.addresses | first(.[]) // "")]) |
			table("ADDRESS")),
		(.hosts | to_entries | map(select(.value.public) |
			[.key, .value.public]) | table("PUBLIC")),
		(.internet.addresses | list("CLIENTS")),
		(.nat | map([.zone, .public]) | table("NAT_OF")),
		(.endpoints | map([.zone, .vpce]) | table("VPCE_OF")),
		(.gwlb.nodes | map(.address) | list("NODES")),
		"CROSS_ZONE=\($t.gwlb.cross_zone)",
		"CONTROL=\(.gwlb.control | @sh)",
		"INTERVAL=\($t.targets.health.interval)",
		"TIMEOUT=\($t.targets.health.timeout)",
		"UNHEALTHY=\($t.targets.health.unhealthy)",
		"HEALTH_PORT=\($t.targets.health.port)"
		' "$work/lab.json") || bail_out "lab.py show $LAB"
	eval "$code"
}

# on HOST COMMAND...: with the host's network only
on()
{
	ip netns exec "${NETNS[$1]}" "${@:2}"
}

# launch HOST COMMAND...: the same in the background; $! is the command itself,
# not a shell that waits for it, so that signals reach it
launch()
{
	ip netns exec "${NETNS[$1]}" "${@:2}" &
}

# inside HOST COMMAND...: with its files and processes, too
inside()
{
	"$LAB_EXEC" "$@"
}

# Everything that a test may say begins with the case, as there are several.
ok()
{
	tests=$((tests + 1))
	echo "ok $tests - $CASE: $*"
}

not_ok()
{
	tests=$((tests + 1))
	failed=$((failed + 1))
	echo "not ok $tests - $CASE: $*"
}

# balancer COMMAND: what the load balancer says, a line of JSON
balancer()
{
	printf '%s\n' "$*" | nc -U -N -w 10 "$CONTROL"
}

# target_is ADDRESS STATE: for wait_for
target_is()
{
	balancer targets | grep -q "\"$1\"[^}]*\"$2\""
}
