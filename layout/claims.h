/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims: what drivers say of runs of sectors, collected in any order and by any number of threads (each
   with a list of its own), and sorted when all is said. */
#ifndef LAYOUT_CLAIMS_H
#define LAYOUT_CLAIMS_H

#include "base/vec.h"
#include "base/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which claim wins where two overlap: the higher rank, then the lower owner. */
enum rank {
	RANK_REST,       /* what is left over: free space, gaps */
	RANK_UNREADABLE, /* of what is left over, what a device could not read */
	RANK_CONTENT,    /* files, volumes, partitions */
	RANK_TREE,       /* the blocks that say where a file's content is */
	RANK_STRUCTURE,  /* what the layer itself is made of */
};

/* Its fields are those of struct extent (layout/extent.h). */
struct claim {
	uint64_t start : 48;
	uint64_t kind : 8;
	uint64_t flags : 8;
	uint64_t count : 48;
	uint64_t rank : 8;
	uint32_t owner;
	uint32_t arg;
};

struct claim_chunk {
	struct claim *at;
	size_t n, cap;
};

/* Starts zeroed.  A list that grows never moves what it holds, so at its largest it takes no more memory
   than its claims. */
struct claims {
	VEC(struct claim_chunk) chunks;
	struct account *account; /* that they are charged to; NULL for none */
	uint64_t charged;        /* what they have taken of it */
	bool short_of_memory;    /* some claim is missing; sealing will fail */
	bool left_out; /* some claim did not fit into the account: the rest is not known to be free */
};

/* What a claim takes of the account: itself, its copy while they are sorted, and the extents that come of
   it. */
#define CLAIM_COST 64

/* Remembers a claim; an empty one is dropped, and so is one that does not fit into the account.  A failed
   allocation is told by extents_seal. */
void claims_add(struct claims *claims, struct claim claim);

size_t claims_count(const struct claims *claims);

/* Puts all claims of `from` behind those of `to`, of the same account; `from` is empty then. */
void claims_move(struct claims *to, struct claims *from);

/* All claims, by start, then the better first, in an array that the caller frees; the list is empty then.
   -1 without memory. */
int claims_sort(struct claims *claims, unsigned threads, struct claim **sorted, size_t *n);

void claims_free(struct claims *claims);

/* Which of two claims wins: less than zero when a does.  A total order on their contents, so that the
   outcome does not depend on the order in which they were made. */
int claim_compare(const struct claim *a, const struct claim *b);

#endif
