/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks in a sorted array, and the bins that follow from them. */
#include "analyzer/marks.h"

#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

/* One pass of a sort by digits of the key, low ones first; false when all have the same digit. */
static bool sort_digit(const struct mark *from, struct mark *to, size_t n, unsigned shift)
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

struct mark *marks_sorted(struct marks *marks)
{
	struct mark *slots = marks->at, *copy = malloc((marks->n + 1) * sizeof(*copy));
	struct mark *from = slots, *to = copy;
	size_t n = 0;

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < marks->cap; i++)
		if (!mark_sum_is_empty(&slots[i].sum))
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

void marks_sort(struct marks *marks)
{
	struct mark *sorted = marks_sorted(marks);

	if (sorted == NULL) {
		marks->short_of_memory = true;
		marks_free(marks);
		return;
	}
	free(marks->at);
	marks->at = sorted;
	marks->cap = 0;
}

/* left[k] becomes the number of marks after joining pairs k times; those without starts count only if `all`.
 */
static void count_joined(const struct marks *marks, bool all, size_t left[64])
{
	size_t joined_at[64] = {0}, n = 0; /* by how often bins must be joined to become one */
	uint64_t last[HEAT_CLASSES];

	memset(last, 0xff, sizeof(last));
	for (size_t i = 0; i < marks->n; i++) {
		uint64_t bin = marks->at[i].key / HEAT_CLASSES,
			 *before = &last[marks->at[i].key % HEAT_CLASSES];

		if (!all && marks->at[i].sum.starts == 0)
			continue;
		if (*before != UINT64_MAX)
			joined_at[64 - __builtin_clzll(bin ^ *before)]++;
		*before = bin;
		n++;
	}
	for (unsigned k = 0; k < 64; k++)
		left[k] = n -= joined_at[k];
}

unsigned marks_coarser(const struct marks *marks, size_t limit)
{
	size_t all[64], starts[64];
	unsigned coarser = 0;

	count_joined(marks, true, all);
	count_joined(marks, false, starts);
	while (starts[coarser] > limit || all[coarser] > 2 * limit)
		coarser++;
	return coarser;
}

/* Adds marks of one bin, in any order of class, up to at most one a class, in order. */
static size_t join_group(const struct mark *group, size_t n, uint64_t bin, struct mark *to)
{
	struct mark joined[HEAT_CLASSES] = {0};
	size_t made = 0;

	for (size_t i = 0; i < n; i++)
		mark_sum_add(&joined[group[i].key % HEAT_CLASSES].sum, &group[i].sum);
	for (unsigned class = 0; class < HEAT_CLASSES; class ++) {
		joined[class].key = bin * HEAT_CLASSES + class;
		if (!mark_sum_is_empty(&joined[class].sum))
			to[made++] = joined[class];
	}
	return made;
}

void marks_join(struct marks *marks, unsigned coarser)
{
	struct mark *at = marks->at;
	size_t n = 0;

	for (size_t i = 0, j; i < marks->n; i = j) {
		uint64_t bin = at[i].key / HEAT_CLASSES >> coarser;

		for (j = i + 1; j < marks->n && at[j].key / HEAT_CLASSES >> coarser == bin; j++)
			;
		if (j > i + 1) {
			n += join_group(&at[i], j - i, bin, &at[n]);
			continue;
		}
		at[n] = at[i];
		at[n++].key = bin * HEAT_CLASSES + at[i].key % HEAT_CLASSES;
	}
	marks->n = n;
	marks->shift += coarser;
}

bool mark_sum_touches(const struct mark_sum *sum, unsigned shift, uint64_t bin, uint64_t depth,
		      struct touched *touched)
{
	touched->bin = bin;
	touched->starts = sum->starts;
	touched->sectors = (depth << shift) + (sum->starts - sum->ends) * ((bin + 1) << shift) - sum->moment;
	return touched->sectors > 0 || touched->starts > 0;
}

uint64_t marks_count(const struct marks *marks)
{
	uint64_t depth[HEAT_CLASSES] = {0}, total = 0, bin = 0;
	struct touched touched;
	unsigned open = 0;

	for (size_t i = 0; i < marks->n && total <= marks->limit;) {
		uint64_t next = marks->at[i].key / HEAT_CLASSES;
		unsigned open_here = open;

		/* The bins between have nothing but what is open; their number is below 2^55. */
		if (open > 0)
			total += (next - bin - 1) * open;
		for (bin = next; i < marks->n && marks->at[i].key / HEAT_CLASSES == bin; i++) {
			const struct mark_sum *sum = &marks->at[i].sum;
			uint64_t *under = &depth[marks->at[i].key % HEAT_CLASSES];

			total += mark_sum_touches(sum, marks->shift, bin, *under, &touched);
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

static void enter_bin(struct marks_walk *walk, uint64_t bin)
{
	const struct marks *marks = walk->marks;

	walk->bin = bin;
	walk->class = 0;
	walk->here = walk->end = walk->next;
	while (walk->end < marks->n && marks->at[walk->end].key / HEAT_CLASSES == bin)
		walk->end++;
	walk->next = walk->end;
}

void marks_walk(struct marks_walk *walk, const struct marks *marks)
{
	*walk = (struct marks_walk){.marks = marks, .class = HEAT_CLASSES};
}

bool marks_next(struct marks_walk *walk, struct touched *touched)
{
	const struct marks *marks = walk->marks;

	for (;; walk->class ++) {
		struct mark_sum sum = {0};
		uint64_t before;

		if (walk->class == HEAT_CLASSES) {
			if (walk->open == 0 && walk->next == marks->n)
				return false;
			enter_bin(walk,
				  walk->open > 0 ? walk->bin + 1 : marks->at[walk->next].key / HEAT_CLASSES);
		}
		if (walk->here < walk->end && marks->at[walk->here].key % HEAT_CLASSES == walk->class)
			sum = marks->at[walk->here++].sum;
		before = walk->depth[walk->class];
		walk->depth[walk->class] += sum.starts - sum.ends;
		walk->open += (walk->depth[walk->class] > 0) - (before > 0);
		touched->class = walk->class;
		if (mark_sum_touches(&sum, marks->shift, walk->bin, before, touched)) {
			walk->class ++;
			return true;
		}
	}
}
