/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Room for bins; pages that no access reaches are never touched. */
#include "analyzer/bins.h"

#include <stdlib.h>
#include <string.h>

static size_t count_extents(const struct map *map)
{
	size_t n = 0;

	for (size_t i = 0; i < map->spaces.n; i++)
		n += map->spaces.at[i]->extents.n;
	return n;
}

int bins_init(struct bins *bins, const struct map *map, size_t extents_min)
{
	memset(bins, 0, sizeof(*bins));
	while (map_disk(map)->sectors >> bins->shift >= BINS)
		bins->shift++;
	if (count_extents(map) < extents_min || bins->shift > 32)
		return 0;
	bins->at = malloc((size_t)BINS * BIN_ROOM * sizeof(*bins->at));
	return bins->at == NULL ? -1 : 0;
}

void bins_free(struct bins *bins)
{
	free(bins->at);
	memset(bins, 0, sizeof(*bins));
}

void bins_take(const struct bins *bins, unsigned bin, unsigned first, struct usual *usual, unsigned n)
{
	const struct binned *binned = bins_of(bins, bin) + first;

	for (unsigned i = 0; i < n; i++)
		usual[i] = (struct usual){
		    .start = ((uint64_t)bin << bins->shift) + binned[i].start,
		    .count = binned[i].count,
		    .op = binned[i].op,
		    .unaligned = binned[i].unaligned,
		};
}

void bins_clear(struct bins *bins)
{
	memset(bins->n, 0, sizeof(bins->n));
}
