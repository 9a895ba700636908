#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl's manners, as far as they need no module: usage, exit codes, where
# errors go, and that output which cannot be written does not pass unnoticed.
# Owns: a scratch directory, one network namespace.
set -u

cd "$(dirname "$0")" || exit 1
GWLBCTL=$PWD/gwlbctl-san
version=$(cat ../../../VERSION)
tests=0 failed=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A namespace in which there is no module, even where the host has one, is
# not to be had: these tests are for hosts without it.
if [ -d /sys/module/gwlb ]; then
	echo "1..0 # SKIP the module is loaded"
	exit 0
fi

result()
{
	local rc=$1

	shift
	tests=$((tests + 1))
	if [ "$rc" -eq 0 ]; then
		echo "ok $tests - $*"
	else
		echo "not ok $tests - $*"
		sed 's/^/# stdout: /' "$work/out"
		sed 's/^/# stderr: /' "$work/err"
		failed=1
	fi
}

# exits CODE PATTERN ARGUMENT...: gwlbctl exits so and says PATTERN, on stdout
# if CODE is 0 and on stderr if not, and nothing on the other one
exits()
{
	local code=$1 pattern=$2 rc=0 says=out silent=err

	shift 2
	"$GWLBCTL" "$@" >"$work/out" 2>"$work/err" </dev/null || rc=$?
	if [ "$code" -ne 0 ]; then
		says=err silent=out
	fi
	if [ $rc -eq "$code" ] && [ ! -s "$work/$silent" ] &&
	   grep -qe "$pattern" "$work/$says"; then
		result 0 "$code: gwlbctl $*"
	else
		result 1 "$code: gwlbctl $* (exit code $rc)"
	fi
}

test_usage()
{
	exits 2 "^Usage: gwlbctl"
	exits 0 "^Usage: gwlbctl" -h
	exits 0 "^Usage: gwlbctl" --help
	exits 0 "^gwlbctl $version$" -V
	exits 0 "^gwlbctl $version$" --version
	exits 0 "expect-generation N" peer add -h
	exits 0 "flush" peer --help
	exits 2 "flush" peer
	exits 2 'unknown command "nonsense"' nonsense
	exits 2 'unknown command "nonsense"' peer nonsense
	exits 2 'unknown option "--nonsense"' status --nonsense
	exits 2 'unknown option "-x"' -x status
	exits 2 'what is "more"' status more
	exits 2 'needs a value' -n
	exits 2 'goes with no command' -V status
}

test_no_abbreviations()
{
	exits 2 'unknown command "stat"' stat
	exits 2 'unknown command "li"' peer li
	exits 2 'unknown option "--exp"' stats --exp
	exits 2 'unknown option "--js"' --js status
	exits 2 'unknown option "-jj"' -jj status
}

test_arguments()
{
	exits 2 'needs CIDR' peer add
	exits 2 'not an IPv4' peer add 10.0.0
	exits 2 '0 to 32' peer add 10.0.0.0/33
	exits 2 'IPv4 only' peer set fe80::1
	exits 1 'did you mean 10.0.0.0/24?' peer add 10.0.0.1/24
	exits 1 '10.0.0.0/8 is named twice' peer set 10.0.0.0/8 10.0.0.0/8
	exits 1 '10.0.0.5/32 is named twice' peer add 10.0.0.5 10.0.0.5/32
	exits 2 'not an IPv4' peer set any any
	exits 2 'not a number' up --expect-generation -1
	exits 2 'not a number' peer flush --expect-generation 4294967296
	exits 2 'needs on|off' drain
	exits 2 'on or off, not "maybe"' drain maybe
	exits 2 'what is "off"' drain on off
	exits 2 'not a number' drain on --expect-generation x
	exits 2 'needs a value' status --interface
	exits 2 'needs' config set
	exits 2 'unknown setting "x"' config set x y
	exits 2 'route or reflect' config set send-mode ref
	exits 2 'needs a value' config set send-mode
	exits 2 'twice' config set send-mode route send-mode reflect
	exits 2 'twice' up attach prerouting dev eth0 attach ingress
	exits 2 'prerouting or ingress, not "tc"' up attach tc
	exits 2 'unknown setting "eth0"' up attach ingress eth0
	exits 2 'needs a value' config set attach ingress dev
	exits 2 'cannot be the name' config set dev ""
	exits 2 'cannot be the name' config set dev longer-than-all0
	exits 2 'more than 8 devices' up attach ingress dev 1 dev 2 dev 3 \
		dev 4 dev 5 dev 6 dev 7 dev 8 dev 9
	exits 2 '17' endpoint show vpce-1
	exits 1 '64 bits' endpoint show vpce-fffffffffffffffff
	exits 2 'needs ADDRESS LOCAL' node show 10.0.0.1
	exits 2 'not an IPv4 address' node show 10.0.0.1 x
	exits 2 'number of seconds' stats --watch 0
	exits 2 'number of seconds' stats --watch 1e3
	exits 2 'number of seconds' stats --watch inf
	exits 2 'number of seconds' stats --watch 1.
	exits 2 'goes with neither' stats --watch 1 --all
	exits 2 'number of seconds' doctor --interval 0
	exits 2 'no JSON' report --json
	exits 2 'by endpoint, proto, from, to' trace group a
	exits 2 'by endpoint, proto, from, to' trace proto tcp state new
	exits 2 'at least 1' trace --count 0
	exits 2 'needs a value' trace proto
	exits 2 'all network namespaces' -n x trace
	exits 2 'what is "b"' report a b
}

# The rules file has a place for each mistake; what the mistakes are, others
# test. Neither a module nor privileges are needed for that.
test_rules()
{
	printf 'policy drop\n\nrule  form 10.0.0.1 drop\n' >"$work/bad.rules"
	printf 'policy drop\nrule accept\n' >"$work/good.rules"
	exits 2 'needs FILE' rule check
	exits 2 'what is "b"' rule check a b
	exits 1 "^Error: $work/none: No such file" rule check "$work/none"
	exits 1 "^Error: $work: Is a directory" rule check "$work"
	exits 1 "^$work/bad.rules:3:7: expected a match, .* got \"form\"\$" \
		rule check "$work/bad.rules"
	# what is wrong with the file is told before anything is asked for
	exits 1 "^$work/bad.rules:3:7: " rule load "$work/bad.rules"
	exits 1 "^$work/bad.rules:3:7: " -n none rule load "$work/bad.rules"
	exits 2 "^$work/bad.rules:3:7: " rule diff "$work/bad.rules"
	exits 2 'not loaded' rule diff "$work/good.rules"
	[ -z "$("$GWLBCTL" rule check "$work/good.rules" 2>&1)" ]
	result $? "a good file draws no comment"
	exits 2 '1 to 86400' rule load "$work/good.rules" --confirm 0
	exits 2 '1 to 86400' rule load "$work/good.rules" --confirm 86401
	exits 2 'not a number' rule load "$work/good.rules" --confirm x
	exits 2 'not a number' rule load - --expect-generation x
	exits 2 'no JSON' rule diff --json "$work/good.rules"
	exits 2 'no JSON' save --json

	exits 2 'needs NAME ELEMENT' set add
	exits 2 'needs NAME ELEMENT' set add x
	exits 2 'is no name of a set' set add 1 10.0.0.1
	exits 2 '"x" is no address, port or endpoint' set add a x
	exits 2 'expected a port .* got "10.0.0.1"' set add a 80 10.0.0.1
	exits 1 'did you mean 10.0.0.0/8' set del a 10.0.0.1/8
	exits 1 '90-80 ends before it begins' set add a 80 90-80
	exits 2 'needs NAME' set flush
	exits 2 'needs NAME ELEMENT' set test x

	[ "$(printf 'rule\n rule x' | "$GWLBCTL" rule check - 2>&1)" = \
	  'stdin:1:5: expected accept, drop, reject or log, got the end of the line' ]
	result $? "standard input has a name"
}

test_flows()
{
	exits 2 'unknown filter "x"' flow list x
	exits 2 '"sport" needs a value' flow list proto tcp sport
	exits 2 'is given twice' flow list proto tcp proto udp
	exits 2 'a name or 0 to 255' flow list proto nonsense
	exits 2 '0 to 65535' flow flush dport 65536
	exits 2 'not an address or prefix' flow list from x
	exits 1 'did you mean fd00::/8' flow list to fd00::1/8
	exits 2 'there are new established' flow list state ESTABLISHED
	exits 2 'that has to be said: --all' flow flush
	exits 2 'goes with no filter' flow flush --all proto tcp
	exits 2 'unknown option "--all"' flow list --all
	exits 2 'flows, logs or rules, not "x"' monitor logs x
	exits 2 'at least 1' monitor --count 0
	exits 2 'not a number' monitor --count x
	exits 2 'flows, endpoints or rules, not "x"' top x
	exits 2 'what is "rules"' top flows rules
	exits 2 'number of seconds' top --interval 0
	exits 2 'at least 1' top --count 0
}

# What is wrong with a file is told with its place, and then nothing is printed
test_import()
{
	printf 'outbound: {}\ninbound:\n  allowed_application_ports: [0x50, 65536]\n' \
		>"$work/bad.yaml"
	printf 'outbound: {allowed_transport_protocols: [6, 47]}\ninbound: {}\n' \
		>"$work/good
file.yaml"
	exits 2 'needs FILE' import geneve-proxy
	exits 2 'what is "b"' import geneve-proxy a b
	exits 2 'geneve-proxy' import
	exits 2 'no JSON' import geneve-proxy "$work/bad.yaml" --json
	exits 1 "^Error: $work/none: No such file" \
		import geneve-proxy "$work/none"
	exits 1 "^$work/bad.yaml:3:37: expected a port, 0 to 65535, got \"65536\"\$" \
		import geneve-proxy "$work/bad.yaml"
	[ "$("$GWLBCTL" import geneve-proxy - </dev/null 2>&1)" = \
	  "stdin:1:1: the file is empty" ]
	result $? "standard input has a name"

	"$GWLBCTL" import geneve-proxy "$work/good
file.yaml" >"$work/out" 2>"$work/err"
	result $? "a good file"
	grep -q "file.yaml:1:12: outbound: protocol 47 is allowed, but" \
		"$work/err"
	result $? "what geneve-proxy did not survive draws a warning"
	head -n 1 "$work/out" | grep -q "good?file.yaml$" &&
		grep -q "^# outbound: .*protocol 47" "$work/out"
	result $? "and a comment; no name of a file ends one"
	"$GWLBCTL" rule check "$work/out" >"$work/out2" 2>&1 &&
		[ ! -s "$work/out2" ]
	result $? "what is printed is a good rules file"
}

test_no_module()
{
	local message='^Error: module gwlb is not loaded (modprobe gwlb)$'
	local line rc=0

	while read -r line; do
		# shellcheck disable=SC2086 # it is a line of words
		exits 1 "$message" $line
	done <<-LINES
		up
		down --expect-generation 4294967295
		drain on
		drain off --expect-generation 1
		status
		status --json
		status --interface lo
		-j status
		config show
		config set send-mode route
		up send-mode reflect attach ingress dev ens5 dev ens6
		config set attach prerouting
		peer list
		peer add 10.0.0.5
		peer del 10.0.0.0/8
		peer set any
		peer flush
		stats
		stats --explain --all -j
		stats --watch 0.1
		endpoint list
		endpoint show vpce-0123456789abcdef0
		node list
		node show 10.0.0.1 10.0.0.2
		rule load ../rules/quickstart.rules
		rule load ../rules/quickstart.rules --confirm 60
		rule list --counters
		rule list --json
		rule confirm
		rule rollback --expect-generation 5
		set list
		set list x
		set add x 10.0.0.1 ::/0
		set add x 10.0.0.1 --expect-generation 5
		set del x 80 443
		set flush x
		group list
		group show x
		save
		flow list
		flow list --json endpoint vpce-0123456789abcdef0 state tcp-syn
		flow flush --all
		flow flush from 10.0.0.0/8 to ::/0
		monitor
		monitor logs flows --count 1 --json
		top
		top endpoints --interval 0.1 --count 1
		top rules --json
	LINES
	"$GWLBCTL" doctor --interval 0.1 >"$work/out" 2>"$work/err" || rc=$?
	[ $rc -eq 1 ] && head -n 1 "$work/out" |
		grep -q '^module: the module is not loaded$'
	result $? "1: gwlbctl doctor"
	exits 2 "$message" rule diff ../rules/quickstart.rules
	exits 2 "$message" set test x 10.0.0.1
	exits 0 '^module is not loaded$' version
	exits 0 "^{\"gwlbctl\":\"$version\",\"module\":null}$" version --json
}

test_netns()
{
	local ns=gwlbctl-test-$$

	exits 1 'No such file' -n gwlbctl-none status
	exits 1 'No such file' --netns=gwlbctl-none status
	exits 1 'No such file' status -n gwlbctl-none
	exits 1 '/dev/null is none' -n /dev/null status
	exits 1 'name is too long' -n "$(printf '%05000d' 0)" status
	if ! ip netns add "$ns" 2>/dev/null; then
		return
	fi
	exits 1 'not loaded' -n "$ns" status
	exits 1 'not loaded' -n "/run/netns/$ns" status
	# a mistake in the command line comes first
	exits 2 'unknown option' -n gwlbctl-none status --nonsense
	ip netns del "$ns"
	if setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
		GWLBCTL=$work/as-nobody
		cat >"$GWLBCTL" <<-SCRIPT
			#!/bin/sh
			exec setpriv --reuid 65534 --clear-groups "$PWD/gwlbctl-san" "\$@"
		SCRIPT
		chmod 755 "$work" "$GWLBCTL"
		exits 1 'CAP_SYS_ADMIN' -n /proc/self/ns/net status
		GWLBCTL=$PWD/gwlbctl-san
	fi
}

# A full disk, and a reader that went away
test_output()
{
	local rc=0

	: >"$work/out"
	"$GWLBCTL" version >/dev/full 2>"$work/err" || rc=$?
	[ $rc -eq 1 ] && grep -q '^Error: writing.*No space' "$work/err"
	result $? "a full disk is an error"

	rc=0
	"$GWLBCTL" --help >/dev/full 2>"$work/err" || rc=$?
	[ $rc -eq 1 ] && grep -q '^Error: writing.*No space' "$work/err"
	result $? "also for the usage"

	rc=0
	"$GWLBCTL" version >&- 2>"$work/err" || rc=$?
	[ $rc -eq 1 ] && grep -q '^Error: writing' "$work/err"
	result $? "and so is a closed descriptor"

	# the fifo's reader is gone for certain before the writer begins
	mkfifo "$work/fifo"
	exec 3<>"$work/fifo"
	exec 4>"$work/fifo"
	exec 3>&-
	rc=0
	(trap '' PIPE; "$GWLBCTL" version >&4 2>"$work/err") || rc=$?
	[ $rc -eq 1 ] && grep -q '^Error: writing.*Broken pipe' "$work/err"
	result $? "a broken pipe is an error where SIGPIPE is ignored"
	rc=0
	"$GWLBCTL" version >&4 2>"$work/err" || rc=$?
	[ $rc -eq 141 ]
	result $? "and ends the program where it is not"
	exec 4>&-
}

test_usage
test_no_abbreviations
test_arguments
test_rules
test_flows
test_import
test_no_module
test_netns
test_output
echo "1..$tests"
exit $failed
