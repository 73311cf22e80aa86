/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disk view along a Hilbert curve: places that are near on the disk are near in the picture, so regions
   are patches that have a middle, where their name or number stands. */
#include "viz/font.h"
#include "viz/grid.h"
#include "viz/grid_draw.h"
#include "viz/legend.h"

#include "base/size.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ORDER 6
#define SIDE (1u << ORDER)
#define CELL 14.0

/* The curve's d-th cell (after the usual iterative construction). */
static void hilbert(unsigned d, unsigned *x, unsigned *y)
{
	*x = *y = 0;
	for (unsigned s = 1; s < SIDE; s *= 2, d /= 4) {
		unsigned rx = 1 & d / 2, ry = 1 & (d ^ rx), swap;

		if (ry == 0) {
			if (rx == 1) {
				*x = s - 1 - *x;
				*y = s - 1 - *y;
			}
			swap = *x;
			*x = *y;
			*y = swap;
		}
		*x += s * rx;
		*y += s * ry;
	}
}

/* Which cell of the grid lies at a place of the picture; UINT32_MAX where the disk has ended. */
struct curve {
	const struct grid *grid;
	struct scene *scene;
	double x, y;
	unsigned cells;
	uint32_t at[SIDE][SIDE];
};

static void make_curve(struct curve *curve)
{
	for (unsigned d = 0; d < SIDE * SIDE; d++) {
		unsigned x, y;

		hilbert(d, &x, &y);
		curve->at[y][x] = d < curve->cells ? d : UINT32_MAX;
	}
}

static void draw_cells(const struct curve *curve)
{
	for (unsigned y = 0; y < SIDE; y++)
		for (unsigned x = 0; x < SIDE; x++) {
			uint32_t d = curve->at[y][x];
			const struct grid_cell *cell = &curve->grid->cells.at[d == UINT32_MAX ? 0 : d];
			double left = curve->x + x * CELL, top = curve->y + y * CELL;

			if (d == UINT32_MAX)
				continue;
			scene_rect(curve->scene, left, top, CELL, CELL,
				   family_tint(name_family(&curve->grid->names, cell->name)));
			grid_draw_cell(curve->scene, curve->grid, cell, left, top, CELL, CELL);
		}
}

static void draw_edge(const struct curve *curve, uint32_t a, uint32_t b, double x, double y, bool upright)
{
	uint32_t colour;
	double width;

	if (a == UINT32_MAX || b == UINT32_MAX) {
		width = a == b ? 0 : 1.6;
		colour = 0x2b3645;
	} else {
		width = grid_border(curve->grid, curve->grid->cells.at[a].name, curve->grid->cells.at[b].name,
				    &colour);
	}
	if (width > 0)
		scene_line(curve->scene, x, y, upright ? x : x + CELL, upright ? y + CELL : y, width, colour);
}

static void draw_edges(const struct curve *curve)
{
	for (unsigned y = 0; y < SIDE; y++)
		for (unsigned x = 0; x < SIDE; x++) {
			double left = curve->x + x * CELL, top = curve->y + y * CELL;

			if (x > 0)
				draw_edge(curve, curve->at[y][x - 1], curve->at[y][x], left, top, true);
			if (y > 0)
				draw_edge(curve, curve->at[y - 1][x], curve->at[y][x], left, top, false);
		}
}

/* --- names on the curve --- */

/* A stretch of cells with one name. */
struct stretch {
	uint32_t name;
	unsigned from, cells;
};

struct chip {
	double x, y, w;
};

/* The stretch's cell that is nearest to its middle in the picture. */
static void middle_of(const struct stretch *stretch, unsigned *at_x, unsigned *at_y)
{
	double sum_x = 0, sum_y = 0, best = HUGE_VAL;
	unsigned x, y;

	for (unsigned d = stretch->from; d < stretch->from + stretch->cells; d++) {
		hilbert(d, &x, &y);
		sum_x += x;
		sum_y += y;
	}
	for (unsigned d = stretch->from; d < stretch->from + stretch->cells; d++) {
		double dx, dy;

		hilbert(d, &x, &y);
		dx = x - sum_x / stretch->cells;
		dy = y - sum_y / stretch->cells;
		if (dx * dx + dy * dy >= best)
			continue;
		best = dx * dx + dy * dy;
		*at_x = x;
		*at_y = y;
	}
}

static bool is_clear(const struct chip *chips, unsigned n, const struct chip *chip)
{
	for (unsigned i = 0; i < n; i++)
		if (chip->x < chips[i].x + chips[i].w + 2 && chips[i].x < chip->x + chip->w + 2 &&
		    chip->y < chips[i].y + CELL + 2 && chips[i].y < chip->y + CELL + 2)
			return false;
	return true;
}

/* A name on a white ground, as near to the cell as the picture's edges allow; false when there is no room. */
static bool draw_chip(const struct curve *curve, struct chip *chips, unsigned *n,
		      const struct stretch *stretch, const char *words)
{
	struct type type = {.size = 10, .colour = INK, .anchor = ANCHOR_MIDDLE, .bold = true};
	struct chip chip = {.w = font_width(words, type.size, true) + 8};
	double right = curve->x + SIDE * CELL;
	unsigned x = 0, y = 0;

	middle_of(stretch, &x, &y);
	chip.x = curve->x + x * CELL + CELL / 2 - chip.w / 2;
	chip.x = chip.x + chip.w > right ? right - chip.w : chip.x < curve->x ? curve->x : chip.x;
	chip.y = curve->y + y * CELL;
	if (!is_clear(chips, *n, &chip))
		return false;
	chips[(*n)++] = chip;
	scene_rect(curve->scene, chip.x, chip.y, chip.w, CELL, PAPER);
	scene_frame(curve->scene, chip.x, chip.y, chip.w, CELL, 0.8, INK);
	scene_text(curve->scene, chip.x + chip.w / 2, chip.y + 10.5, &type, words);
	return true;
}

static int compare_stretches(const void *left, const void *right)
{
	const struct stretch *a = left, *b = right;

	if (a->cells != b->cells)
		return a->cells > b->cells ? -1 : 1;
	return a->name < b->name ? -1 : a->name > b->name;
}

/* The longest stretch of each name, the longest first. */
static struct stretch *longest_stretches(const struct curve *curve)
{
	size_t n = curve->grid->names.list.n;
	struct stretch *longest = calloc(n + 1, sizeof(*longest));

	if (longest == NULL)
		return NULL;
	for (unsigned from = 0, to; from < curve->cells; from = to) {
		uint32_t name = curve->grid->cells.at[from].name;

		for (to = from + 1; to < curve->cells && curve->grid->cells.at[to].name == name; to++)
			;
		if (to - from > longest[name].cells)
			longest[name] = (struct stretch){name, from, to - from};
	}
	qsort(longest, n, sizeof(*longest), compare_stretches);
	return longest;
}

/* Number and name where the patch is wide enough, else the number; the journal always with its name. */
static int draw_chips(const struct curve *curve)
{
	const struct name_table *names = &curve->grid->names;
	struct stretch *longest = longest_stretches(curve);
	struct chip *chips = calloc(names->list.n + 1, sizeof(*chips));
	unsigned n = 0;
	int status;

	for (size_t i = 0; longest != NULL && chips != NULL && i < names->list.n && longest[i].cells > 0;
	     i++) {
		const struct name *name = &names->list.at[longest[i].name];
		bool loud = kind_family(name->kind) == FAMILY_JOURNAL;
		struct text number = {0}, words = {0};

		if (name->number == 0)
			continue;
		text_printf(&number, "%u", name->number);
		text_printf(&words, "%u  ", name->number);
		font_fit(&words, name_text(names, longest[i].name), 10, true, 240);
		if (words.at != NULL && number.at != NULL && (longest[i].cells > 2 || loud) &&
		    !((loud || sqrt(longest[i].cells) * CELL > font_width(words.at, 10, true)) &&
		      draw_chip(curve, chips, &n, &longest[i], words.at)))
			draw_chip(curve, chips, &n, &longest[i], number.at);
		text_free(&number);
		text_free(&words);
	}
	status = longest != NULL && chips != NULL ? 0 : -1;
	free(chips);
	free(longest);
	return status;
}

static int draw(struct scene *scene, struct grid *grid, const char *what, struct err *err)
{
	struct curve *curve = calloc(1, sizeof(*curve));
	double width = 2 * PICTURE_MARGIN + SIDE * CELL;
	int status;

	if (curve == NULL)
		return err_nomem(err);
	curve->grid = grid;
	curve->scene = scene;
	curve->x = PICTURE_MARGIN;
	curve->y = picture_header(scene, grid->picture, what, width) + 4;
	curve->cells = (unsigned)((grid->sectors + grid->unit - 1) / grid->unit);
	make_curve(curve);
	names_number(&grid->names);
	draw_cells(curve);
	draw_edges(curve);
	scene_frame(scene, curve->x, curve->y, SIDE * CELL, SIDE * CELL, 1, INK_FAINT);
	status = draw_chips(curve);
	scene->width = width;
	scene->height = legend_draw(scene, &grid->names, PICTURE_MARGIN, width - PICTURE_MARGIN,
				    curve->y + SIDE * CELL + 20) +
			PICTURE_MARGIN;
	free(curve);
	return status == 0 ? 0 : err_nomem(err);
}

int scene_of_disk(struct scene *scene, const struct picture *picture, struct err *err)
{
	char what[240], size[32];
	struct grid grid;
	int status;

	if (!picture->hilbert)
		return scene_of_rows(scene, picture, err);
	status = grid_of_disk(&grid, picture, SIDE, SIDE, err);
	snprintf(what, sizeof(what),
		 "A cell is %" PRIu64 " sector%s (%s) along a Hilbert curve from the top left corner; %s",
		 grid.unit, grid.unit == 1 ? "" : "s",
		 size_human(grid.unit << SECTOR_SHIFT, size, sizeof(size)), grid_lanes(&grid));
	if (status == 0)
		status = draw(scene, &grid, what, err);
	grid_done(&grid);
	return status;
}
