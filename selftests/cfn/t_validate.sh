#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# t_validate.sh - AWS's cloudformation-validate over all templates
#
# In TAP. One region of each partition, as the rules differ by partition. The
# last tests show that it refuses what is wrong.
set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
templates=$TOP/cloudformation
here=$TOP/selftests/cfn
regions=(--region us-east-1 --region cn-north-1 --region us-gov-west-1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# broken RULE FILE FROM TO: a template with that edit, which breaks a rule
broken()
{
	local rule=$1 file=$templates/single-vpc/$2 from=$3 to=$4

	mkdir "$work/$rule"
	sed "s#$from#$to#" "$file" >"$work/$rule/$2"
	if cmp -s "$work/$rule/$2" "$file"; then
		echo "not ok 1 - '$from' is in $2"
		echo "1..1"
		exit 1
	fi
	expected+=(--expect "$rule=$work/$rule/$2")
}

expected=()
broken F3002 Nested-Stack-JumpServer.yml HttpTokens: HttpToken:
broken F1020 Nested-Stack-GWLB.yml "!Ref EndpointSubnet2" "!Ref NoSuchThing"
broken W3030 Nested-Stack-GWLB.yml "Protocol: GENEVE" "Protocol: GENEVA"
broken W9003 Nested-Stack-GWLB.yml 'Value: "60"' 'Value: 60'
"$here/npm.sh" "$here/validate.mjs" "${regions[@]}" "${expected[@]}" \
	"$templates"/*/*.yml "$TOP/packaging/image-builder.yml"
