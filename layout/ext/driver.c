/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver for ext2, ext3 and ext4: whether one lies in a space, by its superblock or a backup, and opening
   it through libext2fs. */
#include "layout/ext/ext_private.h"
#include "layout/unreadable.h"

#include "base/bytes.h"
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/overlay.h"
#include "layout/tables/ptable.h"

#include <inttypes.h>

#define SUPERBLOCK_OFFSET 1024
#define SUPERBLOCK_SIZE 1024

static errcode_t open_fs(const struct space *space, int superblock, unsigned block_size, int flags,
			 ext2_filsys *fs)
{
	char name[EXT_IO_NAME_LEN];

	ext_io_name(space, name);
	*fs = NULL;
	return ext2fs_open2(name, NULL,
			    EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES | EXT2_FLAG_JOURNAL_DEV_OK |
				EXT2_FLAG_SKIP_MMP | flags,
			    superblock, block_size, ext_io_manager, fs);
}

static const char *feature_name(uint32_t bit)
{
	return bit == 0x1000 ? " (dirdata)" : bit == 0x1 ? " (compression)" : "";
}

/* Says what libext2fs has against a file system that has the magic number. */
static void note_refusal(struct map *map, struct space *space, const uint8_t *super, errcode_t why)
{
	uint32_t unknown = le32(super + 0x60) & ~(uint32_t)EXT2_LIB_FEATURE_INCOMPAT_SUPP;

	if (why == EXT2_ET_UNSUPP_FEATURE && unknown != 0)
		map_note(map, space,
			 "ext4 feature 0x%" PRIx32 "%s is not known to libext2fs; the file system is shown"
			 " as opaque",
			 unknown, feature_name(unknown));
	else
		map_note(map, space, "ext superblock that libext2fs cannot use (%s)", ext_error(why));
}

/* Has the journal replayed in memory, where a mount would replay it, and opens the file system anew then. */
static int replay(struct map *map, struct space *space, ext2_filsys *fs, struct err *err)
{
	struct ext *ext = ext_new(map, space, *fs);
	errcode_t why = 0;
	int result;

	if (ext == NULL)
		return err_nomem(err);
	result = ext_replay(ext, err);
	map_take_notes(map, &ext->all.notes);
	if (result == 0)
		ext->lib = NULL;
	ext_free(&ext->fs);
	if (result == 1 && (why = open_fs(space, 0, 0, EXT2_FLAG_IGNORE_CSUM_ERRORS, fs)) != 0) {
		map_note(map, space, "the superblock in its journal cannot be used (%s); nothing is replayed",
			 ext_error(why));
		overlay_free(space->overlay);
		space->overlay = NULL;
		why = open_fs(space, 0, 0, EXT2_FLAG_IGNORE_CSUM_ERRORS, fs);
	}
	if (why != 0)
		return err_set(err, "%s cannot be read again (%s)", space_name(space), ext_error(why));
	return result < 0 ? -1 : 0;
}

#define GROUP_COST 64 /* of a descriptor in libext2fs, at most */

/* libext2fs reads all descriptors at once, so their number is held against the account before. */
static bool may_open(struct map *map, struct space *space, const uint8_t *super)
{
	uint64_t blocks =
	    le32(super + 4) |
	    (le32(super + 0x60) & EXT4_FEATURE_INCOMPAT_64BIT ? (uint64_t)le32(super + 0x150) << 32 : 0);
	uint32_t per_group = le32(super + 32);

	if (per_group == 0 || account_memory(&map->account, blocks / per_group * GROUP_COST))
		return true;
	space->claims.left_out = true;
	return false;
}

/* Whether a superblock at a byte is the copy of one of a file system that begins at the space's start, by its
   place in it, whatever group it says to be of; then its block number and block size. */
static bool find_backup(struct map *map, struct space *space, uint64_t offset, int *block,
			unsigned *block_size)
{
	uint8_t super[SUPERBLOCK_SIZE];
	uint64_t per_group, at;
	struct err why;

	if (space_read(space, offset, super, sizeof(super), &why) != 0 ||
	    le16(super + 56) != EXT2_SUPER_MAGIC || le32(super + 24) > 6)
		return false;
	*block_size = 1024u << le32(super + 24);
	at = offset / *block_size;
	per_group = le32(super + 32);
	*block = (int)at;
	/* The primary one of a file system that begins further on. */
	if (offset >= SUPERBLOCK_OFFSET &&
	    known_ext_starts(space, (offset - SUPERBLOCK_OFFSET) >> SECTOR_SHIFT))
		return false;
	return at <= INT32_MAX && per_group > 0 && offset % *block_size == 0 &&
	       at >= le32(super + 20) + per_group && (at - le32(super + 20)) % per_group == 0 &&
	       may_open(map, space, super);
}

/* Bytes of a group: nearly always a power of two of blocks, and for blocks of 8 KiB and more as many as
   descriptors can count. */
static uint64_t group_bytes(unsigned i)
{
	return i < 4 ? UINT64_C(65528) << (13 + i) : UINT64_C(1) << (14 + i);
}

/* The groups that have backups, as far as one of them is likely to be whole.  Copies lie one block further on
   where block 0 is no part of group 0. */
static int map_from_backup(struct map *map, struct space *space, struct err *err)
{
	static const uint32_t groups[] = {1, 3, 5, 7, 9, 25, 27, 49};
	ext2_filsys fs;
	unsigned block_size;
	int block;

	for (unsigned i = 0; i < 22; i++)
		for (size_t group = 0; group < sizeof(groups) / sizeof(groups[0]); group++)
			for (uint64_t more = 0; more <= 1024; more += 1024) {
				uint64_t offset = group_bytes(i) * groups[group] + more;

				if (offset >= space_bytes(space) ||
				    !find_backup(map, space, offset, &block, &block_size) ||
				    open_fs(space, block, block_size, EXT2_FLAG_IGNORE_CSUM_ERRORS, &fs) != 0)
					continue;
				map_note(map, space,
					 "the primary superblock cannot be used; its backup in block %d is",
					 block);
				return ext_map_opened(map, space, fs, true, err);
			}
	return 0;
}

/* A file system under a partition table that was made later. */
static bool is_overwritten(const struct space *space, ext2_filsys fs)
{
	uint8_t sector[SECTOR_SIZE];
	struct err why;

	if (mbr_wins(space))
		return true;
	return space->type != SPACE_PARTITION && space_read(space, 0, sector, sizeof(sector), &why) == 0 &&
	       mbr_has_partitions(space, sector) &&
	       (ext2fs_check_desc(fs) != 0 ||
		ext2fs_blocks_count(fs->super) * (fs->blocksize >> SECTOR_SHIFT) > space->sectors);
}

static int ext_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t super[SUPERBLOCK_SIZE];
	struct err why;
	errcode_t result;
	ext2_filsys fs;

	if (space_read(space, SUPERBLOCK_OFFSET, super, sizeof(super), &why) != 0)
		return 0;
	if (le16(super + 56) != EXT2_SUPER_MAGIC || known_is_ext_backup(space, 0))
		return 0;
	if (!may_open(map, space, super))
		return 1;
	result = open_fs(space, 0, 0, 0, &fs);
	if (result == EXT2_ET_SB_CSUM_INVALID) {
		result = open_fs(space, 0, 0, EXT2_FLAG_IGNORE_CSUM_ERRORS, &fs);
		if (result == 0)
			map_note(map, space, "the superblock has a wrong checksum");
	}
	if (result == 0 && is_overwritten(space, fs)) {
		ext2fs_free(fs);
		return 0;
	}
	if (result == 0 && replay(map, space, &fs, err) != 0)
		return -1;
	if (result == 0)
		return ext_map_opened(map, space, fs, false, err);
	note_refusal(map, space, super, result);
	return result == EXT2_ET_UNSUPP_FEATURE ? 0 : map_from_backup(map, space, err);
}

/* When nothing else has known the space. */
static int ext_backup_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t super[SUPERBLOCK_SIZE];
	struct err why;

	if (space_read(space, SUPERBLOCK_OFFSET, super, sizeof(super), &why) == 0 &&
	    le16(super + 56) == EXT2_SUPER_MAGIC)
		return 0;
	return map_from_backup(map, space, err);
}

const struct layout_driver driver_ext = {
    .name = "ext",
    .fs = &ext_ops,
    .map = ext_map,
};

const struct layout_driver driver_ext_backup = {
    .name = "ext-backup",
    .map = ext_backup_map,
};
