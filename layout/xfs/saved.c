/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a saved map keeps of an XFS file system: its geometry, the chunks of inodes, and the names. */
#include "layout/xfs/xfs_private.h"

#include "layout/saved/format.h"

#include <stdlib.h>

#define BLOCK_MAX 65536

#define UNIT_TARGET 1u
#define UNIT_STALE 2u

static void put_log(struct text *tree, const struct xfs *xfs)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < xfs->log_units; i++)
		n += xfs->log[i].type != LOG_UNUSED;
	pack_u32(tree, xfs->log_units);
	pack_u64(tree, xfs->log_sector);
	pack_u32(tree, n);
	for (uint32_t i = 0; i < xfs->log_units; i++) {
		const struct xfs_log_unit *unit = &xfs->log[i];

		if (unit->type == LOG_UNUSED)
			continue;
		pack_u32(tree, i);
		pack_u8(tree, unit->type);
		pack_u8(tree, (unit->has_target ? UNIT_TARGET : 0) | (unit->stale ? UNIT_STALE : 0));
		pack_u64(tree, unit->lsn);
		pack_u64(tree, unit->target);
		pack_u32(tree, unit->items);
	}
}

static struct xfs_log_unit get_unit(struct saved_in *in)
{
	struct xfs_log_unit unit = {.type = unpack_u8(&in->tree)};
	uint8_t flags = unpack_u8(&in->tree);

	unit.has_target = (flags & UNIT_TARGET) != 0;
	unit.stale = (flags & UNIT_STALE) != 0;
	unit.lsn = unpack_u64(&in->tree);
	unit.target = unpack_u64(&in->tree);
	unit.items = (uint16_t)unpack_u32(&in->tree);
	if (unit.type >= LOG_TYPES)
		in->tree.bad = true;
	return unit;
}

static int load_log(struct saved_in *in, struct xfs *xfs)
{
	uint32_t units = unpack_u32(&in->tree), n;

	xfs->log_sector = unpack_u64(&in->tree);
	n = unpack_u32(&in->tree);
	/* No more than there are sectors. */
	if (units > xfs->fs.sectors || n > units)
		in->tree.bad = true;
	if (in->tree.bad || units == 0)
		return 0;
	xfs->log = calloc(units, sizeof(*xfs->log));
	if (xfs->log == NULL)
		return -1;
	xfs->log_units = units;
	for (uint32_t i = 0; i < units; i++)
		xfs->log[i].type = LOG_UNUSED;
	for (uint32_t i = 0; i < n && !in->tree.bad; i++) {
		uint32_t at = unpack_u32(&in->tree);
		struct xfs_log_unit unit = get_unit(in);

		if (at >= units)
			in->tree.bad = true;
		else if (!in->tree.bad)
			xfs->log[at] = unit;
	}
	return 0;
}

int xfs_save(const struct fs *fs, struct saved_out *out, struct err *err)
{
	const struct xfs *xfs = xfs_of(fs);
	const struct xfs_geometry *geometry = &xfs->geometry;
	struct text *tree = &out->sections[SAVED_TREE];

	if (xfs->names.used > UINT32_MAX)
		return err_set(err, "has more names than a saved map can hold");
	pack_str(tree, fs->type);
	pack_u32(tree, geometry->block_size);
	pack_u32(tree, geometry->inode_size);
	pack_u64(tree, geometry->blocks);
	pack_u32(tree, geometry->ag_blocks);
	pack_u32(tree, geometry->ags);
	pack_u8(tree, geometry->ag_block_log);
	pack_u8(tree, geometry->inopb_log);
	pack_u8(tree, geometry->reflink);
	pack_u64(tree, geometry->root);
	pack_u64(tree, xfs->chunks.n);
	for (size_t i = 0; i < xfs->chunks.n; i++) {
		pack_u64(tree, xfs->chunks.at[i].first);
		pack_u64(tree, xfs->chunks.at[i].sector);
		pack_u64(tree, xfs->chunks.at[i].holes);
	}
	put_log(tree, xfs);
	saved_put_names(out, &xfs->names);
	return 0;
}

static bool is_sound(const struct xfs_geometry *geometry)
{
	return geometry->block_size >= 512 && geometry->block_size <= BLOCK_MAX &&
	       (geometry->block_size & (geometry->block_size - 1)) == 0 && geometry->inode_size >= 256 &&
	       geometry->inode_size <= geometry->block_size && geometry->ag_blocks > 0 && geometry->ags > 0 &&
	       geometry->ag_block_log < 32 && geometry->inopb_log < 16 &&
	       geometry->blocks <= EXTENT_SECTORS_MAX / (BLOCK_MAX / 512) &&
	       geometry->blocks > (uint64_t)(geometry->ags - 1) * geometry->ag_blocks;
}

/* Chunks must stand in order, or an inode would not be found. */
static int load_chunks(struct saved_in *in, struct xfs *xfs)
{
	uint64_t n = unpack_u64(&in->tree);

	for (uint64_t i = 0; i < n && !in->tree.bad; i++) {
		struct xfs_chunk chunk = {.first = unpack_u64(&in->tree)};

		chunk.sector = unpack_u64(&in->tree);
		chunk.holes = unpack_u64(&in->tree);
		if (i >= UINT32_MAX / XFS_CHUNK_INODES - 1 ||
		    (i > 0 && chunk.first < xfs->chunks.at[i - 1].first + XFS_CHUNK_INODES))
			in->tree.bad = true;
		else if (VEC_PUSH(&xfs->chunks, chunk) != 0)
			return -1;
	}
	return 0;
}

struct fs *xfs_load(struct saved_in *in, struct space *space)
{
	struct xfs *xfs = calloc(1, sizeof(*xfs));
	struct xfs_geometry *geometry;

	if (xfs == NULL)
		return NULL;
	geometry = &xfs->geometry;
	xfs->fs.ops = &xfs_ops;
	xfs->fs.space = space;
	unpack_field(&in->tree, xfs->fs.type, sizeof(xfs->fs.type));
	geometry->block_size = unpack_u32(&in->tree);
	geometry->inode_size = unpack_u32(&in->tree);
	geometry->blocks = unpack_u64(&in->tree);
	geometry->ag_blocks = unpack_u32(&in->tree);
	geometry->ags = unpack_u32(&in->tree);
	geometry->ag_block_log = unpack_u8(&in->tree);
	geometry->inopb_log = unpack_u8(&in->tree);
	geometry->reflink = unpack_u8(&in->tree) != 0;
	geometry->root = unpack_u64(&in->tree);
	in->tree.bad = in->tree.bad || !is_sound(geometry);
	xfs->fs.block_sectors = geometry->block_size / 512;
	xfs->fs.sectors = geometry->blocks * xfs->fs.block_sectors;
	xfs->fs.inode_bytes = geometry->inode_size;
	if (load_chunks(in, xfs) != 0 || load_log(in, xfs) != 0) {
		xfs_free(&xfs->fs);
		return NULL;
	}
	saved_get_names(in, &xfs->names);
	xfs->names.root = xfs_index(xfs, geometry->root);
	return &xfs->fs;
}
