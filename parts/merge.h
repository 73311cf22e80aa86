/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of a whole trace from the parts of its pieces: the same that one run over the whole gives. */
#ifndef PARTS_MERGE_H
#define PARTS_MERGE_H

#include "base/keys.h"
#include "parts/part.h"
#include "trace/window.h"

struct merge {
	struct report report;
	struct window window;                /* told of the accesses that may be in marks */
	VEC(const struct report *) waiting;  /* what these count for, as far as they are undecided */
	struct keys regions, files, devices; /* by order: index into the report's */
	VEC(struct counters *) blocks;       /* of file counters; owned */
	size_t used;                         /* of the last block */
	VEC(const struct part *) added;      /* those that have come */
	size_t parts;
	unsigned of; /* pieces, where the parts say so; else 0 */
	bool alone;
};

void merge_init(struct merge *merge);
void merge_done(struct merge *merge);

/* Adds the part that comes next; it must outlive the merge.  0, or -1 with why it does not belong to the
 * others. */
int merge_add(struct merge *merge, const struct part *part, struct err *err);

/* Leaves the report finished; 0, or -1. */
int merge_finish(struct merge *merge, struct err *err);

#endif
