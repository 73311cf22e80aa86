/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bounds in a sorted array, and the bins that follow from them. */
#include "analyzer/bounds.h"

#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

/* One pass of a sort by digits of the key, low ones first; false when all have the same digit. */
static bool sort_digit(const struct bound *from, struct bound *to, size_t n, unsigned shift)
{
	size_t starts[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		starts[from[i].key >> shift & (DIGITS - 1)]++;
	if (n == 0 || starts[from[0].key >> shift & (DIGITS - 1)] == n)
		return false;
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		size_t count = starts[digit];

		starts[digit] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[starts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
	return true;
}

struct bound *bounds_sorted(struct bounds *bounds)
{
	struct bound *slots = bounds->at, *copy = malloc((bounds->n + 1) * sizeof(*copy));
	struct bound *from = slots, *to = copy;
	size_t n = 0;

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < bounds->cap; i++)
		if (!bound_sum_is_empty(&slots[i].sum))
			slots[n++] = slots[i];
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS)
		if (sort_digit(from, to, n, shift)) {
			from = to;
			to = to == copy ? slots : copy;
		}
	if (from == slots && n > 0)
		memcpy(copy, slots, n * sizeof(*copy));
	return copy;
}

void bounds_sort(struct bounds *bounds)
{
	struct bound *sorted = bounds_sorted(bounds);

	if (sorted == NULL) {
		bounds->short_of_memory = true;
		bounds_free(bounds);
		return;
	}
	free(bounds->at);
	bounds->at = sorted;
	bounds->cap = 0;
}

/* left[k] becomes the number of bounds after joining pairs k times; those without starts count only if
   `all`. */
static void count_joined(const struct bounds *bounds, bool all, size_t left[64])
{
	size_t joined_at[64] = {0}, n = 0; /* by how often bins must be joined to become one */
	uint64_t last[HEAT_CLASSES];

	memset(last, 0xff, sizeof(last));
	for (size_t i = 0; i < bounds->n; i++) {
		uint64_t bin = bounds->at[i].key / HEAT_CLASSES,
			 *before = &last[bounds->at[i].key % HEAT_CLASSES];

		if (!all && bounds->at[i].sum.starts == 0)
			continue;
		if (*before != UINT64_MAX)
			joined_at[64 - __builtin_clzll(bin ^ *before)]++;
		*before = bin;
		n++;
	}
	for (unsigned k = 0; k < 64; k++)
		left[k] = n -= joined_at[k];
}

unsigned bounds_coarser(const struct bounds *bounds, size_t limit)
{
	size_t all[64], starts[64];
	unsigned coarser = 0;

	count_joined(bounds, true, all);
	count_joined(bounds, false, starts);
	while (starts[coarser] > limit || all[coarser] > 2 * limit)
		coarser++;
	return coarser;
}

/* Adds bounds of one bin, in any order of class, up to at most one a class, in order. */
static size_t join_group(const struct bound *group, size_t n, uint64_t bin, struct bound *to)
{
	struct bound joined[HEAT_CLASSES] = {0};
	size_t made = 0;

	for (size_t i = 0; i < n; i++)
		bound_sum_add(&joined[group[i].key % HEAT_CLASSES].sum, &group[i].sum);
	for (unsigned class = 0; class < HEAT_CLASSES; class ++) {
		joined[class].key = bin * HEAT_CLASSES + class;
		if (!bound_sum_is_empty(&joined[class].sum))
			to[made++] = joined[class];
	}
	return made;
}

void bounds_join(struct bounds *bounds, unsigned coarser)
{
	struct bound *at = bounds->at;
	size_t n = 0;

	for (size_t i = 0, j; i < bounds->n; i = j) {
		uint64_t bin = at[i].key / HEAT_CLASSES >> coarser;

		for (j = i + 1; j < bounds->n && at[j].key / HEAT_CLASSES >> coarser == bin; j++)
			;
		if (j > i + 1) {
			n += join_group(&at[i], j - i, bin, &at[n]);
			continue;
		}
		at[n] = at[i];
		at[n++].key = bin * HEAT_CLASSES + at[i].key % HEAT_CLASSES;
	}
	bounds->n = n;
	bounds->shift += coarser;
}

bool bound_sum_touches(const struct bound_sum *sum, unsigned shift, uint64_t bin, uint64_t depth,
		       struct touched *touched)
{
	touched->bin = bin;
	touched->starts = sum->starts;
	touched->sectors = (depth << shift) + (sum->starts - sum->ends) * ((bin + 1) << shift) - sum->moment;
	return touched->sectors > 0 || touched->starts > 0;
}

uint64_t bounds_count(const struct bounds *bounds)
{
	uint64_t depth[HEAT_CLASSES] = {0}, total = 0, bin = 0;
	struct touched touched;
	unsigned open = 0;

	for (size_t i = 0; i < bounds->n && total <= bounds->limit;) {
		uint64_t next = bounds->at[i].key / HEAT_CLASSES;
		unsigned open_here = open;

		/* The bins between have nothing but what is open; their number is below 2^55. */
		if (open > 0)
			total += (next - bin - 1) * open;
		for (bin = next; i < bounds->n && bounds->at[i].key / HEAT_CLASSES == bin; i++) {
			const struct bound_sum *sum = &bounds->at[i].sum;
			uint64_t *under = &depth[bounds->at[i].key % HEAT_CLASSES];

			total += bound_sum_touches(sum, bounds->shift, bin, *under, &touched);
			open_here -= *under > 0;
			open -= *under > 0;
			*under += sum->starts - sum->ends;
			open += *under > 0;
		}
		total += open_here;
	}
	return total;
}

/* --- walking --- */

static void enter_bin(struct bounds_walk *walk, uint64_t bin)
{
	const struct bounds *bounds = walk->bounds;

	walk->bin = bin;
	walk->class = 0;
	walk->here = walk->end = walk->next;
	while (walk->end < bounds->n && bounds->at[walk->end].key / HEAT_CLASSES == bin)
		walk->end++;
	walk->next = walk->end;
}

void bounds_walk(struct bounds_walk *walk, const struct bounds *bounds)
{
	*walk = (struct bounds_walk){.bounds = bounds, .class = HEAT_CLASSES};
}

bool bounds_next(struct bounds_walk *walk, struct touched *touched)
{
	const struct bounds *bounds = walk->bounds;

	for (;; walk->class ++) {
		struct bound_sum sum = {0};
		uint64_t before;

		if (walk->class == HEAT_CLASSES) {
			if (walk->open == 0 && walk->next == bounds->n)
				return false;
			enter_bin(walk,
				  walk->open > 0 ? walk->bin + 1 : bounds->at[walk->next].key / HEAT_CLASSES);
		}
		if (walk->here < walk->end && bounds->at[walk->here].key % HEAT_CLASSES == walk->class)
			sum = bounds->at[walk->here++].sum;
		before = walk->depth[walk->class];
		walk->depth[walk->class] += sum.starts - sum.ends;
		walk->open += (walk->depth[walk->class] > 0) - (before > 0);
		touched->class = walk->class;
		if (bound_sum_touches(&sum, bounds->shift, walk->bin, before, touched)) {
			walk->class ++;
			return true;
		}
	}
}
