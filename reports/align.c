/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The alignment of every layer of a disk, and of a trace's writes, with what to change. */
#include "reports/align.h"

#include "analyzer/alignment_results.h"
#include "base/escape.h"
#include "base/size.h"
#include "layout/fs.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where a layer's first piece lies on the disk; false when none of it does. */
static bool find_start(const struct space *space, uint64_t *start)
{
	*start = 0;
	/* Ends because every step goes one layer outwards. */
	for (int steps = 0; !space->is_disk; steps++) {
		const struct area *area;

		if (space->segments.n == 0 || space->segments.at[0].nareas == 0 || steps > MAP_DEPTH_MAX)
			return false;
		area = &space->segments.at[0].areas[0];
		if (area->space == NULL)
			return false;
		*start += area->start;
		space = area->space;
	}
	return true;
}

static bool is_layer(const struct space *space)
{
	return space->depth > 0 && space->serves == space && space->sectors > 0;
}

struct verdict {
	struct blame blame;
	unsigned layers_off;
	bool blamed;
};

/* The first layer, from the disk inwards, whose start is off. */
static void judge(struct verdict *verdict, const struct map *map, uint64_t start, uint64_t unit_sectors)
{
	struct place place;
	struct blame blame;

	if (start % unit_sectors == 0)
		return;
	verdict->layers_off++;
	if (verdict->blamed || start >= map_disk(map)->sectors)
		return;
	map_find(map, start, &place);
	blame = alignment_blame(&place, unit_sectors);
	verdict->blame = blame;
	verdict->blamed = blame.cause == CAUSE_PARTITION || blame.cause == CAUSE_LVM;
}

static void add_layer(struct table *table, const struct map *map, const struct space *space,
		      uint64_t unit_sectors, struct verdict *verdict)
{
	struct table_row *row = table_row(table, NULL);
	struct text cell = {0};
	uint64_t start;

	escape_terminal(&cell, space->name, strlen(space->name));
	table_cell(table, row, 0, cell.at ? cell.at : "");
	text_clear(&cell);
	if (find_start(space, &start)) {
		table_number(table, row, 1, start);
		table_number(table, row, 2, start << SECTOR_SHIFT);
		if (start % unit_sectors == 0)
			text_str(&cell, "aligned");
		else
			text_printf(&cell, "off by %" PRIu64, (start % unit_sectors) << SECTOR_SHIFT);
		judge(verdict, map, start, unit_sectors);
	}
	table_cell(table, row, 3, cell.at ? cell.at : "");
	text_clear(&cell);
	if (space->fs != NULL)
		text_printf(&cell, "%s, %" PRIu32 "-byte blocks", space->fs->type,
			    fs_block_sectors(space->fs) << SECTOR_SHIFT);
	else
		text_str(&cell, space->content.type);
	table_cell(table, row, 4, cell.at ? cell.at : "");
	text_free(&cell);
}

static int layers(struct text *out, const struct map *map, uint64_t unit_sectors, unsigned width,
		  struct verdict *verdict, struct err *err)
{
	struct table *table = table_new(width);
	int result;

	if (table == NULL)
		return err_nomem(err);
	table_column(table, "LAYER", COLUMN_LEFT);
	table_column(table, "FIRST SECTOR", COLUMN_RIGHT);
	table_column(table, "BYTE", COLUMN_RIGHT);
	table_column(table, "START", COLUMN_LEFT);
	table_column(table, "HOLDS", COLUMN_LEFT);
	add_layer(table, map, map_disk(map), unit_sectors, verdict);
	for (size_t i = 1; i < map->spaces.n; i++)
		if (is_layer(map->spaces.at[i]))
			add_layer(table, map, map->spaces.at[i], unit_sectors, verdict);
	result = table_print(table, out, err);
	table_free(table);
	return result;
}

/* What to do about a layer. */
static void remedy(struct text *out, const struct blame *blame, uint64_t unit_sectors)
{
	uint64_t start = blame->start - blame->inner;
	uint64_t better = (start + unit_sectors - 1) / unit_sectors * unit_sectors;
	uint64_t unit = unit_sectors << SECTOR_SHIFT;

	switch (blame->cause) {
	case CAUSE_PARTITION:
		text_printf(out,
			    "to change: start %s at a multiple of %" PRIu64 " sectors, such as %" PRIu64
			    " or 2048 (1 MiB)\n",
			    blame->space->name, unit_sectors, better);
		break;
	case CAUSE_LVM:
		text_printf(out,
			    "to change: make the PV anew with pvcreate --dataalignment %" PRIu64
			    "b, and extents in multiples of that\n",
			    unit);
		break;
	case CAUSE_FS_BLOCK:
		text_printf(out,
			    "to change: make the file system with blocks of %" PRIu64
			    " bytes (mke2fs -b %" PRIu64 ")\n",
			    unit, unit);
		break;
	default:
		text_printf(out,
			    "to change: the program's requests; sizes and offsets in multiples of %" PRIu64
			    " bytes\n",
			    unit);
	}
}

/* The writes of a trace: 1 when some are off. */
static int writes(struct text *out, const struct analysis *analysis)
{
	const struct alignment *alignment = &analysis->alignment;
	int off = 0;

	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct alignment_device *device = &alignment->devices.at[i];

		text_printf(out,
			    "%s: %" PRIu64 " of %" PRIu64 " writes unaligned, %" PRIu64
			    " blocks written in part\n",
			    device->device->name, device->unaligned, device->writes, device->partial_blocks);
		for (int cause = 0; cause < CAUSES; cause++) {
			if (device->by_cause[cause] == 0)
				continue;
			text_printf(out, "cause: %s (%" PRIu64 "): ", cause_name((enum cause)cause),
				    device->by_cause[cause]);
			blame_text(out, &device->blames[cause], alignment->unit_sectors);
			text_char(out, '\n');
			remedy(out, &device->blames[cause], alignment->unit_sectors);
		}
		off |= device->unaligned > 0;
	}
	if (alignment->devices.n == 0)
		text_str(out, "the trace has no writes\n");
	return off;
}

int align_text(struct text *out, const struct map *map, const struct analysis *analysis,
	       uint64_t unit_sectors, unsigned width, struct err *err)
{
	struct verdict verdict = {0};
	char unit[32];
	int off;

	if (layers(out, map, unit_sectors, width, &verdict, err) != 0)
		return -1;
	size_human(unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	off = verdict.layers_off > 0;
	if (!off) {
		text_printf(out, "\nevery layer starts on a multiple of %s\n", unit);
	} else {
		text_printf(out, "\n%u layer%s not on a multiple of %s\n", verdict.layers_off,
			    verdict.layers_off == 1 ? " is" : "s are", unit);
		if (verdict.blamed) {
			text_printf(out, "cause: %s: ", cause_name(verdict.blame.cause));
			blame_text(out, &verdict.blame, unit_sectors);
			text_char(out, '\n');
			remedy(out, &verdict.blame, unit_sectors);
		}
	}
	if (analysis != NULL) {
		text_char(out, '\n');
		off |= writes(out, analysis);
	}
	return out->short_of_memory ? err_nomem(err) : off;
}
