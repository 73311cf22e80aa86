/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of a whole trace from the parts of its pieces: the same that one run over the whole gives. */
#ifndef PARTS_MERGE_H
#define PARTS_MERGE_H

#include "parts/part.h"
#include "trace/window.h"

/* What is remembered of a part that has been added. */
struct merged_part {
	const char *name; /* as in struct part */
	uint64_t digest, size;
	unsigned number;
};

struct merge {
	const struct statistic *asked[STATISTICS_MAX]; /* of the parts; owned */
	unsigned nasked;
	struct results results;
	struct window window;            /* told of the accesses that may be in marks */
	VEC(struct part_counts) waiting; /* what these count for, as far as they are undecided; owned */
	VEC(struct merged_part) added;
	size_t parts;
	unsigned of; /* pieces, where the parts say so; else 0 */
	bool alone;
};

void merge_init(struct merge *merge);
void merge_done(struct merge *merge);

/* Adds the part that comes next, which is not needed any more then, but for its name.  0, or -1 with why it
   does not belong to the others. */
int merge_add(struct merge *merge, const struct part *part, struct err *err);

/* Leaves the results finished; 0, or -1. */
int merge_finish(struct merge *merge, struct err *err);

#endif
