#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's packages, in a guest without any network: installed, the module built
# by DKMS, the service started, traffic; a newer package under traffic; removed,
# and nothing left behind. $DEBS has both packages, $NEWER_DEBS the same with
# another version. $MADE is what made.sh makes of them for this kernel: an
# emulator would compile for twenty minutes. Without, it does.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../modules.sh"

FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
# What is there twice is not to be found by chance.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
PEERS="192.168.9.0/28"

: "${DEBS:?}" "${NEWER_DEBS:?}"
work=$(mktemp -d)
on_exit rm -rf "$work"
etc=/etc/netns/$APP/gwlb

# made: what an emulator would be busy with for too long, and has nothing to do
# with our packages. That trigger of man-db is for its index of all pages.
made()
{
	mkdir "$work/bin"
	cp "$TOP/selftests/pkg/make" "$work/bin/"
	ln -s "$MADE" "$work/bin/made"
	PATH=$work/bin:$PATH
	rm -f /var/lib/man-db/auto-update
	few_modules "$work/modules"
}

# Where a package could leave something: in /usr three levels, and directories
# that ours have files in. To go through all of a host's /usr takes an emulator
# more than five minutes. dpkg's and DKMS's own books and what is made of all
# modules that are there are kept anew each time, and /etc/netns is this test's.
files()
{
	{
		find /etc /lib/modules "/lib/modules/$(uname -r)" \
			/lib/systemd/ /var/lib/dkms /opt -xdev \
			\( -path /var/lib/dkms/mok.\* -o -name 'modules.*' -o \
			-path /etc/netns \) -prune -o -print
		find /usr -xdev -maxdepth 3
		for deb in "$DEBS"/*.deb "$NEWER_DEBS"/*.deb; do
			dpkg-deb --fsys-tarfile "$deb" | tar -t |
				sed -n 's,^\./\(.*/\)$,/\1,p'
		done | sort -u | while read -r dir; do
			find "$dir" -xdev -maxdepth 1
		done
	} 2>/dev/null | grep -v __pycache__ | sed 's,//*,/,g' | sort -u
}

version()
{
	dpkg-deb -f "$1"/gwlb-tools_*.deb Version
}

service()
{
	ip netns exec "$APP" /usr/lib/gwlb/gwlb-service "$@"
}

# ctl ARGUMENT...: the one that was installed
ctl()
{
	ip netns exec "$APP" gwlbctl "$@"
}

installed()
{
	dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1"
}

# A round of packets of flows that the rules allow comes back, all of it.
traffic()
{
	local got

	got=$(ip netns exec "$SIM" "$FLOWGEN" --flows 200 --rounds 10 \
		wire0 "$APP_MAC" $NODE $LOCAL)
	is "$1" "$got" "sent 2000 returned 2000 other 0"
}

configure()
{
	must mkdir -p "$etc"
	on_exit rm -rf "/etc/netns/$APP"
	sed "s|^PEERS=.*|PEERS=\"$PEERS\"|" /etc/gwlb/gwlb.conf >"$etc/gwlb.conf"
	cp /etc/gwlb/rules.conf "$etc/rules.conf"
}

test_install()
{
	is "there is no way out of here" "$(ip route)$(ip -6 route | grep -v lo)" ""
	check "both packages are installed" dpkg -i "$DEBS"/gwlb-dkms_*.deb \
		"$DEBS"/gwlb-tools_*.deb
	is "gwlb-dkms" "$(installed gwlb-dkms)" "installed $(version "$DEBS")"
	is "gwlb-tools" "$(installed gwlb-tools)" "installed $(version "$DEBS")"
	is "the module is where DKMS puts it" \
		"$(modinfo -F filename gwlb)" \
		"/lib/modules/$(uname -r)/updates/dkms/gwlb.ko"
	is "and of this version" "$(modinfo -F version gwlb)" \
		"$(version "$DEBS")"
	check "nobody has loaded it" test ! -d /sys/module/gwlb
	is "rules are root's to read" "$(stat -c %a /etc/gwlb/rules.conf)" 600
	check "there is a manual page" test -s \
		/usr/share/man/man8/gwlbctl.8.gz
}

test_service()
{
	netns "$SIM"
	netns "$APP"
	plug_wire
	configure
	is "start" "$(service start 2>&1)" "up: 3 rules, policy drop"
	traffic "traffic passes"
	is "the tool is the module's" "$(ctl version | sort -u -k2 | wc -l)" 1
}

# The running module goes on, until the service is restarted.
test_upgrade()
{
	local sent

	echo "# mine" >>/etc/gwlb/rules.conf
	# Not as many as can be: a compiler needs its turns.
	ip netns exec "$SIM" "$FLOWGEN" --flows 200 --rounds 0 --rate 200 \
		wire0 "$APP_MAC" $NODE $LOCAL >"$work/stream" 2>&1 &
	on_exit stop $!
	check "a newer version is installed under traffic" \
		dpkg -i "$NEWER_DEBS"/gwlb-dkms_*.deb \
		"$NEWER_DEBS"/gwlb-tools_*.deb
	stop $!
	sent=$(cut -d' ' -f2 "$work/stream")
	is "no packet is lost by that" "$(cat "$work/stream")" \
		"sent $sent returned $sent other 0"
	is "rules that were written stay" "$(tail -n 1 /etc/gwlb/rules.conf)" \
		"# mine"
	is "the module that is on disk is the new one" \
		"$(modinfo -F version gwlb)" "$(version "$NEWER_DEBS")"
	is "the one that runs is not" "$(cat /sys/module/gwlb/version)" \
		"$(version "$DEBS")"
	check "stop" service stop
	check "unload" modprobe -r gwlb
	is "start" "$(service start 2>&1)" "up: 3 rules, policy drop"
	is "now it is" "$(cat /sys/module/gwlb/version)" \
		"$(version "$NEWER_DEBS")"
	traffic "traffic passes"
}

test_remove()
{
	check "stop" service stop
	check "both packages are removed" dpkg -r gwlb-tools gwlb-dkms
	check "the module is not loaded any more" test ! -d /sys/module/gwlb
	is "rules stay" "$(tail -n 1 /etc/gwlb/rules.conf)" "# mine"
	check "both packages are purged" dpkg -P gwlb-tools gwlb-dkms
	files >"$work/after"
	is "nothing is left" "$(comm -13 "$work/before" "$work/after")" ""
	is "and nothing is lost" "$(comm -23 "$work/before" "$work/after")" ""
}

[ -z "${MADE:-}" ] || made
files >"$work/before"
test_install
test_service
test_upgrade
test_remove
