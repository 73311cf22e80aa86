/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bounds in a hash table. */
#include "analyzer/bounds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_SLOTS 4096
#define HUGE_PAGE ((size_t)2 << 20)

/* A bound with starts is in a bin that is touched.  One with ends only may be in a bin that its interval does
   not touch, the one after.  So with more bounds with starts than the limit, or with more than twice the
   limit of any, more bins are touched than the limit, however they are joined later. */

void bounds_init(struct bounds *bounds, size_t limit)
{
	*bounds = (struct bounds){.limit = limit};
}

void bounds_free(struct bounds *bounds)
{
	free(bounds->at);
	*bounds = (struct bounds){.limit = bounds->limit, .short_of_memory = bounds->short_of_memory};
}

/* --- the table --- */

static size_t first_slot(const struct bounds *bounds, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash ^ hash >> 32) & (bounds->cap - 1);
}

static bool is_empty(const struct bound *bound)
{
	return bound_sum_is_empty(&bound->sum);
}

static void put(struct bounds *bounds, const struct bound *bound)
{
	size_t at = first_slot(bounds, bound->key);

	while (bounds->at[at].key != bound->key && !is_empty(&bounds->at[at]))
		at = (at + 1) & (bounds->cap - 1);
	bounds->n += is_empty(&bounds->at[at]);
	bounds->nstarts += bounds->at[at].sum.starts == 0 && bound->sum.starts > 0;
	bounds->at[at].key = bound->key;
	bound_sum_add(&bounds->at[at].sum, &bound->sum);
}

/* A bound never straddles two cache lines, and a large table has large pages: it is met in random order. */
static struct bound *new_slots(size_t cap)
{
	size_t size = cap * sizeof(struct bound), align = size < HUGE_PAGE ? 64 : HUGE_PAGE;
	struct bound *slots = aligned_alloc(align, size);

	if (slots == NULL)
		return NULL;
	if (align == HUGE_PAGE)
		(void)madvise(slots, size, MADV_HUGEPAGE); /* speed only */
	memset(slots, 0, size);
	return slots;
}

/* Moves all bounds to `cap` slots, of bins 2^coarser times as large. */
static void rebuild(struct bounds *bounds, size_t cap, unsigned coarser)
{
	struct bounds fresh = {.limit = bounds->limit, .cap = cap, .shift = bounds->shift + coarser};

	fresh.at = new_slots(cap);
	if (fresh.at == NULL) {
		bounds->short_of_memory = true;
		return;
	}
	for (size_t i = 0; i < bounds->cap; i++) {
		struct bound bound = bounds->at[i];

		if (is_empty(&bound))
			continue;
		bound.key = (bound.key / HEAT_CLASSES >> coarser) * HEAT_CLASSES + bound.key % HEAT_CLASSES;
		put(&fresh, &bound);
	}
	free(bounds->at);
	*bounds = fresh;
}

/* Room for `more` bounds, with a quarter of the slots empty.  Without memory there is no room. */
static bool make_room(struct bounds *bounds, size_t more)
{
	size_t cap = bounds->cap ? bounds->cap : FIRST_SLOTS;

	while (cap / 4 * 3 < bounds->n + more)
		cap *= 2;
	if (cap != bounds->cap && !bounds->short_of_memory)
		rebuild(bounds, cap, 0);
	return !bounds->short_of_memory;
}

/* Joins bins until there are few enough bounds. */
static void shrink(struct bounds *bounds)
{
	struct bounds sorted = {.at = bounds_sorted(bounds), .n = bounds->n, .shift = bounds->shift};

	if (sorted.at == NULL) {
		bounds->short_of_memory = true;
		bounds_free(bounds);
		return;
	}
	bounds_join(&sorted, bounds_coarser(&sorted, bounds->limit));
	memset(bounds->at, 0, bounds->cap * sizeof(*bounds->at));
	bounds->n = bounds->nstarts = 0;
	bounds->shift = sorted.shift;
	for (size_t i = 0; i < sorted.n; i++)
		put(bounds, &sorted.at[i]);
	free(sorted.at);
}

/* Joining two bins of which one is empty gains nothing, so it is put off until the table is well over what it
   may come down to; but not until it would have to grow. */
static void shrink_late(struct bounds *bounds)
{
	size_t extra = bounds->limit / 2 - 2 * BOUNDS_BATCH;

	if (bounds->nstarts > bounds->limit + extra || bounds->n > 2 * bounds->limit + extra)
		shrink(bounds);
}

static void add_start(struct bounds *bounds, const struct interval *interval)
{
	uint64_t bin = interval->start >> bounds->shift, last = interval->end >> bounds->shift;
	struct bound bound = {
	    .key = bin * HEAT_CLASSES + interval->class,
	    .sum = {1, bin == last, interval->start - (bin == last ? interval->end : 0)},
	};

	put(bounds, &bound);
}

static void add_end(struct bounds *bounds, const struct interval *interval)
{
	uint64_t bin = interval->start >> bounds->shift, last = interval->end >> bounds->shift;
	struct bound bound = {.key = last * HEAT_CLASSES + interval->class, .sum = {0, 1, -interval->end}};

	if (bin != last)
		put(bounds, &bound);
}

void bounds_add(struct bounds *bounds, const struct interval *intervals, size_t n)
{
	assert(n <= BOUNDS_BATCH);
	if (!make_room(bounds, 2 * n))
		return;
	/* The memory of all is fetched at once. */
	for (size_t i = 0; i < n; i++) {
		uint64_t first = intervals[i].start >> bounds->shift,
			 last = intervals[i].end >> bounds->shift;
		unsigned class = intervals[i].class;

		__builtin_prefetch(&bounds->at[first_slot(bounds, first * HEAT_CLASSES + class)], 1);
		if (first != last)
			__builtin_prefetch(&bounds->at[first_slot(bounds, last * HEAT_CLASSES + class)], 1);
	}
	for (size_t i = 0; i < n; i++) {
		add_start(bounds, &intervals[i]);
		add_end(bounds, &intervals[i]);
	}
	shrink_late(bounds);
}

void bounds_merge(struct bounds *into, struct bounds *from)
{
	size_t limit = into->limit;

	into->short_of_memory |= from->short_of_memory;
	if (into->n == 0 && !into->short_of_memory) {
		bounds_free(into);
		*into = *from;
		into->limit = limit;
		bounds_init(from, from->limit);
		return;
	}
	if (from->n > 0 && from->shift < into->shift)
		rebuild(from, from->cap, into->shift - from->shift);
	if (from->n > 0 && into->shift < from->shift)
		rebuild(into, into->cap, from->shift - into->shift);
	into->short_of_memory |= from->short_of_memory;
	if (make_room(into, from->n))
		for (size_t i = 0; i < from->cap; i++)
			if (!is_empty(&from->at[i]))
				put(into, &from->at[i]);
	bounds_free(from);
	shrink_late(into);
}
