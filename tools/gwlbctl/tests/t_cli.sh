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
	exits 2 'needs' config set
	exits 2 'unknown setting "x"' config set x y
	exits 2 'route or reflect' config set send-mode ref
	exits 2 'needs a value' config set send-mode
	exits 2 'twice' config set send-mode route send-mode reflect
	exits 2 '17' endpoint show vpce-1
	exits 1 '64 bits' endpoint show vpce-fffffffffffffffff
	exits 2 'needs ADDRESS LOCAL' node show 10.0.0.1
	exits 2 'not an IPv4 address' node show 10.0.0.1 x
	exits 2 'number of seconds' stats --watch 0
	exits 2 'number of seconds' stats --watch 1e3
	exits 2 'number of seconds' stats --watch inf
	exits 2 'number of seconds' stats --watch 1.
	exits 2 'goes with neither' stats --watch 1 --all
}

test_no_module()
{
	local message='^Error: module gwlb is not loaded (modprobe gwlb)$'
	local line

	while read -r line; do
		# shellcheck disable=SC2086 # it is a line of words
		exits 1 "$message" $line
	done <<-LINES
		up
		down --expect-generation 4294967295
		status
		status --json
		-j status
		config show
		config set send-mode route
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
	LINES
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
test_no_module
test_netns
test_output
echo "1..$tests"
exit $failed
