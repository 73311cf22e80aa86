/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages are made for the inodes that occur, so sparse numbers cost little and neighbours lie together. */
#include "analyzer/inodes.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

_Static_assert(sizeof(struct inode_count) == CACHE_LINE, "a count is a cache line");

int inodes_init(struct inodes *inodes, const struct map *map)
{
	*inodes = (struct inodes){.map = map};
	inodes->pages = calloc(map->spaces.n, sizeof(*inodes->pages));
	return inodes->pages == NULL ? -1 : 0;
}

static void free_pages(struct inodes *inodes)
{
	for (size_t i = 0; inodes->pages != NULL && i < inodes->map->spaces.n; i++) {
		for (size_t page = 0; page < inodes->pages[i].n; page++)
			free(inodes->pages[i].at[page]);
		free(inodes->pages[i].at);
		inodes->pages[i] = (struct inode_pages){0};
	}
}

void inodes_reset(struct inodes *inodes)
{
	free_pages(inodes);
	for (size_t i = 0; i < inodes->list.n; i++)
		free(inodes->list.at[i]);
	inodes->list.n = 0;
	inodes->rare.n = 0;
	inodes->n = 0;
	inodes->serial = 0;
}

void inodes_done(struct inodes *inodes)
{
	inodes_reset(inodes);
	free(inodes->pages);
	VEC_FREE(&inodes->list);
	VEC_FREE(&inodes->rare);
	memset(inodes, 0, sizeof(*inodes));
}

/* When the numbers are used up, all that has been seen is forgotten, and they start again. */
void inodes_next_request(struct inodes *inodes)
{
	if (++inodes->serial != 0)
		return;
	inodes->serial = 1;
	for (size_t i = 0; i < inodes->n; i++)
		inodes_at(inodes, i)->seen = 0;
}

static uint32_t *make_slot(struct inodes *inodes, const struct space *space, uint32_t inode)
{
	struct inode_pages *pages = &inodes->pages[space->id];
	size_t page = inode / INODES_PAGE;

	if (page >= pages->n) {
		size_t n = page + page / 2 + 1;
		uint32_t **grown = realloc(pages->at, n * sizeof(*grown));

		if (grown == NULL)
			return NULL;
		memset(grown + pages->n, 0, (n - pages->n) * sizeof(*grown));
		pages->at = grown;
		pages->n = n;
	}
	if (pages->at[page] == NULL)
		pages->at[page] = calloc(INODES_PAGE, sizeof(uint32_t));
	return pages->at[page] ? &pages->at[page][inode % INODES_PAGE] : NULL;
}

static struct inode_count *add_count(struct inodes *inodes, const struct space *space, uint32_t inode)
{
	struct inode_count *count;

	if (inodes->n == UINT32_MAX)
		return NULL;
	if (inodes->n == inodes->list.n * INODES_BLOCK) {
		count = aligned_alloc(CACHE_LINE, INODES_BLOCK * sizeof(*count));
		if (count == NULL || VEC_PUSH(&inodes->list, count) != 0) {
			free(count);
			return NULL;
		}
	}
	count = inodes_at(inodes, inodes->n++);
	*count = (struct inode_count){
	    .inode = inode,
	    .space = (uint16_t)space->id,
	};
	return count;
}

static struct inode_count *get_count(struct inodes *inodes, const struct space *space, uint32_t inode)
{
	uint32_t *slot = inodes_slot(inodes, space, inode);
	struct inode_count *count;

	if (slot == NULL)
		slot = make_slot(inodes, space, inode);
	if (slot == NULL)
		return NULL;
	if (*slot != 0)
		return inodes_at(inodes, *slot - 1);
	count = add_count(inodes, space, inode);
	if (count != NULL)
		*slot = (uint32_t)inodes->n;
	return count;
}

static struct counter *get_rare(struct inodes *inodes, struct inode_count *count, enum access_op op)
{
	static const struct rare_count none;

	if (count->rare == 0) {
		if (inodes->rare.n == UINT32_MAX || VEC_PUSH(&inodes->rare, none) != 0)
			return NULL;
		count->rare = (uint32_t)inodes->rare.n;
	}
	return &inodes->rare.at[count->rare - 1].op[op];
}

int inodes_count(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		 uint64_t sectors, bool unaligned)
{
	struct inode_count *count = get_count(inodes, space, inode);
	struct counter *counter;
	bool first;

	if (count == NULL)
		return -1;
	counter = op <= ACCESS_WRITE ? &count->op[op] : get_rare(inodes, count, op);
	if (counter == NULL)
		return -1;
	first = count->seen != inodes->serial;
	count->seen = inodes->serial;
	counter_add(counter, first, sectors, first & unaligned);
	return 0;
}

int inodes_count_alone(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		       uint64_t sectors, bool unaligned)
{
	struct inode_count *count = get_count(inodes, space, inode);

	if (count == NULL)
		return -1;
	counter_add(&count->op[op], 1, sectors, unaligned);
	return 0;
}

void inodes_counters(const struct inodes *inodes, const struct inode_count *count, struct counters *counters)
{
	memset(counters, 0, sizeof(*counters));
	if (count->rare != 0)
		memcpy(counters->op, inodes->rare.at[count->rare - 1].op, sizeof(counters->op));
	for (int op = 0; op <= ACCESS_WRITE; op++)
		counters->op[op] = count->op[op];
}

static int merge_one(struct inodes *inodes, const struct inodes *other, const struct inode_count *from)
{
	struct inode_count *into = get_count(inodes, inodes->map->spaces.at[from->space], from->inode);
	struct counter *rare;

	if (into == NULL)
		return -1;
	for (int op = 0; op <= ACCESS_WRITE; op++)
		counter_merge(&into->op[op], &from->op[op]);
	for (int op = ACCESS_WRITE + 1; from->rare != 0 && op < ACCESS_OPS; op++) {
		rare = get_rare(inodes, into, (enum access_op)op);
		if (rare == NULL)
			return -1;
		counter_merge(rare, &other->rare.at[from->rare - 1].op[op]);
	}
	return 0;
}

int inodes_merge(struct inodes *inodes, const struct inodes *other)
{
	for (size_t i = 0; i < other->n; i++)
		if (merge_one(inodes, other, inodes_at(other, i)) != 0)
			return -1;
	return 0;
}
