# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# packages: what "make dist", "make deb" and "make rpm" leave; with LONG=1 a
# guest without a network installs Debian's packages, upgrades and removes them
# (pkg/t_deb.sh), which takes minutes, as DKMS builds the module there; rpm does
# the same with its packages in a root without a guest (pkg/t_rpm.sh); and
# "make image" leaves an appliance that lives its life in QEMU (pkg/t_image.sh).

# twice DIRECTORY TARGET PATTERN: it makes the same files of the same tree
twice()
{
	local dir=$1 target=$2 pattern=$3

	make -s "$target" PACKAGES="$dir/1" && make -s "$target" \
		PACKAGES="$dir/2" || return 1
	# shellcheck disable=SC2086 # a pattern
	[ "$(cd "$dir/1" && sha256sum $pattern)" = \
	  "$(cd "$dir/2" && sha256sum $pattern)" ]
}

# newer_debs DIRECTORY: packages of this tree with another version
newer_debs()
{
	local tree=$1/tree

	mkdir -p "$tree/selftests/unit" &&
		cp -r CHANGELOG.md Kbuild Makefile VERSION dkms.conf module \
			packaging tools uapi "$tree/" &&
		cp -r selftests/unit/shim "$tree/selftests/unit/" || return 1
	echo "$(cat VERSION).1" >"$tree/VERSION"
	sed -i "s/\"$(cat VERSION)\"/\"$(cat "$tree/VERSION")\"/
		s,gwlb/$(cat VERSION)/,gwlb/$(cat "$tree/VERSION")/,g" \
		"$tree/dkms.conf"
	"$tree/packaging/deb.sh" "$1"
	rm -rf "$tree"
}

# newer_rpms DIRECTORY: likewise, of what is committed
newer_rpms()
{
	local tree=$1/tree newer

	newer=$(cat VERSION).1
	git clone -q . "$tree" || return 1
	sed -i "s/\"$(cat VERSION)\"/\"$newer\"/
		s,gwlb/$(cat VERSION)/,gwlb/$newer/,g" "$tree/dkms.conf"
	echo "$newer" >"$tree/VERSION"
	git -C "$tree" -c user.name=test -c user.email=test@gwlb.invalid \
		commit -q -a -m "a newer version" &&
		"$tree/packaging/rpm.sh" "$1"
	rm -rf "$tree"
}

# no_complaint DEB...: it looked at them, and has nothing to say
no_complaint()
{
	local out

	out=$(lintian --allow-root --fail-on error,warning \
		--suppress-tags debian-changelog-line-too-long "$@") &&
		[ -z "$out" ] && [ -e "$1" ] || { echo "lintian: $out"; return 1; }
}

# deb_guest DEBS NEWER_DEBS: what an emulator would compile is made beside DEBS
deb_guest()
{
	local made

	made=$(dirname "$1")/made
	selftests/pkg/made.sh "$made" "$(kdir)" "$1"/gwlb-dkms_*.deb \
		"$2"/gwlb-dkms_*.deb >&2 || return 1
	DEBS=$1 NEWER_DEBS=$2 MADE=$made selftests/vm/run.sh \
		--kernel "$KERNEL" --timeout 3600 --env DEBS --env NEWER_DEBS \
		--env MADE -- selftests/guest.sh pkg/t_deb.sh
}

# other_deb FILE: a package that is nobody's
other_deb()
{
	local tree

	tree=$(mktemp -d)
	chmod 0755 "$tree"
	mkdir -p "$tree/DEBIAN" "$tree/opt/other"
	printf '%s\n' "Package: other" "Version: 1" "Architecture: all" \
		"Maintainer: nobody <nobody@gwlb.invalid>" \
		"Description: one more package" >"$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$tree" "$1"
	rm -rf "$tree"
}

# image DIRECTORY DEBS: there, with the kernel before the newest, of which
# packages are in DIRECTORY/kernel, and one more package. no_timer_check: on a
# busy machine the emulated timer may come late, and norandmaps: an emulator
# starts programs three times as fast.
image()
{
	local kernel

	kernel=$(selftests/pkg/kernel_debs.sh "$1/kernel") &&
		other_deb "$1/other.deb" &&
		packaging/image.sh --kernel "$kernel" --debs "$2" \
			--deb "$1/other.deb" --append "no_timer_check norandmaps" "$1"
}

# appliance DIRECTORY DEBS: the life of that one
appliance()
{
	IMAGE=$(echo "$1"/gwlb-*.raw) KERNEL_DEBS=$1/kernel NEWER_DEBS=$2 \
		CONSOLE=$OUT/console.image selftests/pkg/t_image.sh
}

layer_packages()
{
	local dir

	dir=$(mktemp -d)
	one "deb: the same each time" twice "$dir/deb" deb 'gwlb-[dt]*.deb'
	one "deb: lintian" no_complaint "$dir"/deb/1/gwlb-*_*.deb
	# These are of what is committed. A tree may have come without that, or
	# as somebody's to whom git does not listen.
	if ! git rev-parse -q --verify HEAD >/dev/null 2>&1; then
		one "dist and rpm # SKIP git knows no commit here" true
	else
		one "dist: the same each time" twice "$dir/dist" dist '*.tar.gz'
		one "rpm: both packages" make -s rpm PACKAGES="$dir/rpm"
		if [ -n "${LONG:-}" ]; then
			mkdir "$dir/newer-rpm"
			one "rpm: a newer version" newer_rpms "$dir/newer-rpm"
			RPMS=$dir/rpm NEWER_RPMS=$dir/newer-rpm \
				suite "rpm: in a root" selftests/pkg/t_rpm.sh
		fi
	fi
	if [ -n "${LONG:-}" ]; then
		for_guests
		mkdir "$dir/newer"
		one "deb: a newer version" newer_debs "$dir/newer"
		suite "deb: in a guest" deb_guest "$dir/deb/1" "$dir/newer"
		one "image" image "$dir/image" "$dir/deb/1"
		suite "image: an appliance" appliance "$dir/image" "$dir/newer"
	fi
	rm -rf "$dir"
}
