#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh - runs a command as root in a guest with a distribution's kernel
#
# The guest sees the host's whole file system; what it writes there stays in
# its RAM, apart from /run/gwlb-out, which is --out.
#
# Owns: the guest from boot to end, and a directory in $TMPDIR while it runs.
# May touch: --out, and the cache by way of kernel.sh and initramfs.sh.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "$0")")

# What a kernel says when it is broken. The taint of an unsigned module is no
# such thing.
alarms='WARNING:|BUG:|Oops|Call Trace|RIP:|Kernel panic|lockup|self-detected'
alarms+='|detected stall|general protection|KASAN|UBSAN|refcount_t'
alarms+='|unreferenced object|suspected memory leak|INFO: task|INFO: trying'
alarms+='|to become free|Call trace|Unable to handle|Internal error'
# 7.x says of whom it is.
alarms+='|\[gwlb\] enqueued on deprecated'
# Of who sends packets, without a trace; and of memory
alarms+='|protocol [0-9a-f]{4} is buggy|Dead loop on virtual device'
alarms+='|asks to queue packet|BUG [a-zA-Z]'

# Seconds that a guest has to power off: many times what a slow, busy machine
# needs. A kernel that is slow by design has a factor to this, to --boot, and to
# --timeout; COMMAND finds it in $SLOW.
off_limit=30

# What a kernel tells when it panics, besides why: its tasks, its locks, and what
# each CPU does (panic_print in its documentation)
panic_print=0x49

# With these it begins to tell what keeps it busy, as it was asked to.
asked='sysrq: Show|NMI received for unknown reason'

# Such a factor for what is emulated as another machine than this
FOREIGN=3

say()
{
	echo "run.sh: $*" >&2
}

usage()
{
	cat <<-USAGE
	Usage: run.sh [OPTION]... -- COMMAND [ARG]...

	Boots a guest over the host's files and runs COMMAND in it as root,
	in this directory, with its output on standard output.
	  --kernel NAME      a kernel of kernel.sh (default 6.1)
	  --cpus N           default 2
	  --memory MB        default 2048, twice that with the debug kernel
	  --boot SECONDS     until it is up (default 300), with the same factor
	                     as for the next
	  --timeout SECONDS  for COMMAND alone, without the boot (default 600),
	                     as with a stock kernel of this machine: more with
	                     the debug kernel or another machine's
	  --env NAME         passes a variable on; repeat it for more
	  --append WORDS     added to the kernel's command line
	  --qemu ARG         one more argument for QEMU; repeat it for more
	  --out DIR          /run/gwlb-out in the guest: what is written there
	                     is kept; console.log is added

	Exits with COMMAND's exit status, or with
	  2    wrong usage
	  124  COMMAND was ended by the timeout
	  125  the guest did not boot, died, or the kernel complained although
	       COMMAND was content

	\$GWLB_ACCEL overrides QEMU's -accel.
	USAGE
}

bad_usage()
{
	say "$@"
	usage >&2
	exit 2
}

number()
{
	[[ $2 =~ ^[1-9][0-9]{0,6}$ ]] || bad_usage "$1: not a number: $2"
}

parse()
{
	kernel=6.1 cpus=2 memory="" boot=300 timeout=600 out="" env=()
	words="" more=()

	while [ $# -gt 0 ]; do
		case $1 in
		--)
			shift
			break
			;;
		-h|--help)
			usage
			exit 0
			;;
		--kernel|--cpus|--memory|--boot|--timeout|--env|--append|\
		--qemu|--out)
			[ $# -ge 2 ] || bad_usage "$1 needs a value"
			;;&
		--kernel) kernel=$2 ;;
		--cpus) number "$1" "$2"; cpus=$2 ;;
		--memory) number "$1" "$2"; memory=$2 ;;
		--boot) number "$1" "$2"; boot=$2 ;;
		--timeout) number "$1" "$2"; timeout=$2 ;;
		--env)
			[[ $2 =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ||
				bad_usage "$1: not a name: $2"
			env+=("$2")
			;;
		--append) words+=" $2" ;;
		--qemu) more+=("$2") ;;
		--out) out=$2 ;;
		*) bad_usage "unknown option $1 (COMMAND comes after --)" ;;
		esac
		shift 2
	done
	[ $# -gt 0 ] || bad_usage "COMMAND is missing"
	command=("$@")
}

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	local pid

	for pid in ${qemu:-} ${copier:-}; do
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	rm -rf ${work:+"$work"}
}

# The shell script that is COMMAND in the guest.
write_job()
{
	local name given variable

	echo "export PATH=/usr/local/sbin:/usr/local/bin"
	echo "PATH+=:/usr/sbin:/usr/bin:/sbin:/bin"
	echo "export HOME=/root LANG=C SLOW=$slow"
	for name in ${env[@]+"${env[@]}"}; do
		# Not ${!name}, which could be a variable of this script.
		mapfile -d '' -t given <"/proc/$$/environ"
		for variable in "${given[@]}"; do
			if [ "${variable%%=*}" = "$name" ]; then
				printf 'export %s=%q\n' "$name" \
					"${variable#*=}"
			fi
		done
	done
	# What there is of time, for who can do with less
	[ -z "${UNTIL:-}" ] ||
		echo "export LEFT=$((UNTIL - $(date +%s)))"
	printf 'cd -- %q || exit 125\n' "$PWD"
	printf 'exec --'
	printf ' %q' "${command[@]}"
	echo
}

# KVM may be there to open and still be none: a CPU that does not announce
# virtualisation hangs in it.
accel()
{
	if [ -n "${GWLB_ACCEL:-}" ]; then
		echo "$GWLB_ACCEL"
	elif [ "$arch" = amd64 ] && (: <>/dev/kvm) 2>/dev/null &&
	     grep -qwE 'vmx|svm' /proc/cpuinfo; then
		echo kvm
	else
		echo tcg,thread=multi
	fi
}

# Finds the kernel, $dir, its machine, and what it needs more of than others.
find_kernel()
{
	dir=$("$here/kernel.sh" "$kernel")
	arch=amd64 slow=1
	if [ -f "$dir/arch" ]; then
		arch=$(cat "$dir/arch")
	fi
	# No hypervisor can help it.
	[ "$arch" = amd64 ] || slow=$FOREIGN
	if [ -f "$dir/slow" ]; then
		slow=$(cat "$dir/slow")
		# Shadow memory of KASAN, and a record of each allocation
		memory=${memory:-4096}
		# To ask the usual machine where its interrupts go is to run a
		# program of it, in ACPI's language: minutes. This one has a
		# table.
		more=(-machine q35 "${more[@]}")
	fi
	if [ -f "$dir/words" ]; then
		words=" $(cat "$dir/words")$words"
	fi
	memory=${memory:-2048}
	timeout=$((timeout * slow))
	boot=$((boot * slow))
	off_limit=$((off_limit * slow))
}

# clock: words for the kernel of an emulated machine, which otherwise measures its
# clock by devices that are late where the CPU is shared, and then lives several
# times too fast. Any other clock is a device, and each look at it waits for the
# emulator's lock. With -icount it is not this machine's.
clock()
{
	local program khz=""

	program=$dir/tsc-$(sha256sum <"$here/tsc.c" | cut -c1-12)
	if [[ $(uname -m) == x86_64 && " ${more[*]-} " != *" -icount "* ]]; then
		if [ ! -x "$program" ]; then
			gcc -O2 -o "$program.$$" "$here/tsc.c" >&2 &&
				mv "$program.$$" "$program"
		fi
		khz=$("$program") || khz=""
	fi
	echo " tsc=reliable${khz:+ tsc_early_khz=$khz}"
}

# Starts the guest, with fifos for what it says; sets $qemu and $copier.
start()
{
	local initramfs append args machine console accel over=""

	accel=$(accel)
	initramfs=$("$here/initramfs.sh" "$dir")
	case $arch in
	amd64)
		machine=(qemu-system-x86_64 -cpu max)
		# On a busy machine the emulated timer may be so late that the
		# kernel takes it for broken, and panics.
		console="ttyS0 no_timer_check unknown_nmi_panic"
		# With erms the kernel clears and copies pages by the byte, which
		# is what an emulator does slowest.
		if [[ $accel == tcg* ]]; then
			machine[2]+=,-erms
			console+=$(clock)
		fi
		;;
	arm64)
		# Pointer authentication as specified takes half of the time.
		machine=(qemu-system-aarch64 -M virt
			 -cpu "max,pauth-impdef=on")
		console=ttyAMA0
		;;
	esac

	mkdir "$work/job"
	write_job >"$work/job/job"
	echo "$dir" >"$work/job/kernel"
	echo "$timeout" >"$work/job/limit"
	if [ "$arch" != amd64 ]; then
		over=$("$here/root.sh" "$arch")
		: >"$work/job/over"
		# shellcheck disable=SC2054 # the commas are qemu's
		machine+=(-fsdev "local,id=over,path=${over//,/,,},security_model=none,readonly=on,multidevs=remap"
			  -device virtio-9p-pci,fsdev=over,mount_tag=userland)
	fi
	mkdir "$work/job/hot"
	"$here/hot.py" "$work/job/hot" ${over:+"$over"} >"$work/job/whole"
	cp "$initramfs" "$work/initramfs"
	# Whoever builds it, in the guest it is root's.
	(cd "$work/job" && find . | busybox cpio -o -H newc -R 0:0) \
		>>"$work/initramfs" 2>/dev/null
	rm -r "$work/job/hot"
	mkfifo "$work/output" "$work/status" "$work"/monitor.{in,out}

	# norandmaps: an emulator translates code anew at each new address, so
	# with it a guest starts programs three times as fast.
	append="console=$console loglevel=5 mitigations=off norandmaps"
	append+=" panic=-1 oops=panic panic_on_warn=1"
	append+=" panic_print=$panic_print$words"
	# shellcheck disable=SC2054 # the commas are qemu's
	args=(
		-nodefaults -no-user-config -no-reboot
		-display none -monitor "pipe:$work/monitor"
		-accel "$accel" -smp "$cpus" -m "$memory"
		-kernel "$dir/image" -initrd "$work/initramfs"
		-append "$append"
		-fsdev "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
		-device virtio-9p-pci,fsdev=root,mount_tag=hostroot
		-fsdev "local,id=out,path=${out//,/,,},security_model=none,multidevs=remap"
		-device virtio-9p-pci,fsdev=out,mount_tag=out
		-device virtio-serial-pci
		-chardev "file,id=output,path=${work//,/,,}/output"
		-device virtserialport,chardev=output,name=output
		-chardev "file,id=status,path=${work//,/,,}/status"
		-device virtserialport,chardev=status,name=status
		-serial "file:$out/console.log"
		${more[@]+"${more[@]}"}
	)

	# fds 4 and 5 are writers of the fifos from the start, so that the
	# readers see an end of file when qemu ends, however it ends.
	setpriv --pdeathsig KILL "${machine[@]}" "${args[@]}" \
		</dev/null >&2 4>"$work/status" 5>"$work/output" &
	qemu=$!
	exec 3<"$work/status"
	cat <"$work/output" 3<&- &
	copier=$!
}

# Has a kernel that nothing can be typed to tell where its CPUs and tasks are, by
# an interrupt that it panics at; waits until the machine has ended, or the
# console has said nothing for five seconds. Another machine has no such thing.
ask()
{
	local quiet=0 size before

	[ "$arch" = amd64 ] || return 0
	# Not >, which waits for a reader, and QEMU may just have ended.
	echo nmi 1<>"$work/monitor.in"
	before=$(stat -c %s "$out/console.log")
	while [ "$quiet" -lt 5 ] && kill -0 "$qemu" 2>/dev/null; do
		sleep 1
		size=$(stat -c %s "$out/console.log")
		quiet=$((size == before ? quiet + 1 : 0))
		before=$size
	done
}

# Follows the guest to its end. Sets $status to COMMAND's exit status, or to
# nothing with $failure telling why.
follow()
{
	local limit=$boot began=$SECONDS left what value up="" rc

	status="" failure=""
	while :; do
		left=$((began + limit - SECONDS))
		rc=0
		if [ "$left" -le 0 ]; then
			rc=142
		else
			read -r -t "$left" what value <&3 || rc=$?
		fi

		if [ "$rc" -gt 128 ]; then
			if [ -n "$status" ]; then
				failure="guest: no power-off in $limit s"
			elif [ -n "$up" ]; then
				failure="timeout: the command took more than"
				failure+=" $limit s"
				status=124
			else
				failure="guest: not up after $limit s"
				ask
			fi
			return
		elif [ "$rc" -ne 0 ]; then
			[ -n "$status" ] || failure="guest: ended by itself"
			return
		fi

		case $what in
		up)
			up=1
			say "guest: up after $((SECONDS - began)) s"
			limit=$timeout
			;;
		exit)
			status=$value
			limit=$off_limit
			;;
		esac
		began=$SECONDS
	done
}

# Shows what the kernel complained about; false if there is such.
scan_console()
{
	local log=$out/console.log

	if [ ! -f "$log" ]; then
		say "$log was removed, so nobody knows what the kernel said"
		return 1
	fi
	sed -i 's/\r$//' "$log"
	# What it says when it is asked for its tasks looks like a complaint.
	if ! sed -E "/$asked/,\$d" "$log" | grep -E "$alarms" >/dev/null; then
		return 0
	fi
	say "the kernel complained:"
	grep -E -m 100 -B 5 -A 25 "$alarms" "$log" | head -n 200 >&2
	return 1
}

# What was going on in a guest that had to be ended: guest-init.sh asks the
# kernel for it in time, or ask() did.
show_tasks()
{
	# Nothing to show is no failure.
	sed -En "/$asked/,\$p" "$out/console.log" |
		sed '401,$d; / \[</d; /<TASK>/d; /\] *? /d' >&2
}

main()
{
	local clean=1

	parse "$@"
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	work=$(mktemp -d "${TMPDIR:-/tmp}/gwlb-vm.XXXXXX")
	if [ -z "$out" ]; then
		out=$work/out
	fi
	mkdir -p -- "$out"
	out=$(cd -- "$out" && pwd)
	: >"$out/console.log"

	find_kernel
	start
	follow
	if [ -n "$failure" ]; then
		kill -KILL "$qemu" 2>/dev/null || :
	fi
	wait "$qemu" 2>/dev/null || :
	qemu=""
	wait "$copier" || :
	copier=""

	scan_console || clean=0
	if [ -n "$failure" ]; then
		say "$failure"
		show_tasks
		if [ "$clean" -eq 1 ]; then
			say "end of the console:"
			sed -E "/$asked/,\$d" "$out/console.log" |
				tail -n 20 >&2
		fi
		exit "${status:-125}"
	fi
	if [ "$status" -eq 0 ] && [ "$clean" -eq 0 ]; then
		exit 125
	fi
	exit "$status"
}

main "$@"
