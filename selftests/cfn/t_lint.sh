#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# t_lint.sh - cfn-lint over both template sets, and over that of the image, if
# this machine has it
#
# In TAP. Debian has no package of it, so without it this is skipped, loudly;
# t_validate.sh and checks.py run everywhere. Works on a copy in which nested
# templates are named by file, which lets cfn-lint compare the parameters and
# outputs of parents and children (E3043, E1010).
set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
templates=$TOP/cloudformation
regions=(us-east-1 cn-north-1 cn-northwest-1 us-gov-west-1)
sets=(single-vpc separated-vpc)

# W3002: a nested template named by file; that is what the copy is for.
ignored=W3002

copy_sets()
{
	local set

	for set in "${sets[@]}"; do
		mkdir "$work/$set"
		cp "$templates/$set"/*.yml "$work/$set/"
		sed -i 's#\(TemplateURL: \).*/\(Nested-[A-Za-z0-9-]*\.yml\).*#\1./\2#' \
			"$work/$set"/*.yml
		# What the copy has no use for any more.
		printf '  TemplatePrefix:\n    Value: !Ref TemplatePrefix\n' \
			>>"$work/$set/CN-GWLB.yml"
	done
}

if ! command -v cfn-lint >/dev/null || ! version=$(cfn-lint --version 2>&1)
then
	echo "1..1"
	echo "ok 1 - cfn-lint # SKIP NOT RUN: no cfn-lint on this machine"
	exit 0
fi
echo "# $version"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy_sets

# lint DIRECTORY FILE...
lint()
{
	local where=$1

	shift
	(cd "$where" && cfn-lint --ignore-checks "$ignored" --format parseable \
		--non-zero-exit-code informational --regions "${regions[@]}" \
		-- "$@" 2>&1)
}

number=0
failed=0

# verdict DESCRIPTION OUTPUT: good if the last command was
verdict()
{
	local rc=$? what=$1 out=$2

	number=$((number + 1))
	if [ $rc -eq 0 ]; then
		echo "ok $number - cfn-lint: $what"
	else
		failed=1
		echo "not ok $number - cfn-lint: $what"
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
}

# bites RULE FILE FROM TO: a set with that edit is refused, by that rule
bites()
{
	local rule=$1 file=$work/broken/$2 from=$3 to=$4 out

	rm -rf "$work/broken"
	cp -r "$work/${sets[0]}" "$work/broken"
	sed -i "s#$from#$to#" "$file"
	if cmp -s "$file" "$work/${sets[0]}/$2"; then
		out="'$from' is not in $2"
		false
	else
		! out=$(lint "$work/broken" "${file##*/}") && grep -q ":$rule:" <<<"$out"
	fi
	verdict "$rule is found" "$out"
}

echo "1..$((${#sets[@]} + 4))"
for set in "${sets[@]}"; do
	# shellcheck disable=SC2046 # names without blanks
	out=$(lint "$work/$set" $(cd "$work/$set" && echo ./*.yml))
	verdict "$set, ${regions[*]}" "$out"
done
out=$(lint "$TOP/packaging" image-builder.yml)
verdict "image-builder.yml, ${regions[*]}" "$out"
bites E3043 CN-GWLB.yml "^        VPC1CIDR: !Ref VPC1CIDR" \
	"        VPC1Cidr: !Ref VPC1CIDR"
bites E1010 CN-GWLB.yml "!GetAtt VPC1.Outputs.VPC1" \
	"!GetAtt VPC1.Outputs.NoSuchOutput"
bites E3030 Nested-Stack-GWLB.yml "Protocol: GENEVE" "Protocol: GENEVA"
exit $failed
