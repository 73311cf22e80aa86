/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters by inode, made for traces that touch many.  Most inodes are touched a few times by reads and
   writes, so each has 16 bytes at first; what does not fit there any more goes on to a wide counter. */
#ifndef ANALYZER_INODES_H
#define ANALYZER_INODES_H

#include "analyzer/counter.h"
#include "base/prefetch.h"
#include "base/vec.h"
#include "layout/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INODES_PAGE 256

/* Of reads and writes, by op. */
struct small_count {
	uint32_t sectors[ACCESS_WRITE + 1];
	uint16_t requests[ACCESS_WRITE + 1], unaligned[ACCESS_WRITE + 1];
};

/* Neighbours, by inode % INODES_PAGE. */
struct inode_page {
	struct small_count small[INODES_PAGE];
	uint32_t *wide; /* index into `wide` plus 1; NULL where none has any */
	uint32_t *seen; /* the serial of the last request that inodes_count has counted; NULL where none */
};

struct inode_pages {
	struct inode_page **at; /* by inode / INODES_PAGE; NULL where nothing was counted */
	size_t n;
};

struct inodes {
	const struct map *map;
	struct inode_pages *pages; /* by space */
	VEC(struct counters) wide;
	uint32_t serial; /* of the present request; never 0 */
};

/* 0, or -1 without memory. */
int inodes_init(struct inodes *inodes, const struct map *map);
void inodes_done(struct inodes *inodes);

/* Forgets all counts. */
void inodes_reset(struct inodes *inodes);

static inline struct inode_page *inodes_page(const struct inodes *inodes, const struct space *space,
					     uint32_t inode)
{
	const struct inode_pages *pages = &inodes->pages[space->id];
	size_t page = inode / INODES_PAGE;

	return page < pages->n ? pages->at[page] : NULL;
}

/* Fetches the memory that counting an inode will use. */
static inline void inodes_expect(const struct inodes *inodes, const struct space *space, uint32_t inode)
{
	const struct inode_page *page = inodes_page(inodes, space, inode);

	if (page != NULL)
		prefetch(&page->small[inode % INODES_PAGE]);
}

/* From now on another request counts. */
void inodes_next_request(struct inodes *inodes);

/* Counts sectors of the present request for an inode of a file system in that space, and the request once;
   0, or -1 without memory. */
int inodes_count(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		 uint64_t sectors, bool unaligned);

/* The same for a read or write that touches nothing else, without inodes_next_request. */
int inodes_count_alone(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		       uint64_t sectors, bool unaligned);

/* All counters of one inode. */
void inodes_counters(const struct inodes *inodes, const struct space *space, uint32_t inode,
		     struct counters *counters);

/* The inodes that have been counted, in order of space and number; starts zeroed. */
struct inode_walk {
	size_t space;
	uint32_t inode; /* of the last one */
};

bool inodes_next(const struct inodes *inodes, struct inode_walk *walk);

/* Adds what another one of the same map has counted; 0, or -1 without memory. */
int inodes_merge(struct inodes *inodes, const struct inodes *other);

#endif
