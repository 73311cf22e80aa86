/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces that follow each other, as one part: what all of them give when they are merged with their neighbours,
   whatever was merged before. */
#ifndef PARTS_RUN_H
#define PARTS_RUN_H

#include "parts/part.h"

struct run {
	struct part part;          /* what it will be; without `head` and `body`, */
	struct results head, body; /* which are counted here, as in struct part */
	const struct statistic *asked[STATISTICS_MAX];
	unsigned nasked;
	bool begun; /* a part has been added */
	bool core;  /* some access is surely in no mark */
};

void run_init(struct run *run);
void run_done(struct run *run);

/* Adds the part of the piece that comes next and belongs to the others; it is not needed any more then, but
   for its name. 0, or -1. */
int run_add(struct run *run, const struct part *part, struct err *err);

/* Appends the bytes of the part that has come of all; nothing is added then. 0, or -1. */
int run_write(struct text *out, struct run *run, struct err *err);

#endif
