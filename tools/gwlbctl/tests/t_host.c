// SPDX-License-Identifier: GPL-2.0-only
/*
 * host.c, offload.c: what this process does, and what every host has, is seen.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"
#include "offload.h"

static void test_load(void **state)
{
	static struct host_load load;
	__u64 packets;

	(void)state;
	assert_int_equal(host_read_load(&load), 0);
	assert_int_equal(load.count, sysconf(_SC_NPROCESSORS_ONLN));
	assert_int_equal(load.lines, load.count);
	assert_true(load.cpus[0].total > load.cpus[0].busy);
	assert_int_equal(host_received("lo", &packets), 0);
	assert_int_equal(host_received("l", &packets), -ENODEV);
}

static void test_port(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	struct host_owner owner;
	int fd;

	(void)state;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (void *)&address, len), 0);
	assert_int_equal(getsockname(fd, (void *)&address, &len), 0);
	assert_int_equal(host_udp_owner(ntohs(address.sin_port), &owner), 0);
	assert_true(owner.owned);
	assert_int_equal(owner.pid, getpid());
	assert_string_equal(owner.name, "t_host");
	/* what a process calls itself may be meant for a terminal */
	assert_int_equal(prctl(PR_SET_NAME, "\xff\x1b[31m\tevil"), 0);
	assert_int_equal(host_udp_owner(ntohs(address.sin_port), &owner), 0);
	assert_string_equal(owner.name, "??[31m?evil");
	assert_int_equal(prctl(PR_SET_NAME, "t_host"), 0);
	close(fd);
	assert_int_equal(host_udp_owner(ntohs(address.sin_port), &owner), 0);
	assert_false(owner.owned);
}

static void test_programs(void **state)
{
	bool yes;

	(void)state;
	assert_false(host_has_module("no_such_module"));
	assert_int_equal(host_runs("t_host", &yes), 0);
	assert_true(yes);
	assert_int_equal(host_runs("no such program", &yes), 0);
	assert_false(yes);
}

static void test_offload(void **state)
{
	bool yes;

	(void)state;
	assert_int_equal(offload_is_on("lo", "no such feature", &yes),
			 -ENOENT);
	assert_int_equal(offload_is_on("none0", "rx-gro-list", &yes),
			 -ENODEV);
	assert_int_equal(offload_is_on("lo", "loopback", &yes), 0);
	assert_true(yes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_offload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
