# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# disk.sh - a directory with a system becomes a disk that boots: GPT with GRUB
# for BIOS in a partition of its own, if there is one for $arch, GRUB for UEFI in
# the ESP, and the root file system. Sourced by image.sh, which sets $arch, $work
# and $SOURCE_DATE_EPOCH.
#
# GRUB is told where the root file system is and reads /boot/grub/grub.cfg
# there, which starts what /vmlinuz and /initrd.img point to. Debian's kernel
# packages keep these links, so nothing has to be run when a kernel comes or
# goes. All modules that GRUB needs are in its image.

# In sectors of 512 bytes
core_at=2048
esp_at=4096
root_at=135168
# GRUB's boot sector and the first sector of its image have the number of the
# next sector there: the latter 12 bytes before its end.
boot_next=92
boot_check=102
core_next=500

modules="part_gpt ext2 fat search search_fs_uuid normal configfile linux
	terminal test echo boot minicmd"

# GRUB's name for the firmware, the firmware's for GRUB, and the type of the root
# partition (Discoverable Partitions Specification)
# shellcheck disable=SC2154 # theirs who source this
case $arch in
amd64)
	efi_format=x86_64-efi
	efi_name=BOOTX64.EFI
	root_type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
	modules+=" serial"
	;;
arm64)
	efi_format=arm64-efi
	efi_name=BOOTAA64.EFI
	root_type=B921B045-1DF0-41C3-AF44-4C6F280D3FAE
	;;
esac

# uuid NAME: the same for the same tree and name
uuid()
{
	sha256sum <<<"gwlb $SOURCE_DATE_EPOCH $1" | sed -E \
		's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-4\3-8\4-\5/'
}

# little_endian NUMBER: in 8 bytes
little_endian()
{
	local n=$1 i

	for ((i = 0; i < 8; i++)); do
		# shellcheck disable=SC2059 # an escape is wanted
		printf "\\x$(printf %02x $((n & 255)))"
		n=$((n >> 8))
	done
}

# poke FILE OFFSET: writes standard input there
poke()
{
	dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# boot_files ROOT UUID WORDS: GRUB's configuration and /etc/fstab
boot_files()
{
	local root=$1 uuid=$2 words=$3

	mkdir -p "$root/boot/grub" "$root/boot/efi"
	words="root=UUID=$uuid ro console=tty0 console=ttyS0,115200${words:+ $words}"
	# An EBS volume that takes long is not gone.
	words+=" nvme_core.io_timeout=4294967295"
	# The console of UEFI, which is all that there is for arm64, has a serial
	# line, if there is one.
	if [ "$arch" = amd64 ]; then
		cat <<-CFG
			serial --unit=0 --speed=115200
			terminal_input console serial
			terminal_output console serial
		CFG
	fi >"$root/boot/grub/grub.cfg"
	cat >>"$root/boot/grub/grub.cfg" <<-CFG
		set timeout=1
		set default=0
		set fallback=1
		menuentry "gwlb" {
			linux /vmlinuz $words
			initrd /initrd.img
		}
		menuentry "gwlb, the kernel before" {
			linux /vmlinuz.old $words
			initrd /initrd.img.old
		}
	CFG
	echo "UUID=$uuid / ext4 errors=remount-ro,x-systemd.growfs 0 1" \
		>"$root/etc/fstab"
}

# grub_images ROOT UUID: $work/core.img for BIOS, $work/boot.efi
grub_images()
{
	local root=$1

	cat >"$root/tmp/early.cfg" <<-CFG
		search.fs_uuid $2 root
		set prefix=(\$root)/boot/grub
	CFG
	# shellcheck disable=SC2086 # a list
	chroot "$root" grub-mkimage -O $efi_format -p /boot/grub \
		-c /tmp/early.cfg -o /tmp/boot.efi $modules
	# shellcheck disable=SC2154 # theirs who source this
	mv "$root/tmp/boot.efi" "$work/"
	if [ "$arch" = amd64 ]; then
		# shellcheck disable=SC2086
		chroot "$root" grub-mkimage -O i386-pc -p /boot/grub \
			-c /tmp/early.cfg -o /tmp/core.img biosdisk $modules
		mv "$root/tmp/core.img" "$work/"
	fi
	rm "$root/tmp/early.cfg"
}

# partitions DISK MB
partitions()
{
	local bios=21686148-6449-6E6F-744E-656564454649
	local esp_size=$((root_at - esp_at))

	if [ "$arch" = amd64 ]; then
		bios="start=$core_at, size=2048, type=$bios, uuid=$(uuid bios), name=bios"
	else
		bios=""
	fi
	truncate -s "$2M" "$1"
	sfdisk -q "$1" <<-TABLE
		label: gpt
		label-id: $(uuid disk)
		first-lba: 2048
		$bios
		start=$esp_at, size=$esp_size, type=U, uuid=$(uuid esp), name=esp
		start=$root_at, type=$root_type, uuid=$(uuid part), name=root
	TABLE
}

# bios DISK ROOT: what grub-bios-setup does, for a disk that is a file
bios()
{
	local disk=$1 boot=$work/boot.img core=$work/core.img sectors

	head -c 440 "$2/usr/lib/grub/i386-pc/boot.img" >"$boot"
	little_endian $core_at | poke "$boot" $boot_next
	# Do not ask whether the BIOS has told the right drive.
	printf '\x90\x90' | poke "$boot" $boot_check
	little_endian $((core_at + 1)) | poke "$core" $core_next
	sectors=$((($(stat -c %s "$core") + 511) / 512))
	if [ $sectors -gt $((esp_at - core_at)) ]; then
		echo "image.sh: GRUB is too large: $sectors sectors" >&2
		return 1
	fi
	poke "$disk" 0 <"$boot"
	dd if="$core" of="$disk" bs=512 seek=$core_at conv=notrunc status=none
}

# efi DISK
efi()
{
	local esp="$1@@$((esp_at * 512))" serial

	serial=$(uuid vfat | cut -c 1-8)
	touch -d "@$SOURCE_DATE_EPOCH" "$work/boot.efi"
	mformat -i "$esp" -v ESP -N "$serial" -F -T $((root_at - esp_at)) ::
	mmd -i "$esp" ::/EFI ::/EFI/BOOT
	mcopy -m -i "$esp" "$work/boot.efi" "::/EFI/BOOT/$efi_name"
}

# file_system DISK ROOT UUID: no mount, so no loop device
file_system()
{
	local blocks

	# The table's second copy is behind it.
	blocks=$((($(stat -c %s "$1") / 512 - root_at - 2048) / 8))
	find "$2" -newermt "@$SOURCE_DATE_EPOCH" \
		-exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	# Features that GRUB 2.06 does not know are left out.
	E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -b 4096 \
		-O ^metadata_csum_seed,^orphan_file -L gwlb -U "$3" \
		-E "offset=$((root_at * 512)),hash_seed=$(uuid hash),root_owner=0:0" \
		-d "$2" "$1" "$blocks"
}

# make_disk ROOT DISK MB WORDS
make_disk()
{
	local root=$1 disk=$2 uuid

	uuid=$(uuid root)
	boot_files "$root" "$uuid" "$4"
	grub_images "$root" "$uuid"
	# shellcheck disable=SC2016 # dpkg's
	chroot "$root" dpkg-query -W -f '${Package} ${Version}\n' \
		>"$work/manifest"
	partitions "$disk" "$3"
	[ "$arch" != amd64 ] || bios "$disk" "$root"
	efi "$disk"
	file_system "$disk" "$root" "$uuid"
}
