/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks of a file system as they were after each transaction of its log. */
#ifndef LAYOUT_EXT_VERSIONS_H
#define LAYOUT_EXT_VERSIONS_H

#include "layout/ext/transactions.h"

struct ext;

/* The block `home` as the `state`-th transaction left it, in block `at` of the log. */
struct version {
	uint64_t home;
	uint32_t at, state;
	bool escaped;
};

struct versions {
	const struct ext *ext;      /* whose log and home blocks are read */
	VEC(struct version) sorted; /* by home, then by state */
	uint32_t states;            /* the last state */
	uint32_t state;             /* the one that versions_read reads */
	bool guessed;               /* set by a read of what was not known in that state */
};

/* The versions of a block: index of the first, and how many. */
size_t versions_of(const struct versions *versions, uint64_t home, size_t *n);

/* Reads one version; -1 where the log has no such block. */
int version_read(const struct versions *versions, const struct version *version, uint8_t *buf);

/* Reads blocks as they were in versions->state: where only later versions are known, the first of these, and
   versions->guessed is set. */
int versions_read(struct versions *versions, uint64_t block, uint8_t *buf, uint32_t count, struct err *err);

/* The first state behind `state` that has another version of a block; versions->states + 1 when none has. */
uint32_t versions_next(const struct versions *versions, uint64_t home, uint32_t state);

#endif
