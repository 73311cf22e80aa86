/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of a whole trace from the parts of its pieces: the same that one run over the whole gives. */
#ifndef PARTS_MERGE_H
#define PARTS_MERGE_H

#include "parts/part.h"
#include "trace/window.h"

struct merge {
	const struct statistic *asked[STATISTICS_MAX]; /* of the parts; owned */
	unsigned nasked;
	struct results results;
	struct window window;            /* told of the accesses that may be in marks */
	VEC(struct part_counts) waiting; /* what these count for, as far as they are undecided; owned */
	const char *first;               /* what messages call the first part; NULL before it */
	bool alone;
};

void merge_init(struct merge *merge);
void merge_done(struct merge *merge);

/* Adds the part that comes next and belongs to the others (parts/about.h); it is not needed any more then, but
   for its name. 0, or -1. */
int merge_add(struct merge *merge, const struct part *part, struct err *err);

/* Leaves the results finished; 0, or -1. */
int merge_finish(struct merge *merge, struct err *err);

#endif
