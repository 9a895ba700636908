#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# publish.sh - puts both template sets, and packages, into a bucket of yours
#
# Needs awscli with credentials that may list and write the bucket. Owns what is
# under the prefix in the bucket, and deletes nothing, as stacks still refer to
# it. Nor does it overwrite anything but main templates: nested ones and
# packages are below hashes of what they are, so that a stack goes on to find
# what it was made of. Never changes this directory: what is filled in is filled
# in in a copy.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
sets=(single-vpc separated-vpc)
entry=CN-GWLB.yml
# What CloudFormation reads from S3 at most.
largest=1048576

usage()
{
	cat <<-USAGE
	Usage: publish.sh BUCKET [PREFIX] [--packages DIR] [--region REGION]

	Uploads the template sets to s3://BUCKET/PREFIX, where nobody but you
	can read them, and prints the links to start a stack with, and the
	commands to update one that there is. The bucket has to exist in the
	region where the stacks are to be, and to be this account's own.

	  --packages DIR   uploads DIR's *.deb and *.rpm as well, for appliances
	                   whose image does not have gwlb installed
	  --region REGION  else what awscli is configured for

	The same again uploads nothing. AWS_ENDPOINT_URL(_S3) is honoured.
	USAGE
}

say()
{
	echo "publish: $*" >&2
}

die()
{
	say "$@"
	exit 1
}

misuse()
{
	say "$@"
	usage >&2
	exit 2
}

# Sets what the command line says.
arguments()
{
	local words=()

	bucket="" prefix="" packages="" region=""
	while [ $# -gt 0 ]; do
		case $1 in
		-h|--help) usage; exit 0 ;;
		--packages|--region)
			[ -n "${2:-}" ] || misuse "$1 needs a value"
			if [ "$1" = --region ]; then
				region=$2
			else
				packages=$2
			fi
			shift ;;
		-*) misuse "unknown option $1" ;;
		*) words+=("$1") ;;
		esac
		shift
	done
	case ${#words[@]} in
	1|2) ;;
	0) misuse "which bucket?" ;;
	*) misuse "too many arguments: ${words[*]:2}" ;;
	esac
	bucket=${words[0]}
	# With a dot in its name a bucket has no certificate at its host name.
	[[ $bucket =~ ^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$ ]] ||
		misuse "no name of a bucket without dots: $bucket"
	prefix=${words[1]:-gwlb}
	prefix=${prefix%/}/
	# What needs no quoting in a URL.
	[[ $prefix =~ ^([A-Za-z0-9_][A-Za-z0-9_.-]*/)+$ ]] ||
		misuse "no prefix like a/b/: $prefix"
	if [ -n "$region" ] && ! [[ $region =~ ^[a-z]+(-[a-z]+)+-[0-9]+$ ]]
	then
		misuse "no region: $region"
	fi
}

# The names of the hosts of this region's partition.
hosts()
{
	case $region in
	cn-*) suffix=amazonaws.com.cn console=console.amazonaws.cn ;;
	us-gov-*) suffix=amazonaws.com console=console.amazonaws-us-gov.com ;;
	*) suffix=amazonaws.com console=console.aws.amazon.com ;;
	esac
}

# account: the number of whoever publishes, who has to own the bucket
account()
{
	local endpoint=${AWS_ENDPOINT_URL_STS:-${AWS_ENDPOINT_URL:-}}

	aws ${endpoint:+--endpoint-url "$endpoint"} --region "$region" \
		--output text sts get-caller-identity --query Account
}

# s3 COMMAND...: awscli before 2.13 does not know these variables itself
s3()
{
	local endpoint=${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-}}

	aws ${endpoint:+--endpoint-url "$endpoint"} --region "$region" \
		--output text "$@"
}

# fill FILE NAME VALUE: makes VALUE the default of a parameter of a template
fill()
{
	local file=$1

	name=$2 value=$3 awk '
	function put() { print "    Default: \"" ENVIRON["value"] "\""; done++ }
	/^[^ #]/ { section = $0 }
	/^  [^ #]/ { parameter = $1 }
	section ~ /^Parameters:/ && parameter == ENVIRON["name"] ":" {
		# A value that goes on in further lines is not ours to read.
		if (/^    Default: *([|>&*].*)?$/) exit 1
		if (/^    Default:/) next
		print
		if (/^  [^ #]/) put()
		next
	}
	{ print }
	END { exit done != 1 }' "$file" >"$file.new" ||
		die "${file#"$stage"/}: no place for the default of $2"
	mv "$file.new" "$file"
}

# nested FILE: the names of the nested templates that it wants
nested()
{
	sed -n 's/^[^#]*TemplateURL:.*[}/]\([A-Za-z0-9-]*\.yml\).*/\1/p' "$1" |
		LC_ALL=C sort -u
}

# Copies a set to the stage, complete or not at all. The nested templates wait
# in "nested" for their hash.
stage_set()
{
	local set=$1 from=$here/$1 to=$stage/$1 file names

	[ -f "$from/$entry" ] || die "no $set/$entry beside this script"
	mkdir -p "$to" "$stage/nested/$set"
	names=$(nested "$from/$entry")
	[ -n "$names" ] || die "$set/$entry names no nested template"
	for file in "$entry" $names; do
		[ -f "$from/$file" ] || die "$set/$entry wants $file: not there"
		[ "$(stat -c %s "$from/$file")" -le "$largest" ] ||
			die "$set/$file: larger than CloudFormation reads"
		cp "$from/$file" "$stage/nested/$set/$file"
	done
	mv "$stage/nested/$set/$entry" "$to/$entry"
	fill "$to/$entry" TemplateBucket "$bucket"
	fill "$to/$entry" PackagePrefix "${prefix}packages/"
	fill "$to/$entry" PackageSumsSha256 "$sums"
}

# hashes DIRECTORY: the hashes of all that is in it, in the same order always
hashes()
{
	(cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort |
		xargs -d '\n' sha256sum --)
}

# Moves the nested templates to where their hash says, and has the main ones
# look there: an older one goes on to find its own.
place_nested()
{
	local set hash

	hash=$(hashes "$stage/nested" | sha256sum | cut -c 1-16)
	mkdir "$stage/templates"
	mv "$stage/nested" "$stage/templates/$hash"
	templates=${prefix}templates/$hash/
	for set in "${sets[@]}"; do
		fill "$stage/$set/$entry" TemplatePrefix "$templates"
	done
}

# Copies packages to the stage and sets $sums to the hash of their hashes.
stage_packages()
{
	local file files

	sums=""
	[ -n "$packages" ] || return 0
	[ -d "$packages" ] || die "no directory $packages"
	files=$(find "$packages" -maxdepth 1 -type f -regextype posix-egrep \
		-regex '.*/[A-Za-z0-9._+~-]+\.(deb|rpm)' | LC_ALL=C sort)
	[ -n "$files" ] || die "no *.deb and no *.rpm in $packages"
	mkdir -p "$stage/packages/new"
	while read -r file; do
		cp "$file" "$stage/packages/new/"
	done <<<"$files"
	hashes "$stage/packages/new" >"$stage/SHA256SUMS"
	mv "$stage/SHA256SUMS" "$stage/packages/new/"
	sums=$(sha256sum <"$stage/packages/new/SHA256SUMS" | cut -d' ' -f1)
	mv "$stage/packages/new" "$stage/packages/$sums"
}

# The bucket is there, is our account's, and is where the stacks will be: the
# templates' addresses have the stack's region in them.
check_bucket()
{
	local where

	owner=$(account) || die "cannot ask which account this is"
	where=$(s3 s3api get-bucket-location --bucket "$bucket" \
		--expected-bucket-owner "$owner") ||
		die "cannot ask for bucket $bucket of account $owner"
	case $where in
	None|"") where=us-east-1 ;;
	EU) where=eu-west-1 ;;
	esac
	[ "$where" = "$region" ] ||
		die "bucket $bucket is in $where, not in $region"
}

# What the bucket has already, as lines of "KEY HASH". The hash is the MD5 of
# what was uploaded in one piece without a key of one's own; whatever else it
# may be, it differs, and the file is uploaded again.
listing()
{
	s3 s3api list-objects-v2 --bucket "$bucket" --prefix "$prefix" \
		--expected-bucket-owner "$owner" \
		--query 'Contents[].[Key,ETag]' | tr -d '"' | tr '\t' ' '
}

# Leaves in the stage what the bucket does not have, and counts it.
keep_changed()
{
	local have file key hash

	have=$(listing) || die "cannot list bucket $bucket"
	changed=0
	same=0
	while read -r file; do
		key=$prefix${file#"$stage"/}
		hash=$(md5sum <"$file" | cut -d' ' -f1)
		if grep -qxF -- "$key $hash" <<<"$have"; then
			rm "$file"
			same=$((same + 1))
		else
			changed=$((changed + 1))
		fi
	done < <(find "$stage" -type f)
}

# The main templates come last: whoever starts one finds all that it names.
upload()
{
	[ "$changed" -gt 0 ] || return 0
	s3 s3 cp --recursive --no-progress --exclude "*/$entry" \
		"$stage/" "s3://$bucket/$prefix" >&2 || die "upload failed"
	s3 s3 cp --recursive --no-progress --exclude "*" --include "*/$entry" \
		"$stage/" "s3://$bucket/$prefix" >&2 || die "upload failed"
}

links()
{
	local set url

	for set in "${sets[@]}"; do
		url=https://$bucket.s3.$region.$suffix/$prefix$set/$entry
		echo "$set: $url"
		# Nothing in it needs quoting but these two.
		url=${url//:/%3A}
		url=${url//\//%2F}
		printf '%s: https://%s.%s/cloudformation/home?region=%s%s\n' \
			"$set" "$region" "$console" "$region" \
			"#/stacks/quickcreate?templateURL=$url&stackName=gwlb"
	done
}

# All that has no value here keeps the one that the stack has: without packages
# a stack goes on with those that it has.
updates()
{
	local set published=""

	[ -z "$sums" ] || published=" PackagePrefix=${prefix}packages/"
	published+=${sums:+" PackageSumsSha256=$sums"}
	for set in "${sets[@]}"; do
		echo "$set, update: aws cloudformation deploy --region $region" \
			"--stack-name gwlb --capabilities CAPABILITY_IAM" \
			"--s3-bucket $bucket --s3-prefix ${prefix}deployed" \
			"--template-file $(printf %q "$here/$set/$entry")" \
			"--parameter-overrides TemplateBucket=$bucket" \
			"TemplatePrefix=$templates$published"
	done
}

cleanup()
{
	rm -rf ${stage:+"$stage"}
}

main()
{
	local set

	arguments "$@"
	command -v aws >/dev/null || die "needs awscli (apt-get install awscli)"
	region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}
	region=${region:-$(aws configure get region || true)}
	[ -n "$region" ] || misuse "which region?"
	hosts

	stage=$(mktemp -d)
	trap cleanup EXIT
	stage_packages
	for set in "${sets[@]}"; do
		stage_set "$set"
	done
	place_nested
	check_bucket
	keep_changed
	upload
	say "$changed uploaded, $same there already"
	links
	updates
}

main "$@"
