/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracle: what the RFCs have against a packet. See oracle.c.
 */
#ifndef _UNIT_ORACLE_H
#define _UNIT_ORACLE_H

const char *oracle_objection(const unsigned char *data, unsigned int len);

#endif /* _UNIT_ORACLE_H */
