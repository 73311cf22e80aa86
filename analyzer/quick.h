/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The usual access, counted without a struct place: a read or write that lies in one extent of a known lane
   and one known region, and is on the unit where it writes. */
#ifndef ANALYZER_QUICK_H
#define ANALYZER_QUICK_H

#include "analyzer/tally.h"

/* Counts those of n <= TALLY_TOGETHER accesses that are usual, but not in heat; bit i of the result is set where
   accesses[i] is left to the caller. */
uint32_t quick_count(struct tally *tally, const struct access *const *accesses, unsigned n);

#endif
