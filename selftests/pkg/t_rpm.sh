#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# RPM packages, installed, upgraded and removed by rpm itself, in a root that
# mmdebstrap makes: rpm's database knows nothing of what Debian has put there, so
# what packages need is not asked for (--nodeps), and the running kernel is this
# machine's, so DKMS is told which one it is to build for. All else is as on a
# system of RPM's: files, scripts, DKMS. $RPMS has the packages, $NEWER_RPMS
# those of a newer version.
. "$(dirname "$0")/../lib.sh"

: "${RPMS:?}" "${NEWER_RPMS:?}"
work=$(mktemp -d)
on_exit rm -rf --one-file-system "$work"
root=$work/root

inside()
{
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"
}

# files: what is there with this name, but for logs
files()
{
	(cd "$root" && find . -xdev \( -path ./var/log -o -path ./tmp \) -prune \
		-o -iname '*gwlb*' -print | sort)
}

# version PACKAGE: of the one that is installed
version()
{
	inside rpm -q --qf '%{version}' "$1"
}

# module: the version of the module that DKMS has built
module()
{
	inside modinfo -F version \
		"/lib/modules/$kernel/updates/dkms/gwlb.ko"
}

# built DESCRIPTION: DKMS builds what is installed, as it does for each kernel
built()
{
	check "$1: DKMS builds it" inside dkms autoinstall -k "$kernel"
	is "$1: the module is of that version" "$(module)" \
		"$(version gwlb-dkms)"
}

# headers_rpm: the headers, or the way to them, in a package as kernel-devel is
# one, of which nobody says that DKMS' scripts need it. They are not there
# before.
headers_rpm()
{
	local link=/lib/modules/$kernel/build

	must mkdir "$work/rpmbuild"
	cat >"$work/rpmbuild/kernel-devel.spec" <<-SPEC
		Name: kernel-devel
		Version: 1
		Release: 1
		Summary: Headers
		License: GPL-2.0-only
		%description
		Headers.
		%install
		mkdir -p %{buildroot}${link%/*}
		ln -s $(readlink "$root$link") %{buildroot}$link
		%files
		$link
	SPEC
	must rpmbuild -bb --quiet --define "_topdir $work/rpmbuild" \
		--define "_build_id_links none" --target x86_64 \
		"$work/rpmbuild/kernel-devel.spec"
	must cp "$work"/rpmbuild/RPMS/*/kernel-devel-*.rpm \
		"$root/tmp/rpms/kernel-devel.rpm"
	must rm "$root$link"
}

# run_kernel: what asks for the kernel that runs, which is this machine's, is told
# the one that there are headers of.
run_kernel()
{
	cat >"$work/uname" <<-UNAME
		#!/bin/sh
		[ "\$1" != -r ] || exec echo $kernel
		exec /bin/uname.real "\$@"
	UNAME
	must mv "$root/bin/uname" "$root/bin/uname.real"
	must install -m 0755 "$work/uname" "$root/bin/uname"
}

# As dnf does with what is missing on an appliance: all in one go.
test_install()
{
	headers_rpm
	run_kernel
	check "all are installed" inside rpm -i --nodeps \
		/tmp/rpms/gwlb-dkms.rpm /tmp/rpms/gwlb-tools.rpm \
		/tmp/rpms/kernel-devel.rpm
	is "DKMS has found the headers that came with them" "$(module)" \
		"$(version gwlb-dkms)"
	must mv "$root/bin/uname.real" "$root/bin/uname"
	is "as they are in the packages" "$(inside rpm -V --nodeps \
		gwlb-dkms gwlb-tools)" ""
	is "the tool runs" "$(inside gwlbctl version | head -n 1)" \
		"gwlbctl $(version gwlb-tools)"
	is "there are rules, and they can be read" \
		"$(inside gwlbctl rule check /etc/gwlb/rules.conf 2>&1)" ""
	is "which are root's to read" \
		"$(stat -c %a "$root/etc/gwlb/rules.conf")" 600
	check "there are settings" grep -q ^PEERS= "$root/etc/gwlb/gwlb.conf"
	is "nothing was started" "$(find "$root/etc/systemd" -name '*gwlb*')" ""
	built "installed"
}

test_upgrade()
{
	local old

	old=$(version gwlb-dkms)
	echo "# mine" >>"$root/etc/gwlb/rules.conf"
	check "a newer version is installed" inside rpm -U --nodeps \
		/tmp/newer/gwlb-dkms.rpm /tmp/newer/gwlb-tools.rpm
	check "it is another one" test "$(version gwlb-dkms)" != "$old"
	built "upgraded"
	is "DKMS has forgotten the older one" \
		"$(inside dkms status | grep -c "gwlb/$old,")" 0
	is "rules are those of before" \
		"$(tail -n 1 "$root/etc/gwlb/rules.conf")" "# mine"
}

# What somebody has written stays, as RPM's users expect.
test_remove()
{
	check "both are removed" inside rpm -e gwlb-dkms gwlb-tools
	is "nothing is left but what was written" \
		"$(files; ls "$root/etc/gwlb")" "./etc/gwlb
rules.conf"
	is "DKMS knows nothing of it" "$(inside dkms status)" ""
}

must mmdebstrap --quiet --mode=root --variant=apt --skip=output/dev \
	--include="rpm,dkms,kmod,linux-headers-cloud-amd64,libjansson4,libmicrohttpd12,libmnl0,libyaml-0-2" \
	bookworm "$root"
kernel=$(ls "$root/lib/modules")
must mkdir "$root/tmp/rpms" "$root/tmp/newer"
for name in gwlb-dkms gwlb-tools; do
	must cp "$RPMS/$name"-*.rpm "$root/tmp/rpms/$name.rpm"
	must cp "$NEWER_RPMS/$name"-*.rpm "$root/tmp/newer/$name.rpm"
done
must mount -t proc proc "$root/proc"
on_exit umount "$root/proc"
test_install
test_upgrade
test_remove
