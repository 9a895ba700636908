#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What gwlb.service runs: it starts from the files in /etc/gwlb, once or twice;
# a mistake in them changes nothing; a reload under traffic loses nothing. And
# a health check does not load what was unloaded. Owns, in the guest,
# /etc/gwlb and the module's place in /lib/modules.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/modules.sh"

SERVICE=$TOP/packaging/systemd/gwlb-service
HEALTHD=$TOP/tools/gwlb-healthd/gwlb-healthd
FLOWGEN=${FLOWGEN:-$TOP/selftests/flowgen/flowgen}
PEERS="192.168.9.0/28 10.1.111.0/24"

work=$(mktemp -d)
on_exit rm -rf "$work"

# As on an appliance: found by its name, and in a directory of its own
PATH=$TOP/tools/gwlbctl:$PATH
etc=/etc/netns/$APP/gwlb

service()
{
	ip netns exec "$APP" "$SERVICE" "$@"
}

# conf PEERS
conf()
{
	sed "s|^PEERS=.*|PEERS=\"$1\"|" "$TOP/packaging/systemd/gwlb.conf" \
		>"$etc/gwlb.conf"
}

rules()
{
	cp "$TOP/tools/gwlbctl/rules/quickstart.rules" "$etc/rules.conf"
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" >>"$etc/rules.conf"
	fi
}

# Where modprobe finds it
install_module()
{
	local dir

	few_modules "$work/modules"
	dir=/lib/modules/$(uname -r)
	must mkdir -p "$dir/extra"
	must cp "$GWLB_KO" "$dir/extra/gwlb.ko"
	must depmod
}

test_usage()
{
	exits 2 "no word is no command" "^Usage: " service
	exits 2 "nor is restart" "^Usage: " service restart
	exits 2 "nor are two" "^Usage: " service start stop
	exits 1 "without a file" "cannot read /etc/gwlb/gwlb.conf" \
		service start
}

loaded()
{
	[ -d /sys/module/gwlb ]
}

# Mistakes are found before the module is loaded.
test_mistakes_first()
{
	conf ""
	rules
	exits 1 "no peers" "PEERS is empty" service start
	conf "$PEERS"
	rules "rule form 10.0.0.0/8 drop"
	exits 1 "a mistake in the rules" \
		"^/etc/gwlb/rules.conf:[0-9]*:6: expected a match" \
		service start
	rm "$etc/rules.conf"
	exits 1 "no rules" "/etc/gwlb/rules.conf: No such file" service start
	check "stop has nothing to do" service stop
	check "nothing of this has loaded the module" test ! -d \
		/sys/module/gwlb
	is "the file that is shipped makes sense" "$(sh -c \
		'. "$1"; echo "$PEERS" "$HEALTH_PORT" "$INTERFACE"' - \
		"$TOP/packaging/systemd/gwlb.conf")" \
		"10.1.111.0/24 10.1.112.0/24 8080 "
}

test_start()
{
	local before

	conf "$PEERS"
	rules
	is "start" "$(service start 2>&1)" "up: 3 rules, policy drop"
	check "the module is loaded" loaded
	is "peers" "$(ctl peer list | sort | xargs)" \
		"10.1.111.0/24 192.168.9.0/28"
	is "rules" "$(ctl rule diff "$etc/rules.conf")" ""
	is "health" "$(ctl status | grep ^health:)" "health:     ok"
	before=$(ctl status --json)
	is "start again" "$(service start 2>&1)" "up: 3 rules, policy drop"
	is "which changes nothing" "$(ctl status --json)" "$before"
}

# A change that is taken back is counted as well.
all_settings()
{
	ctl config show --json | jq -c 'del(.generation)'
	ctl rule list --json | jq -c 'del(.confirm)'
}

# changes_nothing DESCRIPTION PATTERN COMMAND
changes_nothing()
{
	local before

	before=$(all_settings)
	exits 1 "$1" "$2" service "$3"
	is "$1: nothing has changed" "$(all_settings)" "$before"
}

test_mistakes_later()
{
	local word

	for word in start reload; do
		rules "rule accept nonsense"
		conf 10.9.9.0/24
		changes_nothing "$word: a mistake in the rules" \
			"^/etc/gwlb/rules.conf:[0-9]*:[0-9]*: expected" $word
		rules "rule accept"
		conf "10.9.9.1/24"
		changes_nothing "$word: a mistake in the peers" \
			"did you mean 10.9.9.0/24" $word
		conf ""
		changes_nothing "$word: no peers" "PEERS is empty" $word
	done
	# What only the kernel can know comes when peers are set already: here,
	# that somebody has not yet made up his mind.
	rules
	must ctl rule load --confirm 600 - <<<"policy drop"
	conf 10.9.9.0/24
	changes_nothing "a ruleset that waits for its confirmation" \
		"^Error: " reload
	must ctl rule rollback
	rules
	conf any
	check "any is a word" service reload
	is "for everybody" "$(ctl peer list)" any
	conf "$PEERS"
	must service reload
}

test_drain()
{
	must ctl drain on
	check "reload" service reload
	is "does not end draining" "$(ctl config show | grep drain)" "drain on"
	check "start" service start
	is "does" "$(ctl config show | grep drain)" "drain off"
}

# Packets of flows that every one of these rulesets allows, until it is ended
stream()
{
	ip netns exec "$SIM" "$FLOWGEN" --flows 200 --rounds 0 \
		--cpu $(($(nproc) - 1)) wire0 "$APP_MAC" $NODE $LOCAL \
		>"$work/stream" 2>&1 &
	stream=$!
}

streams()
{
	[ "$(counter returned)" -gt "$1" ]
}

test_reload()
{
	local i sent before

	stream
	on_exit stop $stream
	for ((i = 1; i <= 8; i++)); do
		before=$(counter returned)
		check "packets flow" wait_for 20 streams "$before"
		conf "192.168.9.0/28 10.1.$i.0/32"
		rules "rule n$i: from 10.99.0.$i drop"
		check "reload $i" service reload
	done
	stop $stream
	sent=$(cut -d' ' -f2 "$work/stream")
	is "no packet is lost" "$(cat "$work/stream")" \
		"sent $sent returned $sent other 0"
	check "the last one counts" grep -q "rule n8:" <(ctl rule list)
}

test_stop()
{
	check "stop" service stop
	is "is down" "$(ctl config show | head -n 1)" "state down"
	is "and no more" "$(ctl peer list | wc -l)" 2
	check "stop again" service stop
	check "start after it" service start
	is "is up" "$(ctl config show | head -n 1)" "state up"
	must service stop
}

# drain_is SECONDS: says the file
drain_is()
{
	conf "$PEERS"
	sed -i "s|^DRAIN=.*|DRAIN=$1|" "$etc/gwlb.conf"
}

draining()
{
	ctl config show | grep -q "^drain on"
}

# Packets pass until its time is over. No test waits for that: its sleep is one
# that ends when it is told to.
test_stop_drains()
{
	local word stopping before

	mkdir "$work/bin"
	printf '#!/bin/sh\necho "$1" >%q\nread -r _ <%q\n' "$work/slept" \
		"$work/wake" >"$work/bin/sleep"
	chmod +x "$work/bin/sleep"
	mkfifo "$work/wake"
	rules
	must service start
	drain_is '"12"'
	PATH=$work/bin:$PATH service stop &
	stopping=$!
	check "stop drains" wait_for 20 test -s "$work/slept"
	check "and says so" draining
	is "for as long as the file says" "$(cat "$work/slept")" 12
	is "is up meanwhile" "$(ctl config show | head -n 1)" "state up"
	before=$(counter returned)
	stream
	check "packets pass" wait_for 20 streams "$before"
	stop $stream
	is "all of them" "$(sed -E 's/^sent ([0-9]+) returned \1 other 0$/ok/' \
		"$work/stream")" ok
	timeout 20 sh -c 'echo >"$1"' - "$work/wake"
	wait $stopping
	is "and goes down then" "$(ctl config show | head -n 1)" "state down"
	is "start ends that" "$(service start 2>&1)" "up: 3 rules, policy drop"
	must ctl drain on
	rm "$work/slept"
	PATH=$work/bin:$PATH service stop
	check "who has drained does not wait" test ! -e "$work/slept"
	for word in 601 99999999999999999999999; do
		must service start
		drain_is "$word"
		PATH=$work/bin:$PATH service stop &
		stopping=$!
		check "DRAIN=$word: stop drains" \
			wait_for 20 test -s "$work/slept"
		is "for no more than 10 minutes" "$(cat "$work/slept")" 600
		timeout 20 sh -c 'echo >"$1"' - "$work/wake"
		wait $stopping
		rm "$work/slept"
	done
	for word in "" 0 nonsense '"5 s"' -1; do
		must service start
		drain_is "$word"
		PATH=$work/bin:$PATH service stop
		check "DRAIN=$word: no waiting" test ! -e "$work/slept"
		is "it is down" "$(ctl config show | head -n 1)" "state down"
	done
	conf "$PEERS"
}

# What modprobe could find stays where it is.
test_no_autoload()
{
	local healthd

	must rmmod gwlb
	ip netns exec "$APP" "$HEALTHD" 2>"$work/log" &
	healthd=$!
	check "a health check" wait_for 20 ip netns exec "$APP" curl -sf \
		http://127.0.0.1:8080/metrics
	is "which fails" "$(ip netns exec "$APP" curl -s -o /dev/null -w \
		'%{http_code}' http://127.0.0.1:8080/)" 503
	check "does not load the module" test ! -d /sys/module/gwlb
	stop $healthd
	check "stop without the module" service stop
	check "does not, either" test ! -d /sys/module/gwlb
}

# With what they run where they look for it
test_units()
{
	local unit

	if ! command -v systemd-analyze >/dev/null; then
		ok "units # SKIP no systemd-analyze"
		return
	fi
	for unit in gwlb gwlb-healthd; do
		sed -e "s|/usr/lib/gwlb/gwlb-service|$SERVICE|" \
			-e "s|/usr/sbin/gwlb-healthd|$HEALTHD|" \
			"$TOP/packaging/systemd/$unit.service" \
			>"$work/$unit.service"
	done
	is "systemd has nothing to say" "$(systemd-analyze verify --man=no \
		"$work/gwlb.service" "$work/gwlb-healthd.service" 2>&1)" ""
}

must test -x "$GWLBCTL" -a -x "$HEALTHD"
must mkdir -p "$etc" /etc/gwlb
on_exit rm -rf "/etc/netns/$APP"
setup_pair
install_module
test_usage
test_mistakes_first
on_exit rmmod gwlb
test_start
test_mistakes_later
test_drain
test_reload
test_stop
test_stop_drains
test_no_autoload
test_units
