#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl report, without the module: the archive has what its man page says,
# others can read it, and nothing that was there is lost.
set -eu

cd "$(dirname "$0")"
page=../gwlbctl-report.8
program=$PWD/gwlbctl-san
# shellcheck source=tools/gwlbctl/tests/result.sh
. ./result.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# is DESCRIPTION FOUND EXPECTED
is()
{
	local rc=0

	if [ "$2" != "$3" ]; then
		printf '# found: %s\n# expected: %s\n' "$2" "$3"
		rc=1
	fi
	result $rc "$1"
}

# Names of files that the page has, but for those that need something
documented()
{
	sed -n 's/^\.It Pa //p' "$page" | sed 's/ , /\n/g' |
		grep -v '^ethtool-\|^flows.txt$' | sort
}

manifest()
{
	tar -xOf "$1" gwlb-report/manifest.json
}

is "it says where it is" "$("$program" report "$work/a.tar")" "$work/a.tar"
is "it has what the man page says" \
	"$(tar -tf "$work/a.tar" | sed 's/^gwlb-report\///' | sort)" \
	"$(documented)"
is "the manifest has all but itself" \
	"$(manifest "$work/a.tar" | jq -r '.files[].file' | sort)" \
	"$(documented | grep -vx manifest.json)"
is "only its owner may read it" "$(stat -c %a "$work/a.tar")" 600
is "the manifest has the version" \
	"$(manifest "$work/a.tar" | jq -r .gwlbctl)" \
	"$(cat ../../../VERSION)"
is "a file is what the program said" \
	"$(tar -xOf "$work/a.tar" gwlb-report/system.txt)" "$(uname -a)"
if [ ! -d /sys/module/gwlb ]; then
	is "it knows why something is missing" "$(manifest "$work/a.tar" |
		jq -c '.files[] | select(.file == "status.json")')" \
		'{"file":"status.json","command":null,"status":null,"error":"the module is not loaded"}'
	is "doctor is asked nevertheless" "$(tar -xOf "$work/a.tar" \
		gwlb-report/doctor.json | jq -r '.findings[0].check')" module
fi

before=$(cksum <"$work/a.tar")
rc=0
out=$("$program" report "$work/a.tar" 2>&1) || rc=$?
is "it takes no other file's place" "$rc $out" \
	"1 Error: $work/a.tar: File exists"
is "which is as it was" "$(cksum <"$work/a.tar")" "$before"
"$program" report - >"$work/b.tar"
is "to standard output" "$(tar -tf "$work/b.tar" | sort)" \
	"$(tar -tf "$work/a.tar" | sort)"
rc=0
out=$("$program" report - 2>&1 >/dev/full) || rc=$?
[ $rc -eq 1 ] && grep -q "^Error: .*No space left" <<<"$out"
result $? "a full disk is an error"
name=$(cd "$work" && "$program" report)
grep -qx "gwlb-report-$(hostname)-[0-9]*T[0-9]*Z.tar" <<<"$name" &&
	tar -tf "$work/$name" >"$work/list"
result $? "it has a name for itself: $name"
"$program" report --flows "$work/c.tar" >"$work/out"
is "with --flows it has flows" \
	"$(tar -tf "$work/c.tar" | grep -c flows.txt)" 1

echo "1..$tests"
exit $failed
