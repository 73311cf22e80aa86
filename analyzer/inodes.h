/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters by inode, made for traces that touch many: a cache line each, which can be fetched ahead. */
#ifndef ANALYZER_INODES_H
#define ANALYZER_INODES_H

#include "analyzer/counter.h"
#include "base/prefetch.h"
#include "base/vec.h"
#include "layout/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INODES_PAGE 4096
#define INODES_BLOCK 4096

/* 64 bytes. */
struct inode_count {
	uint32_t inode;
	uint32_t seen; /* the serial of the last request that was counted, see inodes_next_request */
	uint32_t rare; /* index into `rare` plus 1, 0 while there are only reads and writes */
	uint16_t space;
	struct counter op[ACCESS_WRITE + 1];
};

struct rare_count {
	struct counter op[ACCESS_OPS];
};

/* Which of the counts is an inode's. */
struct inode_pages {
	uint32_t **at; /* by inode / INODES_PAGE; NULL, or by inode % INODES_PAGE: index plus 1 */
	size_t n;
};

struct inodes {
	const struct map *map;
	struct inode_pages *pages;      /* by space */
	VEC(struct inode_count *) list; /* blocks of INODES_BLOCK counts, aligned to cache lines */
	size_t n;
	VEC(struct rare_count) rare;
	uint32_t serial; /* of the present request; never 0 */
};

/* 0, or -1 without memory. */
int inodes_init(struct inodes *inodes, const struct map *map);
void inodes_done(struct inodes *inodes);

/* Forgets all counts. */
void inodes_reset(struct inodes *inodes);

static inline struct inode_count *inodes_at(const struct inodes *inodes, size_t i)
{
	return &inodes->list.at[i / INODES_BLOCK][i % INODES_BLOCK];
}

static inline uint32_t *inodes_slot(const struct inodes *inodes, const struct space *space, uint32_t inode)
{
	const struct inode_pages *pages = &inodes->pages[space->id];
	size_t page = inode / INODES_PAGE;

	return page < pages->n && pages->at[page] != NULL ? &pages->at[page][inode % INODES_PAGE] : NULL;
}

/* Fetches the memory that counting an inode will use, in two steps between which other things may be done. */
static inline void inodes_expect_slot(const struct inodes *inodes, const struct space *space, uint32_t inode)
{
	const uint32_t *slot = inodes_slot(inodes, space, inode);

	if (slot != NULL)
		prefetch(slot);
}

static inline void inodes_expect_count(const struct inodes *inodes, const struct space *space, uint32_t inode)
{
	const uint32_t *slot = inodes_slot(inodes, space, inode);

	if (slot != NULL && *slot != 0)
		prefetch(inodes_at(inodes, *slot - 1));
}

/* From now on another request counts. */
void inodes_next_request(struct inodes *inodes);

/* Counts sectors of the present request for an inode of a file system in that space, and the request once;
   0, or -1 without memory. */
int inodes_count(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		 uint64_t sectors, bool unaligned);

/* The same for a request that touches nothing else, without inodes_next_request. */
int inodes_count_alone(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		       uint64_t sectors, bool unaligned);

/* All counters of one inode. */
void inodes_counters(const struct inodes *inodes, const struct inode_count *count, struct counters *counters);

/* Adds what another one of the same map has counted; 0, or -1 without memory. */
int inodes_merge(struct inodes *inodes, const struct inodes *other);

#endif
