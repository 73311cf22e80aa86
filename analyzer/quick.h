/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The usual access, counted without a struct place: a read or write that lies in one extent of a known lane
   and one known region, and is on the unit where it writes. */
#ifndef ANALYZER_QUICK_H
#define ANALYZER_QUICK_H

#include "analyzer/bins.h"
#include "analyzer/tally.h"

#include <stdbool.h>
#include <stdint.h>

/* What matters of an access that may be usual; false for one that surely is not. */
bool quick_takes(const struct tally *tally, const struct access *access, struct usual *usual);

/* Counts those of n <= TALLY_TOGETHER accesses that are usual; bit i of the result is set where usual[i] is left
   to the caller. */
uint32_t quick_count(struct tally *tally, const struct usual *usual, unsigned n);

/* As an access again, as far as usage and alignment care. */
struct access quick_access(const struct usual *usual);

#endif
