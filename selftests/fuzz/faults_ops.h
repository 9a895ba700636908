/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * faults_ops: the requests that are tried without memory.
 */
#ifndef _FAULTS_OPS_H
#define _FAULTS_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"

/**
 * typedef build_fn - makes a request
 * @msg: gets it; header and flags are there
 */
typedef void build_fn(struct message *msg);

/**
 * struct faults_op - what is tried
 * @what: what it is called
 * @cmd: enum GWLB_CMD_*
 * @dump: it is a dump
 * @build: makes the request, NULL if there is nothing to say
 * @undo_cmd: what undoes it, 0 if it changes nothing
 * @undo: makes that request
 * @first: that is to be done before it, too
 */
struct faults_op {
	const char *what;
	uint8_t cmd;
	bool dump;
	build_fn *build;
	uint8_t undo_cmd;
	build_fn *undo;
	bool first;
};

extern const struct faults_op faults_ops[];
extern const unsigned int n_faults_ops;
extern uint32_t faults_large;

void faults_down(struct message *msg);
void faults_rules(struct message *msg);

#endif
