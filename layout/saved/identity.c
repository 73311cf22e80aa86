/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By what a disk is known again: its size, and the bytes that were given to it when it was made and do not
   change while it is used: partition tables, GPT's GUID, LVM2's labels, the UUIDs of file systems. */
#include "base/crc.h"
#include "base/size.h"
#include "layout/disk/image.h"
#include "layout/fs.h"
#include "layout/saved/format.h"

#include <inttypes.h>
#include <stdlib.h>

#define MARKS_MAX 1000
#define MBR_TABLE 440 /* the disk's signature and the table */
#define GPT_GUID 56

static int mark_crc(const struct map *map, struct disk_mark *mark, struct err *err)
{
	uint8_t bytes[MARK_MAX];

	if (space_read(map->spaces.at[mark->space], mark->offset, bytes, mark->len, err) != 0)
		return -1;
	mark->crc = ~crc32c_update(UINT32_MAX, bytes, mark->len);
	return 0;
}

/* What cannot be read is no mark. */
static int add_mark(struct map *map, const struct space *space, uint64_t offset, uint32_t len,
		    struct err *err)
{
	struct disk_mark mark = {.space = space->id, .offset = offset, .len = len};
	struct err why;

	if (map->saved->marks.n == MARKS_MAX || mark_crc(map, &mark, &why) != 0)
		return 0;
	return VEC_PUSH(&map->saved->marks, mark) == 0 ? 0 : err_nomem(err);
}

static int mark_extent(struct map *map, const struct space *space, const struct extent *extent,
		       struct err *err)
{
	uint64_t at = (uint64_t)extent->start << SECTOR_SHIFT;

	switch (extent->kind) {
	case KIND_MBR:
		return add_mark(map, space, at + MBR_TABLE, SECTOR_SIZE - MBR_TABLE, err);
	case KIND_GPT_HEADER:
		return add_mark(map, space, at + GPT_GUID, 16, err);
	case KIND_LVM_LABEL:
		return add_mark(map, space, at, SECTOR_SIZE, err);
	default:
		return 0;
	}
}

int saved_mark(struct map *map, struct err *err)
{
	if (map_disk(map)->image == NULL || map->anonymous)
		return 0;
	/* Which file it was is nobody's business who gets the map. */
	free(map->saved->of);
	map->saved->of = NULL;
	VEC_FREE(&map->saved->marks);
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];
		struct fs_bytes bytes;

		/* All of these lie before anything that there is much of. */
		for (size_t j = 0; j < space->extents.n && j < 16; j++)
			if (mark_extent(map, space, &space->extents.at[j], err) != 0)
				return -1;
		if (fs_identity(space->fs, &bytes) && add_mark(map, space, bytes.offset, bytes.len, err) != 0)
			return -1;
	}
	return 0;
}

static int compare_marks(struct map *map, struct err *err)
{
	for (size_t i = 0; i < map->saved->marks.n; i++) {
		struct disk_mark mark = map->saved->marks.at[i];
		struct err why;

		/* The disks besides the first are not here. */
		if (mark_crc(map, &mark, &why) == 0 && mark.crc != map->saved->marks.at[i].crc)
			return err_set(err, "the UUID, label or partition table of %s is another",
				       space_name(map->spaces.at[mark.space]));
	}
	return 0;
}

int saved_compare(struct map *map, const char *disk, const struct image_options *options, struct err *err)
{
	struct space *space = map->spaces.at[0];
	int result;

	if (image_open(&space->image, disk, options, err) != 0) {
		space->image = NULL;
		return -1;
	}
	if (image_sectors(space->image) != space->sectors)
		result = err_set(err, "it has %" PRIu64 " sectors, and the map %" PRIu64,
				 image_sectors(space->image), space->sectors);
	else
		result = compare_marks(map, err);
	image_close(space->image);
	space->image = NULL;
	return result;
}
