/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The usual access, counted without a struct place: a read or write that lies in one extent of a known lane
   and one known region, and is on the unit where it writes. */
#ifndef ANALYZER_USUAL_H
#define ANALYZER_USUAL_H

#include "analyzer/bins.h"
#include "analyzer/tally.h"

#include <stdbool.h>
#include <stdint.h>

/* What matters of an access that may be usual; false for one that surely is not. */
bool usual_take(const struct tally *tally, const struct access *access, struct usual *usual);

/* So many are looked up together: the more, the less each waits for memory. */
#define USUAL_TOGETHER 128

/* Counts those of n <= USUAL_TOGETHER accesses that are usual; the indices of others, which are left to the
   caller, go to unusual[], in no order.  How many these are. */
unsigned usual_count(struct tally *tally, const struct usual *usual, unsigned n, uint8_t *unusual);

/* As an access again, as far as usage and alignment care. */
struct access usual_access(const struct usual *usual);

#endif
