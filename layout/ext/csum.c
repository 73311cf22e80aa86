/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* metadata_csum: the crc32c of inodes, extent nodes, directory blocks and bitmaps.  A wrong one is a
   note; what the block says is shown all the same. */
#include "base/bytes.h"
#include "base/crc.h"
#include "layout/ext/ext_private.h"

#include <inttypes.h>
#include <string.h>

#define CSUM_LO 124 /* in an inode: l_i_checksum_lo */
#define CSUM_HI 130 /* i_checksum_hi, where i_extra_isize covers it */
#define DIR_TAIL 12

static bool has_csum(const struct ext *ext)
{
	return ext2fs_has_feature_metadata_csum(ext->lib->super);
}

/* libext2fs has tables where the processor has no instruction. */
static uint32_t crc32c(uint32_t crc, const uint8_t *bytes, size_t len)
{
	return crc32c_is_fast() ? crc32c_update(crc, bytes, len) : ext2fs_crc32c_le(crc, bytes, len);
}

uint32_t ext_inode_seed(const struct ext *ext, const struct ext_inode *inode)
{
	uint8_t number[4] = {(uint8_t)inode->number, (uint8_t)(inode->number >> 8),
			     (uint8_t)(inode->number >> 16), (uint8_t)(inode->number >> 24)};

	if (!has_csum(ext))
		return 0;
	return crc32c(crc32c(ext->lib->csum_seed, number, 4), inode->raw + 100, 4);
}

void ext_check_inode(struct ext *ext, const struct ext_inode *inode)
{
	static const uint8_t zero[2];
	uint32_t stored = le16(inode->raw + CSUM_LO), sum;
	bool has_high = ext->inode_size > 128 && le16(inode->raw + 128) >= 4;

	if (!has_csum(ext))
		return;
	sum = crc32c(inode->seed, inode->raw, CSUM_LO);
	sum = crc32c(sum, zero, 2);
	sum = crc32c(sum, inode->raw + CSUM_LO + 2, 128 - CSUM_LO - 2);
	if (ext->inode_size > 128 && has_high) {
		sum = crc32c(sum, inode->raw + 128, CSUM_HI - 128);
		sum = crc32c(sum, zero, 2);
		sum = crc32c(sum, inode->raw + CSUM_HI + 2, ext->inode_size - CSUM_HI - 2);
		stored |= (uint32_t)le16(inode->raw + CSUM_HI) << 16;
	} else {
		sum = crc32c(sum, inode->raw + 128, ext->inode_size - 128);
		sum &= 0xffff;
	}
	if (sum != stored)
		ext_note(ext, "inode %" PRIu32 " has a wrong checksum", inode->number);
}

/* The sum lies behind the room for entries. */
void ext_check_extent_node(struct ext *ext, const struct ext_inode *inode, uint64_t block,
			   const uint8_t *bytes)
{
	size_t tail = 12 + 12 * (size_t)le16(bytes + 4);

	if (has_csum(ext) && tail + 4 <= ext->block_size &&
	    crc32c(inode->seed, bytes, tail) != le32(bytes + tail))
		ext_note(ext, "inode %" PRIu32 ": extent node in block %" PRIu64 " has a wrong checksum",
			 inode->number, block);
}

/* Blocks of entries end in a fake entry of type 0xde with the sum.  The entries must lead to it: an index
   block may hold the remains of one. */
static bool has_tail(const struct ext *ext, const uint8_t *bytes)
{
	static const uint8_t fake[8] = {0, 0, 0, 0, DIR_TAIL, 0, 0, 0xde};
	size_t at = 0, tail = ext->block_size - DIR_TAIL;

	while (at < tail && le16(bytes + at + 4) >= 8)
		at += le16(bytes + at + 4);
	return at == tail && memcmp(bytes + tail, fake, sizeof(fake)) == 0;
}

void ext_check_directory(struct ext *ext, const struct ext_dir_run *run, uint64_t block, const uint8_t *bytes)
{
	size_t tail = ext->block_size - DIR_TAIL;

	if (has_csum(ext) && has_tail(ext, bytes) && crc32c(run->seed, bytes, tail) != le32(bytes + tail + 8))
		ext_note(ext, "inode %" PRIu32 ": directory block %" PRIu64 " has a wrong checksum",
			 run->inode, block);
}

void ext_check_bitmap(struct ext *ext, uint32_t group, const uint8_t *bitmap, bool of_inodes)
{
	int bits = (int)(of_inodes ? ext->inodes_per_group : ext->clusters_per_group);
	char *bytes = (char *)bitmap;

	/* The descriptors' backups are not kept up to date. */
	if (has_csum(ext) && !ext->from_backup && ext_group_is_sound(ext, group) &&
	    !(of_inodes ? ext2fs_inode_bitmap_csum_verify(ext->lib, group, bytes, bits / 8)
			: ext2fs_block_bitmap_csum_verify(ext->lib, group, bytes, bits / 8)))
		ext_note(ext, "group %" PRIu32 ": its %s bitmap has a wrong checksum", group,
			 of_inodes ? "inode" : "block");
}
