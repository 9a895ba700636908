/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schema: what uapi/gwlb.yaml says about commands and attributes, in tables
 * that schema.py makes of it; and whether some attributes are as it says.
 */
#ifndef _SCHEMA_H
#define _SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema_index.inc"

/** enum schema_kind - types of attributes, as the spec calls them */
enum schema_kind {
	KIND_NONE,
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_STRING,
	KIND_BINARY,
	KIND_FLAG,
	KIND_NEST,
	KIND_PAD,
};

/**
 * struct schema_attr - one attribute
 * @name: its name in the spec, NULL if there is none of that number
 * @kind: its type
 * @size: bytes of a number, else 0
 * @multi: it may be there several times
 * @nest: enum schema_index of what is nested in it, or -1
 * @min: smallest value
 * @max: largest value; longest string, 0 for any
 */
struct schema_attr {
	const char *name;
	enum schema_kind kind;
	uint32_t size;
	bool multi;
	int nest;
	uint64_t min;
	uint64_t max;
};

/**
 * struct schema_set - attributes that are numbered together
 * @attrs: by their number
 * @n: how many numbers there are
 */
struct schema_set {
	const struct schema_attr *attrs;
	uint32_t n;
};

/**
 * struct schema_op - one command
 * @name: its name in the spec
 * @cmd: enum GWLB_CMD_*
 * @set: enum schema_index of its attributes
 * @admin: only for who has CAP_NET_ADMIN
 * @dump: there is a dump
 * @reply: one that is no dump is answered by a message
 * @request: bit of each attribute that a request may have
 * @answer: bit of each attribute that an answer may have
 */
struct schema_op {
	const char *name;
	uint8_t cmd;
	int set;
	bool admin;
	bool dump;
	bool reply;
	uint64_t request;
	uint64_t answer;
};

extern const struct schema_set schema_sets[];
extern const struct schema_op schema_ops[];
extern const unsigned int n_schema_ops;

const struct schema_op *schema_op(uint8_t cmd);
const char *schema_check(int set, uint64_t allowed, const void *attrs,
			 size_t len);

#endif
