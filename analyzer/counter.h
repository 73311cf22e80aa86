/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests, sectors and unaligned requests of one op, as the contract counts them. */
#ifndef ANALYZER_COUNTER_H
#define ANALYZER_COUNTER_H

#include "trace/access.h"

#include <stdbool.h>
#include <stdint.h>

struct counter {
	uint64_t requests, sectors, unaligned;
};

struct counters {
	struct counter op[ACCESS_OPS];
};

/* Adds to all three at once: a processor waits where a part of what it has just stored is loaded in another
   width, which compilers make of separate additions. */
static inline void counter_add(struct counter *counter, uint64_t requests, uint64_t sectors,
			       uint64_t unaligned)
{
	counter->requests += requests;
	counter->sectors += sectors;
	counter->unaligned += unaligned;
}

static inline void counter_merge(struct counter *into, const struct counter *from)
{
	counter_add(into, from->requests, from->sectors, from->unaligned);
}

static inline void counters_merge(struct counters *into, const struct counters *from)
{
	for (int op = 0; op < ACCESS_OPS; op++)
		counter_merge(&into->op[op], &from->op[op]);
}

#endif
