# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tcpdump shows on the appliances: "tcpdump -nvv port 6081", as the
# quickstart's document has it. Behind accept_lab.sh; writes to $work.

# shellcheck disable=SC2154 # from those who source this

start_captures()
{
	local a

	captures=()
	for a in "${APPLIANCES[@]}"; do
		launch "$a" tcpdump -ni eth0 -s 200 -U --immediate-mode \
			-w "$work/capture.$a" 'port 6081' \
			2>"$work/capture.$a.log"
		captures+=($!)
	done
	for a in "${APPLIANCES[@]}"; do
		wait_for 20 grep -q listening "$work/capture.$a.log" ||
			bail_out "tcpdump does not start on $a"
	done
}

stop_captures()
{
	local pid

	for pid in "${captures[@]}"; do
		stop "$pid"
	done
}

# Of each packet in tcpdump's text a line: outer source, outer destination and
# port, the options with their class, type and length, the endpoint, inner
# source, inner destination.
capture_lines()
{
	awk '
		# 10.1.1.4.80 has a port, 10.1.1.4 has none.
		function address(s) {
			sub(/:$/, "", s)
			if (split(s, part, ".") == 5)
				sub(/\.[0-9]+$/, "", s)
			return s
		}
		/ Geneve, / {
			outer = address($1) " " $3
			options = endpoint = ""
			while (match($0, /class [^,]*/)) {
				one = substr($0, RSTART, RLENGTH)
				$0 = substr($0, RSTART + RLENGTH)
				data = one
				sub(/.* data /, "", data)
				gsub(/[] ]/, "", data)
				sub(/.*\(/, "", one)
				sub(/ data .*/, "", one)
				gsub(/\)? (type|len) /, "/", one)
				options = options one ","
				if (one ~ /\/0x1\//)
					endpoint = data
			}
			next
		}
		outer != "" && $2 == ">" {
			print outer, options, "vpce-0" endpoint, address($1),
				address($3)
			outer = ""
		}'
}

# The three options of GWLB, of class 0x108: endpoint, attachment, cookie;
# the length is that of the whole option.
OPTIONS=0x108/0x1/12,0x108/0x2/12,0x108/0x3/8,

# Which endpoint a conversation has to take: that of the zone of who is on the
# other side, or of the web server if it talks to the Internet.
expected_endpoints()
{
	local web other

	for web in "${WEBS[@]}"; do
		for other in "${ALBS[@]}" bastion; do
			echo "${ADDRESS[$web]} ${ADDRESS[$other]}" \
				"${VPCE_OF[${ZONE[$other]}]}"
		done
		for other in "${CLIENTS[@]}"; do
			echo "${ADDRESS[$web]} $other" \
				"${VPCE_OF[${ZONE[$web]}]}"
		done
	done
}

# judge_capture HOST: prints what should not be there. Each packet comes from
# the load balancer to UDP 6081 and goes back to it with the same inside.
judge_capture()
{
	expected_endpoints >"$work/expected"
	awk -v me="${ADDRESS[$1]}" -v nodes="${NODES[*]}" \
		-v options="$OPTIONS" '
		BEGIN {
			n = split(nodes, list, " ")
			for (i = 1; i <= n; i++) {
				to_node[list[i] ".6081:"] = list[i]
				node[list[i]]
			}
		}
		FNR == NR {
			want[$1 " " $2] = want[$2 " " $1] = $3
			next
		}
		{ inner = $5 " " $6 }
		$3 != options || !(inner in want) || want[inner] != $4 {
			print
			next
		}
		$1 in node && $2 == me ".6081:" {
			came[inner " by " $1]++
			next
		}
		$1 == me && $2 in to_node {
			went[inner " by " to_node[$2]]++
			next
		}
		{ print }
		END {
			for (i in came)
				if (came[i] != went[i])
					print i, "came", came[i], "went", went[i]
				else if (++n_both)
					delete went[i]
			for (i in went)
				print i, "only went", went[i]
			if (!n_both)
				print "nothing came and went"
		}' "$work/expected" -
}

judge_captures()
{
	local a bad found=""

	for a in "${APPLIANCES[@]}"; do
		tcpdump -tnvv -r "$work/capture.$a" 2>/dev/null |
			capture_lines >"$work/packets.$a"
		bad=$(judge_capture "$a" <"$work/packets.$a" | head -n 10)
		found+=${bad:+$a: $bad$'\n'}
	done
	is "tcpdump on each appliance: GWLB outside, the VPC inside, both ways" \
		"$found" ""
}
