#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# image.sh [OPTION]... DIRECTORY - builds an appliance: a disk of Debian 12 with
# gwlb in it, for amd64, and leaves it there as gwlb-VERSION-amd64.raw
#
# The disk has GRUB for BIOS, which tests boot, and for UEFI. What is on it
# comes from Debian's mirror, as this machine's apt knows it, and from deb.sh;
# DKMS builds the module in the new system, which later builds it for each newer
# kernel. No loop device is needed, and no virtual machine; root is, as files on
# the disk are root's.
#
# Owns: a directory in $TMPDIR while it runs, 3 GB.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=packaging/image/disk.sh
. "$here/image/disk.sh"

# What an appliance needs apart from gwlb. That of the second line is what
# CloudFormation's templates ask of an image.
base=systemd-sysv,systemd-resolved,systemd-timesyncd,udev,dbus,kmod,iproute2
base+=,cloud-init,awscli,curl,ca-certificates
base+=,e2fsprogs,openssh-server,procps,tcpdump,less,vim-tiny
base+=,initramfs-tools,zstd
# They make the boot loader; nothing of theirs runs when a kernel is installed.
base+=,grub-pc-bin,grub-efi-amd64-bin

usage()
{
	cat <<-USAGE
	Usage: image.sh [OPTION]... DIRECTORY
	  --kernel ABI    a kernel of Debian's by its name, as 6.1.0-56-cloud-amd64
	                  (default: cloud-amd64, the newest, and it stays that)
	  --append WORDS  added to the kernel's command line
	  --debs DIR      gwlb's packages, if they are there already
	  --size MB       of the disk (default 3072); it grows to that of its volume
	USAGE
}

bad_usage()
{
	echo "image.sh: $*" >&2
	usage >&2
	exit 2
}

parse()
{
	kernel=cloud-amd64 append="" debs="" size=3072
	while [ $# -gt 1 ]; do
		case $1 in
		--kernel) kernel=$2 ;;
		--append) append=$2 ;;
		--debs) debs=$(readlink -f -- "$2") ;;
		--size) size=$2 ;;
		*) bad_usage "unknown option $1" ;;
		esac
		shift 2
	done
	case ${1-} in
	-h|--help) usage; exit 0 ;;
	''|-*) bad_usage "DIRECTORY is missing" ;;
	esac
	mkdir -p -- "$1"
	to=$(cd -- "$1" && pwd)
}

need()
{
	local tool

	for tool in mmdebstrap mke2fs sfdisk mformat mcopy; do
		command -v $tool >/dev/null && continue
		echo "image.sh: no $tool (apt-get install mmdebstrap" \
			"e2fsprogs fdisk mtools)" >&2
		exit 1
	done
}

# Debian, in $work/root. What apt would fetch here is what the new system will
# ask in its turn; a cache of packages is not left behind.
bootstrap()
{
	mmdebstrap --mode=root --variant=apt --architectures=amd64 \
		--include="$base,linux-image-$kernel,linux-headers-$kernel" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--customize-hook="$here/image/customize \"\$1\" $(
			printf ' %q' "$here/image/files" "$debs")" \
		--skip=output/dev bookworm "$work/root"
}

parse "$@"
need
[ "$(id -u)" -eq 0 ] || { echo "image.sh: only root can" >&2; exit 1; }
version=$(cat "$here/../VERSION")
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct \
	2>/dev/null || stat -c %Y "$here/../CHANGELOG.md")}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
if [ -z "$debs" ]; then
	debs=$work/debs
	"$here/deb.sh" "$debs"
fi
# mmdebstrap's packages may be read by a user that is not root.
chmod 0755 "$work"
bootstrap
make_disk "$work/root" "$work/disk" "$size" "$append"
mv "$work/disk" "$to/gwlb-$version-amd64.raw"
cp "$work/manifest" "$to/gwlb-$version-amd64.manifest"
echo "$to/gwlb-$version-amd64.raw"
