#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rpm.sh DIRECTORY - builds gwlb-dkms and gwlb-tools for those who use RPM, from
# what is committed (dist.sh), and leaves them there.
#
# What is needed to build is not asked of RPM's database, which knows nothing of
# what Debian has installed. gwlb-tools has the names of this machine's
# libraries; build it where it is to run.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")

[ $# -eq 1 ] || { echo "Usage: rpm.sh DIRECTORY" >&2; exit 2; }
mkdir -p -- "$1"
to=$(cd -- "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/dist.sh" "$work/SOURCES"
version=$(basename "$work"/SOURCES/gwlb-*.tar.gz .tar.gz)
rpmbuild -bb --nodeps --define "_topdir $work" \
	--define "gwlb_version ${version#gwlb-}" "$here/gwlb.spec"
cp "$work"/RPMS/*/gwlb-*.rpm "$to/"
