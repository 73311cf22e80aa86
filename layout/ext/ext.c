/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver for ext2, ext3 and ext4: opens the file system through libext2fs and has its parts
   claimed. */
#include "layout/ext/ext_private.h"
#include "layout/unreadable.h"

#include "base/bytes.h"
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/overlay.h"
#include "layout/tables/ptable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUPERBLOCK_OFFSET 1024
#define SUPERBLOCK_SIZE 1024

bool ext_claim(struct ext *ext, struct claim what, uint64_t block, uint64_t count)
{
	if (count == 0)
		return true;
	if (block >= ext->blocks || count > ext->blocks - block ||
	    (block < ext->first_block && what.kind != KIND_BOOT_BLOCK)) {
		if (kind_has_owner((enum kind)what.kind))
			ext_note(ext,
				 "inode %" PRIu32 ": blocks %" PRIu64 "+%" PRIu64 " leave the file system",
				 what.owner, block, count);
		else
			ext_note(ext,
				 "group %" PRIu32 ": %s in block %" PRIu64 "+%" PRIu64
				 " leaves the file system",
				 what.owner, kind_name((enum kind)what.kind), block, count);
		return false;
	}
	what.start = block * ext->fs.block_sectors;
	what.count = count * ext->fs.block_sectors;
	space_cut_claim(ext->fs.space, &what);
	claims_add(&ext->found->claims, what);
	return true;
}

int ext_read_blocks(const struct ext *ext, uint64_t block, void *buf, uint32_t count, struct err *err)
{
	if (block > UINT64_MAX / ext->block_size)
		return err_set(err, "block %" PRIu64 " is beyond everything", block);
	return space_read(ext->fs.space, block * ext->block_size, buf, (size_t)count * ext->block_size, err);
}

const char *ext_error(errcode_t code)
{
	initialize_ext2_error_table();
	return error_message(code);
}

void ext_free(struct fs *fs)
{
	struct ext *ext = (struct ext *)fs;

	if (ext->lib != NULL)
		ext2fs_free(ext->lib);
	file_names_free(&ext->names);
	log_free(&ext->log);
	ext_found_free(&ext->all);
	free(ext->states);
	free(ext);
}

/* libblkid's rule: what ext2 or ext3 could not mount is ext4. */
static const char *type_of(struct ext2_super_block *super)
{
	uint32_t ro_known = EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE | 0x0004;
	uint32_t known = EXT2_FEATURE_INCOMPAT_FILETYPE | EXT2_FEATURE_INCOMPAT_META_BG;

	if (ext2fs_has_feature_journal_dev(super))
		return "jbd";
	if ((super->s_feature_ro_compat & ~ro_known) != 0)
		return "ext4";
	if (ext2fs_has_feature_journal(super))
		return super->s_feature_incompat & ~(known | EXT3_FEATURE_INCOMPAT_RECOVER) ? "ext4" : "ext3";
	return super->s_feature_incompat & ~known ? "ext4" : "ext2";
}

static struct ext *ext_new(struct map *map, struct space *space, ext2_filsys fs)
{
	struct ext *ext = calloc(1, sizeof(*ext));

	if (ext == NULL) {
		ext2fs_free(fs);
		return NULL;
	}
	ext->fs.ops = &ext_ops;
	ext->fs.space = space;
	ext->map = map;
	ext->lib = fs;
	ext->block_size = fs->blocksize;
	ext->fs.block_sectors = fs->blocksize >> SECTOR_SHIFT;
	ext->fs.data_sectors = ext->fs.block_sectors * (uint32_t)EXT2FS_CLUSTER_RATIO(fs);
	ext->blocks = ext2fs_blocks_count(fs->super);
	ext->fs.sectors = ext->blocks * ext->fs.block_sectors;
	ext->first_block = fs->super->s_first_data_block;
	ext->blocks_per_group = fs->super->s_blocks_per_group;
	ext->clusters_per_group = fs->super->s_clusters_per_group;
	ext->cluster_blocks = (uint32_t)EXT2FS_CLUSTER_RATIO(fs);
	ext->groups = fs->group_desc_count;
	ext->inodes_per_group = fs->super->s_inodes_per_group;
	ext->inode_size = EXT2_INODE_SIZE(fs->super);
	ext->fs.inode_bytes = ext2fs_has_feature_journal_dev(fs->super) ? 0 : ext->inode_size;
	ext->inodes = fs->super->s_inodes_count;
	ext->found = &ext->all;
	ext->all.claims.account = &map->account;
	ext->nodes_max = space->sectors / ext->fs.block_sectors + 16;
	ext->shared_blocks = ext2fs_has_feature_shared_blocks(fs->super);
	snprintf(ext->fs.type, sizeof(ext->fs.type), "%s", type_of(fs->super));
	return ext;
}

static void describe(struct ext *ext)
{
	const struct ext2_super_block *super = ext->lib->super;
	struct content *content = &ext->fs.space->content;
	char label[17] = "";

	memcpy(label, super->s_volume_name, 16);
	snprintf(content->type, sizeof(content->type), "%s", ext->fs.type);
	snprintf(content->label, sizeof(content->label), "%s", label);
	content_set_uuid(content, super->s_uuid);
}

static void note_state(struct ext *ext)
{
	if (ext->blocks > ext->fs.space->sectors / ext->fs.block_sectors)
		ext_note(ext,
			 "%s file system of %" PRIu64 " blocks of %" PRIu32
			 " bytes in a space of only %" PRIu64 " sectors",
			 ext->fs.type, ext->blocks, ext->block_size, ext->fs.space->sectors);
	if (ext->lib->super->s_feature_ro_compat & ~(uint32_t)EXT2_LIB_FEATURE_RO_COMPAT_SUPP &
	    ~EXT4_FEATURE_RO_COMPAT_SHARED_BLOCKS)
		ext_note(ext,
			 "%s feature 0x%" PRIx32 " is not known to libext2fs; what it adds has no"
			 " labels",
			 ext->fs.type,
			 (uint32_t)(ext->lib->super->s_feature_ro_compat &
				    ~(uint32_t)EXT2_LIB_FEATURE_RO_COMPAT_SUPP));
}

/* A journal device: a superblock, and the log from the block behind it on.  Its blocks are counted from the
   start of the device. */
static int map_journal_device(struct ext *ext, struct err *err)
{
	uint64_t first = ext->block_size == 1024 ? 2 : 1;
	struct ext_run run = {.place = first, .block = first, .count = ext->blocks - first};

	space_claim(ext->fs.space, RANK_STRUCTURE, KIND_BOOT_BLOCK, 0, 2);
	space_claim(ext->fs.space, RANK_STRUCTURE, KIND_SUPERBLOCK, 2, first * ext->fs.block_sectors - 2);
	if (ext->blocks <= first)
		return 0;
	if (VEC_PUSH(&ext->found->log_runs, run) != 0)
		return err_nomem(err);
	return ext_map_journal(ext, err);
}

static int map_file_system(struct ext *ext, struct err *err)
{
	if (file_names_init(&ext->names, ext->inodes, EXT2_ROOT_INO) != 0)
		return err_nomem(err);
	ext->names.account = &ext->map->account;
	if (ext_check_descriptors(ext, err) != 0)
		return -1;
	ext_map_groups(ext);
	if (ext_scan_groups(ext, ext_map_inodes, err) != 0 || ext_map_journal(ext, err) != 0 ||
	    ext_scan_groups(ext, ext_map_free, err) != 0)
		return -1;
	/* Nothing else will be claimed here, and claims take more memory than names. */
	ext->all.claims.left_out |= ext_is_full(ext);
	claims_move(&ext->fs.space->claims, &ext->all.claims);
	map_claim_unreadable_in(ext->map, ext->fs.space);
	if (space_seal(ext->fs.space, ext->map->build->threads) != 0)
		return err_nomem(err);
	if (ext->map->build->keep_links && ext_read_targets(ext, err) != 0)
		return -1;
	return ext_read_dirs(ext, err);
}

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

static int map_opened(struct map *map, struct space *space, ext2_filsys fs, bool from_backup, struct err *err)
{
	struct ext *ext = ext_new(map, space, fs);
	int result = 0;

	if (ext == NULL)
		return err_nomem(err);
	space->fs = &ext->fs;
	ext->from_backup = from_backup;
	describe(ext);
	note_state(ext);
	space->told_sectors = ext->blocks * space->fs->block_sectors;
	if (map->build->shallow)
		result = 0;
	else if (ext2fs_has_feature_journal_dev(fs->super))
		result = map_journal_device(ext, err);
	else
		result = map_file_system(ext, err);
	claims_move(&space->claims, &ext->all.claims);
	space->left_out |= ext_is_full(ext);
	map_take_notes(map, &ext->all.notes);
	ext2fs_free(ext->lib);
	ext->lib = NULL;
	return result != 0 ? -1 : 1;
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
				return map_opened(map, space, fs, true, err);
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
		return map_opened(map, space, fs, false, err);
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
