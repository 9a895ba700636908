#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ami.sh [--profile NAME] REGION BUCKET IMAGE - makes an AMI of a disk that
# image.sh has left, and prints its id, for ApplianceAmiId
#
# The image's name tells which architecture it is for.
#
# The disk goes to the bucket, from there to a snapshot, and out of the bucket
# again; the AMI is of the snapshot. That needs the service role vmimport, which
# may read the bucket (VM Import/Export, "Required service role").
#
# Owns: in the bucket, the object while it runs; the snapshot, unless it becomes
# an AMI.
set -euo pipefail

# Seconds between two questions, and how many of them
every=15
tries=240

say()
{
	echo "ami.sh: $*" >&2
}

die()
{
	say "$@"
	exit 1
}

usage()
{
	echo "Usage: ami.sh [--profile NAME] REGION BUCKET IMAGE" >&2
	exit 2
}

parse()
{
	if [ "${1-}" = --profile ]; then
		[ $# -gt 1 ] || usage
		export AWS_PROFILE=$2
		shift 2
	fi
	[ $# -eq 3 ] || usage
	export AWS_DEFAULT_REGION=$1
	bucket=$2 image=$3
	[ -f "$image" ] || die "$image: no such file"
	case $image in
	*-amd64.raw) kind=(--architecture x86_64 --boot-mode legacy-bios) ;;
	*-arm64.raw) kind=(--architecture arm64 --boot-mode uefi) ;;
	*) die "$image: neither -amd64.raw nor -arm64.raw" ;;
	esac
	name=$(basename "$image" .raw)-$(date -u +%Y%m%d%H%M%S)
	object=gwlb-image/$name.raw
}

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	[ -z "${import:-}" ] || [ -n "${snapshot:-}" ] ||
		aws ec2 cancel-import-task --import-task-id "$import" >/dev/null ||
		say "$import is left"
	aws s3 rm --only-show-errors "s3://$bucket/$object" ||
		say "s3://$bucket/$object is left"
	[ -z "${snapshot:-}" ] || [ -n "${ami:-}" ] ||
		aws ec2 delete-snapshot --snapshot-id "$snapshot" ||
		say "$snapshot is left"
}

# task FIELD: of the import
task()
{
	aws ec2 describe-import-snapshot-tasks --import-task-ids "$import" \
		--query "ImportSnapshotTasks[0].SnapshotTaskDetail.$1" \
		--output text
}

# import_snapshot: sets $snapshot
import_snapshot()
{
	local i status container

	container="Description=$name,Format=RAW"
	container+=",UserBucket={S3Bucket=$bucket,S3Key=$object}"
	import=$(aws ec2 import-snapshot --description "$name" \
		--disk-container "$container" \
		--query ImportTaskId --output text)
	for ((i = 0; i < tries; i++)); do
		status=$(task Status)
		case $status in
		completed)
			snapshot=$(task SnapshotId)
			return
			;;
		deleting|deleted|error)
			status="$import: $(task StatusMessage)"
			# There is nothing to be cancelled any more.
			import=""
			die "$status"
			;;
		esac
		sleep $every
	done
	die "$import: not done after $((tries * every)) s"
}

# register: sets $ami. It boots as it did where it was tried. /dev/xvda is what
# templates call the root device; ENA is what GWLB's packets of 8568 bytes come
# by.
register()
{
	local ebs

	ebs="SnapshotId=$snapshot,VolumeType=gp3,DeleteOnTermination=true"
	ami=$(aws ec2 register-image --name "$name" \
		--description "gwlb, appliance of a Gateway Load Balancer" \
		"${kind[@]}" --virtualization-type hvm \
		--ena-support --imds-support v2.0 \
		--root-device-name /dev/xvda --block-device-mappings \
		"DeviceName=/dev/xvda,Ebs={$ebs}" \
		--query ImageId --output text)
	say "waiting for $ami"
	aws ec2 wait image-available --image-ids "$ami"
}

parse "$@"
say "copying $image to s3://$bucket/$object"
trap cleanup EXIT
aws s3 cp --only-show-errors "$image" "s3://$bucket/$object"
say "making a snapshot of it"
import_snapshot
say "making an AMI of $snapshot"
register
echo "$ami"
