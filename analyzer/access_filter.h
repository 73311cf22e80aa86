/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filter asked of accesses where they lie: a trace's sectors may count from the start of a partition or volume, and a
   piece is a place of the map. */
#ifndef ANALYZER_ACCESS_FILTER_H
#define ANALYZER_ACCESS_FILTER_H

#include "analyzer/access_walk.h"
#include "query/filter.h"

/* Makes run->piece that of an access alone; a walk over it has begun and not yet gone on. */
void access_filter_begin(struct filter_run *run, const struct access_walk *walk, const struct access *access,
			 uint64_t index);

/* Of one access: what is known of it before its pieces are looked at. */
filter_verdict access_filter_decide(struct filter_run *run, const struct access_walk *walk,
				    const struct access *access, uint64_t index);

/* Goes through an access's pieces: whether one passes. */
bool access_filter_any(struct filter_run *run, const struct access_walk *walk, const struct access *access,
		       uint64_t index, filter_verdict verdict);

#endif
