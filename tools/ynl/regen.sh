#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Generates from uapi/gwlb.yaml, the one source of the protocol:
#   uapi/linux/gwlb.h      the UAPI header
#   module/netlink_gen.[ch]  policies, table of operations, prototypes
#   uapi/gwlb_reasons.h    the counters: name, class and sentence of each
# With --check nothing is written; a difference is printed and is an error.
#
# The first two come from the kernel's own generator (ynl-gen-c.py), which
# Linux 6.1 does not have yet; selftests/vm/source.sh fetches that of 6.12. It
# wants to run in a kernel tree, so it is given the outline of one.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
src=$("$top/selftests/vm/source.sh" ynl)
spec=$scratch/Documentation/netlink/specs/gwlb.yaml

prepare()
{
	mkdir -p "$scratch/Documentation/netlink/specs" "$scratch/tools/net" \
		 "$scratch/uapi/linux" "$scratch/module"
	cp -r "$src/tools/net/ynl" "$scratch/tools/net/"
	cp "$src"/Documentation/netlink/*.yaml "$scratch/Documentation/netlink/"
	cp "$top/uapi/gwlb.yaml" "$spec"
	# The generator looks upwards for this file, for ever.
	touch "$scratch/MAINTAINERS"
}

# generate MODE KIND FILE
generate()
{
	timeout 60 /usr/bin/python3 "$scratch/tools/net/ynl/ynl-gen-c.py" \
		--mode "$1" "--$2" --spec "$spec" -o "$scratch/$3"
	# Name the spec by its path in this tree, and find the header in it.
	sed -i -e 's|Documentation/netlink/specs/gwlb.yaml|uapi/gwlb.yaml|' \
	       -e 's|<uapi/linux/gwlb.h>|<linux/gwlb.h>|' "$scratch/$3"
}

# Linux 6.1 has no const in the policies that point to these.
relax_ranges()
{
	sed -i 's|^static const \(struct netlink_range_validation\)|static \1|' \
		"$scratch/module/netlink_gen.c"
}

# The generator keeps multicast groups to itself, for a family that it would
# only generate if it were not genetlink-legacy; ours is in netlink.c. Events
# hold parts of packets, which are not for everybody.
share_groups()
{
	local array='struct genl_multicast_group gwlb_nl_mcgrps[]'

	sed -i -e "s|^static const ${array%\[*}|const ${array%\[*}|" \
		-e 's|{ "events", }|{ "events", GENL_MCAST_CAP_NET_ADMIN, }|' \
		"$scratch/module/netlink_gen.c"
	sed -i "s|^#endif.*|extern const $array;\n\n&|" \
		"$scratch/module/netlink_gen.h"
}

prepare
generate uapi header uapi/linux/gwlb.h
generate kernel header module/netlink_gen.h
generate kernel source module/netlink_gen.c
share_groups
relax_ranges
/usr/bin/python3 "$top/tools/ynl/reasons.py" "$spec" \
	> "$scratch/uapi/gwlb_reasons.h"

status=0
for f in uapi/linux/gwlb.h uapi/gwlb_reasons.h \
	 module/netlink_gen.h module/netlink_gen.c; do
	if [ "${1:-}" = --check ]; then
		diff -u "$top/$f" "$scratch/$f" || status=1
	else
		mkdir -p "$(dirname "$top/$f")"
		cp "$scratch/$f" "$top/$f"
	fi
done
[ $status -eq 0 ] || echo "regen: stale, run tools/ynl/regen.sh" >&2
exit $status
