/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The superblock, and the arithmetic of blocks and groups that it gives. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/crc.h"

#include <inttypes.h>
#include <string.h>

#define VERSION_MASK 0x000f
#define VERSION_MOREBITS 0x8000
#define FEATURES2_FTYPE 0x200
#define RO_FINOBT 1u
#define RO_RMAPBT 2u
#define RO_REFLINK 4u
#define INCOMPAT_FTYPE 1u
#define INCOMPAT_SPARSE 2u
#define INCOMPAT_META_UUID 4u
#define INCOMPAT_NREXT64 32u
#define INCOMPAT_EXCHRANGE 64u
#define INCOMPAT_PARENT 128u

/* What may be there without changing where anything lies: ftype, sparse inodes, meta UUID, bigtime,
   needsrepair, nrext64; exchange-range and parent pointers, which add only log items and attributes. */
#define INCOMPAT_KNOWN 0xffu

static bool is_power(uint32_t value, unsigned log)
{
	return log < 32 && value == UINT32_C(1) << log;
}

static void read_sizes(const uint8_t *super, struct xfs_geometry *geometry)
{
	geometry->block_size = be32(super + 4);
	geometry->blocks = be64(super + 8);
	geometry->rt_blocks = be64(super + 16);
	geometry->log_start = be64(super + 48);
	geometry->root = be64(super + 56);
	geometry->rt_bitmap = be64(super + 64);
	geometry->rt_summary = be64(super + 72);
	geometry->ag_blocks = be32(super + 84);
	geometry->ags = be32(super + 88);
	geometry->log_blocks = be32(super + 96);
	geometry->sector_size = be16(super + 102);
	geometry->inode_size = be16(super + 104);
	geometry->inodes_per_block = be16(super + 106);
	geometry->inopb_log = super[123];
	geometry->ag_block_log = super[124];
	geometry->user_quota = be64(super + 160);
	geometry->group_quota = be64(super + 168);
	geometry->unit = be32(super + 184);
	geometry->width = be32(super + 188);
	geometry->dir_block_log = super[192];
	geometry->log_sector_size = be16(super + 194);
	geometry->log_unit = be32(super + 196);
	memcpy(geometry->uuid, super + 32, 16);
	memcpy(geometry->meta_uuid, super + 32, 16);
}

static void read_features(const uint8_t *super, struct xfs_geometry *geometry)
{
	uint16_t version = be16(super + 100);

	geometry->v5 = (version & VERSION_MASK) == 5;
	if (!geometry->v5) {
		geometry->ftype =
		    (version & VERSION_MOREBITS) != 0 && (be32(super + 200) & FEATURES2_FTYPE) != 0;
		return;
	}
	geometry->ro_compat = be32(super + 212);
	geometry->incompat = be32(super + 216);
	geometry->log_incompat = be32(super + 220);
	geometry->ftype = (geometry->incompat & INCOMPAT_FTYPE) != 0;
	geometry->sparse = (geometry->incompat & INCOMPAT_SPARSE) != 0;
	geometry->nrext64 = (geometry->incompat & INCOMPAT_NREXT64) != 0;
	geometry->finobt = (geometry->ro_compat & RO_FINOBT) != 0;
	geometry->rmapbt = (geometry->ro_compat & RO_RMAPBT) != 0;
	geometry->reflink = (geometry->ro_compat & RO_REFLINK) != 0;
	geometry->project_quota = be64(super + 232);
	if ((geometry->incompat & INCOMPAT_META_UUID) != 0)
		memcpy(geometry->meta_uuid, super + 248, 16);
}

/* What the rest computes with must make sense: it divides and shifts by it. */
static bool is_sound(const uint8_t *super, const struct xfs_geometry *geometry)
{
	return is_power(geometry->block_size, super[120]) && geometry->block_size >= 512 &&
	       geometry->block_size <= 65536 && is_power(geometry->sector_size, super[121]) &&
	       geometry->sector_size >= 512 && geometry->sector_size <= 32768 &&
	       is_power(geometry->inode_size, super[122]) && geometry->inode_size >= 256 &&
	       geometry->inode_size <= 2048 && geometry->inode_size <= geometry->block_size &&
	       is_power(geometry->inodes_per_block, geometry->inopb_log) &&
	       geometry->inodes_per_block == geometry->block_size / geometry->inode_size &&
	       geometry->ag_blocks >= 4 && geometry->ag_block_log < 32 &&
	       geometry->ag_blocks <= UINT64_C(1) << geometry->ag_block_log && geometry->ags > 0 &&
	       geometry->blocks > (uint64_t)(geometry->ags - 1) * geometry->ag_blocks &&
	       geometry->blocks <= (uint64_t)geometry->ags * geometry->ag_blocks &&
	       geometry->dir_block_log <= 16 && geometry->block_size << geometry->dir_block_log <= 65536;
}

int xfs_read_geometry(const uint8_t *super, struct xfs_geometry *geometry, struct err *err)
{
	unsigned version = be16(super + 100) & VERSION_MASK;

	if (memcmp(super, "XFSB", 4) != 0)
		return 0;
	*geometry = (struct xfs_geometry){0};
	read_sizes(super, geometry);
	read_features(super, geometry);
	if (version != 4 && version != 5)
		return err_set(err, "XFS version %u is not known", version);
	if ((geometry->incompat & ~INCOMPAT_KNOWN) != 0)
		return err_set(err, "XFS incompatible feature 0x%" PRIx32 "%s is not known",
			       geometry->incompat & ~INCOMPAT_KNOWN,
			       (geometry->incompat & 0x100) != 0   ? " (metadir)"
			       : (geometry->incompat & 0x200) != 0 ? " (zoned)"
								   : "");
	if (!is_sound(super, geometry))
		return err_set(err, "the XFS superblock's sizes make no sense");
	return 1;
}

uint32_t xfs_ag_blocks(const struct xfs *xfs, uint32_t agno)
{
	const struct xfs_geometry *geometry = &xfs->geometry;

	if (agno + 1 < geometry->ags)
		return geometry->ag_blocks;
	return (uint32_t)(geometry->blocks - (uint64_t)(geometry->ags - 1) * geometry->ag_blocks);
}

static bool is_in_group(const struct xfs *xfs, uint32_t agno, uint32_t agbno, uint64_t count)
{
	return agno < xfs->geometry.ags && agbno < xfs_ag_blocks(xfs, agno) &&
	       count <= xfs_ag_blocks(xfs, agno) - agbno;
}

bool xfs_split(const struct xfs *xfs, uint64_t fsblock, uint64_t count, uint32_t *agno, uint32_t *agbno)
{
	uint64_t group = fsblock >> xfs->geometry.ag_block_log;

	*agno = (uint32_t)group;
	*agbno = (uint32_t)(fsblock & ((UINT64_C(1) << xfs->geometry.ag_block_log) - 1));
	return group < xfs->geometry.ags && is_in_group(xfs, *agno, *agbno, count);
}

bool xfs_claim(struct xfs *xfs, struct claim what, uint32_t agno, uint32_t agbno, uint64_t count)
{
	if (!is_in_group(xfs, agno, agbno, count)) {
		xfs_note(xfs, "%s in group %" PRIu32 ", blocks %" PRIu32 "+%" PRIu64 ", leaves the group",
			 kind_name((enum kind)what.kind), agno, agbno, count);
		return false;
	}
	what.start = xfs_sector(xfs, agno, agbno);
	what.count = count * xfs->fs.block_sectors;
	space_claim_as(xfs->fs.space, what);
	return true;
}

int xfs_read_block(const struct xfs *xfs, uint32_t agno, uint32_t agbno, void *buf, struct err *err)
{
	if (!is_in_group(xfs, agno, agbno, 1))
		return err_set(err, "block %" PRIu32 " is not in group %" PRIu32, agbno, agno);
	return space_read(xfs->fs.space, xfs_linear(xfs, agno, agbno) * xfs->geometry.block_size, buf,
			  xfs->geometry.block_size, err);
}

bool xfs_crc_fits(const struct xfs *xfs, const uint8_t *bytes, size_t len, size_t at)
{
	static const uint8_t zero[4];
	uint32_t crc = ~UINT32_C(0);

	if (!xfs->geometry.v5)
		return true;
	crc = crc32c_update(crc, bytes, at);
	crc = crc32c_update(crc, zero, 4);
	crc = crc32c_update(crc, bytes + at + 4, len - at - 4);
	return le32(bytes + at) == ~crc;
}
