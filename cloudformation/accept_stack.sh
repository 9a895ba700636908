# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a stack says of itself, what AWS says of its parts, and commands on its
# instances. Sourced by accept.sh. Owns $out, $zones and $url; changes nothing.

declare -A out

# read_outputs STACK: sets $out[NAME] to the outputs, and what follows from them
read_outputs()
{
	local name value text

	text=$(aws cloudformation describe-stacks --stack-name "$1" \
		--query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' \
		--output text) || die "no stack $1"
	while IFS=$'\t' read -r name value; do
		out[$name]=$value
	done <<<"$text"
	for name in ALBEndpoint ALBListenerPort JumpServerInstance \
		JumpServerPublicIP LinuxAMI VPC1WebApp1 VPC1WebApp2 \
		VPC1WebApp1PrivateIP VPC1WebApp2PrivateIP NatAddress1 \
		NatAddress2 VirtualApplianceFleet VirtualApplianceCommand \
		GwlbTargetGroup WebTargetGroup GwlbEndpoint1 GwlbEndpoint2
	do
		[ -n "${out[$name]:-}" ] || die "$1 has no output $name"
	done
	zones=(1 2)
	[ -z "${out[VPC1WebApp3]:-}" ] || zones=(1 2 3)
	# shellcheck disable=SC2034 # for those who source this
	url=http://${out[ALBEndpoint]}:${out[ALBListenerPort]}/
}

# stack_is_complete STACK
stack_is_complete()
{
	local status

	status=$(aws cloudformation describe-stacks --stack-name "$1" \
		--query 'Stacks[0].StackStatus' --output text)
	note "status: $status"
	[[ $status =~ ^(CREATE|UPDATE)_COMPLETE$ ]]
}

# The instances of the fleet that are at work
appliances()
{
	aws autoscaling describe-auto-scaling-groups \
		--auto-scaling-group-names "${out[VirtualApplianceFleet]}" \
		--query "AutoScalingGroups[0].Instances[?LifecycleState==\
'InService'&&HealthStatus=='Healthy'].InstanceId" --output text |
		tr '\t' '\n'
}

wanted_appliances()
{
	aws autoscaling describe-auto-scaling-groups \
		--auto-scaling-group-names "${out[VirtualApplianceFleet]}" \
		--query 'AutoScalingGroups[0].DesiredCapacity' --output text
}

# targets GROUP: "ID STATE" of each target
targets()
{
	aws elbv2 describe-target-health --target-group-arn "$1" --query \
		'TargetHealthDescriptions[].[Target.Id,TargetHealth.State]' \
		--output text | tr '\t' ' '
}

# all_healthy GROUP COUNT: so many targets are healthy, and no other is there
all_healthy()
{
	local found

	found=$(targets "$1")
	note "targets: ${found//$'\n'/, }"
	[ "$(grep -c ' healthy$' <<<"$found")" -eq "$2" ] &&
		[ "$(grep -c . <<<"$found")" -eq "$2" ]
}

fleet_is_whole()
{
	local count

	count=$(wanted_appliances)
	[ "$(appliances | grep -c .)" -eq "$count" ] &&
		all_healthy "${out[GwlbTargetGroup]}" "$count"
}

# Both failovers have to be the same, or GWLB keeps sending flows to the dead.
fails_over()
{
	local values

	values=$(aws elbv2 describe-target-group-attributes \
		--target-group-arn "${out[GwlbTargetGroup]}" --query \
		"Attributes[?starts_with(Key,'target_failover')].Value" \
		--output text)
	note "target_failover: $values"
	[ "$values" = $'rebalance\trebalance' ]
}

endpoints_are_available()
{
	local zone ids=() states

	for zone in "${zones[@]}"; do
		ids+=("${out[GwlbEndpoint$zone]}")
	done
	states=$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "${ids[@]}" \
		--query 'VpcEndpoints[].State' --output text | tr '\t' '\n')
	[ "$(grep -cix available <<<"$states")" -eq ${#ids[@]} ]
}

# A route to what is gone is a "blackhole".
routes_are_active()
{
	local vpc bad

	vpc=$(aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[0].VpcId' \
		--vpc-endpoint-ids "${out[GwlbEndpoint1]}" --output text)
	bad=$(aws ec2 describe-route-tables --filters "Name=vpc-id,Values=$vpc" \
		--query "RouteTables[].Routes[?State!='active'][]" \
		--output text)
	[ -z "$bad" ] || note "not active: $bad"
	[ -z "$bad" ]
}

# Commands on instances, by Systems Manager: nobody needs a key for these.

# is_managed INSTANCE
is_managed()
{
	[ "$(aws ssm describe-instance-information --filters \
		"Key=InstanceIds,Values=$1" --output text --query \
		'InstanceInformationList[0].PingStatus')" = Online ]
}

# invocation RUN INSTANCE FIELD: what became of a command
invocation()
{
	aws ssm get-command-invocation --command-id "$1" --instance-id "$2" \
		--query "$3" --output text 2>/dev/null || true
}

# remote INSTANCE COMMAND: runs it as root and prints what it says
remote()
{
	local id=$1 command=$2 run status="" tries

	case $command in
	*[\"\\]*) die "cannot be quoted: $command" ;;
	esac
	run=$(aws ssm send-command --instance-ids "$id" \
		--document-name AWS-RunShellScript \
		--parameters "{\"commands\":[\"$command\"]}" \
		--query Command.CommandId --output text) || return 1
	for ((tries = 0; tries < 200; tries++)); do
		status=$(invocation "$run" "$id" Status)
		case $status in
		""|None|Pending|InProgress|Delayed) sleep 3 ;;
		*) break ;;
		esac
	done
	invocation "$run" "$id" StandardOutputContent
	[ "$status" = Success ]
}
