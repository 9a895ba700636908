# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# docs: what README.md and docs/ tell people to type. A block is what is indented
# by four, with empty lines in it or without. docs.list says which test runs it.

# docs_firsts FILE: the first line of each block
docs_firsts()
{
	awk '/^    / { if (!on) print substr($0, 5); on = 1 }
		/^[^ ]|^ [^ ]/ { on = 0 }' "$1"
}

# docs_block FILE FIRST: the block that begins so
docs_block()
{
	awk -v first="    $2" '!on && index($0, first) == 1 { on = 1 }
		on && !/^(    |$)/ { exit }
		on { print substr($0, 5) }' "$1"
}

# docs_lines FILE FIRST: its commands, one in a line, without remarks and what
# is empty
docs_lines()
{
	docs_block "$1" "$2" | sed -e ':next' -e '/\\$/{N;s/\\\n */ /;b next' \
		-e '}' -e 's/  *#.*//' -e '/^$/d'
}

# docs_tested: each block is in docs.list once, in its order, and the test that
# is said to type it does
docs_tested()
{
	local list=selftests/docs.list file test first rc=0
	local -a blocks

	for file in README.md docs/*.md; do
		mapfile -t blocks < <(docs_firsts "$file")
		while IFS=$'\t' read -r _ test first; do
			if [[ ${blocks[0]} != "$first"* ]]; then
				echo "$list: $file has no \"$first\" here"
				rc=1
			fi
			blocks=("${blocks[@]:1}")
			[[ $test == "- ("*")" ]] || [[ $test == .ci/run ]] ||
				grep -qsF "${first:0:16}" "$test" ||
				{ echo "$test does not type \"$first\""; rc=1; }
		done < <(grep "^$file	" $list)
		[ ${#blocks[@]} -eq 0 ] ||
			{ echo "$file: no test: ${blocks[0]}"; rc=1; }
	done
	return $rc
}
