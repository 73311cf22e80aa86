/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A ring of requests in their order, and a hash over those that wait. */
#include "trace/requests/pairs.h"

#include <stdlib.h>
#include <sys/random.h>

#define RING_FIRST 1024u

struct bucket {
	uint32_t first, last; /* slot + 1, oldest first */
};

struct pairs {
	struct pair *ring; /* cap slots, a power of two */
	struct bucket *buckets;
	uint32_t cap;
	uint64_t head, tail; /* requests are ring[head .. tail-1], modulo cap */
	uint64_t unfinished;
	uint64_t seed; /* random: nobody can write a trace whose keys all collide */
};

struct pairs *pairs_new(void)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));

	if (pairs == NULL)
		return NULL;
	pairs->cap = RING_FIRST;
	if (getrandom(&pairs->seed, sizeof(pairs->seed), GRND_NONBLOCK) < 0)
		pairs->seed = (uintptr_t)pairs;
	pairs->ring = calloc(pairs->cap, sizeof(*pairs->ring));
	pairs->buckets = calloc(pairs->cap, sizeof(*pairs->buckets));
	if (pairs->ring != NULL && pairs->buckets != NULL)
		return pairs;
	pairs_free(pairs);
	return NULL;
}

void pairs_free(struct pairs *pairs)
{
	if (pairs == NULL)
		return;
	free(pairs->ring);
	free(pairs->buckets);
	free(pairs);
}

static struct bucket *bucket_of(const struct pairs *pairs, struct pair_key key)
{
	uint64_t h = (key.b ^ pairs->seed) * UINT64_C(0x9e3779b97f4a7c15);

	h = ((h ^ h >> 32) + key.a) * UINT64_C(0xd6e8feb86659fd93);
	return &pairs->buckets[(h ^ h >> 32) & (pairs->cap - 1)];
}

static void link_pair(struct pairs *pairs, struct pair *pair)
{
	struct bucket *bucket = bucket_of(pairs, pair->key);
	uint32_t slot = (uint32_t)(pair - pairs->ring) + 1;

	pair->waiting = true;
	pair->next = 0;
	pair->prev = bucket->last;
	if (bucket->last != 0)
		pairs->ring[bucket->last - 1].next = slot;
	else
		bucket->first = slot;
	bucket->last = slot;
}

static void unlink_pair(struct pairs *pairs, struct pair *pair)
{
	struct bucket *bucket = bucket_of(pairs, pair->key);

	if (pair->prev != 0)
		pairs->ring[pair->prev - 1].next = pair->next;
	else
		bucket->first = pair->next;
	if (pair->next != 0)
		pairs->ring[pair->next - 1].prev = pair->prev;
	else
		bucket->last = pair->prev;
	pair->waiting = false;
}

static int grow(struct pairs *pairs, struct err *err)
{
	struct pairs old = *pairs;

	pairs->cap = 2 * old.cap;
	pairs->ring = calloc(pairs->cap, sizeof(*pairs->ring));
	pairs->buckets = calloc(pairs->cap, sizeof(*pairs->buckets));
	if (pairs->ring == NULL || pairs->buckets == NULL) {
		free(pairs->ring);
		free(pairs->buckets);
		*pairs = old;
		return err_nomem(err);
	}
	for (uint64_t i = old.head; i < old.tail; i++) {
		struct pair *pair = &pairs->ring[i & (pairs->cap - 1)];

		*pair = old.ring[i & (old.cap - 1)];
		if (pair->waiting)
			link_pair(pairs, pair);
	}
	free(old.ring);
	free(old.buckets);
	return 0;
}

struct pair *pairs_put(struct pairs *pairs, const struct access *access, const struct pair_key *key,
		       struct err *err)
{
	struct pair *pair;

	if (pairs->tail - pairs->head == pairs->cap && grow(pairs, err) != 0)
		return NULL;
	pair = &pairs->ring[pairs->tail++ & (pairs->cap - 1)];
	pair->access = *access;
	pair->left = access->count;
	pair->silent = pair->waiting = pair->requeued = false;
	if (key != NULL) {
		pair->key = *key;
		link_pair(pairs, pair);
	}
	return pair;
}

struct pair *pairs_find(const struct pairs *pairs, struct pair_key key)
{
	uint32_t slot = bucket_of(pairs, key)->first;

	while (slot != 0 && (pairs->ring[slot - 1].key.a != key.a || pairs->ring[slot - 1].key.b != key.b))
		slot = pairs->ring[slot - 1].next;
	return slot ? &pairs->ring[slot - 1] : NULL;
}

void pairs_finish(struct pairs *pairs, struct pair *pair)
{
	unlink_pair(pairs, pair);
}

void pairs_rekey(struct pairs *pairs, struct pair *pair, struct pair_key key)
{
	unlink_pair(pairs, pair);
	pair->key = key;
	link_pair(pairs, pair);
}

void pair_set_latency(struct access *access, int64_t issued_ns, int64_t completed_ns)
{
	if (issued_ns != ACCESS_NO_TIME && completed_ns != ACCESS_NO_TIME && completed_ns >= issued_ns)
		__builtin_sub_overflow(completed_ns, issued_ns, &access->latency_ns);
}

size_t pairs_take(struct pairs *pairs, struct access *batch, size_t n, bool all)
{
	size_t done = 0;

	while (done < n && pairs->head < pairs->tail) {
		struct pair *pair = &pairs->ring[pairs->head & (pairs->cap - 1)];

		if (pair->waiting && !all && pairs->tail - pairs->head < PAIRS_MAX)
			break;
		if (pair->waiting) {
			unlink_pair(pairs, pair);
			pair->access.flags |= ACCESS_UNFINISHED;
			pairs->unfinished += !pair->silent;
		}
		if (!pair->silent)
			batch[done++] = pair->access;
		pairs->head++;
	}
	if (pairs->head == pairs->tail)
		pairs->head = pairs->tail = 0;
	return done;
}

uint64_t pairs_unfinished(const struct pairs *pairs)
{
	return pairs->unfinished;
}

void pairs_forget_unfinished(struct pairs *pairs)
{
	pairs->unfinished = 0;
}
