/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a cell shows its accesses.  Its height is shared among lanes, so reads never hide writes: writes on
   top, reads below, and a third lane for discards and zeroes where there are any.  In a lane, aligned
   accesses are bars and unaligned ones triangles; a cell with both has the bar left and the triangle
   right. */
#include "viz/grid.h"

#include <math.h>

/* What the cell with the fewest accesses gets of its colour.  With less, a faint class looks like another one
   to colour-blind eyes: of 0.4 of the red and the full green, protanopes see no difference. */
#define FAINTEST 0.6

static uint32_t shade(const struct grid *grid, unsigned class, uint64_t sectors, uint32_t ground)
{
	double part = 1;

	if (grid->unit > 1 && grid->most > grid->least)
		part = FAINTEST + (1 - FAINTEST) * log2((double)sectors / (double)grid->least) /
				      log2((double)grid->most / (double)grid->least);
	return colour_mix(class_colour(class), ground, part);
}

static void draw_lane(struct scene *scene, const struct grid *grid, const struct grid_cell *cell, unsigned op,
		      double x, double y, double w, double h)
{
	unsigned aligned = heat_class((enum access_op)op, false),
		 unaligned = heat_class((enum access_op)op, true);
	uint32_t ground = family_tint(name_family(&grid->names, cell->name));
	bool both = cell->sectors[aligned] > 0 && cell->sectors[unaligned] > 0;
	double part = both ? w / 2 : w;

	if (cell->sectors[aligned] > 0)
		scene_rect(scene, x, y, part, h, shade(grid, aligned, cell->sectors[aligned], ground));
	if (cell->sectors[unaligned] > 0)
		scene_triangle(scene, both ? x + part : x, y, part, h,
			       shade(grid, unaligned, cell->sectors[unaligned], ground));
}

void grid_draw_cell(struct scene *scene, const struct grid *grid, const struct grid_cell *cell, double x,
		    double y, double w, double h)
{
	unsigned lanes = grid->has_others ? 3 : 2;
	double lane = h / lanes, gap = lane >= 6 ? 1 : 0.5, side = w >= 8 ? 1 : 0.5;

	draw_lane(scene, grid, cell, ACCESS_WRITE, x + side, y + gap, w - 2 * side, lane - gap);
	draw_lane(scene, grid, cell, ACCESS_READ, x + side, y + lane + gap / 2, w - 2 * side, lane - gap);
	if (!grid->has_others)
		return;
	/* Halves of the third lane: discards left, zeroes right. */
	draw_lane(scene, grid, cell, ACCESS_DISCARD, x + side, y + 2 * lane, w / 2 - side, lane - gap);
	draw_lane(scene, grid, cell, ACCESS_ZERO, x + w / 2, y + 2 * lane, w / 2 - side, lane - gap);
}

const char *grid_lanes(const struct grid *grid)
{
	return grid->has_others
		   ? "writes on top, reads below them, at the bottom discards (left) and zeroes (right)"
		   : "writes in the upper half, reads in the lower";
}
