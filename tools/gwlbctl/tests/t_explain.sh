#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gwlbctl decode: every way to write a packet down, what the exit code says,
# and that tcpdump, which knows Geneve from elsewhere, sees the same.
set -eu

cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tools/gwlbctl/tests/result.sh
. ./result.sh

outer="45000060 00000000 ff118ef0 0afe0b3c 0afe0b65 ea6117c1 004c0000"
tunnel="08000800 00000000 01080102 2356de92 d389839c 01080202 00000000 00000000"
tunnel+=" 01080301 98ef1b00"
inner="4500001c 00000000 400166df 0a000001 0a000002 08000000 00010001"
brief="1 returned endpoint=vpce-02356de92d389839c cookie=98ef1b00 icmp"
brief+=" src=10.0.0.1 dst=10.0.0.2 type=8 code=0 (echo-request) ttl=64"

# says WHAT EXPECTED ARGUMENT...: gwlbctl decode, from stdin
says()
{
	local what=$1 expected=$2 out rc=0

	shift 2
	out=$(./gwlbctl-san decode "$@" 2>&1) || rc=$?
	if [ "$rc $out" = "$expected" ]; then
		result 0 "$what"
	else
		printf '# expected %s\n# got %s\n' "$expected" "$rc $out"
		result 1 "$what"
	fi
}

# the same packet, as everybody writes it
bytes()
{
	printf '%s' "$outer $tunnel $inner" | tr -d ' '
}
says "one word" "0 $brief" --brief "$(bytes)" </dev/null
# shellcheck disable=SC2086 # words are wanted
says "several words" "0 $brief" --brief $outer $tunnel $inner </dev/null
says "standard input" "0 $brief" --brief < <(bytes)
says "standard input by name" "0 $brief" --brief - < <(bytes)
says "with 0x in front" "0 $brief" --brief "0x$(bytes)" </dev/null
says "as an array of C" "0 $brief" --brief \
	< <(bytes | sed 's/../0x&, /g' | fold -w 60)
says "with colons" "0 $brief" --brief < <(bytes | sed 's/..\B/&:/g')
says "in capitals" "0 $brief" --brief < <(bytes | tr a-f A-F)
says "tcpdump -x" "0 $brief" --brief < <(bytes | sed 's/..../& /g' |
	fold -w 40 | awk '{ printf "\t0x%04x:  %s\n", (NR - 1) * 16, $0 }')
says "tcpdump -X" "0 $brief" --brief < <(bytes | sed 's/..../& /g' |
	fold -w 40 |
	awk '{ printf "\t0x%04x:  %s  E..dead.beef ..\n", (NR - 1) * 16, $0 }')
says "xxd" "0 $brief" --brief < <(bytes | sed 's/..../& /g' | fold -w 40 |
	awk '{ printf "%08x: %s 12 34\n", (NR - 1) * 16, $0 }')
says "with an Ethernet header" "0 $brief" --brief \
	"02000000000102000000000208004500${outer:4}" "$tunnel $inner" </dev/null
says "without the outer headers" "0 $brief" --brief "$tunnel $inner" </dev/null

says "a wrong digit has a place" \
	'2 HEX:1:4: "g" is no hexadecimal digit' 45 g0 </dev/null
says "half a byte has one" \
	'2 stdin:2:5: a byte has two digits, and the second one is missing' \
	< <(printf '45 00\n00 0\n')
says "an offset without colon is not taken for bytes" \
	'2 stdin:1:1: is that an offset? It needs a colon behind it' \
	< <(echo "0000  45 00 00 60")
says "so is hexdump -C" \
	'2 stdin:1:1: is that an offset? It needs a colon behind it' \
	< <(echo "00000000  45 00 00 60  |E..|")
says "what nobody can tell" \
	"2 Error: nobody can tell what these bytes begin with: --link ethernet, ip or geneve" \
	ffff </dev/null
says "nothing" "2 Error: there are no bytes" </dev/null
says "one that is cut is told as far as it goes" \
	"1 1 host at=2 endpoint=vpce-02356de92d389839c" --brief \
	"$outer ${tunnel:0:53}" </dev/null
says "a bad one" \
	"1 1 drop-option-overrun at=63 endpoint=vpce-02356de92d389839c icmp src=10.0.0.1 dst=10.0.0.2 type=8 code=0 (echo-request) ttl=64" \
	--brief "$outer ${tunnel/01080301/0108030f} $inner" </dev/null

cat >"$work/text" <<-TEXT
	packet      1: 96 bytes
	ipv4        at 0: 10.254.11.60 > 10.254.11.101, length 96, ttl 255, id 0, protocol 17
	udp         at 20: 60001 > 6081, length 76, checksum none
	geneve      at 28: version 0, 32 bytes of options, protocol 0x0800, vni 0
	endpoint    at 36: vpce-02356de92d389839c
	attachment  at 48: 0000000000000000
	cookie      at 60: 98ef1b00
	inner       at 68: icmp src=10.0.0.1 dst=10.0.0.2 type=8 code=0 (echo-request) ttl=64
	verdict     drop-inner-checksum: The checksum of the inner IPv4 header is wrong.
	because     at 78: the checksum of the inner IPv4 header is 0x66d0, not 0x66df
TEXT
says "all of it" "1 $(<"$work/text")" \
	"$outer $tunnel ${inner/66df/66d0}" </dev/null

says "--packet needs a file" "2 Error: --packet is a number from 1 on, of --pcap
$(./gwlbctl-san decode --help | head -n 1)" --packet 1 00 </dev/null
says "--pcap is no hex" "2 Error: with --pcap, the file says it all
$(./gwlbctl-san decode --help | head -n 1)" --pcap x 00 </dev/null
says "no file" "2 Error: $work/none: No such file or directory" \
	--pcap "$work/none" </dev/null
says "no capture" "2 Error: stdin: unknown file format" --pcap - \
	< <(head -c 100 /dev/zero)

mkdir "$work/lib"
: >"$work/lib/libpcap.so.0.8"
cp "$work/lib/libpcap.so.0.8" "$work/lib/libpcap.so.1"
out=$(LD_LIBRARY_PATH=$work/lib ./gwlbctl-san decode --pcap - 2>&1 </dev/null) &&
	rc=0 || rc=$?
[ $rc -eq 2 ] && [[ $out == "Error: libpcap, "*"cannot be loaded: "*libpcap.so* ]]
result $? "no libpcap is an error of what needs it"
LD_LIBRARY_PATH=$work/lib ./gwlbctl-san decode "$outer $tunnel $inner" \
	>"$work/out" 2>&1 && rc=0 || rc=$?
[ $rc -eq 0 ]
result $? "and of nothing else"

# numbers in the byte order of the machine that wrote it: this one's is little
le()
{
	local value=$1 i

	for ((i = 0; i < $2; i++)); do
		printf '%02x' $((value >> 8 * i & 255))
	done
}
# capture LINK [PACKET...]: a file of packets, each in hexadecimal digits, cut
# after 80 bytes
capture()
{
	local link=$1 packet

	shift
	le 0xa1b2c3d4 4; le 2 2; le 4 2; le 0 8; le 80 4; le "$link" 4
	for packet; do
		packet=${packet// }
		le 1 8
		le $((${#packet} > 160 ? 80 : ${#packet} / 2)) 4
		le $((${#packet} / 2)) 4
		printf '%s' "${packet:0:160}"
	done
}
unhex()
{
	local digits

	digits=$(cat)
	# shellcheck disable=SC2059 # it is made of escapes
	printf "$(sed 's/../\\x&/g' <<<"$digits")"
}
other="45000014 00000000 ff060000 0afe0b3c 0afe0b65"
other=${other/ff060000/ff068f47}
capture 101 "$other" "$outer $tunnel $inner" \
	"$outer ${tunnel/08000800/08000801} $inner" | unhex >"$work/raw.pcap"
says "a capture: too little of one, another one is bad" \
	"1 2 unknown endpoint=vpce-02356de92d389839c cookie=98ef1b00 not an IP packet
3 drop-geneve-protocol at=30 endpoint=vpce-02356de92d389839c cookie=98ef1b00 not an IP packet
1 other packet" --brief --pcap "$work/raw.pcap" </dev/null
says "one of its packets" "0 1 pass-other at=9" --brief --packet 1 \
	--pcap "$work/raw.pcap" </dev/null
says "the next one" "$(cat <<-TEXT
	0 packet      2: 96 bytes, 80 of them captured
	$(sed -n '2,7p' "$work/text")
	inner       at 68: not an IP packet
	verdict     unknown: 80 bytes were captured, and more would have to be seen
	TEXT
)" --packet 2 --pcap - <"$work/raw.pcap"
says "one that is not there" \
	"2 Error: $work/raw.pcap: there are only 3 packets" --packet 4 \
	--pcap "$work/raw.pcap" </dev/null
says "nothing in it" '0 {"packets":[],"others":0}' --json --pcap - \
	< <(capture 1 | unhex)
says "a link type that is not known" \
	"2 Error: stdin: packets of link type 105 (IEEE802_11) cannot be read" \
	--pcap - < <(capture 105 | unhex)
head -c 130 "$work/raw.pcap" >"$work/short.pcap"
out=$(./gwlbctl-san decode --pcap "$work/short.pcap" 2>&1) && rc=0 || rc=$?
[ $rc -eq 2 ] && grep -q "^Error: .*short.pcap: .*truncated" <<<"$out"
result $? "a file that was cut off is an error"

if command -v tcpdump >/dev/null; then
	"$PYTHON" ./decode.py ./gwlbctl-san "$work" >"$work/tap" || failed=1
	grep '^#' "$work/tap" || :
	while read -r line; do
		[[ $line != not* ]]
		result $? "${line#* - }"
	done < <(grep -E '^(not )?ok ' "$work/tap")
else
	tests=$((tests + 1))
	echo "ok $tests - tcpdump # SKIP not installed"
fi

echo "1..$tests"
exit $failed
