/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inode tables: one pass over their used part, in large reads; each inode in use is handed on to
   what reads its block map. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"

#include <inttypes.h>
#include <string.h>

#define MODE_TYPE 0170000
#define MODE_DIRECTORY 0040000
#define MODE_REGULAR 0100000
#define MODE_SYMLINK 0120000

/* Where the tables of a group end in use: what was never written need not be read. */
static uint32_t used_inodes(const struct ext *ext, uint32_t group)
{
	uint32_t unused;

	if (!ext2fs_has_group_desc_csum(ext->lib))
		return ext->inodes_per_group;
	if (ext2fs_bg_flags_test(ext->lib, group, EXT2_BG_INODE_UNINIT))
		return 0;
	unused = ext2fs_bg_itable_unused(ext->lib, group);
	return unused <= ext->inodes_per_group ? ext->inodes_per_group - unused : ext->inodes_per_group;
}

/* What an inode's data blocks are: by its number where the superblock gives it a part, by mode else. */
static enum kind data_kind(const struct ext *ext, const struct ext_inode *inode)
{
	const struct ext2_super_block *super = ext->lib->super;

	if (inode->number == EXT2_BAD_INO)
		return KIND_BAD_BLOCKS;
	if (inode->number == EXT2_RESIZE_INO && ext2fs_has_feature_resize_inode(ext->lib->super))
		return KIND_RESIZE_INODE;
	if (inode->number == super->s_journal_inum && ext2fs_has_feature_journal(ext->lib->super))
		return KIND_JOURNAL;
	if ((inode->number == super->s_usr_quota_inum || inode->number == super->s_grp_quota_inum ||
	     inode->number == super->s_prj_quota_inum) &&
	    ext2fs_has_feature_quota(ext->lib->super))
		return KIND_QUOTA;
	if (inode->number == super->s_orphan_file_inum && ext2fs_has_feature_orphan_file(ext->lib->super))
		return KIND_ORPHAN_FILE;
	/* On anything else the flag is damage, which e2fsck clears. */
	if ((inode->flags & EXT4_EA_INODE_FL) && (inode->mode & MODE_TYPE) == MODE_REGULAR)
		return KIND_XATTR;
	if ((inode->mode & MODE_TYPE) == MODE_DIRECTORY)
		return KIND_DIRECTORY;
	if ((inode->mode & MODE_TYPE) == MODE_SYMLINK)
		return KIND_SYMLINK;
	return KIND_FILE_DATA;
}

void ext_parse_inode(const struct ext *ext, const uint8_t *raw, uint32_t number, struct ext_inode *inode)
{
	*inode = (struct ext_inode){
	    .raw = raw,
	    .number = number,
	    .mode = le16(raw),
	    .links = le16(raw + 26),
	    .flags = le32(raw + 32),
	    .size = le32(raw + 4) | (uint64_t)le32(raw + 108) << 32,
	    .acl_block = le32(raw + 104),
	    .sectors = le32(raw + 28) | (uint64_t)le16(raw + 116) << 32,
	};
	if (ext2fs_has_feature_64bit(ext->lib->super))
		inode->acl_block |= (uint64_t)le16(raw + 118) << 32;
	inode->seed = ext_inode_seed(ext, inode);
	inode->kind = data_kind(ext, inode);
	if (inode->links == 0 && number >= EXT2_FIRST_INO(ext->lib->super))
		inode->extent_flags = EXTENT_DELETED;
	if (inode->flags & EXT4_ENCRYPT_FL)
		inode->extent_flags |= EXTENT_ENCRYPTED;
}

int ext_read_inode(const struct ext *ext, uint32_t number, uint8_t *raw, struct ext_inode *inode)
{
	uint32_t group = (number - 1) / ext->inodes_per_group, index = (number - 1) % ext->inodes_per_group;
	struct err why;

	if (number == 0 || number > ext->inodes || group >= ext->groups ||
	    space_read(ext->fs.space,
		       ext2fs_inode_table_loc(ext->lib, group) * ext->block_size +
			   (uint64_t)index * ext->inode_size,
		       raw, ext->inode_size, &why) != 0)
		return -1;
	ext_parse_inode(ext, raw, number, inode);
	return 0;
}

/* Short targets lie in the inode itself; i_blocks then counts at most an xattr block. */
static bool is_fast_symlink(const struct ext *ext, const struct ext_inode *inode)
{
	uint64_t acl = inode->acl_block ? (uint64_t)ext->fs.block_sectors * ext->cluster_blocks : 0;

	return (inode->mode & MODE_TYPE) == MODE_SYMLINK && !(inode->flags & EXT4_EXTENTS_FL) &&
	       inode->sectors <= acl;
}

static bool is_symlink_in_inode(const struct ext *ext, const struct ext_inode *inode)
{
	return is_fast_symlink(ext, inode) ||
	       ((inode->mode & MODE_TYPE) == MODE_SYMLINK && (inode->flags & EXT4_INLINE_DATA_FL));
}

static bool has_blocks(const struct ext *ext, const struct ext_inode *inode)
{
	uint16_t type = inode->mode & MODE_TYPE;

	if (inode->kind == KIND_BAD_BLOCKS || inode->kind == KIND_RESIZE_INODE)
		return true;
	if (inode->flags & EXT4_INLINE_DATA_FL)
		return false;
	return type == MODE_DIRECTORY || type == MODE_REGULAR ||
	       (type == MODE_SYMLINK && !is_fast_symlink(ext, inode));
}

int ext_map_inode(struct ext *ext, const struct ext_inode *inode, struct err *err)
{
	struct claim xattr = {
	    .rank = RANK_CONTENT,
	    .kind = KIND_XATTR,
	    .flags = inode->extent_flags & EXTENT_DELETED,
	    .owner = inode->number,
	};

	if (inode->acl_block != 0 && ext_claim(ext, xattr, inode->acl_block, 1))
		ext_claim_cluster(ext, xattr, inode->acl_block, 1);
	if ((inode->mode & MODE_TYPE) == MODE_DIRECTORY && (inode->flags & EXT4_INLINE_DATA_FL))
		ext_read_inline_dir(ext, inode);
	if (ext->map->build->keep_links && is_symlink_in_inode(ext, inode))
		ext_keep_target(ext, inode);
	return has_blocks(ext, inode) ? ext_map_blocks(ext, inode, err) : 0;
}

struct table {
	uint32_t group;
	const uint8_t *bitmap; /* the group's inode bitmap; NULL when it cannot be read */
};

/* In use: something links to it, or (deleted but open when the image was taken) only the bitmap says so. */
static bool is_used(const struct ext *ext, const struct table *table, uint32_t index, const uint8_t *raw)
{
	if (le16(raw + 26) != 0)
		return true;
	if (table->bitmap != NULL && (table->bitmap[index >> 3] >> (index & 7) & 1) == 0)
		return false;
	return !bytes_all_zero(raw, 128) &&
	       (table->bitmap != NULL ||
		table->group * ext->inodes_per_group + index < EXT2_FIRST_INO(ext->lib->super));
}

static int map_table_part(struct ext_scan *scan, const struct table *table, uint32_t from, uint32_t n)
{
	struct ext *ext = &scan->ext;
	struct ext_inode inode;

	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *raw = scan->buf + (size_t)i * ext->inode_size;

		if (!is_used(ext, table, from + i, raw))
			continue;
		ext_parse_inode(ext, raw, table->group * ext->inodes_per_group + from + i + 1, &inode);
		ext_check_inode(ext, &inode);
		if (ext_map_inode(ext, &inode, &scan->err) != 0)
			return -1;
	}
	return 0;
}

static void read_bitmap(struct ext_scan *scan, struct table *table)
{
	struct ext *ext = &scan->ext;
	struct err why;

	if (ext_read_blocks(ext, ext2fs_inode_bitmap_loc(ext->lib, table->group), scan->bitmap, 1, &why) !=
	    0) {
		ext_note(ext, "group %" PRIu32 ": its inode bitmap cannot be read: %s", table->group,
			 why.text);
		return;
	}
	table->bitmap = scan->bitmap;
	if (!ext2fs_has_group_desc_csum(ext->lib) ||
	    !ext2fs_bg_flags_test(ext->lib, table->group, EXT2_BG_INODE_UNINIT))
		ext_check_bitmap(ext, table->group, table->bitmap, true);
}

/* Of a part of the table that cannot be read as a whole, maps the blocks that can be. */
static int map_readable_inodes(struct ext_scan *scan, const struct table *table, uint32_t at, uint32_t n)
{
	struct ext *ext = &scan->ext;
	uint32_t per_block = ext->block_size / ext->inode_size;
	uint64_t offset = ext2fs_inode_table_loc(ext->lib, table->group) * ext->block_size;
	struct err why;

	for (uint32_t i = 0, some; i < n; i += some) {
		some = n - i < per_block ? n - i : per_block;
		if (space_read(ext->fs.space, offset + (uint64_t)(at + i) * ext->inode_size, scan->buf,
			       (size_t)some * ext->inode_size, &why) == 0 &&
		    map_table_part(scan, table, at + i, some) != 0)
			return -1;
	}
	return 0;
}

int ext_map_inodes(struct ext_scan *scan, uint32_t group)
{
	struct ext *ext = &scan->ext;
	struct table table = {.group = group};
	uint64_t offset = ext2fs_inode_table_loc(ext->lib, group) * ext->block_size;
	uint32_t used = used_inodes(ext, group), most = EXT_SCAN_BUF / ext->inode_size;
	struct err why;

	if (used == 0 || ext_is_full(ext) || !ext_group_is_known(ext, group))
		return 0;
	read_bitmap(scan, &table);
	for (uint32_t at = 0, n; at < used && !ext_is_full(ext); at += n) {
		n = used - at < most ? used - at : most;
		if (space_read(ext->fs.space, offset + (uint64_t)at * ext->inode_size, scan->buf,
			       (size_t)n * ext->inode_size, &why) != 0) {
			ext_note(ext, "group %" PRIu32 ": its inode table cannot be read: %s", group,
				 why.text);
			if (why.errnum == 0)
				return 0;
			if (map_readable_inodes(scan, &table, at, n) != 0)
				return -1;
			continue;
		}
		if (map_table_part(scan, &table, at, n) != 0)
			return -1;
	}
	return 0;
}
