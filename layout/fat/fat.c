/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver for FAT12, FAT16 and FAT32: reads the boot sector and has the parts claimed. */
#include "layout/fat/fat_private.h"

#include "base/bytes.h"
#include "layout/drivers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fat_free(struct fs *fs)
{
	struct fat *fat = (struct fat *)fs;

	free(fat->next);
	free(fat->reached);
	VEC_FREE(&fat->first);
	file_names_free(&fat->names);
	free(fat);
}

static void claim(struct fat *fat, enum kind kind, uint64_t start, uint64_t count, uint32_t owner)
{
	space_claim_as(fat->fs.space, (struct claim){
					  .start = start,
					  .count = count,
					  .rank = RANK_STRUCTURE,
					  .kind = kind,
					  .owner = owner,
				      });
}

/* The reserved sectors in front of the tables: boot sectors, but for FSInfo and the copies of both. */
static void claim_reserved(struct fat *fat)
{
	const struct fat_geometry *geometry = &fat->geometry;
	uint32_t sector = geometry->sector, boot = geometry->bits == 32 ? 3 * sector : sector;
	uint64_t end = geometry->table_start;

	for (uint64_t at = 0; at < boot && at < end; at += sector)
		if (at != geometry->info || at == 0)
			claim(fat, KIND_FAT_BOOT, at, sector, 0);
	if (geometry->info != 0)
		claim(fat, KIND_FAT_INFO, geometry->info, sector, 0);
	if (geometry->backup >= boot)
		claim(fat, KIND_FAT_BOOT_BACKUP, geometry->backup,
		      end - geometry->backup < boot ? end - geometry->backup : boot, 0);
}

/* What no file has: free, bad, or lost, as the table says. */
static void claim_rest(struct fat *fat)
{
	uint32_t lost = 0, next;

	for (uint32_t i = 0; i < fat->geometry.clusters; i++) {
		uint32_t cluster = i + FAT_FIRST_CLUSTER;
		enum fat_entry entry = fat_entry(fat, cluster, &next);
		enum kind kind = entry == FAT_FREE  ? KIND_FREE
				 : entry == FAT_BAD ? KIND_BAD_BLOCKS
						    : KIND_UNKNOWN;

		if ((fat->reached[cluster / 8] >> cluster % 8 & 1) != 0)
			continue;
		lost += kind == KIND_UNKNOWN;
		space_claim(fat->fs.space, RANK_REST, kind, fat_sector(fat, cluster), fat->geometry.cluster);
	}
	if (lost > 0)
		fat_note(fat, "%" PRIu32 " clusters are in use and no file has them", lost);
}

static int map_file_system(struct fat *fat, struct err *err)
{
	const struct fat_geometry *geometry = &fat->geometry;
	int result = fat_read_table(fat, err);

	claim_reserved(fat);
	for (uint32_t i = 0; i < geometry->ntables; i++)
		claim(fat, KIND_FAT_TABLE, geometry->table_start + (uint64_t)i * geometry->table,
		      geometry->table, i);
	if (result != 0)
		return result < 0 ? -1 : 0;
	if (fat_map_files(fat, err) != 0)
		return -1;
	claim_rest(fat);
	free(fat->next);
	free(fat->reached);
	fat->next = NULL;
	fat->reached = NULL;
	return 0;
}

static void describe(struct fat *fat)
{
	struct content *content = &fat->fs.space->content;

	snprintf(content->type, sizeof(content->type), "vfat");
	snprintf(content->label, sizeof(content->label), "%s", fat->geometry.label);
	snprintf(content->uuid, sizeof(content->uuid), "%s", fat->geometry.serial);
	snprintf(content->detail, sizeof(content->detail), "FAT%u", fat->geometry.bits);
}

/* Whether the table begins with the media byte, as every sound one does: so a boot sector of something else,
   whose fields happen to make sense, is not taken for one. */
static bool has_table(const struct space *space, const struct fat_geometry *geometry)
{
	uint8_t bytes[4];
	struct err why;

	for (uint32_t i = 0; i < geometry->ntables; i++)
		if (space_read(space, (geometry->table_start + (uint64_t)i * geometry->table) * 512, bytes, 4,
			       &why) == 0 &&
		    bytes[0] == geometry->media && bytes[1] == 0xff)
			return true;
	return false;
}

static int fat_map(struct map *map, struct space *space, struct err *err)
{
	struct fat_geometry geometry;
	uint8_t boot[512];
	struct err why;
	struct fat *fat;

	if (space_read(space, 0, boot, sizeof(boot), &why) != 0 || !fat_read_geometry(boot, &geometry) ||
	    !has_table(space, &geometry))
		return 0;
	fat = calloc(1, sizeof(*fat));
	if (fat == NULL)
		return err_nomem(err);
	space->fs = &fat->fs;
	fat->map = map;
	fat->geometry = geometry;
	fat->fs = (struct fs){
	    .ops = &fat_ops,
	    .space = space,
	    .type = "vfat",
	    .sectors = geometry.total,
	    .block_sectors = geometry.cluster,
	};
	describe(fat);
	if (geometry.total > space->sectors)
		fat_note(fat, "vfat file system of %" PRIu64 " sectors in a space of only %" PRIu64,
			 geometry.total, space->sectors);
	return map_file_system(fat, err) != 0 ? -1 : 1;
}

const struct layout_driver driver_fat = {
    .name = "fat",
    .map = fat_map,
    .fs = &fat_ops,
};
