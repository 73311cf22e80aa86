/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map as a tree: one row a space, one row for each kind of region in it. */
#include "reports/map_tree.h"

#include "base/escape.h"
#include "base/size.h"
#include "layout/fs.h"
#include "reports/pieces.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kind_sum {
	uint64_t runs, sectors, first;
};

static void sum_kinds(const struct space *space, struct kind_sum sums[KIND_COUNT])
{
	const struct extents *extents = &space->extents;

	memset(sums, 0, KIND_COUNT * sizeof(*sums));
	for (size_t i = 0; i < extents->n; i++) {
		uint64_t end = i + 1 < extents->n ? extents->at[i + 1].start : space->sectors;
		struct kind_sum *sum = &sums[extents->at[i].kind];

		if (extents->at[i].kind == KIND_CHILD)
			continue;
		if (sum->runs == 0)
			sum->first = extents->at[i].start;
		/* A place, however many labels it has. */
		sum->runs += i == 0 || extents->at[i - 1].kind != extents->at[i].kind;
		sum->sectors += end - extents->at[i].start;
	}
}

static void add_size(struct table *table, struct table_row *row, uint64_t sectors)
{
	char size[32];

	table_number(table, row, 2, sectors);
	table_cell(table, row, 3, size_human(sectors << SECTOR_SHIFT, size, sizeof(size)));
}

static void add_kinds(struct table *table, struct table_row *parent, const struct space *space,
		      const struct map_filter *filter)
{
	struct kind_sum sums[KIND_COUNT];
	char runs[48];

	if (filter->device != NULL && strcmp(space_name(space), filter->device) != 0)
		return;
	sum_kinds(space, sums);
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct table_row *row;

		if (sums[kind].runs == 0 || (filter->by_kind && !filter->kinds[kind]))
			continue;
		row = table_row(table, parent);
		table_cell(table, row, 0, kind_name((enum kind)kind));
		table_number(table, row, 1, sums[kind].first);
		add_size(table, row, sums[kind].sectors);
		snprintf(runs, sizeof(runs), "%" PRIu64 " run%s", sums[kind].runs,
			 sums[kind].runs == 1 ? "" : "s");
		table_cell(table, row, 4, runs);
	}
}

static void add_segments(struct table *table, struct table_row *parent, const struct space *space)
{
	struct text cell = {0};

	for (size_t i = 0; i < space->segments.n; i++) {
		const struct segment *segment = &space->segments.at[i];
		struct table_row *row = table_row(table, parent);

		text_clear(&cell);
		text_printf(&cell, "segment %zu", i);
		table_cell(table, row, 0, cell.at);
		table_number(table, row, 1, segment->start);
		add_size(table, row, segment->count);
		text_clear(&cell);
		pieces_segment(&cell, segment);
		table_cell(table, row, 4, cell.at);
	}
	text_free(&cell);
}

/* Partition type or name, contents, label, UUID, and in how many pieces it lies: a line each. */
static void add_about(struct table *table, struct table_row *row, const struct space *space)
{
	struct text about = {0};

	escape_terminal(&about, space->about, strlen(space->about));
	if (space->content.type[0] != '\0') {
		if (about.n > 0)
			text_char(&about, '\n');
		text_str(&about, space->content.type);
	}
	if (space->fs != NULL)
		text_printf(&about, ", %" PRIu32 "-byte blocks", fs_block_sectors(space->fs) << SECTOR_SHIFT);
	if (space->content.label[0] != '\0') {
		text_str(&about, "\nlabel ");
		escape_terminal(&about, space->content.label, strlen(space->content.label));
	}
	if (space->content.uuid[0] != '\0') {
		text_str(&about, "\nuuid ");
		escape_terminal(&about, space->content.uuid, strlen(space->content.uuid));
	}
	if (pieces_count(space) > 1)
		text_printf(&about, "%sin %" PRIu64 " pieces", about.n > 0 ? "\n" : "", pieces_count(space));
	table_cell(table, row, 4, about.at ? about.at : "");
	text_free(&about);
}

static void add_space(struct table *table, struct table_row *parent, const struct map *map,
		      const struct space *space, const struct map_filter *filter, struct table_row **rows)
{
	struct table_row *row = table_row(table, parent);
	struct text name = {0};

	rows[space->id] = row;
	escape_terminal(&name, space->name, strlen(space->name));
	table_cell(table, row, 0, name.at ? name.at : "");
	text_free(&name);
	/* Where it starts in what it lies in: for a volume in pieces, its first piece. */
	if (space->segments.n > 0 && space->segments.at[0].nareas > 0)
		table_number(table, row, 1, space->segments.at[0].areas[0].start);
	else
		table_number(table, row, 1, 0);
	add_size(table, row, space->sectors);
	add_about(table, row, space);
	if (filter->segments && space->type == SPACE_VOLUME)
		add_segments(table, row, space);
	if (space->sectors > 0)
		add_kinds(table, row, space, filter);
	for (size_t i = 0; i < map->spaces.n; i++)
		if (map->spaces.at[i]->parent == space && rows[i] == NULL)
			add_space(table, row, map, map->spaces.at[i], filter, rows);
}

int map_tree(struct text *out, const struct map *map, const struct map_filter *filter, unsigned width,
	     struct err *err)
{
	struct table_row **rows = calloc(map->spaces.n, sizeof(struct table_row *));
	struct table *table = table_new(width);
	int result = -1;

	if (rows == NULL || table == NULL) {
		err_nomem(err);
	} else {
		table_column(table, "DEVICE / REGION", COLUMN_TREE);
		table_column(table, "FIRST", COLUMN_RIGHT);
		table_column(table, "SECTORS", COLUMN_RIGHT);
		table_column(table, "SIZE", COLUMN_RIGHT);
		table_column(table, "WHAT", COLUMN_LINES);
		for (size_t i = 0; i < map->spaces.n; i++)
			if (map->spaces.at[i]->is_disk)
				add_space(table, NULL, map, map->spaces.at[i], filter, rows);
		result = table_print(table, out, err);
	}
	table_free(table);
	free(rows);
	return result;
}
