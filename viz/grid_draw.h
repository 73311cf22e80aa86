/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ground under a grid's accesses: tints for what lies there, and its borders. */
#ifndef VIZ_GRID_DRAW_H
#define VIZ_GRID_DRAW_H

#include "viz/grid.h"

/* Where the grid lies in the scene. */
struct frame {
	double x, y, width, bottom;
	double cell_width, cell_height;
};

void grid_draw_tints(struct scene *scene, const struct grid *grid, const struct frame *frame, size_t row);

/* Thin lines between names, strong ones between devices. */
void grid_draw_borders(struct scene *scene, const struct grid *grid, const struct frame *frame, size_t row);

/* How strong the border between two places is; 0 for none. */
double grid_border(const struct grid *grid, uint32_t a, uint32_t b, uint32_t *colour);

/* The disk view in rows. */
int scene_of_rows(struct scene *scene, const struct picture *picture, struct err *err);

#endif
