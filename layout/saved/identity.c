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

#define FINGERPRINTS_MAX 1000
#define MBR_TABLE 440 /* the disk's signature and the table */
#define GPT_GUID 56

static int fingerprint_crc(const struct map *map, struct fingerprint *print, struct err *err)
{
	uint8_t bytes[FINGERPRINT_MAX];

	if (space_read(map->spaces.at[print->space], print->offset, bytes, print->len, err) != 0)
		return -1;
	print->crc = ~crc32c_update(UINT32_MAX, bytes, print->len);
	return 0;
}

/* What cannot be read is no fingerprint. */
static int add_fingerprint(struct map *map, const struct space *space, uint64_t offset, uint32_t len,
			   struct err *err)
{
	struct fingerprint print = {.space = space->id, .offset = offset, .len = len};
	struct err why;

	if (map->saved->fingerprints.n == FINGERPRINTS_MAX || fingerprint_crc(map, &print, &why) != 0)
		return 0;
	return VEC_PUSH(&map->saved->fingerprints, print) == 0 ? 0 : err_nomem(err);
}

static int fingerprint_extent(struct map *map, const struct space *space, const struct extent *extent,
			      struct err *err)
{
	uint64_t at = (uint64_t)extent->start << SECTOR_SHIFT;

	switch (extent->kind) {
	case KIND_MBR:
		return add_fingerprint(map, space, at + MBR_TABLE, SECTOR_SIZE - MBR_TABLE, err);
	case KIND_GPT_HEADER:
		return add_fingerprint(map, space, at + GPT_GUID, 16, err);
	case KIND_LVM_LABEL:
		return add_fingerprint(map, space, at, SECTOR_SIZE, err);
	default:
		return 0;
	}
}

int saved_take_fingerprints(struct map *map, struct err *err)
{
	if (map_disk(map)->image == NULL || map->anonymous)
		return 0;
	/* Which file it was is nobody's business who gets the map. */
	free(map->saved->of);
	map->saved->of = NULL;
	VEC_FREE(&map->saved->fingerprints);
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];
		struct fs_bytes bytes;

		/* All of these lie before anything that there is much of. */
		for (size_t j = 0; j < space->extents.n && j < 16; j++)
			if (fingerprint_extent(map, space, &space->extents.at[j], err) != 0)
				return -1;
		if (fs_identity(space->fs, &bytes) &&
		    add_fingerprint(map, space, bytes.offset, bytes.len, err) != 0)
			return -1;
	}
	return 0;
}

static int compare_fingerprints(struct map *map, struct err *err)
{
	for (size_t i = 0; i < map->saved->fingerprints.n; i++) {
		struct fingerprint print = map->saved->fingerprints.at[i];
		struct err why;

		/* The disks besides the first are not here. */
		if (fingerprint_crc(map, &print, &why) == 0 &&
		    print.crc != map->saved->fingerprints.at[i].crc)
			return err_set(err, "the UUID, label or partition table of %s is another",
				       space_name(map->spaces.at[print.space]));
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
		result = compare_fingerprints(map, err);
	image_close(space->image);
	space->image = NULL;
	return result;
}
