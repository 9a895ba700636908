# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For tests that have modprobe find the module by its name. Source it after
# lib.sh. Owns, until the end, what is seen in /lib/modules/RELEASE.

# few_modules DIRECTORY: depmod, which DKMS and those tests run each time, reads
# all that there are, and for 4,000 an emulator needs 100 s. What is loaded is
# enough, with what our module needs and the wire. They are put in DIRECTORY.
few_modules()
{
	local tree some=$1 name file

	tree=/lib/modules/$(uname -r)
	must mkdir "$some"
	must cp -P "$tree"/build "$tree"/modules.builtin* \
		"$tree"/modules.order "$some/"
	while read -r name _; do
		while read -r _ file _; do
			must install -D -m 0644 "$file" \
				"$some/${file#"$tree"/}"
		done < <(modprobe --show-depends "$name" | grep ^insmod)
	done < <(grep -v '^gwlb ' /proc/modules
		printf '%s\n' veth nf_reject_ipv4 nf_reject_ipv6)
	must mount --bind "$some" "$tree"
	on_exit umount "$tree"
	must depmod
}
