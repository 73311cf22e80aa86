/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies on a disk, without a trace: the disk as rows of cells, the kinds with what they take, and the largest
   files. */
#include "base/keys.h"
#include "base/size.h"
#include "layout/region.h"
#include "viz/palette.h"
#include "viz/picture.h"
#include "viz/sheet.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEFT 100.0
#define CELL 6.0
#define COLUMNS 120
#define ROWS_MAX 96
#define TABLE (LEFT + COLUMNS * CELL + 30)
#define LINE 16.0
#define KINDS_SHOWN 26
#define FILES_SHOWN 16

struct layout_kind {
	enum kind kind;
	uint64_t sectors;
};

struct layout_file {
	const struct space *space;
	uint32_t owner;
	uint64_t sectors;
};

struct layout {
	struct scene *scene;
	const struct picture *picture;
	uint64_t unit; /* sectors of a cell */
	size_t cells;
	uint64_t *sums; /* cell * STRUCTURES + structure: sectors */
	struct layout_kind kinds[KIND_COUNT];
	VEC(struct layout_file) files;
	struct keys index; /* by space and owner */
};

static int add_file(struct layout *layout, const struct place *place)
{
	uint64_t key = (uint64_t)place->space->id << 32 | place->extent->owner;
	struct layout_file file = {place->space, place->extent->owner, 0};
	size_t *slot = keys_get(&layout->index, key);

	if (slot == NULL || (*slot == 0 && VEC_PUSH(&layout->files, file) != 0))
		return -1;
	if (*slot == 0)
		*slot = layout->files.n;
	layout->files.at[*slot - 1].sectors += place->count;
	return 0;
}

static void add_cells(struct layout *layout, uint64_t start, uint64_t count, enum structure structure)
{
	for (uint64_t at = start, end = start + count, step; at < end; at += step) {
		uint64_t cell = at / layout->unit;

		step = (cell + 1) * layout->unit - at;
		step = step < end - at ? step : end - at;
		layout->sums[cell * STRUCTURES + structure] += step;
	}
}

static int collect(struct layout *layout)
{
	const struct map *map = layout->picture->map;
	uint64_t sectors = map_disk(map)->sectors;
	struct place place;

	for (uint64_t at = 0; at < sectors; at += place.count) {
		struct region region;

		map_find(map, at, &place);
		if (place.count > sectors - at)
			place.count = sectors - at;
		region_describe(map, &place, &region);
		layout->kinds[region.kind].sectors += place.count;
		add_cells(layout, at, place.count, structure_of(region.kind));
		if (region.kind == KIND_FILE_DATA && usage_is_of_inode(&place) &&
		    add_file(layout, &place) != 0)
			return -1;
	}
	return 0;
}

/* --- drawing --- */

/* Of what is used, the most; so that little is not lost among what is free. */
static uint32_t colour_of(const uint64_t *sums)
{
	int best = -1;

	for (int s = 0; s < STRUCTURES; s++)
		if (s != STRUCTURE_FREE && sums[s] > 0 && (best < 0 || sums[s] > sums[best]))
			best = s;
	return best < 0 ? 0xf0f0f4 : structure_colour((enum structure)best);
}

static double draw_cells(const struct layout *layout, double top)
{
	struct type type = {.size = 11, .colour = INK_SOFT, .anchor = ANCHOR_END, .room = LEFT - 26};

	for (size_t cell = 0; cell < layout->cells; cell++) {
		double x = LEFT + (double)(cell % COLUMNS) * CELL, y = top + (double)(cell / COLUMNS) * CELL;

		scene_rect(layout->scene, x, y, CELL - 0.5, CELL - 0.5,
			   colour_of(&layout->sums[cell * STRUCTURES]));
		if (cell % (4 * (size_t)COLUMNS) == 0)
			scene_number(layout->scene, LEFT - 8, y + 8, &type, cell * layout->unit);
	}
	return top + ceil((double)layout->cells / COLUMNS) * CELL;
}

static int compare_kinds(const void *left, const void *right)
{
	const struct layout_kind *a = left, *b = right;

	if (a->sectors != b->sectors)
		return a->sectors > b->sectors ? -1 : 1;
	return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static int compare_files(const void *left, const void *right)
{
	const struct layout_file *a = left, *b = right;

	if (a->sectors != b->sectors)
		return a->sectors > b->sectors ? -1 : 1;
	if (a->space->id != b->space->id)
		return a->space->id < b->space->id ? -1 : 1;
	return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static void draw_line(const struct layout *layout, double y, uint32_t colour, const char *name,
		      uint64_t sectors)
{
	struct type type = {
	    .size = 11.5, .colour = INK, .room = SHEET_WIDTH - PICTURE_MARGIN - 100 - TABLE - 16};
	struct text words = {0};

	scene_rect(layout->scene, TABLE, y - 9, 10, 11, colour);
	sheet_name(layout->scene, TABLE + 16, y, &type, name);
	sheet_bytes(&words, sectors);
	type.anchor = ANCHOR_END;
	scene_text(layout->scene, SHEET_WIDTH - PICTURE_MARGIN, y, &type, words.at ? words.at : "");
	layout->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static double draw_kinds(struct layout *layout, double y)
{
	struct type type = {.size = 13, .colour = INK, .bold = true};

	scene_text(layout->scene, TABLE, y, &type, "Kinds");
	y += 20;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		layout->kinds[kind].kind = (enum kind)kind;
	qsort(layout->kinds, KIND_COUNT, sizeof(*layout->kinds), compare_kinds);
	for (unsigned i = 0; i < KINDS_SHOWN && layout->kinds[i].sectors > 0; i++, y += LINE)
		draw_line(layout, y, structure_colour(structure_of(layout->kinds[i].kind)),
			  kind_name(layout->kinds[i].kind), layout->kinds[i].sectors);
	return y + 14;
}

static double draw_files(struct layout *layout, double y)
{
	struct type type = {.size = 13, .colour = INK, .bold = true};
	char path[FS_PATH_MAX];

	if (layout->files.n == 0)
		return y;
	scene_text(layout->scene, TABLE, y, &type, "Largest files");
	y += 20;
	qsort(layout->files.at, layout->files.n, sizeof(*layout->files.at), compare_files);
	for (size_t i = 0; i < FILES_SHOWN && i < layout->files.n; i++, y += LINE) {
		const struct layout_file *file = &layout->files.at[i];

		if (!fs_path(file->space->fs, file->owner, path, sizeof(path)))
			snprintf(path, sizeof(path), "<%" PRIu64 ">",
				 fs_number(file->space->fs, file->owner));
		draw_line(layout, y, structure_colour(STRUCTURE_DATA), path, file->sectors);
	}
	return y;
}

static double draw_head(const struct layout *layout)
{
	struct type type = {
	    .size = 18, .colour = INK, .bold = true, .room = SHEET_WIDTH - 2 * PICTURE_MARGIN};
	const struct picture *picture = layout->picture;
	struct scene *scene = layout->scene;

	text_str(&scene->title, picture->title != NULL ? picture->title : path_base(picture->disk_path));
	text_str(&scene->summary, "What lies on the disk of ");
	sheet_bytes(&scene->summary, map_disk(picture->map)->sectors);
	text_str(&scene->summary, "; a cell is ");
	sheet_bytes(&scene->summary, layout->unit);
	text_str(&scene->summary,
		 ", in the colour of what it has most of, free space aside; at the left sectors");
	scene_text(scene, PICTURE_MARGIN, 34, &type, scene->title.at ? scene->title.at : "");
	type = (struct type){.size = 11.5, .colour = INK_SOFT, .room = type.room};
	scene_text(scene, PICTURE_MARGIN, 54, &type, scene->summary.at ? scene->summary.at : "");
	return 78;
}

static void draw(struct layout *layout)
{
	double top = draw_head(layout), end = draw_cells(layout, top), table;

	table = draw_kinds(layout, top + 10);
	table = draw_files(layout, table);
	layout->scene->width = SHEET_WIDTH;
	layout->scene->height = fmax(end, table) + PICTURE_MARGIN;
}

int scene_of_layout(struct scene *scene, const struct picture *picture, struct err *err)
{
	uint64_t sectors = map_disk(picture->map)->sectors;
	struct layout layout = {.scene = scene, .picture = picture};
	int status = -1;

	memset(scene, 0, sizeof(*scene));
	layout.unit = (sectors + (uint64_t)COLUMNS * ROWS_MAX - 1) / ((uint64_t)COLUMNS * ROWS_MAX);
	layout.unit = layout.unit > 0 ? layout.unit : 1;
	layout.cells = (size_t)((sectors + layout.unit - 1) / layout.unit);
	layout.sums = calloc(layout.cells * STRUCTURES + 1, sizeof(*layout.sums));
	if (layout.sums != NULL && collect(&layout) == 0) {
		draw(&layout);
		status = scene->short_of_memory || scene->strings.short_of_memory ? -1 : 0;
	}
	free(layout.sums);
	VEC_FREE(&layout.files);
	keys_free(&layout.index);
	if (status != 0)
		scene_free(scene);
	return status == 0 ? 0 : err_nomem(err);
}
