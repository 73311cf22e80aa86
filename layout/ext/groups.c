/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structure of an ext file system that its superblock and group descriptors tell: superblocks,
   descriptors, bitmaps, inode tables. */
#include "layout/ext/ext_private.h"

static void claim_structure(struct ext *ext, enum kind kind, uint32_t group, uint64_t block, uint64_t count)
{
	ext_claim(ext, (struct claim){.rank = RANK_STRUCTURE, .kind = kind, .owner = group}, block, count);
}

/* Block 0 of a file system with larger blocks holds two things: the boot block's 1024 bytes, and the
   superblock. */
static void claim_block_zero(struct ext *ext)
{
	if (ext->block_size == 1024) {
		claim_structure(ext, KIND_BOOT_BLOCK, 0, 0, 1);
		return;
	}
	space_claim(ext->fs.space, RANK_STRUCTURE, KIND_BOOT_BLOCK, 0, 2);
	space_claim(ext->fs.space, RANK_STRUCTURE, KIND_SUPERBLOCK, 2, ext->fs.block_sectors - 2);
}

static void claim_superblock(struct ext *ext, uint32_t group, uint64_t block)
{
	if (block == 0)
		return; /* claim_block_zero */
	claim_structure(ext, group == 0 ? KIND_SUPERBLOCK : KIND_SUPERBLOCK_BACKUP, group, block, 1);
}

/* With meta_bg the descriptors of a meta-group lie in its first, second and last group. */
static void claim_meta_descriptors(struct ext *ext, uint32_t group, uint64_t block)
{
	uint32_t per_block = EXT2_DESC_PER_BLOCK(ext->lib->super);

	claim_structure(ext, group % per_block == 0 ? KIND_GROUP_DESCRIPTORS : KIND_GROUP_DESCRIPTORS_BACKUP,
			group, block, 1);
}

static void claim_descriptors(struct ext *ext, uint32_t group, uint64_t block)
{
	const struct ext2_super_block *super = ext->lib->super;
	uint64_t count =
	    ext2fs_has_feature_meta_bg(ext->lib->super) ? super->s_first_meta_bg : ext->lib->desc_blocks;

	claim_structure(ext, group == 0 ? KIND_GROUP_DESCRIPTORS : KIND_GROUP_DESCRIPTORS_BACKUP, group,
			block, count);
	claim_structure(ext, KIND_RESERVED_GDT, group, block + count, super->s_reserved_gdt_blocks);
}

bool ext_group_is_known(const struct ext *ext, uint32_t group)
{
	return ext->states[group] != EXT_GROUP_LOST;
}

bool ext_group_is_sound(const struct ext *ext, uint32_t group)
{
	return ext->states[group] == EXT_GROUP_SOUND;
}

static void claim_table(struct ext *ext, enum kind kind, uint32_t group, uint64_t block, uint64_t count)
{
	struct claim what = {.rank = RANK_STRUCTURE, .kind = kind, .owner = group};

	what.flags = ext_group_is_sound(ext, group) ? 0 : EXTENT_DAMAGED;
	ext_claim(ext, what, block, count);
}

static void claim_tables(struct ext *ext, uint32_t group)
{
	claim_table(ext, KIND_BLOCK_BITMAP, group, ext2fs_block_bitmap_loc(ext->lib, group), 1);
	claim_table(ext, KIND_INODE_BITMAP, group, ext2fs_inode_bitmap_loc(ext->lib, group), 1);
	claim_table(ext, KIND_INODE_TABLE, group, ext2fs_inode_table_loc(ext->lib, group),
		    ext->lib->inode_blocks_per_group);
}

static void map_group(struct ext *ext, uint32_t group)
{
	blk64_t super, old_descriptors, new_descriptors;
	blk_t used;

	ext2fs_super_and_bgd_loc2(ext->lib, group, &super, &old_descriptors, &new_descriptors, &used);
	if (ext2fs_bg_has_super(ext->lib, (int)group))
		claim_superblock(ext, group, super);
	if (old_descriptors != 0)
		claim_descriptors(ext, group, old_descriptors);
	if (new_descriptors != 0)
		claim_meta_descriptors(ext, group, new_descriptors);
	if (ext_group_is_known(ext, group))
		claim_tables(ext, group);
}

void ext_map_groups(struct ext *ext)
{
	claim_block_zero(ext);
	for (uint32_t group = 0; group < ext->groups && !ext_is_full(ext); group++)
		map_group(ext, group);
	if (ext2fs_has_feature_mmp(ext->lib->super) && ext->lib->super->s_mmp_block != 0)
		claim_structure(ext, KIND_MMP, 0, ext->lib->super->s_mmp_block, 1);
}
