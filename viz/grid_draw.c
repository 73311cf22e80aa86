/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tints and borders of rows. */
#include "viz/grid_draw.h"

#define BORDER 0x9aa4b0
#define DEVICE_BORDER 0x2b3645

/* How many of a row's cells the disk has. */
static unsigned row_columns(const struct grid *grid, size_t row)
{
	uint64_t left = grid->sectors - grid->rows.at[row].start;
	uint64_t cells = (left + grid->unit - 1) / grid->unit;

	return cells < grid->columns ? (unsigned)cells : grid->columns;
}

void grid_draw_tints(struct scene *scene, const struct grid *grid, const struct frame *frame, size_t row)
{
	const struct grid_cell *cells = &grid->cells.at[row * grid->columns];
	unsigned end = row_columns(grid, row);

	for (unsigned from = 0, to; from < end; from = to) {
		uint32_t tint = family_tint(name_family(&grid->names, cells[from].name));

		for (to = from + 1;
		     to < end && family_tint(name_family(&grid->names, cells[to].name)) == tint; to++)
			;
		scene_rect(scene, frame->x + from * frame->cell_width, grid->rows.at[row].y,
			   (to - from) * frame->cell_width, frame->cell_height, tint);
	}
}

double grid_border(const struct grid *grid, uint32_t a, uint32_t b, uint32_t *colour)
{
	bool devices = grid->names.list.at[a].device != grid->names.list.at[b].device;

	*colour = devices ? DEVICE_BORDER : BORDER;
	return a == b ? 0 : devices ? 1.6 : 0.6;
}

/* The borders to the row above, in runs of one strength. */
static void draw_tops(struct scene *scene, const struct grid *grid, const struct frame *frame, size_t row)
{
	const struct grid_cell *cells = &grid->cells.at[row * grid->columns], *above = cells - grid->columns;
	unsigned end = row_columns(grid, row);
	double y = grid->rows.at[row].y;

	for (unsigned from = 0, to; from < end; from = to) {
		uint32_t colour, other;
		double width = grid_border(grid, cells[from].name, above[from].name, &colour);

		for (to = from + 1; to < end; to++)
			if (grid_border(grid, cells[to].name, above[to].name, &other) != width)
				break;
		if (width > 0)
			scene_line(scene, frame->x + from * frame->cell_width, y,
				   frame->x + to * frame->cell_width, y, width, colour);
	}
}

void grid_draw_borders(struct scene *scene, const struct grid *grid, const struct frame *frame, size_t row)
{
	const struct grid_cell *cells = &grid->cells.at[row * grid->columns];
	double y = grid->rows.at[row].y;

	for (unsigned i = 1; i < row_columns(grid, row); i++) {
		double x = frame->x + i * frame->cell_width;
		uint32_t colour;
		double width = grid_border(grid, cells[i].name, cells[i - 1].name, &colour);

		if (width > 0)
			scene_line(scene, x, y, x, y + frame->cell_height, width, colour);
	}
	if (row > 0 && grid->rows.at[row].hidden == 0)
		draw_tops(scene, grid, frame, row);
	scene_frame(scene, frame->x, y, row_columns(grid, row) * frame->cell_width, frame->cell_height, 0.4,
		    RULE);
}
