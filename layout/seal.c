/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From claims to extents: one sweep over the sorted claims, with the claims that cover the present
   sector in a heap whose top is the winner. */
#include "layout/extent.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

/* A sound disk has no more of them; one made to have many must not take all memory or time. */
#define OVERLAPS_MAX (1u << 20)
#define EXTENT_COST 24 /* of the account, with its share of the index */
#define VISITS_MAX (1u << 26)
#define VISIT_WORK 4 /* of the account: a look at a claim is worth so many bytes read */

struct sweep {
	struct extents *out;
	size_t cap;
	VEC(const struct claim *) heap;
	uint64_t sectors;
	uint64_t visits;            /* of claims that lost */
	const struct claim *winner; /* of the last piece that had losers */
	uint64_t winner_end;        /* of that piece */
	struct account *account;
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

		if (child < n && claim_compare(heap[child], heap[best]) < 0)
			best = child;
		if (child + 1 < n && claim_compare(heap[child + 1], heap[best]) < 0)
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
	while (at > 0 && claim_compare(claim, sweep->heap.at[(at - 1) / 2]) < 0) {
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
	if (kind_has((enum kind)last->kind, KIND_KEEPS_RUNS))
		return false;
	if (kind_has((enum kind)last->kind, KIND_HAS_LEVEL) && last->arg != next->arg)
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

	if (sweep->block_sectors != 0 && !kind_has((enum kind)claim->kind, KIND_HAS_LEVEL))
		extent.arg += (uint32_t)((at - claim->start) / sweep->block_sectors);
	return emit(sweep, extent);
}

/* Whether a claim of the heap covers a sector that another one gets: what has ended is still there. */
static bool loses(const struct claim *claim, uint64_t at)
{
	return claim->rank > RANK_UNREADABLE && claim_end(claim) > at;
}

/* Where the first claim ends that loses the sectors from `at` on, if that is before `next`. */
static uint64_t losers_border(const struct sweep *sweep, uint64_t at, uint64_t next)
{
	for (size_t i = 1; i < sweep->heap.n; i++)
		if (loses(sweep->heap.at[i], at) && claim_end(sweep->heap.at[i]) < next)
			next = claim_end(sweep->heap.at[i]);
	return next;
}

/* Tells every claim that loses from `at` to *next, since all owners are told, and ends the piece where one
   of them does: the sectors of two entries are the same or do not meet. */
static int note_losers(struct sweep *sweep, uint64_t at, uint64_t *next)
{
	const struct claim *winner = sweep->heap.at[0];
	bool goes_on = winner == sweep->winner && at == sweep->winner_end;

	if (winner->rank <= RANK_UNREADABLE)
		return 0;
	if (sweep->visits > VISITS_MAX || !account_try(sweep->account, 0, sweep->heap.n * VISIT_WORK)) {
		sweep->out->untold = true;
		return 0;
	}
	sweep->visits += sweep->heap.n;
	*next = losers_border(sweep, at, *next);
	for (size_t i = 1; i < sweep->heap.n && !sweep->out->untold; i++) {
		struct overlap overlap = {*winner, *sweep->heap.at[i], at, *next - at,
					  goes_on && sweep->heap.at[i]->start < at};

		if (!loses(sweep->heap.at[i], at))
			continue;
		if (sweep->out->overlaps.n >= OVERLAPS_MAX ||
		    !account_try(sweep->account, sizeof(overlap), 0))
			sweep->out->untold = true;
		else if (VEC_PUSH(&sweep->out->overlaps, overlap) != 0)
			return -1;
	}
	sweep->winner = winner;
	sweep->winner_end = *next;
	return 0;
}

/* Claims that have been swept are given back after so many. */
#define DROP_CLAIMS 65536

/* Where the present winner ends or the next claim starts. */
static uint64_t next_border(const struct sweep *sweep, const struct claim *claims, size_t i, size_t n)
{
	uint64_t next = i < n && claims[i].start < sweep->sectors ? claims[i].start : sweep->sectors;

	if (sweep->heap.n > 0 && claim_end(sweep->heap.at[0]) < next)
		next = claim_end(sweep->heap.at[0]);
	return next;
}

/* The claims from i on that stand alone, as nearly all do: how many, with *at behind the last one. */
static size_t sweep_lonely(struct sweep *sweep, const struct claim *claims, size_t i, size_t n, uint64_t *at)
{
	size_t first = i;

	for (; i < n && claims[i].start == *at; i++) {
		if (claim_end(&claims[i]) > (i + 1 < n ? claims[i + 1].start : sweep->sectors))
			break;
		if (emit_claim(sweep, &claims[i], *at) != 0)
			break;
		*at = claim_end(&claims[i]);
	}
	return i - first;
}

static int sweep_step(struct sweep *sweep, const struct claim *claims, size_t *i, size_t n, uint64_t *at)
{
	uint64_t next;

	while (sweep->heap.n > 0 && claim_end(sweep->heap.at[0]) <= *at)
		heap_pop(sweep);
	if (sweep->heap.n == 0)
		*i += sweep_lonely(sweep, claims, *i, n, at);
	if (*at >= sweep->sectors)
		return 0;
	for (; *i < n && claims[*i].start == *at; (*i)++)
		if (heap_push(sweep, &claims[*i]) != 0)
			return -1;
	next = next_border(sweep, claims, *i, n);
	assert(next > *at);
	if (sweep->heap.n > 1 && note_losers(sweep, *at, &next) != 0)
		return -1;
	if (sweep->heap.n == 0 ? emit(sweep, (struct extent){.start = *at, .kind = sweep->rest}) != 0
			       : emit_claim(sweep, sweep->heap.at[0], *at) != 0)
		return -1;
	*at = next;
	return 0;
}

static int run_sweep(struct sweep *sweep, struct claim *claims, size_t n)
{
	uint64_t at = 0;
	size_t i = 0, dropped = 0;

	while (at < sweep->sectors) {
		if (sweep_step(sweep, claims, &i, n, &at) != 0)
			return -1;
		/* What the heap points to lies before i and must stay. */
		if (sweep->heap.n == 0 && i - dropped > DROP_CLAIMS) {
			memory_drop(claims + dropped, (i - dropped) * sizeof(*claims));
			dropped = i;
		}
	}
	return 0;
}

/* Room for about an extent a claim, as there mostly is, and some holes. */
static int reserve(struct sweep *sweep, size_t claims)
{
	struct extents *out = sweep->out;

	if (vec_reserve((void **)&out->at, &sweep->cap, claims + claims / 8 + 1, sizeof(*out->at)) != 0)
		return -1;
	memory_huge(out->at, sweep->cap * sizeof(*out->at));
	return 0;
}

/* Where claims are missing, what is left over by the others is not known to be free. */
static size_t drop_rest(struct claim *claims, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (claims[i].rank > RANK_REST)
			claims[kept++] = claims[i];
	return kept;
}

/* Gives back the room that was not needed. */
static void trim(struct extents *extents)
{
	struct extent *trimmed = realloc(extents->at, extents->n * sizeof(*extents->at));

	if (trimmed != NULL)
		extents->at = trimmed;
}

int extents_seal(struct extents *extents, struct claims *claims, uint64_t sectors, enum kind rest,
		 uint32_t block_sectors, unsigned threads)
{
	size_t n = 0;
	struct sweep sweep = {
	    .out = extents,
	    .sectors = sectors,
	    .rest = rest,
	    .block_sectors = block_sectors,
	    .account = claims->account,
	};
	struct claim *sorted = NULL;
	bool left_out = claims->left_out;
	int result = claims_sort(claims, threads, &sorted, &n);

	if (left_out) {
		sweep.rest = KIND_UNKNOWN;
		n = drop_rest(sorted, n);
	}
	result = result == 0 && reserve(&sweep, n) == 0 ? run_sweep(&sweep, sorted, n) : -1;
	VEC_FREE(&sweep.heap);
	free(sorted);
	claims_free(claims);
	if (result != 0)
		return -1;
	trim(extents);
	account_try(sweep.account, extents->n * EXTENT_COST, 0);
	return extents_make_index(extents, sectors);
}
