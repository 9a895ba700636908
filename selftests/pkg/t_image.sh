#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The life of an appliance that was built by packaging/image.sh, with its own
# systemd and boot loader: it boots and works with nobody logged in, again after
# a reboot; its processes are killed; it gets a newer kernel and a newer gwlb;
# and loses gwlb without a trace. $IMAGE is the disk, which stays as it is.
# $KERNEL_DEBS has the packages of a newer kernel, and $NEWER_DEBS those of a
# newer gwlb; without, that is left out.
#
# Runs on a machine, not in a guest. Without KVM, the latter takes long.
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/pkg/appliance.sh
. "$TOP/selftests/pkg/appliance.sh"
# shellcheck source=selftests/docs.sh
. "$TOP/selftests/docs.sh"

: "${IMAGE:?}"
KILL_SECONDS=${KILL_SECONDS:-60}
HEALTH_MS=3000
# An emulator on a machine that did other things needed 4400 at most.
[ "$(accel)" = kvm ] || HEALTH_MS=15000

# files: what is there with this name, but for logs
files()
{
	remote "find / -xdev \( -path /var/log -o -path /var/tmp \) -prune \
		-o -iname '*gwlb*' -print" | sort
}

# units: how systemd sees both
units()
{
	remote systemctl is-active gwlb gwlb-healthd | xargs
}

boot_id()
{
	remote cat /proc/sys/kernel/random/boot_id
}

booted_since()
{
	local now

	now=$(boot_id) && [ -n "$now" ] && [ "$now" != "$1" ]
}

# reboot DESCRIPTION: nobody logs in before packets pass
reboot()
{
	local before

	before=$(boot_id)
	remote "systemd-run --on-active=1 systemctl reboot" >/dev/null 2>&1
	wait_for 300 unhealthy || bail_out "it does not go down"
	check "$1: it is healthy again" wait_for $BOOT healthy
	traffic "$1: traffic passes"
	check "$1: somebody can log in" wait_for 300 logs_in
	check "$1: it was another boot" booted_since "$before"
	is "$1: both services" "$(units)" "active active"
}

test_boot()
{
	is "there is no way out of here" \
		"$(ip -n "$SIM" route | grep -v 10.1.121.0/24)" ""
	check "it is healthy" wait_for $BOOT healthy
	note "after $SECONDS s"
	traffic "traffic passes, and nobody has logged in"
	check "somebody can log in" wait_for 300 asks_who_it_is
	is "nobody was there before" "$(remote "journalctl -b -u ssh -o cat" |
		grep -c "^Accepted publickey")" 1
}

# What docs/operations.md has for user data, on a disk that is called cidata; but
# for other peers than the packages have
test_user_data()
{
	local peers="10.1.111.0/24 10.1.113.0/24"

	mkdir "$work/seed"
	docs_block "$TOP/docs/operations.md" "#cloud-config" |
		sed "s|^\( *PEERS=\).*|\1\"$peers\"|" >"$work/seed/user-data"
	# What EC2 calls a key pair; cloud-init refuses it to root.
	must ssh-keygen -q -t ed25519 -N "" -f "$work/pair"
	printf 'instance-id: i-1\npublic-keys: [ "%s" ]\n' \
		"$(cat "$work/pair.pub")" >"$work/seed/meta-data"
	must mformat -C -i "$work/cidata" -f 1440 -v cidata ::
	must mcopy -i "$work/cidata" "$work/seed/user-data" \
		"$work/seed/meta-data" ::
	machine -drive "file=$work/cidata,format=raw,if=virtio,readonly=on"
	check "user data: it is healthy" wait_for $BOOT healthy
	check "user data: somebody can log in" wait_for 300 logs_in
	is "user data: all of it was done" \
		"$(remote "cloud-init status --wait >/dev/null
			cloud-init status")" "status: done"
	is "user data: no unit has failed" \
		"$(remote systemctl --failed --plain --no-legend)" ""
	is "user data: its peers" \
		"$(remote gwlbctl peer list | sort | xargs)" \
		"$peers"
	is "user data: who has the key may do all" \
		"$(remote_as debian "$work/pair" sudo -n \
			gwlbctl config show | head -n 1)" "state up"
	traffic "user data: traffic passes"
	power_off
}

test_system()
{
	is "both services are active" "$(units)" "active active"
	is "what was given with --deb is there" \
		"$(remote dpkg-query -W other | xargs)" "other 1"
	is "both start at boot" "$(remote systemctl is-enabled gwlb \
		gwlb-healthd | xargs)" "enabled enabled"
	remote systemctl is-system-running --wait >/dev/null
	is "no unit has failed" \
		"$(remote systemctl --failed --plain --no-legend)" ""
	is "the module is DKMS's" "$(remote modinfo -F filename gwlb)" \
		"/lib/modules/$(remote uname -r)/updates/dkms/gwlb.ko"
	is "and signed by DKMS's key" "$(remote modinfo -F signer gwlb)" \
		"DKMS module signing key"
	is "which nobody has any more" \
		"$(remote "ls /var/lib/dkms | grep mok")" ""
	is "the tool is the module's" \
		"$(remote gwlbctl version | sort -u -k2 | wc -l)" 1
	is "the wire's MTU was taken over" \
		"$(remote "cat /sys/class/net/e*/mtu")" 9001
	check "the file system has grown to the size of the disk" test \
		"$(remote stat -f -c %b /)" -gt $((15 << 16))
	is "host keys are its own" "$(remote \
		"find /etc/ssh -name 'ssh_host_*_key' -newer /etc/fstab" |
		wc -l)" 3
	is "nobody has a password" "$(remote "awk -F: \
		'\$2 !~ /^[!*]/ { print \$1 }' /etc/shadow")" ""
	is "doctor has nothing to say against it" \
		"$(remote gwlbctl doctor --json | jq -c '[.findings[].check]')" \
		"[]"
}

# type_block FILE FIRST: what people are told to type, line by line; ends well,
# but for diff, which ends so if there is a difference
type_block()
{
	local line code n=0

	while IFS= read -r line <&3; do
		code=0
		[[ $line != *" diff "* ]] || code=1
		exits $code "$line" "" remote "$line"
		n=$((n + 1))
	done 3< <(docs_lines "$TOP/$1" "$2")
	check "$1: $2: there is something to type" test $n -gt 0
}

# An editor that writes what the test wants: one more rule
test_typed()
{
	remote "printf '%s\n' '#!/bin/sh' 'case \$1 in *rules.conf)' \
		'echo \"rule typed: proto gre accept\" >>\"\$1\" ;; esac' \
		>/usr/local/bin/editor && chmod +x /usr/local/bin/editor"
	type_block docs/operations.md "editor /etc/gwlb/gwlb.conf"
	type_block docs/operations.md "gwlbctl rule check"
	is "it is in force now" \
		"$(remote "gwlbctl rule list | grep -c typed")" 1
	# A set whose elements no file has, and packets that it keeps out
	remote "sed -i '1i set learned address\nrule no: from @learned drop' \
		/etc/gwlb/rules.conf; systemctl reload gwlb &&
		gwlbctl set add learned 203.0.113.0/24"
	stream --client 203.0.113.0
	on_exit stop $stream
	type_block docs/operations.md "(umask 077; gwlbctl save"
	end_stream
	check "typed: packets came all the time" test "$sent" -gt 1000
	is "typed: and none got past the set" "$lost" "$sent"
	is "typed: what was added to a set is back" \
		"$(remote gwlbctl set list learned | grep -c 203.0.113.0/24)" 1
	is "typed: both services" "$(units)" "active active"
	check "typed: it is healthy" wait_for 60 healthy
	traffic "typed: traffic passes"
	remote "rm /usr/local/bin/editor
		sed -i '/typed\|learned/d' /etc/gwlb/rules.conf
		systemctl reload gwlb"
}

# For a minute they are killed at random, and more often than systemd would
# start most others again. Whoever watches is none of the module's concern. An
# emulator needs half a minute for what takes a second with KVM.
test_kill()
{
	local kills=0 back=yes end=$((SECONDS + KILL_SECONDS))

	remote "systemd-run -q -u watcher -p Restart=always -p RestartSec=0 \
		-p StartLimitIntervalSec=0 gwlbctl monitor"
	stream
	on_exit stop $stream
	watch_health
	on_exit stop $watch
	while [ $SECONDS -lt $end ] && [ $back = yes ]; do
		sleep "$((RANDOM % 2)).$((RANDOM % 10))"
		remote "systemctl kill -s KILL watcher gwlb-healthd"
		kills=$((kills + 1))
		wait_for 120 healthy || back=no
	done
	end_watch
	end_stream
	is "they were killed for a minute, and came back each time" $back yes
	check "more than a few times" test $kills -gt 5
	note "$kills times killed, $spells times without health," \
		"$worst ms at most; $sent packets"
	check "health was back within $HEALTH_MS ms" test $worst -le $HEALTH_MS
	none_lost
	is "systemd has counted" "$(remote systemctl show -P NRestarts \
		gwlb-healthd)" "$kills"
	remote systemctl stop watcher
}

# Who does that five times in ten seconds is usually not started again.
test_kill_at_once()
{
	local i

	for i in 1 2 3 4 5 6 7; do
		remote "systemctl kill -s KILL gwlb-healthd; sleep 1.1"
	done
	check "killed seven times in a row, it comes back" wait_for 60 healthy
	# An emulator is too slow for five times in ten seconds.
	is "there is no limit" "$(remote systemctl show -P \
		StartLimitIntervalUSec gwlb-healthd)" 0
}

# While it drains it says so to whoever asks, and packets pass.
test_stop()
{
	remote "sed -i '/^DRAIN=/d' /etc/gwlb/gwlb.conf &&
		echo 'DRAIN=20' >>/etc/gwlb/gwlb.conf"
	stream
	on_exit stop $stream
	remote "systemctl stop --no-block gwlb"
	check "stop: it asks for no more flows" wait_for 15 unhealthy
	is "as it drains" "$(jq -c '[.checks[] | select(.ok | not) | .name]' \
		"$work/health")" '["drain"]'
	end_stream
	none_lost
	check "then it goes down" wait_for 60 remote \
		"gwlbctl status | grep -q down"
	is "inactive" "$(units)" "inactive active"
	is "no packet passes" "$(gen --flows 10 2>&1)" \
		"sent 10 returned 0 other 0"
	remote "sed -i '/^DRAIN=/d' /etc/gwlb/gwlb.conf; systemctl start gwlb"
	check "start: it is healthy" wait_for 30 healthy
	traffic "start: traffic passes"
}

# apt_get ARGUMENT...: on the appliance, which may take long; its last words if
# it fails. There is nothing that it could download from.
apt_get()
{
	remote "DEBIAN_FRONTEND=noninteractive apt-get -y $* \
		>/var/tmp/apt.log 2>&1 || { tail -n 20 /var/tmp/apt.log; false; }"
}

test_reboot()
{
	reboot "a reboot"
}

# The owner's key for modules
give_key()
{
	type_block docs/operations.md "openssl req -new"
	remote "cat /etc/dkms/module.crt" >"$work/certificate"
	is "the key is root's alone" \
		"$(remote stat -c %a:%U /etc/dkms/module.key)" 600:root
}

# signature DESCRIPTION KERNEL: the owner's, and no other
signature()
{
	local module=/lib/modules/$2/updates/dkms/gwlb.ko

	is "$1: the signer" "$(remote modinfo -F signer $module)" \
		"modules of example.org"
	remote "cat $module" >"$work/module"
	check "$1: signed by the key that was given" \
		signed_by "$work/certificate" "$work/module"
	must openssl req -new -x509 -nodes -days 1 -newkey rsa:2048 \
		-subj "/CN=modules of example.org" -keyout /dev/null \
		-outform DER -out "$work/another"
	exits 4 "$1: by no other" "" signed_by "$work/another" "$work/module"
	printf 'x' | dd of="$work/module" bs=1 seek=9999 conv=notrunc \
		status=none
	exits 4 "$1: and what is signed is the module" "" \
		signed_by "$work/certificate" "$work/module"
}

# A newer kernel, which the appliance's own system installs: DKMS builds the
# module for it, signs it, and it is what boots next.
test_kernel()
{
	local before began module release

	if [ -z "${KERNEL_DEBS:-}" ]; then
		ok "kernel # SKIP no packages of a newer one"
		return
	fi
	before=$(remote uname -r)
	module=gwlb/$(remote dpkg-query -W -f "'\${Version}'" gwlb-dkms)
	give_key
	power_off
	began=$SECONDS
	must put_files /var/tmp/kernel "$KERNEL_DEBS"/*.deb
	check "a newer kernel is installed" in_system \
		sh -c "dpkg -i /var/tmp/kernel/*.deb && rm -r /var/tmp/kernel"
	note "in $((SECONDS - began)) s, by this machine's CPU"
	# shellcheck disable=SC2016 # the inner shell's
	check "the module of the kernel before is signed anew" in_system \
		sh -c 'dkms build --force "$1" -k "$2" &&
		dkms install --force "$1" -k "$2"' - "$module" "$before"
	machine
	check "the newer kernel: it is healthy" wait_for $BOOT healthy
	traffic "the newer kernel: traffic passes"
	check "the newer kernel: somebody can log in" wait_for 300 logs_in
	release=$(remote uname -r)
	check "it is another one" test "$before" != "$release"
	is "which is the newest" "$(remote "ls /lib/modules | sort -V" |
		tail -n 1)" "$release"
	is "the module is its own" "$(remote modinfo -F filename gwlb)" \
		"/lib/modules/$release/updates/dkms/gwlb.ko"
	is "the newer kernel: both services" "$(units)" "active active"
	signature "the newer kernel's module" "$release"
	signature "the module of the kernel before" "$before"
}

# For an emulator, before it is started: what it would compile for twenty
# minutes when a newer gwlb comes. See the file make, which apt has dpkg find:
# else its $PATH has nothing below /usr/local.
make_in_advance()
{
	local path=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin

	if [ "$(accel)" = kvm ] || [ -z "${NEWER_DEBS:-}" ]; then
		return
	fi
	echo "DPkg::Path \"$path\";" >"$work/90made"
	must put_files /etc/apt/apt.conf.d "$work/90made"
	must put_files /usr/local/sbin "$TOP/selftests/pkg/make"
	must put_files /var/tmp/made "$TOP/selftests/pkg/made.sh"
	must put_files /var/tmp/made "$NEWER_DEBS"/gwlb-dkms_*.deb
	# shellcheck disable=SC2016 # the inner shell's
	must in_system sh -c 'cd /var/tmp/made &&
		./made.sh /usr/local/sbin/made /lib/modules/*/build ./*.deb &&
		rm -r /var/tmp/made'
}

# by_set DESCRIPTION: packets come back that only a set of rules.conf lets in,
# and their like that are not in it do not
by_set()
{
	is "$1: what a set has is let in" \
		"$(gen --flows 64 --client 203.0.113.0 2>&1)" \
		"sent 64 returned 64 other 0"
	is "$1: and nothing else is" \
		"$(gen --flows 64 --client 198.51.100.0 2>&1)" \
		"sent 64 returned 0 other 0"
}

# A newer gwlb: the module that runs goes on until the service is restarted.
test_upgrade()
{
	local began=$SECONDS old new took rules

	if [ -z "${NEWER_DEBS:-}" ]; then
		ok "upgrade # SKIP no packages of a newer one"
		return
	fi
	must send_files /var/tmp/newer "$NEWER_DEBS"/gwlb-dkms_*.deb \
		"$NEWER_DEBS"/gwlb-tools_*.deb
	old=$(remote cat /sys/module/gwlb/version)
	remote "printf '%s\n' 'set upgrade address { 203.0.113.0/24 }' \
		'rule upgrade: from @upgrade proto udp direction in accept' \
		'# mine' >>/etc/gwlb/rules.conf; systemctl reload gwlb"
	by_set "before the upgrade"
	rules=$(remote gwlbctl rule list)
	stream
	on_exit stop $stream
	check "a newer gwlb is installed under traffic" \
		apt_get install "/var/tmp/newer/gwlb-*.deb"
	remote "rm -rf /usr/local/sbin/make /usr/local/sbin/made \
		/etc/apt/apt.conf.d/90made"
	new=$(remote dpkg-query -W -f "'\${Version}'" gwlb-tools)
	is "the module that runs is the old one" \
		"$(remote cat /sys/module/gwlb/version)" "$old"
	check "it is healthy" wait_for 30 healthy
	is "what answers is the newer one, and says so" "$(remote \
		"curl -s localhost:8080/metrics | grep ^gwlb_version_info")" \
		"gwlb_version_info{healthd=\"$new\",module=\"$old\"} 1"
	is "systemd knows the newer units" "$(remote systemctl show \
		-P NeedDaemonReload gwlb gwlb-healthd | xargs)" "no no"
	end_stream
	note "in $((SECONDS - began)) s; $sent packets"
	none_lost
	stream
	on_exit stop $stream
	# What docs/operations.md has, without draining
	took=$(remote "began=\$(date +%s%3N)
		systemctl stop gwlb && modprobe -r gwlb &&
			systemctl start gwlb &&
			echo \$((\$(date +%s%3N) - began))")
	check "the newer one is loaded" test -n "$took"
	check "it is healthy then" wait_for 30 healthy
	end_stream
	note "the change took $took ms and $lost of $sent packets," \
		"which are $((lost * 1000 / STREAM_RATE)) ms of them"
	check "none was lost but by the change" \
		test "$lost" -le $((STREAM_RATE * ${took:-0} / 1000 + 64))
	is "the module that runs is the newer one" \
		"$(remote cat /sys/module/gwlb/version)" "$new"
	check "it is another one" test "$old" != "$new"
	is "rules are those of before" "$(remote gwlbctl rule diff \
		/etc/gwlb/rules.conf; remote tail -n 1 /etc/gwlb/rules.conf)" \
		"# mine"
	is "rules and sets are back" "$(remote gwlbctl rule list)" "$rules"
	by_set "the newer gwlb"
	is "nor is gwlb-healthd the older one, whose file is deleted" "$(remote \
		"readlink /proc/\$(systemctl show -P MainPID gwlb-healthd)/exe")" \
		/usr/sbin/gwlb-healthd
	traffic "the newer gwlb: traffic passes"
}

# All that packages say is theirs, and what they and DKMS made
test_purge()
{
	local listed

	listed=$(remote "dpkg -L gwlb-dkms gwlb-tools | while read -r f; do
		[ -d \"\$f\" ] || echo \"\$f\"; done")
	check "there is something to be removed" test -n "$(files)"
	check "both packages are purged" apt_get purge gwlb-dkms gwlb-tools
	is "no file of theirs is left" \
		"$(remote "ls -d $(xargs <<<"$listed") 2>/dev/null")" ""
	is "no file with their name" "$(files)" ""
	check "no module is loaded" remote test ! -d /sys/module/gwlb
	is "none can be" "$(remote "modinfo gwlb 2>&1" | grep -c filename)" 0
	is "no unit is left" "$(remote "systemctl list-unit-files --no-legend \
		'gwlb*'; systemctl list-units --all --plain --no-legend \
		'gwlb*'")" ""
	is "no link to a unit" "$(remote \
		"find /etc/systemd /run/systemd/system -xtype l")" ""
	is "no user" "$(remote getent passwd | grep gwlb)" ""
	is "no process" "$(remote "pgrep -l gwlb")" ""
	is "dpkg knows nothing of them" \
		"$(remote "dpkg -l | grep gwlb; dkms status")" ""
	is "no packet passes" "$(gen --flows 10 2>&1)" \
		"sent 10 returned 0 other 0"
}

# fresh_disk: a volume, which is larger than the image
fresh_disk()
{
	must cp --sparse=always "$IMAGE" "$work/disk"
	must truncate -s 4G "$work/disk"
}

wire
fresh_disk
test_user_data
fresh_disk
make_in_advance
machine
test_boot
test_system
test_typed
test_kill
test_kill_at_once
test_stop
test_reboot
test_upgrade
test_kernel
test_purge
[ -z "${CONSOLE:-}" ] || cp "$work/console" "$CONSOLE"
