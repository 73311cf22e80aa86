/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An inode as the log has it, put over what lies on the disk: its core in the byte order of the machine that
   wrote it, and its forks as they are, but for the roots of B-trees, which are in memory laid out as blocks
   are. */
#include "layout/xfs/log.h"
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"

#include <string.h>

#define CORE_V3 176u
#define CORE_V2 100u
#define FORK_OFFSET 82
#define ROOT_HEADER_V5 72
#define ROOT_HEADER_V4 24

/* The core of an inode in the log has the same places as on the disk, and the machine's byte order.  What the
   log does not say: the links between unlinked inodes, and the checksum. */
static void convert_core(uint8_t *inode, const uint8_t *core, size_t len)
{
	static const struct {
		uint8_t at, width, n;
	} fields[] = {{0, 2, 2},  {4, 1, 4},   {8, 4, 3},   {20, 2, 2},  {24, 8, 1}, {32, 4, 6},
		      {56, 8, 2}, {72, 4, 2},  {80, 2, 1},  {82, 1, 2},  {84, 4, 1}, {88, 2, 2},
		      {92, 4, 1}, {104, 8, 3}, {128, 4, 1}, {144, 4, 2}, {152, 8, 1}};
	bool wide_times = len >= 176 && (le64(core + 120) & XFS_FLAGS2_BIGTIME) != 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		unsigned width = fields[i].width, at = fields[i].at, n = fields[i].n;

		if (wide_times && (at == 32 || at == 144)) {
			width = 8;
			n /= 2;
		}
		for (unsigned k = 0; k < n && at + width <= len; k++, at += width)
			for (unsigned b = 0; b < width; b++)
				inode[at + b] = core[at + width - 1 - b];
	}
}

static bool put_root(uint8_t *fork, size_t room, const struct xlog_region *region, size_t header)
{
	size_t most = room < 4 ? 0 : (room - 4) / 16, had, n;

	if (region->len < header)
		return false;
	had = (region->len - header) / 16;
	n = be16(region->bytes + 6);
	if (n > most || n > had)
		return false;
	memcpy(fork, region->bytes + 4, 4);
	memcpy(fork + 4, region->bytes + header, n * 8);
	memcpy(fork + 4 + most * 8, region->bytes + header + had * 8, n * 8);
	return true;
}

/* Regions are rounded up. */
static void put_bytes(uint8_t *fork, size_t room, const struct xlog_region *region)
{
	memcpy(fork, region->bytes, region->len < room ? region->len : room);
}

bool xlog_put_inode(const struct xlog_item *item, const struct xlog_inode *format, bool v5, uint8_t *inode,
		    size_t size)
{
	size_t root = v5 ? ROOT_HEADER_V5 : ROOT_HEADER_V4, region = 2, core, split;

	if (item->n < 2 || item->regions[1].len < CORE_V2)
		return false;
	convert_core(inode, item->regions[1].bytes, item->regions[1].len < CORE_V3 ? CORE_V2 : CORE_V3);
	core = inode[4] >= 3 ? CORE_V3 : CORE_V2;
	split = inode[FORK_OFFSET] != 0 ? core + 8u * inode[FORK_OFFSET] : size;
	if (split > size)
		return false;
	if ((format->fields & XLOG_INODE_DATA) != 0) {
		if (region >= item->n)
			return false;
		if ((format->fields & XLOG_INODE_DATA_ROOT) == 0)
			put_bytes(inode + core, split - core, &item->regions[region]);
		else if (!put_root(inode + core, split - core, &item->regions[region], root))
			return false;
		region++;
	}
	if ((format->fields & XLOG_INODE_ATTR) == 0 || split == size)
		return true;
	if (region >= item->n)
		return false;
	if ((format->fields & XLOG_INODE_ATTR_ROOT) != 0)
		return put_root(inode + split, size - split, &item->regions[region], root);
	put_bytes(inode + split, size - split, &item->regions[region]);
	return true;
}
