/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rows that are folded away hold, in words. */
#include "viz/grid.h"

#include "base/size.h"

#include <inttypes.h>

/* Names told for what a fold hides. */
#define FOLD_NAMES 3

struct fold_part {
	uint32_t name;
	uint64_t sectors;
};

/* The names that take most of [start, end), most first. */
static unsigned fold_parts(struct name_table *names, uint64_t start, uint64_t end,
			   struct fold_part parts[FOLD_NAMES])
{
	uint64_t min_step = (end - start) / 4096 + 1;
	VEC(struct fold_part) all = {0};
	struct place place;
	unsigned n = 0;

	for (uint64_t at = start, step; at < end; at += step) {
		uint32_t name;
		size_t i = 0;

		map_find(names->map, at, &place);
		step = place.count > min_step ? place.count : min_step;
		step = step > end - at ? end - at : step;
		name = names_of(names, &place);
		while (i < all.n && all.at[i].name != name)
			i++;
		if (i < all.n)
			all.at[i].sectors += step;
		else if (all.n < 64 && VEC_PUSH(&all, (struct fold_part){name, step}) != 0)
			break;
	}
	for (; n < FOLD_NAMES && all.n > 0; n++) {
		size_t most = 0;

		for (size_t i = 1; i < all.n; i++)
			if (all.at[i].sectors > all.at[most].sectors)
				most = i;
		parts[n] = all.at[most];
		all.at[most] = all.at[--all.n];
	}
	VEC_FREE(&all);
	return n;
}

static void tell_fold(struct grid *grid, struct text *out, uint64_t start, uint64_t end)
{
	uint64_t size = grid->unit * grid->columns, rows = (end - start + size - 1) / size;
	struct name_table kinds;
	struct fold_part parts[FOLD_NAMES];
	char bytes[32];
	unsigned n;

	names_init(&kinds, grid->picture->map, DETAIL_KINDS);
	n = fold_parts(&kinds, start, end, parts);
	text_printf(out, "%" PRIu64 " untouched row%s, %" PRIu64 " sectors (%s)", rows, rows == 1 ? "" : "s",
		    end - start, size_human((end - start) << SECTOR_SHIFT, bytes, sizeof(bytes)));
	for (unsigned i = 0; i < n; i++) {
		text_str(out, i ? "; " : ": ");
		text_str(out, name_text(&kinds, parts[i].name));
	}
	names_free(&kinds);
}

void grid_tell_folds(struct grid *grid)
{
	uint64_t size = grid->unit * grid->columns;

	for (size_t i = 0; i < grid->rows.n; i++) {
		struct grid_row *row = &grid->rows.at[i];

		if (row->hidden > 0)
			tell_fold(grid, &row->folded, row->start - row->hidden * size, row->start);
	}
	if (grid->hidden > 0)
		tell_fold(grid, &grid->folded, grid->rows.at[grid->rows.n - 1].start + size, grid->sectors);
}
