#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# image.sh [OPTION]... DIRECTORY - builds an appliance: a disk of Debian 12 with
# gwlb in it, and leaves it there as gwlb-VERSION-ARCH.raw
#
# The disk has GRUB for UEFI and, for amd64, for BIOS, which tests boot. What is
# on it comes from Debian's mirror, as this machine's apt knows it, and from
# deb.sh; DKMS builds the module in the new system, which later builds it for
# each newer kernel. No loop device is needed, and no virtual machine; root is, as
# files on the disk are root's. If it is for another architecture than this
# machine's, its programs have to run here all the same (qemu-user-static).
#
# Owns: a directory in $TMPDIR while it runs, 3 GB.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")

# What an appliance needs apart from gwlb. That of the second line is what
# CloudFormation's templates ask of an image.
base=systemd-sysv,systemd-resolved,systemd-timesyncd,udev,dbus,kmod,iproute2
base+=,cloud-init,awscli,curl,ca-certificates
base+=,e2fsprogs,openssh-server,procps,tcpdump,less,vim-tiny
base+=,initramfs-tools,zstd,ethtool
# Root has no password; who has EC2's key is "debian", who may do all by sudo.
base+=,sudo

usage()
{
	cat <<-USAGE
	Usage: image.sh [OPTION]... DIRECTORY
	  --arch ARCH     amd64 or arm64 (default: this machine's)
	  --kernel ABI    a kernel of Debian's by its name, as 6.1.0-56-cloud-amd64
	                  (default: cloud-ARCH, the newest, and it stays that)
	  --append WORDS  added to the kernel's command line
	  --debs DIR      gwlb's packages, if they are there already
	  --deb FILE      one more package that is none of Debian's, such as
	                  Session Manager's agent; may be given again
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
	arch=$(dpkg --print-architecture)
	kernel="" append="" debs="" size=3072 others=()
	while [ $# -gt 1 ]; do
		case $1 in
		--arch) arch=$2 ;;
		--kernel) kernel=$2 ;;
		--append) append=$2 ;;
		--debs) debs=$(readlink -f -- "$2") ;;
		--deb)
			[ -f "$2" ] || bad_usage "no such file: $2"
			others+=("$(readlink -f -- "$2")")
			;;
		--size) size=$2 ;;
		*) bad_usage "unknown option $1" ;;
		esac
		shift 2
	done
	case ${1-} in
	-h|--help) usage; exit 0 ;;
	''|-*) bad_usage "DIRECTORY is missing" ;;
	esac
	# They make the boot loader; nothing of theirs runs when a kernel is
	# installed.
	case $arch in
	amd64) base+=,grub-pc-bin,grub-efi-amd64-bin ;;
	arm64) base+=,grub-efi-arm64-bin ;;
	*) bad_usage "no architecture of GRUB's for UEFI: $arch" ;;
	esac
	kernel=${kernel:-cloud-$arch}
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
	mmdebstrap --mode=root --variant=apt --architectures="$arch" \
		--include="$base,linux-image-$kernel,linux-headers-$kernel" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--customize-hook="$here/image/customize \"\$1\" $(
			printf ' %q' "$here/image/files" "$debs" \
				"${others[@]}")" \
		--skip=output/dev bookworm "$work/root"
}

parse "$@"
# shellcheck source=packaging/image/disk.sh
. "$here/image/disk.sh"
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
	"$here/deb.sh" --arch "$arch" "$debs"
fi
# mmdebstrap's packages may be read by a user that is not root.
chmod 0755 "$work"
bootstrap
make_disk "$work/root" "$work/disk" "$size" "$append"
name=gwlb-$version-$arch
mv "$work/disk" "$to/$name.raw"
cp "$work/manifest" "$to/$name.manifest"
echo "$to/$name.raw"
