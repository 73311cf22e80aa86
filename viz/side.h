/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands beside the rows of a grid: bands for devices and regions, and the regions' names, which never
   overlap.  Where there is no room for a name its number in the legend stands for it. */
#ifndef VIZ_SIDE_H
#define VIZ_SIDE_H

#include "viz/grid.h"

struct side {
	struct scene *scene;
	struct grid *grid;
	double x;     /* the left edge of the bands */
	double right; /* the right edge of the names */
	double row_height;
	double top, bottom;
};

/* Numbers the names and draws; 0, or -1 without memory. */
int side_draw(const struct side *side);

/* How wide the bands of a grid's devices are. */
double side_bands_width(const struct grid *grid);

/* How much room the names of few rows take; of many rows, no more than those have beside them. */
double side_names_height(const struct grid *grid);

#endif
