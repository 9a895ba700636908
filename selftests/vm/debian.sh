# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# debian.sh - packages of any Debian suite, whatever this host has set up
#
# Owns: $store/.apt, apt's lists of the suites that were asked for, and
# $store/.lock. Sourced by scripts that keep something in the cache, which set
# $store. Nothing is installed; the host's apt is only asked for its mirror.

cache=${GWLB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gwlb}

say()
{
	echo "${0##*/}: $*" >&2
}

die()
{
	say "$@"
	exit 1
}

# Debian's mirror as the host's own apt knows it, for a suite that the host
# need not have set up itself.
mirror_of()
{
	local suite=$1 uris codename try

	# This form lists what apt would fetch, and works before any update.
	uris=$(apt-get update --print-uris |
	       sed -n "s|^'\([^']*/dists/[^/']*\)/InRelease'.*|\1|p")
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

	for try in "$suite" "$codename${suite#"${suite%%-*}"}" \
		   "$codename" stable oldstable; do
		# A security suite is only ever on a security mirror.
		if [[ $suite == *-security && $try != *-security ]]; then
			continue
		fi
		sed -n "s|/dists/$try\$||p" <<<"$uris" | grep -m1 . && return
	done
	return 1
}

# apt with lists of its own: the host's may be absent, stale or of another
# release, and are not ours to update. Signatures and hashes are checked as ever.
#
# apt_setup SUITES [ARCHITECTURE]: of another one, amd64's packages are there
# as PACKAGE:amd64
apt_setup()
{
	local suites=$1 arch=${2:-amd64} suite uri
	local keys=/usr/share/keyrings/debian-archive-keyring.gpg

	# shellcheck disable=SC2154 # theirs who source this
	aptdir=$store/.apt/$suites-$arch
	mkdir -p "$aptdir/lists/partial" "$aptdir/archives/partial" \
		"$aptdir/none"
	apt=(-o APT::Architecture="$arch"
	     -o APT::Architectures="$arch,amd64"
	     -o APT::Sandbox::User="$(id -un)"
	     -o Acquire::Languages=none
	     -o Dir::Cache="$aptdir"
	     -o Dir::Etc::preferences="$aptdir/none"
	     -o Dir::Etc::preferencesparts="$aptdir/none"
	     -o Dir::Etc::sourcelist="$aptdir/sources.list"
	     -o Dir::Etc::sourceparts="$aptdir/none"
	     -o Dir::State="$aptdir"
	     -o Dir::State::lists="$aptdir/lists"
	     -o Dir::State::status=/dev/null)

	: >"$aptdir/sources.list.new"
	for suite in ${suites//,/ }; do
		if ! uri=$(mirror_of "$suite"); then
			say "apt knows no mirror for $suite, going without"
			continue
		fi
		echo "deb [signed-by=$keys target=Packages] $uri $suite main" \
			>>"$aptdir/sources.list.new"
	done
	[ -s "$aptdir/sources.list.new" ] || die "apt knows no Debian mirror"
	mv "$aptdir/sources.list.new" "$aptdir/sources.list"

	say "reading the package lists of $suites, $arch"
	# Without this a suite that cannot be read would be left out silently.
	apt-get "${apt[@]}" -qq -o APT::Update::Error-Mode=any update >&2
}

# Fetches a package of apt_setup()'s suites into a directory; its file is $deb.
fetch_deb()
{
	local pkg=$1 version=$2 hash=$3 dir=$4

	say "fetching $pkg $version"
	(cd "$dir" && apt-get "${apt[@]}" -qq download "$pkg=$version" >&2)
	deb=$(find "$dir" -name "${pkg%:*}_*.deb")
	sha256sum --check --status <<<"$hash  $deb" ||
		die "$pkg: not the file that the list promised"
}

# What leaves half a thing behind when it is interrupted is done under a lock.
lock_store()
{
	case $cache in
	*[[:space:]]*) die "make cannot have blanks in a path: $cache" ;;
	/*) ;;
	*) die "the cache must be an absolute path: $cache" ;;
	esac
	mkdir -p "$store/.newest"
	exec 9>"$store/.lock"
	if ! flock -n 9; then
		say "waiting for another ${0##*/}"
		flock 9
	fi
	# We hold the lock, so these are of someone who was killed.
	rm -rf "$store"/.tmp.*
}
