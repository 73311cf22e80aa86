/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks in a hash table. */
#include "analyzer/marks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_SLOTS 4096
#define HUGE_PAGE ((size_t)2 << 20)

/* A mark with starts is in a bin that is touched.  One with ends only may be in a bin that its interval does
   not touch, the one after.  So with more marks with starts than the limit, or with more than twice the limit
   of any, more bins are touched than the limit, however they are joined later. */

void marks_init(struct marks *marks, size_t limit)
{
	*marks = (struct marks){.limit = limit};
}

void marks_free(struct marks *marks)
{
	free(marks->at);
	*marks = (struct marks){.limit = marks->limit, .short_of_memory = marks->short_of_memory};
}

/* --- the table --- */

static size_t first_slot(const struct marks *marks, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash ^ hash >> 32) & (marks->cap - 1);
}

static bool is_empty(const struct mark *mark)
{
	return mark_sum_is_empty(&mark->sum);
}

static void put(struct marks *marks, const struct mark *mark)
{
	size_t at = first_slot(marks, mark->key);

	while (marks->at[at].key != mark->key && !is_empty(&marks->at[at]))
		at = (at + 1) & (marks->cap - 1);
	marks->n += is_empty(&marks->at[at]);
	marks->nstarts += marks->at[at].sum.starts == 0 && mark->sum.starts > 0;
	marks->at[at].key = mark->key;
	mark_sum_add(&marks->at[at].sum, &mark->sum);
}

/* A mark never straddles two cache lines, and a large table has large pages: it is met in random order. */
static struct mark *new_slots(size_t cap)
{
	size_t size = cap * sizeof(struct mark), align = size < HUGE_PAGE ? 64 : HUGE_PAGE;
	struct mark *slots = aligned_alloc(align, size);

	if (slots == NULL)
		return NULL;
	if (align == HUGE_PAGE)
		(void)madvise(slots, size, MADV_HUGEPAGE); /* speed only */
	memset(slots, 0, size);
	return slots;
}

/* Moves all marks to `cap` slots, of bins 2^coarser times as large. */
static void rebuild(struct marks *marks, size_t cap, unsigned coarser)
{
	struct marks fresh = {.limit = marks->limit, .cap = cap, .shift = marks->shift + coarser};

	fresh.at = new_slots(cap);
	if (fresh.at == NULL) {
		marks->short_of_memory = true;
		return;
	}
	for (size_t i = 0; i < marks->cap; i++) {
		struct mark mark = marks->at[i];

		if (is_empty(&mark))
			continue;
		mark.key = (mark.key / HEAT_CLASSES >> coarser) * HEAT_CLASSES + mark.key % HEAT_CLASSES;
		put(&fresh, &mark);
	}
	free(marks->at);
	*marks = fresh;
}

/* Room for `more` marks, with a quarter of the slots empty.  Without memory there is no room. */
static bool make_room(struct marks *marks, size_t more)
{
	size_t cap = marks->cap ? marks->cap : FIRST_SLOTS;

	while (cap / 4 * 3 < marks->n + more)
		cap *= 2;
	if (cap != marks->cap && !marks->short_of_memory)
		rebuild(marks, cap, 0);
	return !marks->short_of_memory;
}

/* Joins bins until there are few enough marks. */
static void shrink(struct marks *marks)
{
	struct marks sorted = {.at = marks_sorted(marks), .n = marks->n, .shift = marks->shift};

	if (sorted.at == NULL) {
		marks->short_of_memory = true;
		marks_free(marks);
		return;
	}
	marks_join(&sorted, marks_coarser(&sorted, marks->limit));
	memset(marks->at, 0, marks->cap * sizeof(*marks->at));
	marks->n = marks->nstarts = 0;
	marks->shift = sorted.shift;
	for (size_t i = 0; i < sorted.n; i++)
		put(marks, &sorted.at[i]);
	free(sorted.at);
}

/* Joining two bins of which one is empty gains nothing, so it is put off until the table is well over what it
   may come down to; but not until it would have to grow. */
static void shrink_late(struct marks *marks)
{
	size_t extra = marks->limit / 2 - 2 * MARKS_BATCH;

	if (marks->nstarts > marks->limit + extra || marks->n > 2 * marks->limit + extra)
		shrink(marks);
}

static void add_start(struct marks *marks, const struct interval *interval)
{
	uint64_t bin = interval->start >> marks->shift, last = interval->end >> marks->shift;
	struct mark mark = {
	    .key = bin * HEAT_CLASSES + interval->class,
	    .sum = {1, bin == last, interval->start - (bin == last ? interval->end : 0)},
	};

	put(marks, &mark);
}

static void add_end(struct marks *marks, const struct interval *interval)
{
	uint64_t bin = interval->start >> marks->shift, last = interval->end >> marks->shift;
	struct mark mark = {.key = last * HEAT_CLASSES + interval->class, .sum = {0, 1, -interval->end}};

	if (bin != last)
		put(marks, &mark);
}

void marks_add(struct marks *marks, const struct interval *intervals, size_t n)
{
	assert(n <= MARKS_BATCH);
	if (!make_room(marks, 2 * n))
		return;
	/* The memory of all is fetched at once. */
	for (size_t i = 0; i < n; i++) {
		uint64_t first = intervals[i].start >> marks->shift, last = intervals[i].end >> marks->shift;
		unsigned class = intervals[i].class;

		__builtin_prefetch(&marks->at[first_slot(marks, first * HEAT_CLASSES + class)], 1);
		if (first != last)
			__builtin_prefetch(&marks->at[first_slot(marks, last * HEAT_CLASSES + class)], 1);
	}
	for (size_t i = 0; i < n; i++) {
		add_start(marks, &intervals[i]);
		add_end(marks, &intervals[i]);
	}
	shrink_late(marks);
}

void marks_merge(struct marks *into, struct marks *from)
{
	size_t limit = into->limit;

	into->short_of_memory |= from->short_of_memory;
	if (into->n == 0 && !into->short_of_memory) {
		marks_free(into);
		*into = *from;
		into->limit = limit;
		marks_init(from, from->limit);
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
	marks_free(from);
	shrink_late(into);
}
