/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tiles that follow from sums of bounds. */
#include "analyzer/tiles.h"

#include <stdlib.h>

struct tile_row {
	uint64_t key;
	size_t index;
};

static int compare_rows(const void *left, const void *right)
{
	const struct tile_row *a = left, *b = right;

	return a->key < b->key ? -1 : a->key > b->key;
}

static struct tile_row *sorted_rows(const struct tiles *tiles)
{
	struct tile_row *rows = malloc((tiles->rows.n + 1) * sizeof(*rows));

	for (size_t i = 0; rows != NULL && i < tiles->rows.n; i++)
		rows[i] = (struct tile_row){tiles->rows.at[i], i};
	if (rows != NULL)
		qsort(rows, tiles->rows.n, sizeof(*rows), compare_rows);
	return rows;
}

struct walk {
	const struct tiles *tiles;
	int (*emit)(void *context, const struct touched *touched, unsigned column);
	void *context;
	unsigned open; /* columns, of any class, with intervals that the last bin left open */
	unsigned class_open[HEAT_CLASSES];
	uint64_t depth[HEAT_CLASSES][TILE_COLUMNS];
};

/* The tiles of one bin and class; `row` is NULL where it has no bounds. */
static int walk_row(struct walk *walk, uint64_t bin, unsigned class, const struct tile_row *row)
{
	const struct tiles *tiles = walk->tiles;
	uint64_t first = tiles->first >> tiles->time_shift, last = tiles->last >> tiles->time_shift;
	unsigned was_open = walk->class_open[class];

	if (row == NULL && was_open == 0)
		return 0;
	for (unsigned i = 0; i <= last - first; i++) {
		const struct tile_column *column = &tiles->columns[(first + i) % TILE_COLUMNS];
		uint64_t *depth = &walk->depth[class][i], before = *depth;
		struct touched touched = {.class = class};
		struct bound_sum sum = {0};

		if (row != NULL && row->index < column->cleared)
			sum = column->at[row->index];
		*depth += sum.starts - sum.ends;
		walk->class_open[class] += (*depth > 0) - (before > 0);
		if (bound_sum_touches(&sum, tiles->place_shift, bin, before, &touched) &&
		    walk->emit(walk->context, &touched, i) != 0)
			return -1;
	}
	walk->open += walk->class_open[class] - was_open;
	return 0;
}

static int walk_bins(struct walk *walk, const struct tile_row *rows, size_t n)
{
	uint64_t bin = 0;

	for (size_t i = 0; i < n || walk->open > 0; bin++) {
		if (walk->open == 0)
			bin = rows[i].key / HEAT_CLASSES;
		for (unsigned class = 0; class < HEAT_CLASSES; class ++) {
			bool here = i < n && rows[i].key == bin * HEAT_CLASSES + class;

			if (walk_row(walk, bin, class, here ? &rows[i] : NULL) != 0)
				return -1;
			i += here;
		}
	}
	return 0;
}

int tiles_walk(struct tiles *tiles,
	       int (*emit)(void *context, const struct touched *touched, unsigned column), void *context)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct tile_row *rows = sorted_rows(tiles);
	int status = -1;

	if (walk != NULL && rows != NULL) {
		walk->tiles = tiles;
		walk->emit = emit;
		walk->context = context;
		status = walk_bins(walk, rows, tiles->rows.n);
	}
	free(walk);
	free(rows);
	return status;
}
