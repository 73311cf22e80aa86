/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers by number: what a trace says once and refers to later (a process and its command, a
   pointer and its drive). */
#ifndef TRACE_FORMATS_TABLE_H
#define TRACE_FORMATS_TABLE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_MAX (1u << 20)

struct table_slot {
	uint64_t key, value;
	bool used;
};

/* Starts zeroed. */
struct table {
	struct table_slot *slots; /* a power of two of them */
	size_t n, nslots;
	uint64_t seed;
};

/* Sets a key's value.  A table of TABLE_MAX keys takes no new ones, silently. */
int table_put(struct table *table, uint64_t key, uint64_t value, struct err *err);

/* Whether the key is there, and its value. */
bool table_get(const struct table *table, uint64_t key, uint64_t *value);

void table_done(struct table *table);

#endif
