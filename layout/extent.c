/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sealed runs of a space: their flags' names, and finding the one that holds a sector. */
#include "layout/extent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *extent_flag_name(unsigned bit)
{
	static const char *const names[EXTENT_FLAGS] = {"unwritten", "deleted",   "stale",
							"damaged",   "encrypted", "verity"};

	assert(bit < EXTENT_FLAGS);
	return names[bit];
}

void extents_free(struct extents *extents)
{
	free(extents->at);
	VEC_FREE(&extents->overlaps);
	memset(extents, 0, sizeof(*extents));
}

const struct extent *extents_find(const struct extents *extents, uint64_t sectors, uint64_t sector,
				  uint64_t *end)
{
	size_t low = 0, n = extents->n;

	assert(sector < sectors && n > 0);
	/* The last extent that starts at or before the sector; extents->at[0] starts at 0. */
	while (n > 1) {
		size_t half = n / 2;

		low += extents->at[low + half].start <= sector ? half : 0;
		n -= half;
	}
	*end = low + 1 < extents->n ? extents->at[low + 1].start : sectors;
	return &extents->at[low];
}
