/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages are made for the inodes that occur, so sparse numbers cost little and neighbours lie together. */
#include "analyzer/inodes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

/* A small count goes to the wide one when it reaches these, which leaves room for one more request. */
#define SMALL_SECTORS (UINT32_C(1) << 31)
#define SMALL_REQUESTS (1u << 15)

static_assert(CACHE_LINE % sizeof(struct small_count) == 0, "a small count lies in one cache line");

int inodes_init(struct inodes *inodes, const struct map *map)
{
	*inodes = (struct inodes){.map = map};
	inodes->pages = calloc(map->spaces.n, sizeof(*inodes->pages));
	return inodes->pages == NULL ? -1 : 0;
}

static void free_page(struct inode_page *page)
{
	if (page == NULL)
		return;
	free(page->wide);
	free(page->seen);
	free(page);
}

void inodes_reset(struct inodes *inodes)
{
	for (size_t i = 0; inodes->pages != NULL && i < inodes->map->spaces.n; i++) {
		for (size_t page = 0; page < inodes->pages[i].n; page++)
			free_page(inodes->pages[i].at[page]);
		free(inodes->pages[i].at);
		inodes->pages[i] = (struct inode_pages){0};
	}
	inodes->wide.n = 0;
	inodes->serial = 0;
}

void inodes_done(struct inodes *inodes)
{
	inodes_reset(inodes);
	free(inodes->pages);
	VEC_FREE(&inodes->wide);
	memset(inodes, 0, sizeof(*inodes));
}

static void forget_requests(struct inode_pages *pages)
{
	for (size_t i = 0; i < pages->n; i++)
		if (pages->at[i] != NULL && pages->at[i]->seen != NULL)
			memset(pages->at[i]->seen, 0, INODES_PAGE * sizeof(uint32_t));
}

/* When the numbers are used up, all that has been seen is forgotten, and they start again. */
void inodes_next_request(struct inodes *inodes)
{
	if (++inodes->serial != 0)
		return;
	inodes->serial = 1;
	for (size_t i = 0; i < inodes->map->spaces.n; i++)
		forget_requests(&inodes->pages[i]);
}

static int make_room(struct inode_pages *pages, size_t page)
{
	size_t n = page + page / 2 + 1;
	struct inode_page **grown;

	if (page < pages->n)
		return 0;
	grown = realloc(pages->at, n * sizeof(*grown));
	if (grown == NULL)
		return -1;
	memset(grown + pages->n, 0, (n - pages->n) * sizeof(*grown));
	pages->at = grown;
	pages->n = n;
	return 0;
}

static struct inode_page *make_page(struct inodes *inodes, const struct space *space, uint32_t inode)
{
	size_t size = (sizeof(struct inode_page) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	struct inode_pages *pages = &inodes->pages[space->id];
	struct inode_page *page;

	if (make_room(pages, inode / INODES_PAGE) != 0)
		return NULL;
	page = aligned_alloc(CACHE_LINE, size);
	if (page != NULL)
		memset(page, 0, sizeof(*page));
	pages->at[inode / INODES_PAGE] = page;
	return page;
}

static inline struct inode_page *get_page(struct inodes *inodes, const struct space *space, uint32_t inode)
{
	struct inode_page *page = inodes_page(inodes, space, inode);

	return page != NULL ? page : make_page(inodes, space, inode);
}

/* One of the lists that few pages have. */
static uint32_t *get_listed(uint32_t **list, uint32_t inode)
{
	if (*list == NULL)
		*list = calloc(INODES_PAGE, sizeof(**list));
	return *list ? &(*list)[inode % INODES_PAGE] : NULL;
}

static struct counters *get_wide(struct inodes *inodes, struct inode_page *page, uint32_t inode)
{
	static const struct counters none;
	uint32_t *index = get_listed(&page->wide, inode);

	if (index == NULL)
		return NULL;
	if (*index == 0) {
		if (inodes->wide.n == UINT32_MAX || VEC_PUSH(&inodes->wide, none) != 0)
			return NULL;
		*index = (uint32_t)inodes->wide.n;
	}
	return &inodes->wide.at[*index - 1];
}

static void add_small(struct counters *counters, const struct small_count *small)
{
	for (int op = 0; op <= ACCESS_WRITE; op++)
		counter_add(&counters->op[op], small->requests[op], small->sectors[op], small->unaligned[op]);
}

static int spill(struct inodes *inodes, struct inode_page *page, uint32_t inode)
{
	struct small_count *small = &page->small[inode % INODES_PAGE];
	struct counters *wide = get_wide(inodes, page, inode);

	if (wide == NULL)
		return -1;
	add_small(wide, small);
	memset(small, 0, sizeof(*small));
	return 0;
}

static int count_wide(struct inodes *inodes, struct inode_page *page, uint32_t inode,
		      const struct counter *more, enum access_op op)
{
	struct counters *wide = get_wide(inodes, page, inode);

	if (wide == NULL)
		return -1;
	counter_merge(&wide->op[op], more);
	return 0;
}

/* Adds at most one request. */
static inline int count(struct inodes *inodes, struct inode_page *page, uint32_t inode,
			const struct counter *more, enum access_op op)
{
	struct small_count *small = &page->small[inode % INODES_PAGE];

	if (op > ACCESS_WRITE || more->sectors >= SMALL_SECTORS)
		return count_wide(inodes, page, inode, more, op);
	small->sectors[op] += (uint32_t)more->sectors;
	small->requests[op] = (uint16_t)(small->requests[op] + more->requests);
	small->unaligned[op] = (uint16_t)(small->unaligned[op] + more->unaligned);
	if (small->sectors[op] < SMALL_SECTORS && small->requests[op] < SMALL_REQUESTS)
		return 0;
	return spill(inodes, page, inode);
}

int inodes_count(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		 uint64_t sectors, bool unaligned)
{
	struct inode_page *page = get_page(inodes, space, inode);
	uint32_t *seen = page ? get_listed(&page->seen, inode) : NULL;
	bool first;

	if (seen == NULL)
		return -1;
	first = *seen != inodes->serial;
	*seen = inodes->serial;
	return count(inodes, page, inode, &(struct counter){first, sectors, first & unaligned}, op);
}

int inodes_count_alone(struct inodes *inodes, const struct space *space, uint32_t inode, enum access_op op,
		       uint64_t sectors, bool unaligned)
{
	struct inode_page *page = get_page(inodes, space, inode);

	if (page == NULL)
		return -1;
	return count(inodes, page, inode, &(struct counter){1, sectors, unaligned}, op);
}

static void page_counters(const struct inodes *inodes, const struct inode_page *page, uint32_t inode,
			  struct counters *counters)
{
	uint32_t wide = page->wide != NULL ? page->wide[inode % INODES_PAGE] : 0;

	if (wide != 0)
		*counters = inodes->wide.at[wide - 1];
	else
		memset(counters, 0, sizeof(*counters));
	add_small(counters, &page->small[inode % INODES_PAGE]);
}

void inodes_counters(const struct inodes *inodes, const struct space *space, uint32_t inode,
		     struct counters *counters)
{
	const struct inode_page *page = inodes_page(inodes, space, inode);

	if (page != NULL)
		page_counters(inodes, page, inode, counters);
	else
		memset(counters, 0, sizeof(*counters));
}

static bool is_counted(const struct inode_page *page, uint32_t inode)
{
	const struct small_count *small = &page->small[inode % INODES_PAGE];

	return (small->sectors[ACCESS_READ] | small->sectors[ACCESS_WRITE]) != 0 ||
	       (page->wide != NULL && page->wide[inode % INODES_PAGE] != 0);
}

/* From the inode on; false when the space has no more. */
static bool find_counted(const struct inode_pages *pages, uint64_t inode, uint32_t *found)
{
	while (inode / INODES_PAGE < pages->n) {
		const struct inode_page *page = pages->at[inode / INODES_PAGE];

		if (page == NULL) {
			inode = (inode / INODES_PAGE + 1) * INODES_PAGE;
			continue;
		}
		*found = (uint32_t)inode;
		if (is_counted(page, *found))
			return true;
		inode++;
	}
	return false;
}

bool inodes_next(const struct inodes *inodes, struct inode_walk *walk)
{
	/* No inode has the number 0. */
	for (; walk->space < inodes->map->spaces.n; walk->space++, walk->inode = 0)
		if (find_counted(&inodes->pages[walk->space], (uint64_t)walk->inode + 1, &walk->inode))
			return true;
	return false;
}

static int merge_one(struct inodes *inodes, const struct space *space, const struct inodes *other,
		     const struct inode_page *from, uint32_t inode)
{
	struct inode_page *into = get_page(inodes, space, inode);
	struct counters counters, *wide;

	if (into == NULL)
		return -1;
	page_counters(other, from, inode, &counters);
	wide = get_wide(inodes, into, inode);
	if (wide == NULL)
		return -1;
	counters_merge(wide, &counters);
	return 0;
}

/* Where both are so small that no field of the sum overflows. */
static bool merge_small(struct small_count *into, const struct small_count *from)
{
	for (int op = 0; op <= ACCESS_WRITE; op++)
		if (into->sectors[op] >= SMALL_SECTORS / 2 || from->sectors[op] >= SMALL_SECTORS / 2 ||
		    into->requests[op] >= SMALL_REQUESTS / 2 || from->requests[op] >= SMALL_REQUESTS / 2)
			return false;
	for (int op = 0; op <= ACCESS_WRITE; op++) {
		into->sectors[op] += from->sectors[op];
		into->requests[op] = (uint16_t)(into->requests[op] + from->requests[op]);
		into->unaligned[op] = (uint16_t)(into->unaligned[op] + from->unaligned[op]);
	}
	return true;
}

static int merge_page(struct inodes *inodes, const struct space *space, const struct inodes *other,
		      const struct inode_page *from, uint32_t first)
{
	struct inode_page *into = get_page(inodes, space, first);

	if (into == NULL)
		return -1;
	for (uint32_t i = 0; i < INODES_PAGE; i++)
		if (is_counted(from, first + i) && ((from->wide != NULL && from->wide[i] != 0) ||
						    !merge_small(&into->small[i], &from->small[i])))
			if (merge_one(inodes, space, other, from, first + i) != 0)
				return -1;
	return 0;
}

int inodes_merge(struct inodes *inodes, const struct inodes *other)
{
	for (size_t i = 0; i < inodes->map->spaces.n; i++) {
		const struct inode_pages *pages = &other->pages[i];

		for (size_t page = 0; page < pages->n; page++)
			if (pages->at[page] != NULL &&
			    merge_page(inodes, inodes->map->spaces.at[i], other, pages->at[page],
				       (uint32_t)(page * INODES_PAGE)) != 0)
				return -1;
	}
	return 0;
}
