#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# t_publish.sh - cloudformation/publish.sh against an S3 server of its own
#
# In TAP. What arrives is read back with awscli; where the main templates say
# that the nested ones are is worked out by the project's own expander. Buckets
# are made in a directory that goes with the test; nothing leaves this machine.
set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$TOP/selftests/cfn
publish=$TOP/cloudformation/publish.sh
sets=(single-vpc separated-vpc)

tests=0
failed=0

# verdict DESCRIPTION [NOTE]: good if the last command was
verdict()
{
	local rc=$?

	tests=$((tests + 1))
	if [ $rc -eq 0 ]; then
		echo "ok $tests - publish: $1"
	else
		failed=1
		echo "not ok $tests - publish: $1"
		printf '%s\n' "${2:-$out}" | tail -n 30 | sed 's/^/# /'
	fi
}

# exits CODE DESCRIPTION PATTERN COMMAND...
exits()
{
	local code=$1 what=$2 pattern=$3 rc

	shift 3
	out=$("$@" 2>&1)
	rc=$?
	[ $rc -eq "$code" ] && grep -q -- "$pattern" <<<"$out"
	verdict "$what" "exit code $rc, not $code with '$pattern': $out"
}

# The server ends when its input does, which is when this test ends.
start_server()
{
	local tries

	mkdir "$work/store"
	mkfifo "$work/life"
	"$here/npm.sh" "$here/s3.mjs" "$work/store" gwlb-test=us-east-1 \
		gwlb-china=cn-north-1 gwlb-gov=us-gov-west-1 \
		gwlb-foreign=us-east-1=210987654321 \
		<"$work/life" >"$work/port" 2>"$work/server" &
	server=$!
	exec 8>"$work/life"
	for ((tries = 0; tries < 300; tries++)); do
		[ ! -s "$work/port" ] || break
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	port=$(cat "$work/port")
	[ -n "$port" ]
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	exec 8>&-
	[ -z "${server:-}" ] || wait "$server"
	rm -rf "$work"
}

s3()
{
	aws --endpoint-url "$AWS_ENDPOINT_URL" --region us-east-1 \
		--output text "$@"
}

# Everything in a bucket: key, hash, time of the last change.
contents()
{
	s3 s3api list-objects-v2 --bucket "$1" \
		--query 'Contents[].[Key,ETag,LastModified]'
}

# What the tree's files look like, to see that they are left alone.
tree()
{
	(cd "$TOP/cloudformation" && find . -type f | sort |
		xargs -d '\n' sha256sum)
}

# download BUCKET DIRECTORY
download()
{
	s3 s3 cp --only-show-errors --recursive "s3://$1/" "$2"
}

# default_of FILE PARAMETER
default_of()
{
	python3 -c '
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from template import Template
print(Template(Path(sys.argv[2])).parameters[sys.argv[3]]["Default"])
' "$here" "$@"
}

# Where the nested templates of a set are, as its main template has it with
# nothing given but what a user has to give: one URL a line. The set is put
# together in a directory as the expander wants it.
nested_urls()
{
	local main=$1 joined

	shift
	joined=$(mktemp -d -p "$work")
	cp "$TOP/cloudformation/$(basename "$(dirname "$main")")"/Nested-*.yml \
		"$main" "$joined/"
	python3 -c '
import sys
sys.path.insert(0, sys.argv[1])
from expand import expand, with_given
directory = sys.argv[2]
values = dict(word.split("=", 1) for word in sys.argv[4:])
found = expand(directory, {"cn": "aws-cn"}.get(sys.argv[3][:2], "aws"),
               sys.argv[3], with_given(directory, values))
print("\n".join(r.properties["TemplateURL"] for r in
                found.of_type("AWS::CloudFormation::Stack")))
' "$here" "$joined" "$@" | sort -u
}

# Two packages that are none, as far as any S3 server can tell.
make_packages()
{
	mkdir "$work/packages"
	echo one >"$work/packages/gwlb-tools_0.5.0_arm64.deb"
	echo two >"$work/packages/gwlb-dkms_0.5.0_all.deb"
	echo "not for you" >"$work/packages/notes.txt"
}

work=$(mktemp -d)
trap cleanup EXIT
export AWS_ACCESS_KEY_ID=S3RVER AWS_SECRET_ACCESS_KEY=S3RVER
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export AWS_EC2_METADATA_DISABLED=true AWS_PAGER=""
# Newer ones send checksums that only newer servers understand.
export AWS_REQUEST_CHECKSUM_CALCULATION=when_required
export AWS_RESPONSE_CHECKSUM_VALIDATION=when_required
unset AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_ENDPOINT_URL_S3
unset AWS_SESSION_TOKEN AWS_ENDPOINT_URL_STS

if ! start_server; then
	echo "not ok 1 - publish: an S3 server answers"
	sed 's/^/# /' "$work/server"
	echo "1..1"
	exit 1
fi
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
make_packages
before=$(tree)

# Wrong usage

exits 2 "no bucket" "which bucket" "$publish"
exits 2 "an unknown option" "unknown option --frob" "$publish" --frob b
exits 2 "too many arguments" "too many" "$publish" gwlb-test a b
exits 2 "a bucket with dots" "without dots" "$publish" gwlb.test
exits 2 "a prefix with blanks" "no prefix" "$publish" gwlb-test "a b"
exits 2 "a prefix that climbs" "no prefix" "$publish" gwlb-test ../x
exits 2 "no region" "which region" "$publish" gwlb-test
exits 2 "a region that is none" "no region" "$publish" gwlb-test \
	--region moon
exits 2 "an option without its value" "needs a value" "$publish" \
	gwlb-test --region
exits 0 "help" "Usage: publish.sh" "$publish" --help
exits 1 "a bucket that does not exist" "cannot ask for bucket" \
	"$publish" gwlb-none --region us-east-1
exits 1 "a bucket in another region" "is in cn-north-1, not in us-east-1" \
	"$publish" gwlb-china --region us-east-1
exits 1 "a bucket of another account" \
	"cannot ask for bucket gwlb-foreign of account 123456789012" \
	"$publish" gwlb-foreign --region us-east-1
exits 1 "a directory without packages" 'no \*.deb' "$publish" gwlb-test \
	--region us-east-1 --packages "$here"

# An incomplete set is found out before anything is uploaded.
cp -r "$TOP/cloudformation" "$work/copy"
rm "$work/copy/separated-vpc/Nested-Stack-ALB.yml"
exits 1 "a set with a template missing" "ALB.yml: not there" \
	"$work/copy/publish.sh" gwlb-test --region us-east-1
cp "$TOP/cloudformation/separated-vpc/Nested-Stack-ALB.yml" \
	"$work/copy/separated-vpc/"
sed -i 's/^  TemplatePrefix:/  TemplatePrefixes:/' \
	"$work/copy/separated-vpc/CN-GWLB.yml"
exits 1 "a main template without a parameter" "no place for the default" \
	"$work/copy/publish.sh" gwlb-test --region us-east-1
out=$(contents gwlb-test)
[ "$out" = None ] && [ "$(contents gwlb-china)" = None ]
verdict "none of these uploaded anything"

# A first time

exits 0 "the first time" "uploaded, 0 there already" "$publish" gwlb-test \
	our/stuff --region us-east-1 --packages "$work/packages"
printed=$out
first=$(contents gwlb-test)
download gwlb-test "$work/got"
found=$work/got/our/stuff
templates=$(cd "$found" && echo templates/*)
packages=$(cd "$found" && echo packages/*)
for set in "${sets[@]}"; do
	out=$(cd "$TOP/cloudformation/$set" && for file in Nested-*.yml; do
		cmp "$file" "$found/$templates/$set/$file" || echo differs
	done 2>&1)
	[ -z "$out" ]
	verdict "$set: nested templates arrive as they are"

	main=$found/$set/CN-GWLB.yml
	out=$(diff "$TOP/cloudformation/$set/CN-GWLB.yml" "$main")
	[ "$(default_of "$main" TemplateBucket)" = gwlb-test ] &&
		[ "$(default_of "$main" TemplatePrefix)" = "our/stuff/$templates/" ] &&
		[ "$(default_of "$main" PackagePrefix)" = our/stuff/packages/ ] &&
		[ "$(default_of "$main" PackageSumsSha256)" = "$(sha256sum \
			<"$found/$packages/SHA256SUMS" | cut -d' ' -f1)" ] &&
		[ "$(default_of "$main" PackageSumsSha256)" = \
			"${packages#packages/}" ] &&
		! grep '^[<>]' <<<"$out" | grep -v '^[<>]     *Default: '
	verdict "$set: the four defaults are filled in, and nothing else"

	urls=$(nested_urls "$main" us-east-1)
	out=$(while read -r url; do
		key=${url#https://gwlb-test.s3.us-east-1.amazonaws.com/}
		[ -f "$work/got/$key" ] || echo "$url is not there"
	done <<<"$urls")
	[ -n "$urls" ] && [ -z "$out" ]
	verdict "$set: all nested templates are where the main one looks"
done
kinds='(single|separated)-vpc/CN-GWLB\.yml'
kinds+='|templates/[0-9a-f]{16}/(single|separated)-vpc/Nested-.*\.yml'
kinds+='|packages/[0-9a-f]{64}/(gwlb-.*\.deb|SHA256SUMS)'
out=$(find "$found" "$work/got" -type f | sed "s#^$found/##" |
	grep -vE "^($kinds)\$")
[ -z "$out" ]
verdict "nothing else arrives"
out=$(cd "$found/$packages" && sha256sum --check --strict SHA256SUMS 2>&1) &&
	[ "$(wc -l <"$found/$packages/SHA256SUMS")" -eq 2 ]
verdict "packages arrive, all of them in SHA256SUMS"
link="https://us-east-1.console.aws.amazon.com/cloudformation/home"
link+="?region=us-east-1#/stacks/quickcreate?templateURL="
link+="https%3A%2F%2Fgwlb-test.s3.us-east-1.amazonaws.com%2Four%2Fstuff%2F"
out=$printed
grep -qxF "single-vpc: ${link}single-vpc%2FCN-GWLB.yml&stackName=gwlb" \
	<<<"$printed" &&
	grep -qF "${link}separated-vpc%2FCN-GWLB.yml&" <<<"$printed"
verdict "links to start with"
set=--parameter-overrides
out=$(grep -c "update: aws cloudformation deploy --region us-east-1 .*$set \
TemplateBucket=gwlb-test TemplatePrefix=our/stuff/$templates/ \
PackagePrefix=our/stuff/packages/ \
PackageSumsSha256=${packages#packages/}\$" <<<"$printed")
[ "$out" = 2 ]
verdict "commands to update with: what has changed, and no other parameter" \
	"$printed"

# Again, with changes, with less

exits 0 "the same again uploads nothing" "^publish: 0 uploaded" "$publish" \
	gwlb-test our/stuff/ --region us-east-1 --packages "$work/packages"
out=$(diff <(echo "$first") <(contents gwlb-test))
verdict "the same again changes nothing"
echo three >>"$work/packages/gwlb-dkms_0.5.0_all.deb"
exits 0 "another package: both, their hashes, two templates" \
	"^publish: 5 uploaded" "$publish" gwlb-test our/stuff \
	--region us-east-1 --packages "$work/packages"
cp "$TOP/cloudformation/separated-vpc/CN-GWLB.yml" "$work/copy/separated-vpc/"
sed -i 's/^Description: .*/Description: Another one/' \
	"$work/copy/single-vpc/Nested-Stack-ALB.yml"
exits 0 "another nested template" "uploaded" "$work/copy/publish.sh" gwlb-test \
	our/stuff --region us-east-1 --packages "$work/packages"
out=$(grep -v "/CN-GWLB\.yml" <<<"$first" |
	grep -vxFf <(contents gwlb-test))
[ -n "$first" ] && [ -z "$out" ]
verdict "what the first stacks need is where it was, as it was"
rm -rf "$work/got"
download gwlb-test "$work/got"
main=$found/single-vpc/CN-GWLB.yml
[ "$(default_of "$main" TemplatePrefix)" != "our/stuff/$templates/" ] &&
	[ "$(default_of "$main" PackageSumsSha256)" != "${packages#packages/}" ] &&
	out=$(nested_urls "$main" us-east-1 | while read -r url; do
		key=${url#https://gwlb-test.s3.us-east-1.amazonaws.com/}
		[ -f "$work/got/$key" ] || echo "$url is not there"
	done) && [ -z "$out" ]
verdict "the new main template has its own"
rm -rf "$work/got"
exits 0 "without packages" "uploaded, 0 there already" "$publish" gwlb-test \
	--region us-east-1
[ "$(grep -c " TemplatePrefix=gwlb/templates/[0-9a-f]\{16\}/\$" <<<"$out")" = 2 ]
verdict "which stacks are not told to do without" "$out"
download gwlb-test "$work/got"
out=$(default_of "$work/got/gwlb/single-vpc/CN-GWLB.yml" \
	PackageSumsSha256 2>&1) && [ -z "$out" ] &&
	[ ! -e "$work/got/gwlb/packages" ]
verdict "without packages the main template knows of none"

# Other partitions

for where in gwlb-china:cn-north-1:amazonaws.com.cn:console.amazonaws.cn \
	gwlb-gov:us-gov-west-1:amazonaws.com:console.amazonaws-us-gov.com; do
	IFS=: read -r bucket region suffix console <<<"$where"
	out=$(AWS_REGION=$region "$publish" "$bucket" 2>&1)
	url=https://$bucket.s3.$region.$suffix/gwlb/single-vpc/CN-GWLB.yml
	grep -qxF "single-vpc: $url" <<<"$out" &&
		grep -qF "https://$region.$console/cloudformation/" <<<"$out"
	verdict "$region: links of its partition, region from AWS_REGION"
done
rm -rf "$work/got"
download gwlb-china "$work/got"
out=$(nested_urls "$work/got/gwlb/single-vpc/CN-GWLB.yml" cn-north-1 \
	ApplianceAmiId=ami-0123456789abcdef0)
start=https://gwlb-china.s3.cn-north-1.amazonaws.com.cn/gwlb/templates/
[ -n "$out" ] && ! grep -v "^${start}[0-9a-f]*/single-vpc/" <<<"$out"
verdict "cn-north-1: nested templates are looked for in its partition"

out=$(diff <(echo "$before") <(tree))
verdict "the tree is as it was"
echo "1..$tests"
exit $failed
