#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Random packets have the fate that the model says (pktfuzz.c), $COUNT in each of
# $RUNS runs, whose seeds are $SEED and those after it. A run has rules of its
# own and namespaces of their own; the module takes packets in PRE_ROUTING or at
# ingress and sends them back by reflecting or by routes, by the seed.
#
# When a run differs it is done again from its beginning, with one packet at a
# time from where it differed, which shows the packet.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../stage.sh"

SEED=${SEED:-1}
RUNS=${RUNS:-4}
COUNT=${COUNT:-20000}
PKTFUZZ=${PKTFUZZ:-$TOP/selftests/pktfuzz/pktfuzz}
POLL=0.01

# What no packet alone brings about: lack of memory, a full device, a device
# without link layer, full tables, and aggregates that nobody can split.
NEVER='drop-(no-memory|transmit|no-link|flow-limit|flow-full|gso)'

# What is passed is counted behind the module's hook, and ends there: nobody
# else is to say anything on this wire.
end_of_wire()
{
	must ip netns exec "$SIM" nft -f - <<-NFT
		table netdev end {
			chain ingress {
				type filter hook ingress device wire0 priority 0
				policy drop
			}
		}
	NFT
	must ip netns exec "$APP" nft -f - <<-NFT
		table ip end {
			chain prerouting {
				type filter hook prerouting priority -400
				counter
				drop
			}
		}
	NFT
}

# passed: how many packets came to the end of PRE_ROUTING
passed()
{
	ip netns exec "$APP" nft -j list chain ip end prerouting |
		jq '[.nftables[].rule? // empty | .expr[].counter? // empty |
		     .packets] | add'
}

# setup SEED
setup()
{
	local seed=$1

	MODE=$( ((seed & 1)) && echo route || echo reflect)
	ATTACH=$( ((seed & 2)) && echo "attach ingress dev eth0" ||
		  echo "attach prerouting")
	setup_stage
	# The kernel makes aggregates, and it has to have an address for that.
	must ip -n "$SIM" -batch - <<-END
		addr add $GWLB/24 dev wire0
		neigh replace $APPLIANCE lladdr $APP_MAC dev wire0
	END
	end_of_wire
	must ctl peer set "${PEERS[@]}"
	must ctl config set send-mode "$MODE"
	"$PKTFUZZ" --seed "$seed" --rules >"$work/rules"
	must ctl rule load "$work/rules"
	must up
}

teardown()
{
	ip netns del "$SIM"
	ip netns del "$APP"
}

# fuzz SEED [OPTION...]
fuzz()
{
	local seed=$1

	shift
	ip netns exec "$SIM" "$PKTFUZZ" --seed "$seed" --count "$COUNT" \
		--corpus "$TOP/tools/fuzz/corpus/parse" \
		"${STAGE[@]}" --mac "$APP_MAC" --mode "$MODE" "$@" 2>&1
}

# again SEED: shows the packet for which a run differed
again()
{
	local from

	from=$(sed -n 's/^# differs: packets \([0-9]*\) .*/\1/p' "$work/out")
	teardown
	setup "$1"
	note "again, one by one from packet $from on:"
	fuzz "$1" --single-from "$from" | sed -n 's/^#* */# /p' |
		grep -vE '^# [a-z-]+ [0-9]+$'
}

# run SEED: false if it differed
run()
{
	local seed=$1 rc name

	setup "$seed"
	name="seed $seed, $MODE, $ATTACH: every packet has its fate"
	fuzz "$seed" >"$work/out"
	rc=$?
	grep -E '^# [a-z-]+ [0-9]+$' "$work/out" >>"$work/reasons"
	grep '^# sum:' "$work/out" >>"$work/sums"
	if [ $rc -eq 0 ]; then
		ok "$name"
		is "seed $seed: all that was passed came further" "$(passed)" \
			"$(sed -n 's/.* passed \([0-9]*\).*/\1/p' "$work/out")"
	else
		not_ok "$name"
		note "$(grep -vE '^# [a-z-]+ [0-9]+$' "$work/out" |
			sed 's/^# //' | head -n 60)"
		[ $rc -ne 1 ] || again "$seed"
	fi
	teardown
	return $rc
}

# total WORD: of all runs
total()
{
	sed -n "s/.* $1 \([0-9]*\).*/\1/p" "$work/sums" |
		awk '{ n += $1 } END { print n + 0 }'
}

load_module
work=$(mktemp -d)
on_exit rm -rf "$work"
began=$SECONDS
for ((seed = SEED; seed < SEED + RUNS; seed++)); do
	run "$seed" || exit 1
done

note "$(total packets) packets in $((SECONDS - began)) s:" \
	"$(total returned) returned, $(total passed) passed," \
	"$(total dropped) dropped, $(total unseen) discarded by the host;" \
	"$(total pieces) not linear, $(total aggregates) aggregates," \
	"$(total answers) rejected ones answered"
awk '{ n[$2] += $3 } END { for (r in n) print r, n[r] }' "$work/reasons" |
	sort >"$work/met"
note "$(cat "$work/met")"
is "every reason that packets can bring about was met" \
	"$(sed -n 's/.*X(GWLB_REASON_[A-Z_]*, "\([a-z-]*\)".*/\1/p' \
		"$TOP/uapi/gwlb_reasons.h" | grep -vxE "$NEVER" |
		grep -vxFf <(cut -d' ' -f1 "$work/met"))" ""
check "rejected packets were answered" [ "$(total answers)" -gt 0 ]
check "there were aggregates" [ "$(total aggregates)" -gt 0 ]
