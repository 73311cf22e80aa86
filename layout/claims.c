/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims lie in chunks.  They are sorted by distributing them over ranges of sectors into one array,
   which gives back chunk after chunk, and then, range by range, by a radix sort in place. */
#include "layout/claims.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK 32
#define LARGE_CHUNK 43690 /* 1 MiB */
#define RANGE_BITS 10
#define DIGIT_BITS 8
#define FEW 24 /* so few are sorted by insertion */
#define FEW_FOR_THREADS 65536
#define CHARGED_AT_ONCE 1024 /* claims */

static int add_chunk(struct claims *claims)
{
	size_t cap = claims->chunks.n == 0   ? FIRST_CHUNK
		     : claims->chunks.n == 1 ? FIRST_CHUNK * FIRST_CHUNK
					     : LARGE_CHUNK;
	struct claim_chunk chunk = {.at = malloc(cap * sizeof(*chunk.at)), .cap = cap};

	if (chunk.at != NULL && VEC_PUSH(&claims->chunks, chunk) == 0)
		return 0;
	free(chunk.at);
	return -1;
}

static struct claim_chunk *last_chunk(struct claims *claims)
{
	return claims->chunks.n > 0 ? &claims->chunks.at[claims->chunks.n - 1] : NULL;
}

/* Claims are paid for in advance, some at a time. */
static bool may_add(struct claims *claims, const struct claim_chunk *chunk)
{
	size_t n = chunk->cap < CHARGED_AT_ONCE ? chunk->cap : CHARGED_AT_ONCE;

	if (chunk->n % n != 0)
		return true;
	claims->left_out = !account_memory(claims->account, n * CLAIM_COST);
	claims->charged += claims->left_out ? 0 : n * CLAIM_COST;
	return !claims->left_out;
}

void claims_add(struct claims *claims, struct claim claim)
{
	struct claim_chunk *chunk = last_chunk(claims);

	if (claim.count == 0 || claims->left_out)
		return;
	if (chunk == NULL || chunk->n == chunk->cap) {
		if (add_chunk(claims) != 0) {
			claims->short_of_memory = true;
			return;
		}
		chunk = last_chunk(claims);
	}
	if (may_add(claims, chunk))
		chunk->at[chunk->n++] = claim;
}

size_t claims_count(const struct claims *claims)
{
	size_t n = 0;

	for (size_t i = 0; i < claims->chunks.n; i++)
		n += claims->chunks.at[i].n;
	return n;
}

void claims_move(struct claims *to, struct claims *from)
{
	to->short_of_memory |= from->short_of_memory;
	to->left_out |= from->left_out;
	to->charged += from->charged;
	for (size_t i = 0; i < from->chunks.n; i++)
		if (VEC_PUSH(&to->chunks, from->chunks.at[i]) != 0) {
			free(from->chunks.at[i].at);
			to->short_of_memory = true;
		}
	VEC_FREE(&from->chunks);
	from->charged = 0;
	from->short_of_memory = from->left_out = false;
}

void claims_free(struct claims *claims)
{
	for (size_t i = 0; i < claims->chunks.n; i++)
		free(claims->chunks.at[i].at);
	VEC_FREE(&claims->chunks);
	account_give_back(claims->account, claims->charged);
	claims->charged = 0;
	claims->short_of_memory = claims->left_out = false;
}

int claim_compare(const struct claim *a, const struct claim *b)
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
	return claim_compare(a, b);
}

static void insertion_sort(struct claim *at, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct claim claim = at[i];
		size_t to = i;

		for (; to > 0 && compare_start(&claim, &at[to - 1]) < 0; to--)
			at[to] = at[to - 1];
		at[to] = claim;
	}
}

static bool is_sorted(const struct claim *at, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare_start(&at[i - 1], &at[i]) > 0)
			return false;
	return true;
}

/* Brings each claim into the part of the array that its digit has: a claim that is taken from where it
   does not belong goes to the next free place of its own part, and sets free what lies there, until the
   first place has got its claim. */
static void distribute(struct claim *at, unsigned shift, const size_t *ends, size_t *next)
{
	for (unsigned digit = 0; digit < 1u << DIGIT_BITS; digit++)
		while (next[digit] < ends[digit]) {
			struct claim claim = at[next[digit]];
			unsigned home = claim.start >> shift & ((1u << DIGIT_BITS) - 1);

			while (home != digit) {
				struct claim other = at[next[home]];

				at[next[home]++] = claim;
				claim = other;
				home = claim.start >> shift & ((1u << DIGIT_BITS) - 1);
			}
			at[next[digit]++] = claim;
		}
}

/* Sorts claims whose starts differ in the lowest `bits` bits only; ends because these become fewer. */
static void sort_range(struct claim *at, size_t n, unsigned bits)
{
	unsigned shift = bits > DIGIT_BITS ? bits - DIGIT_BITS : 0;
	size_t next[1u << DIGIT_BITS] = {0}, ends[1u << DIGIT_BITS], sum = 0;

	if (n <= FEW) {
		insertion_sort(at, n);
		return;
	}
	if (is_sorted(at, n))
		return;
	if (bits == 0) {
		qsort(at, n, sizeof(*at), compare_start);
		return;
	}
	for (size_t i = 0; i < n; i++)
		next[at[i].start >> shift & ((1u << DIGIT_BITS) - 1)]++;
	for (unsigned digit = 0; digit < 1u << DIGIT_BITS; digit++) {
		ends[digit] = sum + next[digit];
		next[digit] = sum;
		sum = ends[digit];
	}
	distribute(at, shift, ends, next);
	for (unsigned digit = 0; digit < 1u << DIGIT_BITS; digit++) {
		size_t from = digit > 0 ? ends[digit - 1] : 0;

		sort_range(at + from, ends[digit] - from, shift);
	}
}

/* How many bits the largest start takes. */
static unsigned start_bits(const struct claims *claims)
{
	uint64_t all = 1;

	for (size_t i = 0; i < claims->chunks.n; i++)
		for (size_t j = 0; j < claims->chunks.at[i].n; j++)
			all |= claims->chunks.at[i].at[j].start;
	return 64 - (unsigned)__builtin_clzll(all);
}

/* Copies all claims into their ranges, in the order in which they were made, and frees each chunk as soon as
   it is copied; ends[] says where each range ends then. */
static void fill_ranges(struct claims *claims, struct claim *at, unsigned shift, size_t *ends)
{
	size_t sum = 0;

	for (size_t i = 0; i < claims->chunks.n; i++)
		for (size_t j = 0; j < claims->chunks.at[i].n; j++)
			ends[claims->chunks.at[i].at[j].start >> shift]++;
	for (size_t range = 0; range < 1u << RANGE_BITS; range++) {
		size_t n = ends[range];

		ends[range] = sum;
		sum += n;
	}
	for (size_t i = 0; i < claims->chunks.n; i++) {
		struct claim_chunk *chunk = &claims->chunks.at[i];

		for (size_t j = 0; j < chunk->n; j++)
			at[ends[chunk->at[j].start >> shift]++] = chunk->at[j];
		memory_drop(chunk->at, chunk->cap * sizeof(*chunk->at));
		free(chunk->at);
	}
	VEC_FREE(&claims->chunks);
}

/* Ranges are handed out to threads. */
struct ranges {
	struct claim *at;
	const size_t *ends;
	unsigned shift;
	atomic_size_t next;
};

static void sort_ranges(void *context, unsigned member)
{
	struct ranges *ranges = context;
	size_t range;

	(void)member;
	while ((range = atomic_fetch_add(&ranges->next, 1)) < 1u << RANGE_BITS) {
		size_t from = range > 0 ? ranges->ends[range - 1] : 0;

		sort_range(ranges->at + from, ranges->ends[range] - from, ranges->shift);
	}
}

int claims_sort(struct claims *claims, unsigned threads, struct claim **sorted, size_t *n)
{
	unsigned bits = start_bits(claims), shift = bits > RANGE_BITS ? bits - RANGE_BITS : 0;
	size_t ends[1u << RANGE_BITS] = {0};
	struct ranges ranges = {.ends = ends, .shift = shift};
	struct claim *at;

	*sorted = NULL;
	*n = claims_count(claims);
	if (claims->short_of_memory)
		return -1;
	if (*n == 0)
		return 0;
	at = malloc(*n * sizeof(*at));
	if (at == NULL)
		return -1;
	fill_ranges(claims, at, shift, ends);
	ranges.at = at;
	threads_run(*n < FEW_FOR_THREADS ? 1 : threads, sort_ranges, &ranges);
	*sorted = at;
	return 0;
}
