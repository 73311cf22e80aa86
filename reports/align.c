/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The alignment of every layer of a disk, and of a trace's writes, with what to change. */
#include "reports/align.h"

#include "analyzer/alignment_results.h"
#include "base/escape.h"
#include "base/size.h"
#include "layout/fs.h"
#include "reports/align_advice.h"
#include "reports/pieces.h"
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

#define BLAMES_MAX 64

/* What is to blame for the layers whose starts are off: each once. */
struct verdict {
	struct blame blames[BLAMES_MAX];
	unsigned n;
	unsigned layers_off;
};

/* The visible layer that a layer lies in. */
static const struct space *outer_layer(const struct space *space)
{
	do
		space = space->segments.at[0].areas[0].space;
	while (!space->is_disk && !is_layer(space));
	return space;
}

/* A layer whose start is off is to blame when it is off within its outer layer, too: it stays so when that is
   mended. */
static void judge(struct verdict *verdict, const struct space *space, uint64_t start, uint64_t unit_sectors)
{
	uint64_t outer = 0;

	verdict->layers_off++;
	find_start(outer_layer(space), &outer);
	if ((start - outer) % unit_sectors == 0 || verdict->n == BLAMES_MAX)
		return;
	verdict->blames[verdict->n++] = (struct blame){
	    .cause = space->type == SPACE_PARTITION ? CAUSE_PARTITION : CAUSE_LVM,
	    .space = space,
	    .start = start,
	};
}

static void add_layer(struct table *table, const struct space *space, uint64_t unit_sectors,
		      struct verdict *verdict)
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
		if (start % unit_sectors != 0)
			judge(verdict, space, start, unit_sectors);
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

/* Of volumes in several pieces only the first one's start is in the table. */
static void add_pieces(struct text *out, const struct space *space, bool verbose)
{
	uint64_t n = pieces_count(space);

	if (space->type != SPACE_VOLUME || (n < 2 && !verbose))
		return;
	escape_terminal(out, space->name, strlen(space->name));
	text_printf(out, " lies in %" PRIu64 " piece%s\n", n, n == 1 ? "" : "s");
	for (size_t i = 0; verbose && i < space->segments.n; i++) {
		const struct segment *segment = &space->segments.at[i];

		text_printf(out, "  %" PRIu64 "+%" PRIu64 " ", segment->start, segment->count);
		pieces_segment(out, segment);
		text_char(out, '\n');
	}
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
	add_layer(table, map_disk(map), unit_sectors, verdict);
	for (size_t i = 1; i < map->spaces.n; i++)
		if (is_layer(map->spaces.at[i]))
			add_layer(table, map->spaces.at[i], unit_sectors, verdict);
	result = table_print(table, out, err);
	table_free(table);
	return result;
}

/* File systems whose blocks are smaller than the unit: 1 when there are any.  Their files begin anywhere. */
static int small_blocks(struct text *out, const struct map *map, uint64_t unit_sectors)
{
	int any = 0;

	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];
		struct blame blame = {.cause = CAUSE_FS_BLOCK, .space = space};

		if (space->fs == NULL || fs_data_sectors(space->fs) % unit_sectors == 0)
			continue;
		any = 1;
		escape_terminal(out, space->name, strlen(space->name));
		text_printf(out, ": files are only as aligned as the %s of %s, %" PRIu32 " bytes\n",
			    fs_data_sectors(space->fs) == space->fs->block_sectors ? "blocks" : "clusters",
			    space->fs->type, fs_data_sectors(space->fs) << SECTOR_SHIFT);
		align_advice(out, &blame, unit_sectors);
	}
	return any;
}

static void add_blame(struct text *out, const struct blame *blame, uint64_t requests, uint64_t unit_sectors)
{
	text_printf(out, "cause: %s", cause_name(blame->cause));
	if (requests > 0)
		text_printf(out, " (%" PRIu64 ")", requests);
	text_str(out, ": ");
	blame_text(out, blame, unit_sectors);
	text_char(out, '\n');
	align_advice(out, blame, unit_sectors);
}

#define FILES_SHOWN 5

/* Who writes so, where a kind says it. */
static const char *writer_of(enum kind kind)
{
	switch (kind) {
	case KIND_LVM_RAID_METADATA:
		return ", written by md in single sectors";
	case KIND_LVM_METADATA:
	case KIND_LVM_METADATA_HEADER:
	case KIND_LVM_LABEL:
		return ", written by LVM in sectors of 512 bytes";
	case KIND_SUPERBLOCK:
		return ", which mke2fs, tune2fs and e2fsck write in 1024 bytes";
	default:
		return "";
	}
}

/* Where a device's unaligned writes went: regions, and the first files. */
static void places(struct text *out, const struct usage *usage, const struct space *device)
{
	unsigned shown = 0;

	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		uint64_t n = region->counters.op[ACCESS_WRITE].unaligned;

		if (region->device == device && n > 0)
			text_printf(out, "    %" PRIu64 " to %s%s\n", n, kind_name(region->kind),
				    writer_of(region->kind));
	}
	for (size_t i = 0; i < usage->files.n && shown < FILES_SHOWN; i++) {
		const struct usage_file *file = &usage->files.at[i];
		struct counters counters;
		char path[FS_PATH_MAX];

		usage_counters(usage, file, &counters);
		if (file->space->serves != device || counters.op[ACCESS_WRITE].unaligned == 0 ||
		    !fs_path(file->space->fs, file->inode, path, sizeof(path)))
			continue;
		shown++;
		text_printf(out, "    %" PRIu64 " to file ", counters.op[ACCESS_WRITE].unaligned);
		escape_terminal(out, path, strlen(path));
		text_char(out, '\n');
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
		/* Where a layer is off, every write is. */
		if (device->by_cause[CAUSE_REQUEST] + device->by_cause[CAUSE_FS_BLOCK] > 0)
			places(out, &analysis->usage, device->device);
		for (int cause = 0; cause < CAUSES; cause++) {
			if (device->by_cause[cause] > 0)
				add_blame(out, &device->blames[cause], device->by_cause[cause],
					  alignment->unit_sectors);
		}
		off |= device->unaligned > 0;
	}
	if (alignment->devices.n == 0)
		text_str(out, "the trace has no writes\n");
	return off;
}

int align_text(struct text *out, const struct map *map, const struct analysis *analysis,
	       uint64_t unit_sectors, bool verbose, unsigned width, struct err *err)
{
	struct verdict verdict = {0};
	char unit[32];
	int off;

	if (layers(out, map, unit_sectors, width, &verdict, err) != 0)
		return -1;
	for (size_t i = 0; i < map->spaces.n; i++)
		if (is_layer(map->spaces.at[i]))
			add_pieces(out, map->spaces.at[i], verbose);
	size_human(unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	off = verdict.layers_off > 0;
	if (!off) {
		text_printf(out, "\nevery layer starts on a multiple of %s\n", unit);
	} else {
		text_printf(out, "\n%u layer%s not on a multiple of %s\n", verdict.layers_off,
			    verdict.layers_off == 1 ? " is" : "s are", unit);
		for (unsigned i = 0; i < verdict.n; i++)
			add_blame(out, &verdict.blames[i], 0, unit_sectors);
	}
	off |= small_blocks(out, map, unit_sectors);
	if (analysis != NULL) {
		text_char(out, '\n');
		off |= writes(out, analysis);
	}
	return out->short_of_memory ? err_nomem(err) : off;
}

void align_torn(struct text *out, const struct torn *torn, uint64_t unit_sectors)
{
	char path[FS_PATH_MAX], unit[32];

	size_human(unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	for (size_t i = 0; i < torn->files.n && i < FILES_SHOWN; i++) {
		const struct torn_file *file = &torn->files.at[i];

		text_printf(out, "%s: ", space_name(file->space));
		if (fs_path(file->space->fs, file->owner, path, sizeof(path)))
			escape_terminal(out, path, strlen(path));
		else
			text_str(out, "a file without a name");
		text_printf(out, ": %" PRIu64 " page%s of %s written by more than one request\n", file->pages,
			    file->pages == 1 ? "" : "s", unit);
	}
	if (torn->files.n > FILES_SHOWN)
		text_printf(out, "and pages of %zu more files\n", torn->files.n - FILES_SHOWN);
}
