#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bash completes gwlbctl's words, without a module and without writing into
# the prompt.
set -u

cd "$(dirname "$0")" || exit 1
tests=0 failed=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$PWD/gwlbctl-san" "$work/gwlbctl"
PATH=$work:$PATH
# shellcheck source=/dev/null
. ../completion/gwlbctl

# completes LINE WORDS: the last word of LINE is the one under the cursor
completes()
{
	local line=$1 expected=$2 found

	read -ra COMP_WORDS <<<"$line"
	if [[ $line == *" " ]]; then
		COMP_WORDS+=("")
	fi
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_gwlbctl 2>"$work/stderr"
	found=${COMPREPLY[*]-}
	tests=$((tests + 1))
	if [ "$found" = "$expected" ] && [ ! -s "$work/stderr" ]; then
		echo "ok $tests - '$line'"
	else
		echo "not ok $tests - '$line'"
		echo "# found '$found', expected '$expected'"
		sed 's/^/# /' "$work/stderr"
		failed=1
	fi
}

completes "gwlbctl " \
	"up down drain status config peer stats endpoint node rule set group save flow monitor top trace import decode doctor report version"
completes "gwlbctl st" "status stats"
completes "gwlbctl x" ""
completes "gwlbctl peer " "list add del set flush"
completes "gwlbctl -j peer l" "list"
completes "gwlbctl -n some peer l" "list"
completes "gwlbctl -" "--netns --json --help --version"
completes "gwlbctl --json -" "--netns --help --version"
completes "gwlbctl drain " "on off"
completes "gwlbctl drain on " ""
completes "gwlbctl status --i" "--interface"
completes "gwlbctl config set " "send-mode attach dev"
completes "gwlbctl config set send-mode " "route reflect"
completes "gwlbctl config set send-mode re" "reflect"
completes "gwlbctl config set send-mode route a" "attach"
completes "gwlbctl up attach " "prerouting ingress"
completes "gwlbctl up attach ingress d" "dev"
completes "gwlbctl up nonsense " ""
completes "gwlbctl stats --e" "--explain"
completes "gwlbctl rule " "load check list diff confirm rollback"
completes "gwlbctl rule load x --" \
	"--expect-generation --confirm --netns --json --help --version"
completes "gwlbctl set " "list add del flush test"
completes "gwlbctl set add " ""
completes "gwlbctl group s" "show"
completes "gwlbctl flow l" "list"
completes "gwlbctl flow list " \
	"endpoint group proto from to sport dport state id"
completes "gwlbctl flow flush sport 1 s" "state"
completes "gwlbctl flow flush --a" "--all"
completes "gwlbctl flow list state tcp-s" "tcp-syn tcp-syn-ack"
completes "gwlbctl flow list proto ud" "udp udplite"
completes "gwlbctl -n nowhere flow list endpoint " ""
completes "gwlbctl monitor " "flows logs rules"
completes "gwlbctl monitor logs " "flows rules"
completes "gwlbctl monitor --" "--count --netns --json --help --version"
completes "gwlbctl trace dport 1 to 10.0.0.1 e" "endpoint"
completes "gwlbctl trace s" "sport"
completes "gwlbctl top e" "endpoints"
completes "gwlbctl top rules " ""
completes "gwlbctl top --i" "--interval"
completes "gwlbctl import " "geneve-proxy"
completes "gwlbctl stats --watch " ""
completes "gwlbctl decode --l" "--link"
completes "gwlbctl decode 4500 --p" "--pcap --packet"
completes "gwlbctl stats --explain -" \
	"--all --watch --netns --json --help --version"
completes "gwlbctl peer add --" \
	"--expect-generation --netns --json --help --version"
completes "gwlbctl nonsense " ""
completes "gwlbctl -n nowhere endpoint show " ""

ns=gwlbctl-test-$$
if ip netns add "$ns" 2>/dev/null; then
	completes "gwlbctl -n gwlbctl-test-" "$ns"
	completes "gwlbctl peer list --netns gwlbctl-test-" "$ns"
	ip netns del "$ns"
fi

echo "1..$tests"
exit $failed
