/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver for XFS: reads the superblock and has the parts claimed. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"
#include "layout/drivers.h"
#include "layout/overlay.h"
#include "layout/tables/ptable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUPER_LEN 512

void xfs_free(struct fs *fs)
{
	struct xfs *xfs = (struct xfs *)fs;

	VEC_FREE(&xfs->chunks);
	VEC_FREE(&xfs->dirs);
	VEC_FREE(&xfs->stale);
	free(xfs->log);
	file_names_free(&xfs->names);
	free(xfs);
}

static void describe(const struct xfs *xfs, const uint8_t *super)
{
	struct content *content = &xfs->fs.space->content;
	char label[13] = "";

	memcpy(label, super + 108, 12);
	snprintf(content->type, sizeof(content->type), "xfs");
	snprintf(content->label, sizeof(content->label), "%s", label);
	content_set_uuid(content, xfs->geometry.uuid);
}

static void note_state(struct xfs *xfs)
{
	const struct xfs_geometry *geometry = &xfs->geometry;

	if (geometry->blocks > xfs->fs.space->sectors / xfs->fs.block_sectors)
		xfs_note(xfs,
			 "xfs file system of %" PRIu64 " blocks of %" PRIu32
			 " bytes in a space of only %" PRIu64 " sectors",
			 geometry->blocks, geometry->block_size, xfs->fs.space->sectors);
	if (geometry->rt_blocks != 0)
		xfs_note(xfs, "files on the real-time device are not looked at: it is a disk of its own");
	if (geometry->log_start == 0 && xfs->log_space == NULL)
		xfs_note(xfs, "the log is on another device, and is not looked at, so labels may be older "
			      "(--with names it)");
	else if (geometry->log_start == 0)
		xfs_note(xfs, "the log is on %s", space_name(xfs->log_space));
}

static int map_file_system(struct xfs *xfs, struct err *err)
{
	xfs_claim_log(xfs);
	if (xfs_map_groups(xfs, err) != 0)
		return -1;
	/* Not all backups say it; it is the first inode of the first group. */
	if (xfs->geometry.root == UINT64_MAX && xfs->chunks.n > 0 &&
	    xfs->chunks.at[0].sector < xfs_sector(xfs, 1, 0))
		xfs->geometry.root = xfs->chunks.at[0].first;
	if (file_names_init(&xfs->names, (uint32_t)(xfs->chunks.n * XFS_CHUNK_INODES),
			    xfs_index(xfs, xfs->geometry.root)) != 0)
		return err_nomem(err);
	if (xfs_map_inodes(xfs, err) != 0)
		return -1;
	return xfs_read_dirs(xfs, err);
}

static void set_geometry(struct xfs *xfs, const struct xfs_geometry *geometry)
{
	xfs->geometry = *geometry;
	xfs->fs.block_sectors = geometry->block_size >> SECTOR_SHIFT;
	xfs->fs.sectors = geometry->blocks * xfs->fs.block_sectors;
	xfs->fs.inode_bytes = geometry->inode_size;
	xfs->nodes_max = 2 * (xfs->fs.space->sectors / xfs->fs.block_sectors) + 64;
}

/* A replay may change the superblock, too. */
static int read_log(struct xfs *xfs, uint8_t *super, bool backup, struct err *err)
{
	struct space *space = xfs->fs.space;
	struct xfs_geometry geometry;
	int result = xfs_read_log(xfs, err);
	struct err why;

	if (result <= 0 || backup)
		return result < 0 ? -1 : 0;
	if (space_read(space, 0, super, SUPER_LEN, &why) == 0 &&
	    xfs_read_geometry(super, &geometry, &why) == 1) {
		set_geometry(xfs, &geometry);
		return 0;
	}
	xfs_note(xfs, "the superblock in its log cannot be used; nothing is replayed");
	overlay_free(space->overlay);
	space->overlay = NULL;
	if (space_read(space, 0, super, SUPER_LEN, &why) != 0)
		return err_set(err, "%s cannot be read again (%s)", space_name(space), why.text);
	return 0;
}

static int map_whole(struct xfs *xfs, uint8_t *super, bool backup, struct err *err)
{
	/* A log has changes of the superblock, too, so its copy is not what they belong to. */
	if (backup)
		xfs_note(xfs, "the primary superblock cannot be used; a backup is");
	if (read_log(xfs, super, backup, err) != 0)
		return -1;
	describe(xfs, super);
	note_state(xfs);
	return map_file_system(xfs, err) != 0 ? -1 : 1;
}

static int map_with(struct map *map, struct space *space, uint8_t *super, const struct xfs_geometry *geometry,
		    bool backup, struct err *err)
{
	struct xfs *xfs = calloc(1, sizeof(*xfs));

	if (xfs == NULL)
		return err_nomem(err);
	space->fs = &xfs->fs;
	xfs->map = map;
	xfs->fs = (struct fs){.ops = &xfs_ops, .space = space, .type = "xfs"};
	set_geometry(xfs, geometry);
	xfs->waits = geometry->log_start == 0 && !backup;
	return xfs->waits ? 1 : map_whole(xfs, super, backup, err);
}

/* libblkid knows logs; their records say whose they are. */
static const struct space *find_external_log(const struct map *map, struct xfs *xfs)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (strcmp(map->spaces.at[i]->content.type, "xfs_external_log") == 0 &&
		    xfs_is_its_log(xfs, map->spaces.at[i]))
			return map->spaces.at[i];
	return NULL;
}

static int map_waiting(struct map *map, struct xfs *xfs, struct err *err)
{
	uint8_t super[SUPER_LEN];
	struct err why;

	xfs->waits = false;
	xfs->log_space = find_external_log(map, xfs);
	if (space_read(xfs->fs.space, 0, super, sizeof(super), &why) != 0) {
		xfs_note(xfs, "the superblock cannot be read again: %s", why.text);
		return 0;
	}
	return map_whole(xfs, super, false, err) < 0 ? -1 : 0;
}

static int xfs_finish(struct map *map, struct err *err)
{
	for (size_t i = 0; i < map->spaces.n; i++) {
		struct fs *fs = map->spaces.at[i]->fs;

		if (fs != NULL && fs->ops == &xfs_ops && ((struct xfs *)fs)->waits &&
		    map_waiting(map, (struct xfs *)fs, err) != 0)
			return -1;
	}
	return 0;
}

static int map_from_backup(struct map *map, struct space *space, struct err *err)
{
	uint8_t super[SUPER_LEN];
	struct xfs_geometry geometry;

	return xfs_find_backup(space, super, &geometry) ? map_with(map, space, super, &geometry, true, err)
							: 0;
}

static int xfs_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t super[SUPER_LEN];
	struct xfs_geometry geometry;
	struct err why;
	int result;

	if (space_read(space, 0, super, sizeof(super), &why) != 0 || mbr_wins(space))
		return 0;
	result = xfs_read_geometry(super, &geometry, &why);
	if (result == 1)
		return map_with(map, space, super, &geometry, false, err);
	if (result == 0)
		return 0;
	result = map_from_backup(map, space, err);
	if (result == 0)
		map_note(map, space, "%s; the file system is shown as opaque", why.text);
	return result;
}

/* When nothing else has known the space. */
static int xfs_backup_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t super[4];
	struct err why;

	if (space_read(space, 0, super, sizeof(super), &why) == 0 && memcmp(super, "XFSB", 4) == 0)
		return 0;
	return map_from_backup(map, space, err);
}

const struct layout_driver driver_xfs = {
    .name = "xfs",
    .map = xfs_map,
    .finish = xfs_finish,
    .fs = &xfs_ops,
    .sealed = xfs_check,
};

const struct layout_driver driver_xfs_backup = {
    .name = "xfs-backup",
    .map = xfs_backup_map,
};
