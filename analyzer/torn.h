/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages of files that more than one request wrote: a database's page that a crash may leave half new, half old.
   A page is as large as the unit of alignment and counts from the start of its file; requests that each write a
   part of it, one after the other without a gap, and together all of it, have torn it. */
#ifndef ANALYZER_TORN_H
#define ANALYZER_TORN_H

#include "base/err.h"
#include "base/vec.h"
#include "layout/map.h"
#include "query/filter.h"
#include "trace/trace.h"

#include <stdbool.h>

struct torn_file {
	const struct space *space;
	uint32_t owner;
	uint64_t pages;
};

/* Starts zeroed; VEC_FREE. */
struct torn {
	VEC(struct torn_file) files; /* in the order of their first torn page */
};

/* Reads the trace again from its start; only what passes the filter (NULL: all) counts.  0 or -1. */
int torn_count(struct torn *torn, const struct map *map, const struct space *base, struct trace *trace,
	       uint64_t unit_sectors, bool all, const struct filter *filter, struct err *err);

#endif
