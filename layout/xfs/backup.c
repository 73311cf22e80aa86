/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system whose first superblock is lost: each group begins with a copy.  Where groups begin is told by
   the AGF of the first one, or guessed as mkfs.xfs would divide the space. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"

#define BLOCK_LOG_MIN 9
#define BLOCK_LOG_MAX 16
#define BLOCK_LOG_USUAL 12
#define GROUPS_USUAL 4
#define GROUPS_MAX 32

/* Whether a superblock at a byte is the one of a group of a file system that begins at the space's start. */
static bool is_backup(const struct space *space, uint64_t offset, uint8_t *super,
		      struct xfs_geometry *geometry)
{
	uint64_t group;
	struct err why;

	if (offset == 0 || offset >= space_bytes(space) ||
	    space_read(space, offset, super, SECTOR_SIZE, &why) != 0 ||
	    xfs_read_geometry(super, geometry, &why) != 1)
		return false;
	group = (uint64_t)geometry->ag_blocks * geometry->block_size;
	return offset % group == 0 && offset / group < geometry->ags &&
	       geometry->blocks <= space->sectors / (geometry->block_size >> SECTOR_SHIFT);
}

/* By the length that the first group's AGF has, in blocks of whatever size. */
static bool find_by_agf(const struct space *space, uint8_t *super, struct xfs_geometry *geometry)
{
	uint8_t agf[SECTOR_SIZE];
	struct err why;

	for (uint32_t sector = SECTOR_SIZE; sector <= 4096; sector *= 2) {
		if (space_read(space, sector, agf, sizeof(agf), &why) != 0 || be32(agf) != XFS_MAGIC_AGF ||
		    be32(agf + 8) != 0)
			continue;
		for (unsigned log = BLOCK_LOG_MIN; log <= BLOCK_LOG_MAX; log++)
			if (is_backup(space, (uint64_t)be32(agf + 12) << log, super, geometry))
				return true;
	}
	return false;
}

/* Few places, for every one is a read far from the last, and most disks that are not known hold no XFS. */
static bool find_by_size(const struct space *space, uint8_t *super, struct xfs_geometry *geometry)
{
	for (unsigned log = BLOCK_LOG_MIN; log <= BLOCK_LOG_MAX; log++) {
		uint64_t blocks = space_bytes(space) >> log;

		for (unsigned groups = 2; groups <= GROUPS_MAX; groups++)
			if (log != BLOCK_LOG_USUAL && groups != GROUPS_USUAL)
				continue;
			else if (is_backup(space, ((blocks + groups - 1) / groups) << log, super, geometry) ||
				 is_backup(space, (blocks / groups) << log, super, geometry))
				return true;
	}
	/* As large as groups get. */
	return is_backup(space, (UINT64_C(1) << 40) - 4096, super, geometry) ||
	       is_backup(space, UINT64_C(1) << 40, super, geometry);
}

bool xfs_find_backup(const struct space *space, uint8_t *super, struct xfs_geometry *geometry)
{
	return find_by_agf(space, super, geometry) || find_by_size(space, super, geometry);
}
