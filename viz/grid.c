/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling rows of cells with accesses and names. */
#include "viz/grid.h"

#include <string.h>

#define CELL_COLUMNS 64
/* A gap of so many blank rows is shown as it is; a fold would take as much room. */
#define BLANK_ROWS 1
/* Steps through the map for one picture; on a disk with more runs than that, the smallest are skipped
   over. */
#define STEPS_MAX 400000

void grid_done(struct grid *grid)
{
	for (size_t i = 0; i < grid->rows.n; i++)
		text_free(&grid->rows.at[i].folded);
	text_free(&grid->folded);
	VEC_FREE(&grid->rows);
	VEC_FREE(&grid->cells);
	VEC_FREE(&grid->runs);
	names_free(&grid->names);
}

static uint64_t last_sector(const struct picture *picture)
{
	const struct heat *heat = picture->heat;
	uint64_t end = heat->bins.n ? heat_bin_start(heat, &heat->bins.at[heat->bins.n - 1]) + 1 : 0;
	uint64_t disk = map_disk(picture->map)->sectors;

	/* Without a disk or a stated size, the last access is all that is known of its end. */
	if (disk > end && disk < EXTENT_SECTORS_MAX)
		return disk;
	return end > 0 ? end : 1;
}

/* --- rows --- */

static int add_row(struct grid *grid, uint64_t row)
{
	uint64_t size = grid->unit * grid->columns;
	uint64_t next = grid->rows.n ? grid->rows.at[grid->rows.n - 1].start / size + 1 : 0;
	struct grid_row blank = {0};

	while (grid->rows.n > 0 && next < row && row - next <= BLANK_ROWS) {
		blank.start = next++ * size;
		if (VEC_PUSH(&grid->rows, blank) != 0)
			return -1;
	}
	return VEC_PUSH(&grid->rows, (struct grid_row){.start = row * size, .hidden = row - next});
}

/* Every row that has a bin, in order: bins are sorted by place. */
static int touched_rows(struct grid *grid)
{
	const struct heat *heat = grid->picture->heat;
	uint64_t size = grid->unit * grid->columns, row, last = UINT64_MAX;

	for (size_t i = 0; i < heat->bins.n; i++) {
		row = heat_bin_start(heat, &heat->bins.at[i]) / size;
		if (row != last && add_row(grid, row) != 0)
			return -1;
		last = row;
	}
	if (grid->rows.n > 0)
		grid->hidden = (grid->sectors + size - 1) / size - (last + 1);
	return 0;
}

size_t cells_rows(const struct heat *heat)
{
	uint64_t row, last = UINT64_MAX;
	size_t n = 0;

	for (size_t i = 0; i < heat->bins.n; i++) {
		row = heat_bin_start(heat, &heat->bins.at[i]) / CELL_COLUMNS;
		n += row != last;
		last = row;
	}
	return n;
}

static int all_rows(struct grid *grid)
{
	uint64_t size = grid->unit * grid->columns;

	for (uint64_t start = 0; start < grid->sectors; start += size)
		if (VEC_PUSH(&grid->rows, (struct grid_row){.start = start}) != 0)
			return -1;
	return 0;
}

/* The cell of a sector; NULL in a fold.  *row is where to start looking and moves on. */
static struct grid_cell *cell_at(struct grid *grid, uint64_t sector, size_t *row)
{
	uint64_t size = grid->unit * grid->columns;

	while (*row < grid->rows.n && grid->rows.at[*row].start + size <= sector)
		++*row;
	if (*row == grid->rows.n || grid->rows.at[*row].start > sector)
		return NULL;
	return &grid->cells.at[*row * grid->columns + (sector - grid->rows.at[*row].start) / grid->unit];
}

/* --- accesses --- */

/* A bin that is larger than a cell is spread over the cells it covers. */
static void add_bin(struct grid *grid, const struct heat_cell *bin, size_t *row)
{
	const struct heat *heat = grid->picture->heat;
	uint64_t start = heat_bin_start(heat, bin), size = (uint64_t)1 << heat->bin_shift;
	uint64_t parts = size > grid->unit ? size / grid->unit : 1;
	unsigned class = heat_cell_class(bin);
	size_t from = *row;

	for (uint64_t i = 0; i < parts; i++) {
		struct grid_cell *cell = cell_at(grid, start + i * grid->unit, &from);
		uint64_t share = bin->sectors / parts + (i < bin->sectors % parts);

		if (i == 0)
			*row = from;
		if (cell == NULL)
			continue;
		cell->sectors[class] += share;
	}
	grid->has_others |= class >= heat_class(ACCESS_DISCARD, false);
}

static void find_range(struct grid *grid)
{
	grid->least = UINT64_MAX;
	for (size_t i = 0; i < grid->cells.n; i++)
		for (unsigned class = 0; class < HEAT_CLASSES; class ++) {
			uint64_t sectors = grid->cells.at[i].sectors[class];

			if (sectors == 0)
				continue;
			grid->least = sectors < grid->least ? sectors : grid->least;
			grid->most = sectors > grid->most ? sectors : grid->most;
		}
}

static int add_accesses(struct grid *grid)
{
	const struct heat *heat = grid->picture->heat;
	size_t n = grid->rows.n * grid->columns, row = 0;

	if (vec_reserve((void **)&grid->cells.at, &grid->cells.cap, n + 1, sizeof(*grid->cells.at)) != 0)
		return -1;
	grid->cells.n = n;
	memset(grid->cells.at, 0, n * sizeof(*grid->cells.at));
	for (size_t i = 0; i < heat->bins.n; i++)
		add_bin(grid, &heat->bins.at[i], &row);
	find_range(grid);
	return 0;
}

/* --- names --- */

static int add_run(struct grid *grid, uint32_t name, uint64_t start, uint64_t end, uint64_t touched)
{
	struct grid_run *last = grid->runs.n ? &grid->runs.at[grid->runs.n - 1] : NULL;
	struct grid_run run = {name, grid->names.list.at[name].device, start, end, touched};

	grid->names.list.at[name].sectors += end - start;
	if (last == NULL || last->name != name)
		return VEC_PUSH(&grid->runs, run);
	last->end = end;
	last->touched += touched;
	return 0;
}

/* What a picture would rather show where several things share a cell. */
static uint64_t weight_of(enum family family, uint64_t sectors)
{
	if (family == FAMILY_FREE || family == FAMILY_UNKNOWN)
		return sectors;
	return sectors * (family == FAMILY_FILE ? 4 : family == FAMILY_JOURNAL ? 64 : 16);
}

static uint64_t sum_cells(const struct grid *grid, size_t from, size_t to)
{
	uint64_t sum = 0;

	for (size_t i = from; i < to; i++)
		for (unsigned class = 0; class < HEAT_CLASSES; class ++)
			sum += grid->cells.at[i].sectors[class];
	return sum;
}

/* Names the cells of one row: of each, the heaviest of what it holds. */
static int name_row(struct grid *grid, size_t row, uint64_t min_step)
{
	uint64_t at = grid->rows.at[row].start, end = at + grid->unit * grid->columns;
	struct grid_cell *cells = &grid->cells.at[row * grid->columns];
	uint64_t best = 0;
	struct place place;

	if (end > grid->sectors)
		end = grid->sectors;
	for (uint64_t next; at < end; at = next) {
		size_t first = (size_t)((at - grid->rows.at[row].start) / grid->unit), last;
		uint32_t name;
		uint64_t weight;

		map_find(grid->picture->map, at, &place);
		next = place.count > min_step ? at + place.count : at + min_step;
		next = next > end ? end : next;
		name = names_of(&grid->names, &place);
		if (grid->names.list.n == 0)
			return -1;
		last = (size_t)((next - 1 - grid->rows.at[row].start) / grid->unit);
		if (add_run(grid, name, at, next,
			    sum_cells(grid, row * grid->columns + first, row * grid->columns + last + 1)) !=
		    0)
			return -1;
		weight = weight_of(name_family(&grid->names, name),
				   next - at < grid->unit ? next - at : grid->unit);
		for (size_t i = first; i <= last; i++) {
			if (i > first || grid->rows.at[row].start + i * grid->unit == at)
				best = 0;
			if (weight <= best)
				continue;
			cells[i].name = name;
			best = weight;
		}
	}
	return 0;
}

static int name_rows(struct grid *grid)
{
	uint64_t shown = grid->rows.n * grid->columns * grid->unit;

	for (size_t row = 0; row < grid->rows.n; row++)
		if (name_row(grid, row, shown / STEPS_MAX + 1) != 0)
			return -1;
	return 0;
}

/* --- the two grids --- */

static int fill(struct grid *grid, struct err *err)
{
	if (add_accesses(grid) != 0 || name_rows(grid) != 0)
		return err_nomem(err);
	grid_tell_folds(grid);
	names_count(&grid->names, grid->picture->heat, grid->picture->analysis);
	return grid->names.short_of_memory ? err_nomem(err) : 0;
}

int grid_of_sectors(struct grid *grid, const struct picture *picture, struct err *err)
{
	memset(grid, 0, sizeof(*grid));
	names_init(&grid->names, picture->map, DETAIL_ALL);
	grid->picture = picture;
	grid->unit = 1;
	grid->columns = CELL_COLUMNS;
	grid->sectors = last_sector(picture);
	return touched_rows(grid) == 0 ? fill(grid, err) : err_nomem(err);
}

int grid_of_disk(struct grid *grid, const struct picture *picture, unsigned rows, unsigned columns,
		 struct err *err)
{
	memset(grid, 0, sizeof(*grid));
	names_init(&grid->names, picture->map, DETAIL_KINDS);
	grid->picture = picture;
	grid->columns = columns;
	grid->sectors = last_sector(picture);
	for (grid->unit = 1; (grid->sectors - 1) / rows / columns >= grid->unit; grid->unit *= 2)
		;
	return all_rows(grid) == 0 ? fill(grid, err) : err_nomem(err);
}
