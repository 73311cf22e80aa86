/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts of a part: added to results, copied. */
#ifndef PARTS_COUNTS_H
#define PARTS_COUNTS_H

#include "parts/part.h"

/* Adds counts to the results of the same statistics. `behind`: they are of accesses behind all those that are
   there. 0, or -1: they are of another disk than those of the part that is called `other`, damaged, or memory
   is short. */
int counts_add(struct results *results, const struct part_counts *from, bool behind, const char *other,
	       struct err *err);

/* Forgets all that was counted. */
void counts_forget(struct results *results);

/* The results of so many statistics as counts whose bytes are owned; 0, or -1 without memory and nothing to be
   freed. */
int counts_pack(struct part_counts *counts, const struct results *results);

/* With bytes of its own; 0, or -1 without memory and nothing to be freed. */
int counts_copy(struct part_counts *copy, const struct part_counts *counts, unsigned nstatistics);
void counts_free(struct part_counts *counts);

#endif
