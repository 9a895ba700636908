// SPDX-License-Identifier: GPL-2.0-only
/*
 * lines: a plugin of QEMU that counts which cache lines more than one CPU of
 * the guest writes, and by which instructions. Only what the kernel writes
 * counts, and only while sender.c measures, which says so by a nop that nobody
 * else has; by another it says that it is done, and a file is written: FILE
 * with a number. All CPUs have to be emulated by one thread.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

#define EXPORT		__attribute__((visibility("default")))
#define LINES		(1 << 20)
#define LINE_SHIFT	6
#define CPUS		2
#define WRITERS		6
#define KERNEL		(1ULL << 63)

EXPORT int qemu_plugin_version = 1;

/* sender.c's nopl 0x6081(%rax) and so on */
static const uint8_t begins[] = { 0x0f, 0x1f, 0x80, 0x81, 0x60, 0, 0 };
static const uint8_t ends[] = { 0x0f, 0x1f, 0x80, 0x82, 0x60, 0, 0 };
static const uint8_t finishes[] = { 0x0f, 0x1f, 0x80, 0x83, 0x60, 0, 0 };

/* Who wrote a line: how often each CPU, and from where */
static struct line {
	uint64_t number;
	uint64_t writes[CPUS];
	uint64_t writer[WRITERS];
} lines[LINES];

static unsigned int measuring, files;
static const char *out;

static void begin(unsigned int cpu, void *data)
{
	(void)data;
	measuring |= 1U << cpu;
}

static void end(unsigned int cpu, void *data)
{
	(void)data;
	measuring &= ~(1U << cpu);
}

static struct line *find(uint64_t number)
{
	uint64_t i = number * 0x9e3779b97f4a7c15ULL >> 44;

	while (lines[i].number && lines[i].number != number)
		i = (i + 1) % LINES;
	lines[i].number = number;
	return &lines[i];
}

static void wrote(unsigned int cpu, meminfo_t info, uint64_t address,
		  void *data)
{
	struct line *line;
	int i;

	/* QEMU 7.2 tells of reads, too, whatever it is asked for. */
	if (!measuring || !(address & KERNEL) || cpu >= CPUS ||
	    !qemu_plugin_mem_is_store(info))
		return;
	line = find(address >> LINE_SHIFT);
	line->writes[cpu]++;
	for (i = 0; i < WRITERS; i++) {
		if (!line->writer[i])
			line->writer[i] = (uintptr_t)data;
		if (line->writer[i] == (uintptr_t)data)
			return;
	}
}

/* Lines, how often each CPU wrote it, and the instructions */
static void finish(unsigned int cpu, void *data)
{
	const struct line *line;
	char path[4096];
	FILE *file;
	int i;

	(void)cpu;
	(void)data;
	snprintf(path, sizeof(path), "%s.%u", out, files++);
	file = fopen(path, "w");
	if (!file) {
		perror(path);
		return;
	}
	for (line = lines; line < lines + LINES; line++) {
		if (!line->writes[0] || !line->writes[1])
			continue;
		fprintf(file, "%" PRIx64 " %" PRIu64 " %" PRIu64,
			line->number << LINE_SHIFT, line->writes[0],
			line->writes[1]);
		for (i = 0; i < WRITERS && line->writer[i]; i++)
			fprintf(file, " %" PRIx64, line->writer[i]);
		putc('\n', file);
	}
	fclose(file);
	memset(lines, 0, sizeof(lines));
}

static bool is(const struct qemu_plugin_insn *insn, const uint8_t *bytes,
	       size_t len)
{
	return qemu_plugin_insn_size(insn) == len &&
		!memcmp(qemu_plugin_insn_data(insn), bytes, len);
}

static insn_cb mark_of(const struct qemu_plugin_insn *insn)
{
	if (is(insn, begins, sizeof(begins)))
		return begin;
	if (is(insn, ends, sizeof(ends)))
		return end;
	return is(insn, finishes, sizeof(finishes)) ? finish : NULL;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);
		insn_cb mark = mark_of(insn);

		if (mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark,
							       CB_NO_REGS,
							       NULL);
		else if (at & KERNEL)
			qemu_plugin_register_vcpu_mem_cb(insn, wrote,
							 CB_NO_REGS, MEM_W,
							 (void *)at);
	}
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc,
			       char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fputs("lines: out=FILE is missing\n", stderr);
		return -1;
	}
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
