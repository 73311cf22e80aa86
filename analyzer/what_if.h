/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a trace's writes would be if a layer of the disk began elsewhere: each place of an access goes inwards to
   the moved layer, and out again through the new start; nothing is written. Or if a layer's requests were rounded
   to larger blocks, which is an estimate: what would be written with such blocks is not known. */
#ifndef ANALYZER_WHAT_IF_H
#define ANALYZER_WHAT_IF_H

#include "base/err.h"
#include "base/keys.h"
#include "base/vec.h"
#include "layout/map.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

/* A layer that is moved; the disk as it is has none. */
struct candidate {
	const char *words;         /* as it was asked for; owned */
	const struct space *space; /* NULL: as it is */
	int64_t shift;             /* sectors */
	uint64_t block;            /* sectors that requests to it are rounded to; 0: as they are */
};

struct what_if_counts {
	uint64_t unaligned; /* writes that begin or end off the unit */
	uint64_t partial;   /* blocks of the unit that are written in part */
	uint64_t rest;      /* sectors of these that must be read first */
};

/* A region: a device and a kind; counts[c] is of candidate c. */
struct what_if_row {
	const struct space *device;
	enum kind kind;
	uint64_t writes;
	uint64_t seen; /* the last access that was counted */
	struct what_if_counts *counts;
};

#define CANDIDATES_MAX 32

/* Starts zeroed. */
struct what_if {
	const struct map *map;
	const struct space *base; /* what the trace's sectors count from */
	uint64_t unit_sectors;
	bool all;                                    /* accesses outside the marks count too */
	struct candidate candidates[CANDIDATES_MAX]; /* the first is the disk as it is */
	unsigned ncandidates;
	uint64_t writes, accesses;
	struct what_if_counts totals[CANDIDATES_MAX];
	VEC(struct what_if_row) rows; /* after what_if_count: by device and kind */
	struct keys index;
	uint64_t ends;    /* where the last access of any candidate ends */
	int64_t first_ns; /* the earliest time, or ACCESS_NO_TIME */
};

/* Adds the candidates of "LAYER=SECTOR[,SECTOR...]" (a number of sectors, a size with K, M, G, T or s, or with +
   or - so far from where it is) or "LAYER:block=BYTES"; 0 or -1. */
int what_if_parse(struct what_if *what_if, const char *words, struct err *err);
void what_if_done(struct what_if *what_if);

/* Reads the trace from its start and counts; 0 or -1. */
int what_if_count(struct what_if *what_if, struct trace *trace, struct err *err);

/* Tells of each access that counts as a candidate has it, in order: in one piece, or in several that are not
   together any more. `take` is -1 to end. */
typedef int what_if_take(void *context, const struct access *access, struct err *err);
int what_if_tell(struct what_if *what_if, struct trace *trace, unsigned candidate, what_if_take *take,
		 void *context, struct err *err);

#endif
