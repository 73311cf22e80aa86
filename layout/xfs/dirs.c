/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names, from directories: short ones lie in their inode, others in blocks of 2^dirblklog file-system blocks,
   whose data ends where the leaves begin, 32 GiB into the file. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_BLOCK 0x58444233
#define MAGIC_DATA 0x58444433
#define MAGIC_BLOCK_V4 0x58443242
#define MAGIC_DATA_V4 0x58443244
#define HEADER_V5 64
#define HEADER_V4 16
#define FREE_TAG 0xffff
#define LEAF_BYTES (UINT64_C(32) << 30)

static void name_inode(struct xfs *xfs, uint32_t dir, uint64_t number, const uint8_t *name, size_t len)
{
	uint32_t index = xfs_index(xfs, number);

	if (index != 0 && file_names_add(&xfs->names, dir, index, (const char *)name, len) != 0)
		xfs->short_of_memory = true;
}

/* Short form: number of entries, how many have 8-byte numbers, the parent, then the entries. */
void xfs_read_short_dir(struct xfs *xfs, const struct xfs_inode *inode)
{
	const uint8_t *at = inode->raw + inode->fork;
	size_t room = (inode->attr != 0 ? inode->attr : xfs->geometry.inode_size) - inode->fork;
	size_t len = inode->size < room ? (size_t)inode->size : room, wide = len > 1 && at[1] != 0 ? 8 : 4;
	size_t pos = 2 + wide, type = xfs->geometry.ftype ? 1 : 0;

	if (len < 2 || inode->links == 0)
		return;
	for (unsigned i = 0; i < at[0]; i++) {
		size_t name = len - pos >= 3 ? at[pos] : 0, number = pos + 3 + name + type;

		if (pos > len || name == 0 || number + wide > len) {
			xfs_note(xfs, "inode %" PRIu64 ": damaged short directory", inode->number);
			return;
		}
		name_inode(xfs, inode->index, wide == 8 ? be64(at + number) : be32(at + number), at + pos + 3,
			   name);
		pos = number + wide;
	}
}

static bool is_dot(const uint8_t *name, size_t len)
{
	return (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.');
}

/* Where the entries of a block end: before its own leaf, where it is the only block. */
static size_t entries_end(const struct xfs *xfs, const uint8_t *block, size_t size)
{
	uint32_t magic = be32(block), leaves;

	if (magic == MAGIC_DATA || magic == MAGIC_DATA_V4)
		return size;
	leaves = be32(block + size - 8);
	return leaves <= (size - 8 - (xfs->geometry.v5 ? HEADER_V5 : HEADER_V4)) / 8
		   ? size - 8 - 8 * (size_t)leaves
		   : 0;
}

/* Entries are of 8-byte units: number, length of the name, name, type where the file system has it, and the
   entry's own place in the last two bytes. */
static bool read_entries(struct xfs *xfs, uint32_t dir, const uint8_t *block, size_t size)
{
	size_t at = xfs->geometry.v5 ? HEADER_V5 : HEADER_V4, end = entries_end(xfs, block, size), len;

	while (at + 8 <= end) {
		const uint8_t *entry = block + at;

		if (be16(entry) == FREE_TAG) {
			len = be16(entry + 2);
		} else {
			len = (8 + 1 + (size_t)entry[8] + (xfs->geometry.ftype ? 1 : 0) + 2 + 7) & ~(size_t)7;
			if (at + len > end || entry[8] == 0)
				return false;
			if (!is_dot(entry + 9, entry[8]))
				name_inode(xfs, dir, be64(entry), entry + 9, entry[8]);
		}
		if (len == 0 || len % 8 != 0 || len > end - at)
			return false;
		at += len;
	}
	return at == end;
}

static bool is_directory_block(const struct xfs *xfs, const uint8_t *block)
{
	uint32_t magic = be32(block);

	return xfs->geometry.v5 ? magic == MAGIC_BLOCK || magic == MAGIC_DATA
				: magic == MAGIC_BLOCK_V4 || magic == MAGIC_DATA_V4;
}

static void read_block(struct xfs *xfs, uint32_t dir, uint64_t offset, const uint8_t *block, size_t size)
{
	uint64_t number = xfs_number(xfs, dir);

	if (!is_directory_block(xfs, block) || (xfs->geometry.v5 && be64(block + 40) != number)) {
		xfs_note(xfs, "inode %" PRIu64 ": block %" PRIu64 " is not one of a directory", number,
			 offset);
		return;
	}
	if (!xfs_crc_fits(xfs, block, size, XFS_CRC_DIR))
		xfs_note(xfs, "inode %" PRIu64 ": directory block %" PRIu64 " has a wrong checksum", number,
			 offset);
	if (!read_entries(xfs, dir, block, size))
		xfs_note(xfs, "inode %" PRIu64 ": damaged directory block %" PRIu64, number, offset);
}

/* Puts a directory's block together, whose file-system blocks may lie apart; how many of the runs have no
   more in it. */
static void gather(struct xfs *xfs, const struct xfs_dir_run *runs, size_t n, uint64_t offset, uint8_t *block)
{
	uint32_t wanted = UINT32_C(1) << xfs->geometry.dir_block_log, have = 0;
	struct err why;

	for (size_t i = 0; i < n && have < wanted; i++) {
		uint64_t next = offset + have;

		if (runs[i].offset > next || next >= runs[i].offset + runs[i].count)
			continue;
		for (; have < wanted && offset + have < runs[i].offset + runs[i].count; have++)
			if (xfs_read_block(xfs, runs[i].agno,
					   runs[i].agbno + (uint32_t)(offset + have - runs[i].offset),
					   block + (size_t)have * xfs->geometry.block_size, &why) != 0) {
				xfs_note(xfs, "inode %" PRIu64 ": directory cannot be read: %s",
					 xfs_number(xfs, runs[i].owner), why.text);
				return;
			}
	}
	if (have == wanted)
		read_block(xfs, runs->owner, offset, block, (size_t)wanted * xfs->geometry.block_size);
}

/* All runs of one directory.  A budget of as many blocks as the space has ends what damage makes overlap. */
static void read_dir(struct xfs *xfs, const struct xfs_dir_run *runs, size_t n, uint8_t *block)
{
	uint64_t step = UINT64_C(1) << xfs->geometry.dir_block_log, next = 0;
	uint64_t leaves = LEAF_BYTES / xfs->geometry.block_size;

	for (size_t i = 0; i < n; i++) {
		uint64_t end = runs[i].offset + runs[i].count;

		if (next < runs[i].offset)
			next = (runs[i].offset + step - 1) / step * step;
		for (; next < end && next < leaves; next += step) {
			if (xfs->nodes++ > xfs->nodes_max)
				return;
			gather(xfs, runs + i, n - i, next, block);
		}
	}
}

int xfs_read_dirs(struct xfs *xfs, struct err *err)
{
	uint8_t *block = malloc((size_t)xfs->geometry.block_size << xfs->geometry.dir_block_log);
	size_t end;

	if (block == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < xfs->dirs.n; i = end) {
		for (end = i + 1; end < xfs->dirs.n && xfs->dirs.at[end].owner == xfs->dirs.at[i].owner;)
			end++;
		read_dir(xfs, xfs->dirs.at + i, end - i, block);
	}
	free(block);
	VEC_FREE(&xfs->dirs);
	return xfs->short_of_memory ? err_nomem(err) : 0;
}
