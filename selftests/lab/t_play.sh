#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab to play with, as README.md has it typed: it comes up, a client outside
# gets a page through an appliance, and nothing of it is left. Owns a scratch
# directory, where it is typed, and the lab.
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/docs.sh
. "$TOP/selftests/docs.sh"

work=$(mktemp -d)
on_exit rm -rf "$work"

# type_line LINE: what it said is in $work/said
type_line()
{
	(cd "$work" && exec bash -c "$1") >"$work/said" 2>"$work/err" ||
		{ cat "$work/err"; return 1; }
}

namespaces()
{
	ip netns list | sort
}

load_module
must ln -s "$TOP/selftests" "$work/selftests"
before=$(namespaces)
typed=0
on_exit python3 "$TOP/selftests/lab/lab.py" down play
while IFS= read -r line; do
	check "$line" type_line "$line"
	typed=$((typed + 1))
	case $line in
	*" show "*)
		for host in appliance1 appliance2 web1 web2 bastion; do
			check "there is $host" grep -qw $host "$work/said"
		done
		;;
	*" curl "*)
		check "a web server's page" grep -q "Web Server" "$work/said"
		;;
	esac
done < <(docs_lines "$TOP/README.md" "selftests/cfn/topology.py single-vpc")
is "all of it was typed" $typed 5
is "no namespace is left" "$(namespaces)" "$before"
