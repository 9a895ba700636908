# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A pair of virtio-net devices is more like a NIC than veth: rings, interrupts,
# NAPI. The sender leaves time after each burst for what the device does, which
# is not the guest's work. How many packets come with an interrupt is not the
# same in each boot, so there are several.

# virtio_pair: the two devices take the place of setup_pair's
virtio_pair()
{
	netns "$SIM"
	netns "$APP"
	must modprobe virtio_net
	must ip link set eth0 netns "$SIM" name wire0
	must ip link set eth1 netns "$APP" name eth0
	setup_addresses
}
