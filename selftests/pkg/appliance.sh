# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# An appliance of packaging/image.sh in QEMU, and the load balancer's side of it
# on this machine, in a namespace with no other way out:
#
#   $SIM   wire0 10.1.121.1/24  ------  10.1.121.10, by DHCP   the appliance
#          DHCP, and a router
#
# The node of the load balancer is one of those that /etc/gwlb/gwlb.conf of the
# packages allows. A key for SSH comes by way of the firmware's tables
# (systemd.exec(5), credentials); nothing in the image is for tests.
#
# Sourced by t_image.sh behind lib.sh. Owns $work and QEMU.

FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
GUEST=10.1.121.10
GUEST_MAC=52:54:00:12:34:56
LB_NODE=10.1.111.5
# Packets in a second
STREAM_RATE=300
# Without KVM it takes minutes to boot.
# shellcheck disable=SC2034 # for those who source this
BOOT=${BOOT:-900}

work=$(mktemp -d)
on_exit rm -rf "$work"

# wire: the namespace with a device for QEMU, and who gives addresses
wire()
{
	netns "$SIM"
	must ip -n "$SIM" tuntap add mode tap name wire0
	must ip -n "$SIM" link set wire0 mtu 9001 up
	must ip -n "$SIM" addr add 10.1.121.1/24 dev wire0
	must ip -n "$SIM" neigh replace $GUEST lladdr $GUEST_MAC dev wire0
	cat >"$work/udhcpd.conf" <<-CONF
		start $GUEST
		end $GUEST
		interface wire0
		max_leases 1
		lease_file $work/leases
		pidfile $work/udhcpd.pid
		option subnet 255.255.255.0
		option router 10.1.121.1
		option mtu 9001
		option lease 86400
	CONF
	: >"$work/leases"
	ip netns exec "$SIM" busybox udhcpd -f "$work/udhcpd.conf" \
		>"$work/udhcpd.log" 2>&1 &
	on_exit stop $!
}

# emulator: QEMU for the architecture that the image's name has, with firmware
emulator()
{
	case $IMAGE in
	*-arm64.raw)
		# Pointer authentication as specified takes half of the time.
		echo qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on \
			-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd
		;;
	*)
		echo qemu-system-x86_64 -cpu max
		;;
	esac
}

accel()
{
	if [[ $IMAGE != *-arm64.raw ]] && (: <>/dev/kvm) 2>/dev/null &&
	   grep -qwE 'vmx|svm' /proc/cpuinfo; then
		echo kvm
	else
		echo tcg,thread=multi
	fi
}

# watch_health: asks all the time, until end_watch
watch_health()
{
	: >"$work/watched"
	# shellcheck disable=SC2016 # the inner shell's
	ip netns exec "$SIM" bash -c 'while :; do
			began=$(date +%s%3N)
			code=$(curl -s -o /dev/null -m 2 -w "%{http_code}" "$1")
			echo "$began $(date +%s%3N) $code"
			sleep 0.1
		done' - "http://$GUEST:8080/" >>"$work/watched" &
	watch=$!
}

saw_health()
{
	[[ $(tail -n 1 "$work/watched") == *" 200" ]]
}

# end_watch: sets $worst, the longest time in milliseconds from a good answer to
# the next one, with bad ones or none between, and $spells, how many such times.
# The last one is over when there has been an answer, or is as long as it was
# until now.
end_watch()
{
	wait_for 60 saw_health
	stop $watch
	# shellcheck disable=SC2034
	read -r worst spells < <(awk '
		function spell(end)
		{
			if (!bad || !last)
				return
			spells++
			if (end - last > worst)
				worst = end - last
		}
		$3 == 200 { spell($2); last = $1; bad = 0 }
		$3 != 200 { bad = 1 }
		{ now = $2 }
		END { spell(now); print worst + 0, spells + 0 }' \
		"$work/watched")
}

# machine [QEMU'S ARGUMENT]...: starts it from $work/disk
machine()
{
	local key credential

	if [ ! -e "$work/key" ]; then
		must ssh-keygen -q -t ed25519 -N "" -f "$work/key"
	fi
	key=$(base64 -w 0 <"$work/key.pub")
	credential=io.systemd.credential.binary:ssh.authorized_keys.root=$key
	# shellcheck disable=SC2046,SC2054 # a list; the commas are qemu's
	ip netns exec "$SIM" setpriv --pdeathsig KILL $(emulator) \
		-nodefaults -no-user-config -display none -monitor none \
		-accel "$(accel)" -smp 2 -m 1536 \
		-drive "file=$work/disk,format=raw,if=virtio,cache=unsafe" \
		-netdev tap,id=wire,ifname=wire0,script=no,downscript=no \
		-device "virtio-net-pci,netdev=wire,mac=$GUEST_MAC" \
		-device virtio-rng-pci \
		-smbios "type=11,value=$credential" \
		-serial "file:$work/console" "$@" >"$work/qemu.log" 2>&1 &
	qemu=$!
	on_exit stop $qemu
}

# remote COMMAND: by root's shell on the appliance
remote()
{
	remote_as root "$work/key" "$@"
}

# remote_as USER KEY COMMAND: by somebody's
remote_as()
{
	local user=$1 key=$2

	shift 2
	ip netns exec "$SIM" ssh -n -q -i "$key" -o ConnectTimeout=20 \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o ServerAliveInterval=30 "$user@$GUEST" "$@"
}

# send_files TO FILE...: likewise
send_files()
{
	local to=$1

	shift
	remote mkdir -p "$to" &&
		ip netns exec "$SIM" scp -q -i "$work/key" \
			-o StrictHostKeyChecking=no \
			-o UserKnownHostsFile=/dev/null "$@" "root@$GUEST:$to/"
}

# power_off: until it is off
power_off()
{
	remote "systemd-run -q --on-active=1 systemctl poweroff"
	wait_for 600 is_off || bail_out "it does not go down"
}

# A process that nobody has waited for is still one.
is_off()
{
	! kill -0 "$qemu" || grep -q '^State:.Z' "/proc/$qemu/status"
}

# in_system COMMAND...: in the system that is off, by this machine's CPU, which
# takes seconds for what takes minutes there. Needs a loop device. All of it is in
# the file when this ends: whoever boots it reads that.
in_system()
{
	mkdir -p "$work/root"
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount --pid --fork bash -c 'root=$1 &&
		mount -o "loop,offset=$((135168 * 512))" "$2" "$root" &&
		mount --bind /dev "$root/dev" &&
		mount -t proc proc "$root/proc" &&
		mount -t sysfs sysfs "$root/sys" &&
		mount -t tmpfs tmpfs "$root/run" && shift 2 || exit
		chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"
		rc=$?
		umount -R "$root" && exit $rc' - \
		"$work/root" "$work/disk" "$@"
}

# put_files TO FILE...: there, all from one directory
put_files()
{
	local to=$1

	shift
	in_system mkdir -p "$to" || return 1
	tar -C "$(dirname "$1")" -c "${@##*/}" | in_system tar -C "$to" -x
}

# signed_by CERTIFICATE MODULE: openssl finds that the signature at its end is
# that certificate's. Behind the signature are 12 bytes, the last four of which
# are its length, and a line.
signed_by()
{
	local tail length

	[ "$(tail -c 28 "$2")" = "~Module signature appended~" ] || return 1
	length=$(tail -c 32 "$2" | head -c 4 |
		od -An -tu4 --endian=big | tr -d ' ')
	tail=$((length + 40))
	head -c -$tail "$2" >"$work/content"
	tail -c $tail "$2" | head -c "$length" >"$work/signature"
	openssl x509 -inform DER -in "$1" -out "$work/signer.pem" &&
		openssl cms -verify -binary -inform DER -noverify -nointern \
			-in "$work/signature" -content "$work/content" \
			-certfile "$work/signer.pem" -out /dev/null
}

# health: the code that the load balancer would get, 000 if there is no answer
health()
{
	ip netns exec "$SIM" curl -s -o "$work/health" -m 2 -w '%{http_code}' \
		http://$GUEST:8080/
}

healthy()
{
	[ "$(health)" = 200 ]
}

unhealthy()
{
	[ "$(health)" != 200 ]
}

# asks_who_it_is: SSH answers, and nobody is let in
asks_who_it_is()
{
	ip netns exec "$SIM" bash -c "read -r -t 10 line <>/dev/tcp/$GUEST/22 &&
		[[ \$line == SSH-* ]]"
}

logs_in()
{
	remote true
}

# gen OPTION...: flowgen
gen()
{
	ip netns exec "$SIM" "$FLOWGEN" "$@" wire0 $GUEST_MAC $LB_NODE $GUEST
}

# traffic DESCRIPTION: a round of packets that the rules allow comes back
traffic()
{
	is "$1" "$(gen --flows 200 --rounds 10 2>&1)" \
		"sent 2000 returned 2000 other 0"
}

# tally: what the appliance's queue, device and stack and the wire's end here
# have dropped so far, and what became of packets in the module, a line for each:
# NAME NUMBER. "to" is before the module, "from" behind it.
tally()
{
	# shellcheck disable=SC2016 # the remote shell's
	remote 'for dev in /sys/class/net/e*; do
			tc -s qdisc show dev "${dev##*/}" root | sed -n \
				"s/.*(dropped \([0-9]*\).*/from.queue \1/p" |
				head -n 1
			cd "$dev/statistics"
			for name in rx_dropped rx_errors rx_missed_errors; do
				echo "to.$name $(cat $name)"
			done
			for name in tx_dropped tx_errors; do
				echo "from.$name $(cat $name)"
			done
		done
		# In each line, of one CPU, the second number
		while read -r _ drops _; do
			echo "to.backlog $((0x$drops))"
		done </proc/net/softnet_stat
		while read -r _ _ _ _ _ _ _ _ _ _ _ drops _; do
			echo "from.neighbour $((0x$drops))"
		done < <(tail -n +2 /proc/net/stat/arp_cache)
		gwlbctl -j stats' >"$work/told" || return 1
	sed '/^{/,$d' "$work/told"
	sed -n '/^{/,$p' "$work/told" | jq -r '.received, .counters[] |
		"module.\(.name) \(.packets)"'
	echo "to.wire $(ip netns exec "$SIM" \
		cat /sys/class/net/wire0/statistics/tx_dropped)"
	echo "from.wire $(ip netns exec "$SIM" \
		cat /sys/class/net/wire0/statistics/rx_dropped)"
}

# grew NAMES: how much these counters have grown since stream; an expression
grew()
{
	awk -v names="^($1)" '$1 ~ names { n += NR == FNR ? -$2 : $2 }
		END { print n + 0 }' "$work/before" "$work/after"
}

# stream [OPTION...]: packets as flowgen makes them until end_stream, some at a
# time: others in there need their turns, too
stream()
{
	tally >"$work/before" || bail_out "it does not tell its counters"
	# Not gen: a function would be a shell, which is not what has to end.
	ip netns exec "$SIM" "$FLOWGEN" --flows 64 --rounds 0 \
		--rate $STREAM_RATE --batch 16 "$@" wire0 $GUEST_MAC $LB_NODE $GUEST \
		>"$work/stream" 2>&1 &
	stream=$!
}

# end_stream: sets $sent and $lost
end_stream()
{
	stop $stream
	[ "$(cat "$work/stream")" = "$(sed -E \
		's/^(sent ([0-9]+) returned )[0-9]+ .*/\1\2 other 0/' \
		"$work/stream")" ] || note "$(cat "$work/stream")"
	sent=$(cut -d' ' -f2 "$work/stream")
	lost=$((sent - $(cut -d' ' -f4 "$work/stream")))
}

# none_lost: of the packets between stream and end_stream, by the module. What an
# emulator that stands still has the queues around it lose is told apart by what
# these have counted themselves, and has to be all.
none_lost()
{
	local refused returned to from

	tally >"$work/after" || bail_out "it does not tell its counters"
	# What is not for port 6081 is somebody else's.
	refused=$(grew 'module.(drop|pass-[^o])')
	returned=$(grew module.returned)
	to=$((sent - returned - refused))
	from=$((returned - (sent - lost)))
	check "packets were sent" test "$sent" -gt 0
	is "the module has returned each that came to it" "$refused" 0
	check "on the way to it none was lost but by a queue" \
		test $to -le "$(grew to)"
	check "nor behind it" test $from -le "$(grew from)"
	[ "$lost" -eq 0 ] || note "$to lost before the module, $from behind:" \
		"$(diff "$work/before" "$work/after" | grep '^[<>]')"
}
