#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# t_vm.sh - tests that guests do what run.sh promises, above all that a broken
# kernel or command cannot look like a green one. Prints TAP.
#
# Owns: a directory in /tmp while it runs. May touch: the kernel cache.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")
run=$here/run.sh
count=0
failed=0

# ok NAME COMMAND...: one line of TAP by the success of a command.
ok()
{
	local name=$1

	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		failed=$((failed + 1))
	fi
}

same()
{
	[ "$1" = "$2" ] && return
	diff <(echo "$1") <(echo "$2") | sed 's/^/# /'
	return 1
}

says()
{
	grep -qF -- "$1" "$tmp/stderr" && return
	sed 's/^/# /' "$tmp/stderr"
	return 1
}

empty_dir()
{
	[ -z "$(ls -A "$1")" ]
}

# try ARG...: run.sh with what it prints in files; sets $rc and $took.
try()
{
	took=$SECONDS
	rc=0
	TMPDIR=$tmp/scratch "$run" "$@" >"$tmp/stdout" 2>"$tmp/stderr" || rc=$?
	took=$((SECONDS - took))
}

test_usage()
{
	try
	ok "no command is wrong usage" same 2 "$rc"
	try --bogus 1 -- true
	ok "an unknown option is wrong usage" same 2 "$rc"
	try --cpus two -- true
	ok "a number must be one" same 2 "$rc"
	try --kernel none -- true
	ok "an unknown kernel is wrong usage" same 2 "$rc"
	ok "and it is named" says "no kernel none"
}

# Each line that this prints is compared, so a stray byte is found too.
write_guest()
{
	cat >"$tmp/guest.sh" <<-'GUEST'
	echo "arguments $#: $*"
	echo "directory $PWD"
	echo "variable $T_VM"
	echo "user $(id -u), kernel $(uname -r), CPUs $(nproc)"
	echo "words $(grep -o 't_vm.*' /proc/cmdline)"
	cat /sys/class/dmi/id/chassis_asset_tag
	cat /sys/class/dmi/id/product_serial
	# That one is the host's.
	from=$(cat /sys/class/rtc/rtc0/since_epoch)
	sleep 5
	took=$(($(cat /sys/class/rtc/rtc0/since_epoch) - from))
	[ "$took" -ge 4 ] && [ "$took" -le 9 ] && took="5, or as good as"
	echo "seconds in 5: $took"
	echo "on stderr" >&2
	echo "on /dev/stdout" >/dev/stdout
	echo "on /dev/stderr" >/dev/stderr

	(: <>/dev/net/tun) && [ -d /sys/module/tun ] && echo "tun by opening"
	for name in veth geneve nf_tables act_tunnel_key cls_matchall; do
		modprobe "$name" && [ -d "/sys/module/$name" ] &&
			echo "module $name"
	done
	[ $(($(cat /sys/class/net/lo/flags) & 1)) -eq 1 ] && echo "lo is up"
	for name in /sys/kernel/debug/sched /sys/kernel/tracing/events \
		    /sys/fs/cgroup/cgroup.procs /dev/pts/ptmx; do
		[ -e "$name" ] && echo "has $name"
	done

	echo changed >"$1/host-file" && cat "$1/host-file"
	rm -r "$1/host-dir" && [ ! -e "$1/host-dir" ] && echo "removed"
	echo new >"$1/new-file" && cat "$1/new-file"
	echo kept >/run/gwlb-out/artefact

	# Left behind on purpose, with the output open.
	sleep 1000 &
	exit 7
	GUEST
}

test_green()
{
	local argument expect

	argument="two  words, \"quotes' and \$signs"
	export T_VM=$'two\nlines'
	expect="arguments 2: $tmp $argument
directory $tmp/work dir
variable $T_VM
user 0, kernel $("$here/kernel.sh" --path release 6.1), CPUs 2
words t_vm.one t_vm.two=2 t_vm.three
tag, of the test
number
seconds in 5: 5, or as good as
on stderr
on /dev/stdout
on /dev/stderr
tun by opening
module veth
module geneve
module nf_tables
module act_tunnel_key
module cls_matchall
lo is up
has /sys/kernel/debug/sched
has /sys/kernel/tracing/events
has /sys/fs/cgroup/cgroup.procs
has /dev/pts/ptmx
changed
removed
new"

	mkdir "$tmp/work dir" "$tmp/host-dir"
	echo original >"$tmp/host-file"
	write_guest
	cd "$tmp/work dir"
	try --out ../out --env T_VM --env T_VM_UNSET \
		--append "t_vm.one t_vm.two=2" --append t_vm.three \
		--qemu -smbios --qemu "type=3,asset=tag,, of the test" \
		--qemu -smbios --qemu type=1,serial=number -- \
		bash "$tmp/guest.sh" "$tmp" "$argument"
	cd "$here"

	ok "the exit status comes through" same 7 "$rc"
	ok "the output is complete and clean" \
		same "$expect" "$(cat -A "$tmp/stdout" | sed 's/\$$//')"
	ok "the boot is timed" says "guest: up after"
	ok "what is written to --out stays" \
		same kept "$(cat "$tmp/out/artefact")"
	ok "the console is kept" test -s "$tmp/out/console.log"
	ok "a host's file is not changed" \
		same original "$(cat "$tmp/host-file")"
	ok "a host's file is not removed" test -d "$tmp/host-dir"
	ok "no file is made on the host" test ! -e "$tmp/new-file"
	ok "nothing stays in TMPDIR" empty_dir "$tmp/scratch"
}

test_alarm()
{
	try -- bash -c 'echo "protocol 0800 is buggy, dev x" >/dev/kmsg'
	ok "so does what is said of a packet" same 125 "$rc"
	try -- bash -c 'seq 50000; echo "WARNING: by the test" >/dev/kmsg'
	ok "a warning of the kernel fails a green command" same 125 "$rc"
	ok "and it is shown" says "WARNING: by the test"
	ok "a long output is complete" \
		same "$(seq 50000 | cksum)" "$(cksum <"$tmp/stdout")"
}

test_panic()
{
	try --timeout 300 -- bash -c 'echo c >/proc/sysrq-trigger'
	ok "a panic is a failure" same 125 "$rc"
	ok "and it is shown" says "Kernel panic"
	ok "without waiting for the timeout" test "$took" -lt 150
}

test_hang()
{
	# Who calls vfork() is blocked until his child does something else.
	try --timeout 60 -- bash -c \
		'echo before; perl -e "syscall(58); sleep 1000"'
	ok "a command that hangs is ended" same 124 "$rc"
	ok "and the timeout is named" says "more than 60 s"
	ok "and who is blocked" says "task:perl"
	ok "nor is that the kernel's complaint" \
		same 0 "$(grep -c complained "$tmp/stderr")"
	ok "what it printed before is there" \
		same before "$(cat "$tmp/stdout")"
}

test_no_boot()
{
	try --boot 30 --append "rdinit=/bin/busybox -- sleep 1000" -- true
	ok "a guest that does not come up is a failure" same 125 "$rc"
	ok "and its time is named" says "not up after 30 s"
	ok "and what its tasks wait for" says "task:kthreadd"
	ok "the kernel is not blamed for that" \
		same 0 "$(grep -c complained "$tmp/stderr")"
}

test_no_guest()
{
	GWLB_ACCEL=none try -- true
	ok "a guest that cannot start is a failure" same 125 "$rc"
	ok "without waiting for the timeout" test "$took" -lt 60
}

# Counts processes with the directory on their command line. No grep FILE: it
# would find itself.
ours()
{
	local file found=0

	for file in /proc/[0-9]*/cmdline; do
		if [[ $(tr '\0' ' ' <"$file") == *"$tmp/interrupted"* ]]; then
			found=$((found + 1))
		fi
	done 2>/dev/null
	echo "$found"
}

test_interrupt()
{
	local pid line up=""

	mkdir "$tmp/interrupted"
	mkfifo "$tmp/messages"
	TMPDIR=$tmp/interrupted "$run" -- sleep 1000 2>"$tmp/messages" &
	pid=$!
	while read -r line; do
		if [[ $line == *"up after"* ]]; then
			up=1
			break
		fi
	done <"$tmp/messages"
	ok "the guest to interrupt is up" same 1 "$up"
	ok "its qemu is there" test "$(ours)" -gt 0
	kill -TERM "$pid"
	rc=0
	wait "$pid" || rc=$?
	ok "an interrupted guest ends" same 143 "$rc"
	ok "no process stays" same 0 "$(ours)"
	ok "no file stays" empty_dir "$tmp/interrupted"
}

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	rm -rf "$tmp"
}

main()
{
	tmp=$(mktemp -d /tmp/t_vm.XXXXXX)
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkdir "$tmp/scratch"

	echo "TAP version 13"
	test_usage
	test_green
	test_alarm
	test_panic
	test_hang
	test_no_boot
	test_no_guest
	test_interrupt
	echo "1..$count"
	[ "$failed" -eq 0 ]
}

main "$@"
