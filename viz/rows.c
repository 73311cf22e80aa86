/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cells view, a cell a sector with untouched rows folded away, and the disk view in rows, a cell for many
   sectors: the same layout with other sizes. */
#include "viz/font.h"
#include "viz/grid.h"
#include "viz/grid_draw.h"
#include "viz/legend.h"
#include "viz/side.h"

#include "base/size.h"

#include <inttypes.h>
#include <stdio.h>

#define LEFT 92.0
#define FOLD_HEIGHT 19.0
#define LABELS_WIDTH 340.0
#define DISK_ROWS 96
#define DISK_COLUMNS 128

static double row_height(size_t rows)
{
	return rows <= 30 ? 20 : rows <= 70 ? 14 : rows <= 120 ? 11 : rows <= 240 ? 9 : 7;
}

static void place_rows(struct grid *grid, struct frame *frame)
{
	double y = frame->y;

	for (size_t i = 0; i < grid->rows.n; i++) {
		if (grid->rows.at[i].hidden > 0)
			y += FOLD_HEIGHT;
		grid->rows.at[i].y = y;
		y += frame->cell_height;
	}
	frame->bottom = grid->hidden > 0 ? y + FOLD_HEIGHT : y;
}

static void draw_addresses(struct scene *scene, const struct grid *grid, const struct frame *frame)
{
	struct type type = {.size = 9.5, .colour = INK_SOFT, .anchor = ANCHOR_END, .room = LEFT - 12};
	double free_from = 0;

	for (size_t i = 0; i < grid->rows.n; i++) {
		double y = grid->rows.at[i].y + frame->cell_height / 2 + 3.5;

		if (y - 9 < free_from && grid->rows.at[i].hidden == 0)
			continue;
		scene_number(scene, LEFT - 8, y, &type, grid->rows.at[i].start);
		free_from = y + 2;
	}
}

/* A break across the rows: two slanted strokes at each side, and what it hides. */
static void draw_fold(struct scene *scene, const struct text *folded, double y, const struct frame *frame,
		      double right)
{
	struct type type = {.size = 9.5, .colour = INK_SOFT, .anchor = ANCHOR_MIDDLE};
	double middle = y + FOLD_HEIGHT / 2, end = frame->x + frame->width;

	scene_rect(scene, frame->x - 6, y, right - frame->x + 12, FOLD_HEIGHT, PAPER);
	scene_line(scene, frame->x, y + 2, end, y + 2, 0.6, RULE);
	scene_line(scene, frame->x, y + FOLD_HEIGHT - 2, end, y + FOLD_HEIGHT - 2, 0.6, RULE);
	for (int side = 0; side < 2; side++) {
		double x = side ? end : frame->x;

		scene_line(scene, x - 7, middle + 1, x + 7, middle - 5, 1, INK_SOFT);
		scene_line(scene, x - 7, middle + 5, x + 7, middle - 1, 1, INK_SOFT);
	}
	type.room = frame->width - 30;
	scene_text(scene, frame->x + frame->width / 2, middle + 3.5, &type, folded->at ? folded->at : "");
}

static void draw_folds(struct scene *scene, const struct grid *grid, const struct frame *frame, double right)
{
	for (size_t i = 0; i < grid->rows.n; i++)
		if (grid->rows.at[i].hidden > 0)
			draw_fold(scene, &grid->rows.at[i].folded, grid->rows.at[i].y - FOLD_HEIGHT, frame,
				  right);
	if (grid->hidden > 0)
		draw_fold(scene, &grid->folded, frame->bottom - FOLD_HEIGHT, frame, right);
}

static void draw_rows(struct scene *scene, const struct grid *grid, const struct frame *frame)
{
	for (size_t row = 0; row < grid->rows.n; row++)
		grid_draw_tints(scene, grid, frame, row);
	for (size_t row = 0; row < grid->rows.n; row++)
		grid_draw_borders(scene, grid, frame, row);
	for (size_t row = 0; row < grid->rows.n; row++)
		for (unsigned column = 0; column < grid->columns; column++)
			grid_draw_cell(scene, grid, &grid->cells.at[row * grid->columns + column],
				       frame->x + column * frame->cell_width, grid->rows.at[row].y,
				       frame->cell_width, frame->cell_height);
}

static int draw(struct scene *scene, struct grid *grid, struct frame *frame, const char *what,
		struct err *err)
{
	double bands = frame->x + frame->width + 14, right = bands + side_bands_width(grid);
	struct side side = {.scene = scene, .grid = grid, .x = bands, .row_height = frame->cell_height};
	double width = right + LABELS_WIDTH + PICTURE_MARGIN;

	frame->y = picture_header(scene, grid->picture, what, width) + 6;
	place_rows(grid, frame);
	side.right = width - PICTURE_MARGIN;
	side.top = frame->y;
	side.bottom = frame->y + side_names_height(grid);
	side.bottom = side.bottom > frame->bottom ? side.bottom : frame->bottom;
	draw_rows(scene, grid, frame);
	draw_addresses(scene, grid, frame);
	if (side_draw(&side) != 0)
		return err_nomem(err);
	draw_folds(scene, grid, frame, right);
	scene->width = width;
	scene->height =
	    legend_draw(scene, &grid->names, PICTURE_MARGIN, width - PICTURE_MARGIN, side.bottom + 20) +
	    PICTURE_MARGIN;
	return 0;
}

int scene_of_cells(struct scene *scene, const struct picture *picture, struct err *err)
{
	struct frame frame = {.x = LEFT, .cell_width = 10};
	struct grid grid;
	char what[200];
	int status = grid_of_sectors(&grid, picture, err);

	snprintf(what, sizeof(what), "A cell is a sector of 512 bytes, a row 64 of them: %s",
		 grid_lanes(&grid));
	frame.width = frame.cell_width * grid.columns;
	frame.cell_height = row_height(grid.rows.n);
	if (status == 0)
		status = draw(scene, &grid, &frame, what, err);
	grid_done(&grid);
	return status;
}

int scene_of_rows(struct scene *scene, const struct picture *picture, struct err *err)
{
	struct frame frame = {.x = LEFT, .cell_width = 6, .cell_height = 9};
	struct grid grid;
	char what[200], size[32];
	int status = grid_of_disk(&grid, picture, DISK_ROWS, DISK_COLUMNS, err);

	frame.width = frame.cell_width * grid.columns;
	snprintf(what, sizeof(what), "A cell is %" PRIu64 " sector%s (%s): %s; the darker, the more",
		 grid.unit, grid.unit == 1 ? "" : "s",
		 size_human(grid.unit << SECTOR_SHIFT, size, sizeof(size)), grid_lanes(&grid));
	if (status == 0)
		status = draw(scene, &grid, &frame, what, err);
	grid_done(&grid);
	return status;
}
