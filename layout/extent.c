/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sealed runs of a space: their flags' names, and finding the one that holds a sector. */
#include "layout/extent.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* With fewer extents than this, all of them stay in the cache. */
#define INDEX_MIN 256

const char *extent_flag_name(unsigned bit)
{
	static const char *const names[EXTENT_FLAGS] = {"unwritten", "deleted", "stale",   "damaged",
							"encrypted", "verity",  "unmapped"};

	assert(bit < EXTENT_FLAGS);
	return names[bit];
}

void extents_free(struct extents *extents)
{
	if (!extents->borrowed)
		free(extents->at);
	free(extents->index);
	VEC_FREE(&extents->overlaps);
	memset(extents, 0, sizeof(*extents));
}

/* About a bucket for every extent, the last one ending behind the space. */
int extents_make_index(struct extents *extents, uint64_t sectors)
{
	size_t buckets, at = 0;
	unsigned shift = 0;

	if (extents->n < INDEX_MIN || extents->n > UINT32_MAX)
		return 0;
	while ((sectors - 1) >> shift >= extents->n)
		shift++;
	buckets = (size_t)((sectors - 1) >> shift) + 1;
	extents->index = malloc((buckets + 1) * sizeof(*extents->index));
	if (extents->index == NULL)
		return -1;
	memory_huge(extents->index, (buckets + 1) * sizeof(*extents->index));
	extents->index_shift = shift;
	for (size_t i = 0; i < buckets; i++) {
		while (at + 1 < extents->n && extents->at[at + 1].start <= (uint64_t)i << shift)
			at++;
		extents->index[i] = (uint32_t)at;
	}
	extents->index[buckets] = (uint32_t)(extents->n - 1);
	return 0;
}

/* The first overlap that starts where another one is known to, or behind it. */
static size_t first_overlap(const struct extents *extents, uint64_t start)
{
	size_t from = 0, to = extents->overlaps.n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (extents->overlaps.at[middle].start < start)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct overlap *extents_overlaps(const struct extents *extents, uint64_t sector, size_t *n,
				       uint64_t *low, uint64_t *high)
{
	const struct overlap *all = extents->overlaps.at;
	size_t from = 0, to = extents->overlaps.n, first;

	/* `to` becomes the first one that starts behind the sector. */
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (all[middle].start <= sector)
			from = middle + 1;
		else
			to = middle;
	}
	if (to < extents->overlaps.n && all[to].start < *high)
		*high = all[to].start;
	*n = 0;
	if (to == 0)
		return NULL;
	first = first_overlap(extents, all[to - 1].start);
	if (sector - all[first].start >= all[first].count) {
		if (all[first].start + all[first].count > *low)
			*low = all[first].start + all[first].count;
		return NULL;
	}
	if (all[first].start > *low)
		*low = all[first].start;
	if (all[first].start + all[first].count < *high)
		*high = all[first].start + all[first].count;
	*n = to - first;
	return &all[first];
}
