/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long requests took, by region and op, as percentiles of exact counts (analyzer/histogram.h). A request
   counts once for each region that it touches, with all its latency; one whose latency the trace does not
   have counts nowhere but in `without`. */
#ifndef ANALYZER_LATENCY_H
#define ANALYZER_LATENCY_H

#include "analyzer/histogram.h"
#include "analyzer/statistic.h"
#include "base/keys.h"
#include "base/pool.h"
#include "base/vec.h"

/* Of nanoseconds. */
struct latencies {
	struct histogram op[ACCESS_OPS];
};

struct latency_region {
	const char *device;
	const char *fs; /* NULL where there is none */
	enum kind kind;
	uint64_t order; /* usage_region_number */
	struct latencies latencies;
	uint64_t seen; /* while counting: the number of the last request */
};

struct latency_results {
	struct latencies totals;
	uint64_t without;
	VEC(struct latency_region) regions;
	struct keys index; /* by order, plus 1 */
	struct pool strings;
};

extern const struct statistic statistic_latency;

#endif
