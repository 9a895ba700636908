#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh TEST... - runs tests one after the other; their TAP is the output.
# Meant for a guest, as the tests load the module and make namespaces.
here=$(dirname "$0")
rc=0

# Netfilter patches the kernel's code when the first hook of a kind comes and
# when the last one goes. Under traffic on both CPUs, QEMU without KVM now and
# then goes on to run the code as it was, a breakpoint, for ever. So there is
# always one of each kind that tests come and go with, in a namespace that none
# of them uses.
hold_hooks()
{
	nft -f - <<-NFT
		table ip hold {
			chain prerouting {
				type filter hook prerouting priority 0
			}
		}
		table netdev hold {
			chain ingress {
				type filter hook ingress device lo priority 0
			}
		}
	NFT
}

hold_hooks || exit 1
for test in "$@"; do
	echo "# $test"
	"$here/$test" || rc=1
	# The next one shall not inherit anything.
	if [ -d /sys/module/gwlb ]; then
		echo "not ok - $test left the module loaded"
		rmmod gwlb
		rc=1
	fi
done
exit $rc
