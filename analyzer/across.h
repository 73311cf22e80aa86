/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of many traces, of as many disks: added by what is comparable, and a row for each machine. */
#ifndef ANALYZER_ACROSS_H
#define ANALYZER_ACROSS_H

#include "analyzer/results.h"

/* A disk of a machine. */
struct across_machine {
	const char *machine, *disk; /* the disk "" where there was none */
	uint64_t traces, accesses;
	struct counters totals;
	uint64_t journal; /* sectors written to journals */
	uint64_t partial_blocks;
	uint64_t causes[CAUSES]; /* unaligned writes */
	const char *detail;      /* of the first cause, or "" */
	uint64_t worst_ns;       /* the longest latency, 0 where none is known */
};

struct across_sum {
	const char *name;
	uint64_t machines; /* disks that have it */
	struct counters counters;
	uint64_t known; /* of paths: of `least`, what is of traces that have it */
	size_t latest;  /* the machine that was added last, plus 1 */
	uint64_t trace; /* the number of the trace that was */
};

enum across_by { ACROSS_KIND, ACROSS_ROLE, ACROSS_PATH, ACROSS_SUMS };

struct across {
	VEC(struct across_machine) machines;
	struct across_sums {
		VEC(struct across_sum) list;
		struct keys index;
	} sums[ACROSS_SUMS];
	uint64_t traces;
	struct usage_rest rest; /* of parts that were cut */
	struct keys index;      /* of machines */
	struct pool strings;
};

void across_init(struct across *across);
void across_done(struct across *across);

/* Adds a whole trace; `words` are those by which its disk is known. 0, or -1 without memory. */
int across_add(struct across *across, const char *machine, const char *words, const struct results *results);

/* The rows of all tables: most written first, then by name. */
void across_order(struct across *across);

/* "aligned", "no writes", or the cause of most unaligned writes. */
const char *across_verdict(const struct across_machine *machine);

/* How many sectors a path may have more. */
static inline uint64_t across_error(const struct across *across, const struct across_sum *sum)
{
	return across->rest.least > sum->known ? across->rest.least - sum->known : 0;
}

#endif
