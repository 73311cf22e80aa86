/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bands and names beside rows. */
#include "viz/side.h"

#include "viz/font.h"
#include "viz/labels.h"

#include <string.h>

#define DEVICE_WIDTH 15.0
#define DEVICE_GAP 3.0
#define BAND_WIDTH 14.0
#define LEADER 22.0
#define DEPTH_MAX 4
/* The column of names may be longer than the rows by so many names in all. */
#define NAMES_BELOW 30
/* So far into a fold, which is painted over it, reaches the frame of a device that goes on there. */
#define OPEN 4.0
#define DEVICE_INK 0x3d4a5c

/* Where a sector of the shown rows lies: rows are read from left to right, so a sector in the middle of a
   row is half a row down. */
static double y_of(const struct side *side, uint64_t sector, size_t *row)
{
	const struct grid *grid = side->grid;
	uint64_t size = grid->unit * grid->columns;

	while (*row + 1 < grid->rows.n && grid->rows.at[*row + 1].start <= sector)
		++*row;
	while (*row > 0 && grid->rows.at[*row].start > sector)
		--*row;
	if (sector >= grid->rows.at[*row].start + size)
		return grid->rows.at[*row].y + side->row_height;
	return grid->rows.at[*row].y +
	       side->row_height * (double)(sector - grid->rows.at[*row].start) / (double)size;
}

/* The middle of the longest stretch between y and end that no fold cuts; *length is that stretch's. */
static double clear_middle(const struct side *side, double y, double end, double *length)
{
	const struct grid *grid = side->grid;
	double best = (y + end) / 2, from = y;

	*length = 0;
	for (size_t i = 0; i <= grid->rows.n; i++) {
		double to = end;

		if (i < grid->rows.n) {
			if (grid->rows.at[i].hidden == 0 || grid->rows.at[i].y <= from)
				continue;
			to = i > 0 ? grid->rows.at[i - 1].y + side->row_height : from;
			to = to < end ? to : end;
		}
		if (to - from > *length) {
			*length = to - from;
			best = (from + to) / 2;
		}
		if (i < grid->rows.n && grid->rows.at[i].y >= end)
			break;
		from = i < grid->rows.n ? grid->rows.at[i].y : end;
	}
	return best;
}

/* The visible device at a depth around another one; NULL when it is not that deep. */
static const struct space *ancestor(const struct space *device, unsigned depth)
{
	while (device != NULL && device->depth > depth)
		device = device->parent;
	return device != NULL && device->depth == depth ? device->serves : NULL;
}

static unsigned deepest(const struct grid *grid)
{
	unsigned depth = 0;

	for (size_t i = 0; i < grid->runs.n; i++)
		if (grid->runs.at[i].device->depth > depth)
			depth = grid->runs.at[i].device->depth;
	return depth < DEPTH_MAX ? depth : DEPTH_MAX;
}

double side_bands_width(const struct grid *grid)
{
	return deepest(grid) * (DEVICE_WIDTH + DEVICE_GAP) + BAND_WIDTH;
}

double side_names_height(const struct grid *grid)
{
	return (double)(grid->runs.n < NAMES_BELOW ? grid->runs.n : NAMES_BELOW) * LABEL_LINE;
}

static void draw_device(const struct side *side, const struct space *device, double x, double y, double end)
{
	static const uint32_t grounds[] = {0xdfe5ec, 0xcdd9e8, 0xc3d5cf, 0xe2d6c8};
	struct type type = {
	    .size = 10, .colour = DEVICE_INK, .anchor = ANCHOR_MIDDLE, .bold = true, .upright = true};
	double middle;

	scene_rect(side->scene, x, y, DEVICE_WIDTH, end - y, grounds[(device->depth - 1) % 4]);
	scene_frame(side->scene, x, y, DEVICE_WIDTH, end - y, 0.8, DEVICE_INK);
	middle = clear_middle(side, y, end, &type.room);
	type.room -= 6;
	if (type.room >= font_width(device->name, type.size, true) || type.room > 40)
		scene_text(side->scene, x + 11, middle, &type, device->name);
}

/* Whether a device goes on at a sector that is folded away: then its frame is open there. */
static bool goes_on(const struct side *side, uint64_t sector, const struct space *device, unsigned depth)
{
	const struct map *map = side->grid->picture->map;
	struct region region;
	struct place place;

	map_find(map, sector, &place);
	region_describe(map, &place, &region);
	return ancestor(region.device, depth) == device;
}

static bool fold_before(const struct grid *grid, size_t row, uint64_t sector)
{
	return grid->rows.at[row].hidden > 0 && grid->rows.at[row].start == sector;
}

static bool fold_after(const struct grid *grid, size_t row, uint64_t sector)
{
	bool last = row + 1 == grid->rows.n;

	return (last ? grid->hidden : grid->rows.at[row + 1].hidden) > 0 &&
	       grid->rows.at[row].start + grid->unit * grid->columns == sector;
}

static void draw_devices(const struct side *side, unsigned depth)
{
	const struct grid *grid = side->grid;
	double x = side->x + (depth - 1) * (DEVICE_WIDTH + DEVICE_GAP);
	size_t row = 0;

	for (size_t i = 0, j; i < grid->runs.n; i = j) {
		const struct space *device = ancestor(grid->runs.at[i].device, depth);

		for (j = i + 1; j < grid->runs.n && ancestor(grid->runs.at[j].device, depth) == device; j++)
			;
		if (device != NULL) {
			uint64_t start = grid->runs.at[i].start, sector = grid->runs.at[j - 1].end;
			double y = y_of(side, start, &row), end;

			if (fold_before(grid, row, start) && goes_on(side, start - 1, device, depth))
				y -= OPEN;
			end = y_of(side, sector, &row);
			if (fold_after(grid, row, sector) && goes_on(side, sector, device, depth))
				end += OPEN;
			draw_device(side, device, x, y, end);
		}
	}
}

static void draw_bands(const struct side *side, double x)
{
	const struct grid *grid = side->grid;
	size_t row = 0;

	for (size_t i = 0; i < grid->runs.n; i++) {
		const struct grid_run *run = &grid->runs.at[i];
		double y = y_of(side, run->start, &row), end = y_of(side, run->end, &row);

		scene_rect(side->scene, x, y, BAND_WIDTH, end - y,
			   family_band(name_family(&grid->names, run->name)));
		if (end - y > 3)
			scene_line(side->scene, x, y, x + BAND_WIDTH, y, 0.6, PAPER);
	}
}

/* A label for each run; of the runs with one name, the longest has it in words. */
static int collect(const struct side *side, struct labels *labels, double x)
{
	const struct grid *grid = side->grid;
	size_t row = 0;

	for (size_t i = 0; i < grid->runs.n; i++) {
		const struct grid_run *run = &grid->runs.at[i];
		double y = y_of(side, run->start, &row), end = y_of(side, run->end, &row), length;
		struct label label = {
		    .name = run->name,
		    .x = x,
		    .y = clear_middle(side, y, end, &length),
		    .size = run->end - run->start,
		    .touched = run->touched,
		};

		if (labels_add(labels, &label) != 0)
			return -1;
	}
	return 0;
}

int side_draw(const struct side *side)
{
	struct labels labels = {.names = &side->grid->names, .top = side->top, .bottom = side->bottom};
	double x = side->x;
	int status;

	names_number(&side->grid->names);
	for (unsigned depth = 1; depth <= deepest(side->grid); depth++, x += DEVICE_WIDTH + DEVICE_GAP)
		draw_devices(side, depth);
	draw_bands(side, x);
	labels.x = x + BAND_WIDTH + LEADER;
	labels.right = side->right;
	status = collect(side, &labels, x + BAND_WIDTH);
	if (status == 0)
		status = labels_draw(&labels, side->scene);
	labels_free(&labels);
	return status;
}
