/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A log-linear histogram: below 64 each value has a bucket of its own, above, each power of two has 64 of one
   width. So a percentile is within 1/128 of the value, whatever the values are, and counts are exact:
   histograms of parts add up to that of the whole, in any order. The buckets are the same in all histograms;
   only those between the least and the largest value take memory. */
#ifndef ANALYZER_HISTOGRAM_H
#define ANALYZER_HISTOGRAM_H

#include "base/pack.h"

#include <stdint.h>

#define HISTOGRAM_BITS 6 /* 2^6 buckets for each power of two */

/* Starts zeroed. */
struct histogram {
	uint64_t *at;      /* counts of the buckets from the first-th on; owned */
	uint32_t first, n; /* n is 0 while it is empty */
	uint64_t count;
	uint64_t least, most; /* exactly, where there are any */
};

void histogram_free(struct histogram *histogram);

/* Forgets all counts and keeps the memory. */
void histogram_reset(struct histogram *histogram);

/* Counts a value; 0, or -1 without memory. */
int histogram_add(struct histogram *histogram, uint64_t value);

/* Adds another's counts; 0, or -1 without memory. */
int histogram_merge(struct histogram *into, const struct histogram *from);

/* The value that `per_mille` of 1000 values reach at most: the middle of its bucket, between the least and
   the most; 0 while there are none. */
uint64_t histogram_at(const struct histogram *histogram, unsigned per_mille);

void histogram_pack(struct text *out, const struct histogram *histogram);

/* Adds what was packed; 0, or -1 without memory. What makes no sense leaves bytes->bad. */
int histogram_unpack(struct histogram *histogram, struct unpack *bytes);

#endif
