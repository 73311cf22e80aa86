/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ext2, ext3 or ext4 file system that libext2fs has opened: its parts are claimed. */
#include "layout/ext/ext_private.h"
#include "layout/unreadable.h"

#include "base/size.h"
#include "layout/ext/versions.h"
#include "layout/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	if (ext->versions != NULL)
		return versions_read(ext->versions, block, buf, count, err);
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
	history_free(ext->fs.history);
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

struct ext *ext_new(struct map *map, struct space *space, ext2_filsys fs)
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
	if (map_is_to_be_built_again(ext->map))
		return 0;
	if (ext_scan_groups(ext, ext_map_inodes, err) != 0 || ext_map_journal(ext, err) != 0 ||
	    ext_scan_groups(ext, ext_map_free, err) != 0)
		return -1;
	if (map_is_to_be_built_again(ext->map))
		return 0;
	/* Nothing else will be claimed here, and claims take more memory than names. */
	ext->all.claims.left_out |= ext_is_full(ext);
	claims_move(&ext->fs.space->claims, &ext->all.claims);
	map_claim_unreadable_in(ext->map, ext->fs.space);
	if (space_seal(ext->fs.space, ext->map->build->threads) != 0)
		return err_nomem(err);
	if (ext->map->build->keep_links && ext_read_targets(ext, err) != 0)
		return -1;
	if (ext_read_dirs(ext, err) != 0)
		return -1;
	return ext->map->build->history ? ext_map_past(ext, err) : 0;
}

int ext_map_opened(struct map *map, struct space *space, ext2_filsys fs, bool from_backup, struct err *err)
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
