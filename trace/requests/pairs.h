/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and their completions: accesses leave in the order in which they came, each when its
   completion has come or PAIRS_MAX others are waiting behind it. */
#ifndef TRACE_REQUESTS_PAIRS_H
#define TRACE_REQUESTS_PAIRS_H

#include "base/err.h"
#include "trace/access.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAIRS_MAX 65536

struct pair_key {
	uint64_t a, b;
};

/* A request that waits. */
struct pair {
	struct access access;
	struct pair_key key;
	uint32_t next, prev; /* others of its hash bucket, as slot + 1 */
	uint64_t left;       /* sectors that are not completed; the owner may change it */
	bool waiting;        /* its completion has not come */
	bool requeued;       /* the owner's */
	bool silent;         /* does not leave: it only lends its time to a completion */
};

struct pairs;

struct pairs *pairs_new(void);
void pairs_free(struct pairs *pairs);

/* Adds a request; without a key it does not wait.  pairs_take must be called between two of these.
   The pointer is valid until the next pairs_put; NULL without memory. */
struct pair *pairs_put(struct pairs *pairs, const struct access *access, const struct pair_key *key,
		       struct err *err);

/* The oldest request that waits under a key, or NULL. */
struct pair *pairs_find(const struct pairs *pairs, struct pair_key key);

/* Its completion has come. */
void pairs_finish(struct pairs *pairs, struct pair *pair);

/* It waits under another key from now on. */
void pairs_rekey(struct pairs *pairs, struct pair *pair, struct pair_key key);

/* Sets the latency from its time, where both are known. */
void pair_set_latency(struct access *access, int64_t issued_ns, int64_t completed_ns);

/* Accesses that may leave; with `all` those that still wait as well. */
size_t pairs_take(struct pairs *pairs, struct access *batch, size_t n, bool all);

/* How many have left without a completion, since the last call of pairs_forget_unfinished. */
uint64_t pairs_unfinished(const struct pairs *pairs);
void pairs_forget_unfinished(struct pairs *pairs);

#endif
