/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From claims to extents: one sweep over the sorted claims, with the claims that cover the present
   sector in a heap whose top is the winner. */
#include "layout/extent.h"

#include <assert.h>
#include <stdlib.h>

#define OVERLAPS_MAX 100000

void claims_add(struct claims *claims, struct claim claim)
{
	if (claim.count > 0 && VEC_PUSH(&claims->list, claim) != 0)
		claims->short_of_memory = true;
}

/* Which of two claims wins: less than zero when a does.  A total order on their contents, so that
   the outcome does not hang on the order in which they were made. */
static int compare_rank(const struct claim *a, const struct claim *b)
{
	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->arg != b->arg)
		return a->arg < b->arg ? -1 : 1;
	if (a->flags != b->flags)
		return a->flags < b->flags ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->count == b->count ? 0 : a->count > b->count ? -1 : 1;
}

static int compare_start(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return compare_rank(a, b);
}

static bool is_sorted(const struct claim *at, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare_start(&at[i - 1], &at[i]) > 0)
			return false;
	return true;
}

struct sweep {
	struct extents *out;
	size_t cap;
	VEC(const struct claim *) heap;
	uint64_t sectors;
	enum kind rest;
	uint32_t block_sectors;
};

static uint64_t claim_end(const struct claim *claim)
{
	return claim->start + claim->count;
}

static void heap_down(const struct claim **heap, size_t n, size_t at)
{
	for (;;) {
		size_t best = at, child = 2 * at + 1;

		if (child < n && compare_rank(heap[child], heap[best]) < 0)
			best = child;
		if (child + 1 < n && compare_rank(heap[child + 1], heap[best]) < 0)
			best = child + 1;
		if (best == at)
			return;
		const struct claim *swap = heap[at];
		heap[at] = heap[best];
		heap[best] = swap;
		at = best;
	}
}

static void heap_pop(struct sweep *sweep)
{
	sweep->heap.at[0] = sweep->heap.at[--sweep->heap.n];
	heap_down(sweep->heap.at, sweep->heap.n, 0);
}

static int heap_push(struct sweep *sweep, const struct claim *claim)
{
	size_t at = sweep->heap.n;

	if (VEC_PUSH(&sweep->heap, claim) != 0)
		return -1;
	while (at > 0 && compare_rank(claim, sweep->heap.at[(at - 1) / 2]) < 0) {
		sweep->heap.at[at] = sweep->heap.at[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	sweep->heap.at[at] = claim;
	return 0;
}

/* Whether `next` only goes on with what `last` says. */
static bool continues(const struct sweep *sweep, const struct extent *last, const struct extent *next)
{
	if (last->kind != next->kind || last->flags != next->flags || last->owner != next->owner)
		return false;
	/* The runs of a log are what its decoder made them. */
	if (last->kind == KIND_JOURNAL)
		return false;
	if (!kind_has_offset((enum kind)last->kind) || sweep->block_sectors == 0)
		return true;
	return (uint64_t)last->arg * sweep->block_sectors + (next->start - last->start) ==
	       (uint64_t)next->arg * sweep->block_sectors;
}

static int emit(struct sweep *sweep, struct extent extent)
{
	struct extents *out = sweep->out;

	if (out->n > 0 && continues(sweep, &out->at[out->n - 1], &extent))
		return 0;
	if (vec_reserve((void **)&out->at, &sweep->cap, out->n + 1, sizeof(*out->at)) != 0)
		return -1;
	out->at[out->n++] = extent;
	return 0;
}

static int emit_claim(struct sweep *sweep, const struct claim *claim, uint64_t at)
{
	struct extent extent = {
	    .start = at,
	    .kind = claim->kind,
	    .flags = claim->flags,
	    .owner = claim->owner,
	    .arg = claim->arg,
	};

	if (sweep->block_sectors != 0)
		extent.arg += (uint32_t)((at - claim->start) / sweep->block_sectors);
	return emit(sweep, extent);
}

static int note_overlap(struct sweep *sweep, const struct claim *a, const struct claim *b, uint64_t at)
{
	bool a_wins = compare_rank(a, b) <= 0;
	uint64_t end = claim_end(a) < claim_end(b) ? claim_end(a) : claim_end(b);
	struct overlap overlap = {
	    .winner = a_wins ? *a : *b,
	    .loser = a_wins ? *b : *a,
	    .start = at,
	    .count = end - at,
	};

	if (a->rank == RANK_REST || b->rank == RANK_REST || sweep->out->overlaps.n >= OVERLAPS_MAX)
		return 0;
	return VEC_PUSH(&sweep->out->overlaps, overlap);
}

/* Takes in a claim that starts at `at`.  Holding it against the present winner is enough: whatever
   else covers the sector has been held against an earlier winner that covers it too. */
static int begin_claim(struct sweep *sweep, const struct claim *claim, uint64_t at)
{
	if (sweep->heap.n > 0 && note_overlap(sweep, sweep->heap.at[0], claim, at) != 0)
		return -1;
	return heap_push(sweep, claim);
}

static int run_sweep(struct sweep *sweep, const struct claim *claims, size_t n)
{
	uint64_t at = 0, next;
	size_t i = 0;

	while (at < sweep->sectors) {
		while (sweep->heap.n > 0 && claim_end(sweep->heap.at[0]) <= at)
			heap_pop(sweep);
		for (; i < n && claims[i].start == at; i++)
			if (begin_claim(sweep, &claims[i], at) != 0)
				return -1;
		next = i < n && claims[i].start < sweep->sectors ? claims[i].start : sweep->sectors;
		if (sweep->heap.n == 0) {
			if (emit(sweep, (struct extent){.start = at, .kind = sweep->rest}) != 0)
				return -1;
		} else {
			if (claim_end(sweep->heap.at[0]) < next)
				next = claim_end(sweep->heap.at[0]);
			if (emit_claim(sweep, sweep->heap.at[0], at) != 0)
				return -1;
		}
		assert(next > at);
		at = next;
	}
	return 0;
}

int extents_seal(struct extents *extents, struct claims *claims, uint64_t sectors, enum kind rest,
		 uint32_t block_sectors)
{
	struct sweep sweep = {
	    .out = extents,
	    .sectors = sectors,
	    .rest = rest,
	    .block_sectors = block_sectors,
	};
	int result = -1;

	if (!claims->short_of_memory) {
		if (!is_sorted(claims->list.at, claims->list.n))
			qsort(claims->list.at, claims->list.n, sizeof(struct claim), compare_start);
		result = run_sweep(&sweep, claims->list.at, claims->list.n);
	}
	VEC_FREE(&sweep.heap);
	VEC_FREE(&claims->list);
	return result;
}
