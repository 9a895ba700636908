#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs what is missing of the packages that the tests need, and nothing
# else; asks apt only if something is missing.
set -eu

here=$(dirname "$0")

installed()
{
	# Other builds of Node.js bring npm with them and refuse Debian's.
	case $1 in
	nodejs|npm)
		if command -v node >/dev/null && command -v npm >/dev/null
		then
			return
		fi
		;;
	esac
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null |
		grep -q '^install ok installed$'
}

missing=()
for pkg in $(cat "$here/packages" "$here/vm/packages" | grep -v '^#'); do
	installed "$pkg" || missing+=("$pkg")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "deps: missing, and only root can install: ${missing[*]}" >&2
	exit 1
fi
echo "deps: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# Servers that packages bring are not to be started on this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
	trap 'rm -f $policy' EXIT
fi
apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
