# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The mutants: selftests/mutants/*.patch, each a bug that a named test has to
# find. README.md there says what their headers mean.
#
#   CI    all but those that say "Size: long"
#   LONG  all
#   MUTANTS="NAME..."  these
#
# mutant:I-of-N is one of N parts of them: all together take hours.
#
# Mutants of what unit tests compile are built and run on the host, all others
# are built as a module, or as that of the KUnit suites. Those of one kernel share a guest, in which their tests
# run one after the other, each in front of them with the module as it is: what
# fails for both, or is not there at all, kills nobody. Only what is to end its
# guest has one for itself.

# mutant_field PATCH NAME: what its header says, one a line
mutant_field()
{
	sed -n "/^--- /q; s/^$2: //p" "$1"
}

# mutant_list: those of this run, by name
mutant_list()
{
	local patch

	if [ -n "${MUTANTS:-}" ]; then
		# shellcheck disable=SC2086 # a list
		printf '%s\n' $MUTANTS
		return
	fi
	for patch in selftests/mutants/*.patch; do
		if [ -n "${LONG:-}" ] ||
		   [ "$(mutant_field "$patch" Size)" != long ]; then
			basename "$patch" .patch
		fi
	done
}

# mutant_part I-of-N: what mutant_list() says, by the tests that kill them, as
# those of one test are compared with the same run of it
mutant_part()
{
	local name

	while read -r name; do
		echo "$(mutant_field "selftests/mutants/$name.patch" Killed-by)" \
			"$name"
	done | sort | awk -v "i=${1%-of-*}" -v "n=${1#*-of-}" '
		{ list[NR] = $NF }
		END {
			for (k = int(NR * (i - 1) / n); k < int(NR * i / n); k++)
				print list[k + 1]
		}'
}

# mutant_kernel NAME: what its guest boots; nothing for those without a guest
mutant_kernel()
{
	local patch=selftests/mutants/$1.patch kernel

	case $(mutant_field "$patch" Killed-by) in
	unit/*) return ;;
	esac
	kernel=$(mutant_field "$patch" Kernel)
	echo "${kernel:-$KERNEL}"
}

# mutant_key PATCH: its test and the parts of it, as the name of a file
mutant_key()
{
	# shellcheck disable=SC2046 # several lines, or none
	echo "base $(mutant_field "$1" Killed-by | sed 's/\.sh$//')" \
		$(mutant_field "$1" Part) | tr ' /' '-_'
}

# mutant_is_sound PATCH: it applies, and says what kills it. Whether that test is
# there shows when it is run, but for a script or a part that is misspelt.
mutant_is_sound()
{
	local test part patch=$1

	patch --dry-run -s -f -F 0 -p1 <"$patch" || return 1
	test=$(mutant_field "$patch" Killed-by)
	[ -n "$(mutant_field "$patch" Fails)$(mutant_field "$patch" Reports)" ] ||
		return 1
	[ -e "selftests/$test" ] || [ -e "selftests/$test.c" ] || return 1
	[[ $test == *.sh ]] || return 0
	for part in $(mutant_field "$patch" Part); do
		grep -q "^$part()" "selftests/$test" || return 1
	done
}

# mutants_apply: all of them, also those that only the long run has
mutants_apply()
{
	local patch bad=0

	for patch in selftests/mutants/*.patch; do
		mutant_is_sound "$patch" || { echo "$patch"; bad=1; }
	done
	return $bad
}

# mutant_tree TREE: what modules and unit tests are made of
mutant_tree()
{
	mkdir -p "$1/selftests"
	cp -rp Kbuild VERSION module uapi "$1/"
	cp -rp selftests/unit selftests/cases selftests/kunit "$1/selftests/"
	# Not that what was built in place is taken for what is to be built
	find "$1" \( -name '*.o' -o -name '.*.cmd' -o -name '*_test' \) -delete
}

# mutant_build KERNEL TREE KO LOG: without debug information, which nobody reads
# and which takes half of the time
mutant_build()
{
	make -s -C "$(selftests/vm/kernel.sh --path build "$1")" M="$2" \
		-j "$(nproc)" KCFLAGS=-g0 modules >"$4" 2>&1 &&
		mv "$2/gwlb.ko" "$3"
}

# mutant_build_kunit KERNEL TREE KO LOG: likewise, with the suites
mutant_build_kunit()
{
	local dir=$2.kunit

	rm -rf "$dir"
	mkdir "$dir"
	"$2/selftests/kunit/build.sh" \
		"$(selftests/vm/kernel.sh --path build "$1")" "$dir" \
		KCFLAGS=-g0 >"$4" 2>&1 && mv "$dir/gwlb_kunit.ko" "$3"
	rm -rf "$dir"
}

# mutant_kind NAME: what is built of it: nothing to be said, or kunit
mutant_kind()
{
	case $(mutant_field "selftests/mutants/$1.patch" Killed-by) in
	kunit/*) echo kunit ;;
	esac
}

# mutant_unit NAME TREE: builds its unit test and runs what it is killed by
mutant_unit()
{
	local patch=selftests/mutants/$1.patch test

	test=$(mutant_field "$patch" Killed-by)
	make -s -C "$2/selftests/unit" "${test#unit/}" 2>&1 || return 1
	ONLY=$(mutant_field "$patch" Part) timeout 300 \
		"$2/selftests/unit/${test#unit/}" 2>&1
}

# mutant_apply NAME TREE LOG
mutant_apply()
{
	patch -s -f -F 0 --no-backup-if-mismatch -d "$2" -p1 \
		<"selftests/mutants/$1.patch" >"$3" 2>&1
}

# mutant_units: those of unit tests, and what they are compared with
mutant_units()
{
	local tree=$mutants/tree-unit name key

	mutant_tree "$tree.base"
	while read -r name; do
		[ -z "$(mutant_kernel "$name")" ] || continue
		key=$(mutant_key "selftests/mutants/$name.patch")
		[ -e "$mutants/$key" ] || mutant_unit "$name" "$tree.base" \
			>"$mutants/$key"
		rm -rf "$tree"
		cp -a "$tree.base" "$tree"
		! mutant_apply "$name" "$tree" "$mutants/$name.log" ||
			mutant_unit "$name" "$tree" >"$mutants/$name"
	done <"$mutants/list"
}

# mutant_modules KERNEL: all of them, in one tree: but for what a mutant changes
# the objects are those of the module as it is, which come back with the times
# that they had
mutant_modules()
{
	local tree=$mutants/tree-$1 name build

	mutant_tree "$tree"
	mutant_build "$1" "$tree" "$mutants/base-$1.ko" "$mutants/base-$1.log"
	cp -a "$tree" "$tree.base"
	while read -r name; do
		[ "$(mutant_kernel "$name")" = "$1" ] || continue
		build=mutant_build
		if [ "$(mutant_kind "$name")" = kunit ]; then
			build=mutant_build_kunit
			[ -e "$mutants/base-kunit$1.ko" ] ||
				$build "$1" "$tree" "$mutants/base-kunit$1.ko" \
					"$mutants/base-kunit$1.log"
		fi
		! mutant_apply "$name" "$tree" "$mutants/$name.log" ||
			$build "$1" "$tree" "$mutants/$name.ko" \
				"$mutants/$name.log"
		cp -a "$tree.base/." "$tree/"
	done <"$mutants/list"
}

# mutant_kernels: that guests boot
mutant_kernels()
{
	local name

	while read -r name; do
		mutant_kernel "$name"
	done <"$mutants/list" | sort -u
}

# mutant_plan KERNEL: what is to be run in the guest, for guest.sh of mutants
mutant_plan()
{
	local name patch key

	while read -r name; do
		patch=selftests/mutants/$name.patch
		if [ "$(mutant_kernel "$name")" != "$1" ]; then
			continue
		fi
		key=$(mutant_key "$patch")
		echo "$key $mutants/base-$(mutant_kind "$name")$1.ko" \
			"$(mutant_field "$patch" Killed-by)" \
			"$(mutant_field "$patch" Part | tr '\n' ' ')"
		[ -n "$(mutant_field "$patch" Kills)" ] ||
		[ ! -e "$mutants/$name.ko" ] ||
			echo "$name $mutants/$name.ko" \
				"$(mutant_field "$patch" Killed-by)" \
				"$(mutant_field "$patch" Part | tr '\n' ' ')"
	done <"$mutants/list" | awk '!seen[$1]++'
}

# mutant_guest KERNEL OUT PLAN: what the kernel complains of is in the log, too
mutant_guest()
{
	YNL_SRC=$(source_of ynl) selftests/vm/run.sh --kernel "$1" \
		--timeout 9000 --out "$2" --env YNL_SRC -- \
		selftests/mutants/guest.sh "$3" >"$2.log" 2>&1
}

# mutant_guests: all of those of a kernel in one, then those that end theirs
mutant_guests()
{
	local kernel

	for kernel in $(mutant_kernels); do
		mutant_plan "$kernel" >"$mutants/plan-$kernel"
		mkdir -p "$mutants/guest-$kernel"
		mutant_guest "$kernel" "$mutants/guest-$kernel" \
			"$mutants/plan-$kernel"
		find "$mutants/guest-$kernel" -type f ! -name console.log \
			-exec mv -t "$mutants" {} +
		mutant_fatal "$kernel"
	done
}

# mutant_fatal KERNEL: a guest for each that is to end it
mutant_fatal()
{
	local name patch

	while read -r name <&9; do
		patch=selftests/mutants/$name.patch
		if [ "$(mutant_kernel "$name")" != "$1" ] ||
		   [ -z "$(mutant_field "$patch" Kills)" ]; then
			continue
		fi
		echo "$name $mutants/$name.ko" \
			"$(mutant_field "$patch" Killed-by)" \
			"$(mutant_field "$patch" Part | tr '\n' ' ')" \
			>"$mutants/plan-$name"
		mkdir -p "$mutants/guest-$name"
		mutant_guest "$1" "$mutants/guest-$name" "$mutants/plan-$name"
		cp "$mutants/guest-$name.log" "$mutants/$name"
	done 9<"$mutants/list"
}

# mutant_says KIND FILE LINE: is there a test of that name, with that outcome?
mutant_says()
{
	sed -n "s/^$1 [0-9]* - //p" "$2" | grep -qxF -- "$3"
}

# mutant_no_time NAME: it was not run, or what it is compared with was not, as no
# time was left
mutant_no_time()
{
	grep -qsxF -e "# $1: no time is left" \
		-e "# $(mutant_key "selftests/mutants/$1.patch"): no time is left" \
		"$mutants"/guest-*.log
}

# mutant_killed NAME: by what its header says, and by nothing else
mutant_killed()
{
	local name=$1 patch=selftests/mutants/$1.patch base line reports fails

	base=$mutants/$(mutant_key "$patch")
	if [ ! -s "$mutants/$name" ] || [ ! -s "$base" ]; then
		echo "it was not run:"
		tail -n 20 "$mutants/$name.log" "$mutants"/guest-*.log
		return 1
	fi
	reports=$(mutant_field "$patch" Reports)
	fails=$(mutant_field "$patch" Fails)
	[ -n "$reports$fails" ] || { echo "by what?"; return 1; }
	while read -r line; do
		[ -n "$line" ] || continue
		mutant_says ok "$base" "$line" ||
			{ echo "not passed without the bug: $line"
			  tail -n 40 "$base"; return 1; }
		mutant_says "not ok" "$mutants/$name" "$line" ||
			{ echo "it survives: $line"
			  tail -n 40 "$mutants/$name"; return 1; }
	done <<<"$fails"
	[ -n "$reports" ] || return 0
	if grep -qF -- "$reports" "$base" \
	   "$mutants/guest-$(mutant_kernel "$name").log" 2>/dev/null; then
		echo "reported without the bug: $reports"
		return 1
	fi
	grep -qF -- "$reports" "$mutants/$name" ||
		{ echo "not reported: $reports"
		  tail -n 40 "$mutants/$name"; return 1; }
}

# layer_mutant [I-of-N]
layer_mutant()
{
	local mutants=$OUT/mutants${1:+-$1} name kernel by units

	if ! [[ ${1:-1-of-1} =~ ^([1-9])-of-([1-9])$ ]] ||
	   [ "${BASH_REMATCH[1]}" -gt "${BASH_REMATCH[2]}" ]; then
		one "mutant has a part $1" false
		return
	fi
	mkdir -p "$mutants"
	mutant_list | mutant_part "${1:-1-of-1}" >"$mutants/list"
	for_guests
	mutant_units &
	units=$!
	for kernel in $(mutant_kernels); do
		mutant_modules "$kernel"
	done
	mutant_guests
	wait $units
	while read -r name; do
		if mutant_no_time "$name"; then
			echo "# mutant $name: no time is left"
			continue
		fi
		by=$(mutant_field "selftests/mutants/$name.patch" Killed-by)
		one "mutant $name is killed by $by" mutant_killed "$name"
	done <"$mutants/list"
	echo "# $(wc -l <"$mutants/list") of" \
		"$(find selftests/mutants -name '*.patch' | wc -l) mutants"
	rm -rf "$mutants"/tree-*
}
