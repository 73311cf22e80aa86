/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read an ext2/3/4 file system share.  libext2fs opens it and reads superblock and
   group descriptors; inode tables, extent trees, directories and bitmaps are read here, so that one that
   is damaged costs only what it describes.  Facts: e2fsprogs lib/ext2fs/ext2_fs.h, ext3_extents.h and
   Linux Documentation/filesystems/ext4. */
#ifndef LAYOUT_EXT_PRIVATE_H
#define LAYOUT_EXT_PRIVATE_H

#include "layout/ext.h"
#include "layout/ext_names.h"
#include "layout/map.h"

#include <ext2fs/ext2fs.h>

/* A run of a directory's blocks, to be read for names. */
struct ext_dir_run {
	uint64_t block;
	uint32_t count, inode;
	uint32_t seed; /* for checksums */
};

/* A run of a file's blocks: `place` blocks into it, at `block`. */
struct ext_run {
	uint64_t place, block, count;
};

struct ext {
	struct map *map;
	struct space *space;
	ext2_filsys fs; /* NULL when the map is sealed */
	char type[8];
	uint32_t block_size, block_sectors;
	uint64_t blocks;
	uint32_t first_block; /* the first block of group 0 */
	uint32_t blocks_per_group, clusters_per_group, cluster_blocks;
	uint32_t groups, inodes_per_group, inode_size, inodes;
	struct ext_names names;
	uint64_t node_budget; /* how many map blocks may still be read: one in a loop would never end */
	VEC(struct ext_dir_run) dirs;
	VEC(struct ext_run) log_runs; /* where the journal lies, until its log is decoded */
	uint32_t log_inode;           /* 0 for a journal device */
	struct log log;
	bool from_backup; /* superblock and descriptors are backups */
	bool shared_blocks;
	bool short_of_memory;
};

/* An inode as its table holds it. */
struct ext_inode {
	const uint8_t *raw; /* ext->inode_size bytes */
	uint32_t number;
	uint16_t mode, links;
	uint32_t flags;
	uint64_t size, acl_block, sectors;
	uint32_t seed;        /* for its checksums */
	enum kind kind;       /* of its data blocks */
	uint8_t extent_flags; /* for its claims */
};

/* Claims `count` blocks from `block` on; what leaves the file system is left out and noted.  False then. */
bool ext_claim(struct ext *ext, struct claim what, uint64_t block, uint64_t count);

/* Reads whole blocks; -1 with the reason in err. */
int ext_read_blocks(const struct ext *ext, uint64_t block, void *buf, uint32_t count, struct err *err);

/* libext2fs's words for an error. */
const char *ext_error(errcode_t code);

/* The structure of every group (ext_groups.c). */
void ext_map_groups(struct ext *ext);

/* Whether a group's descriptor may be believed. */
bool ext_group_is_sound(const struct ext *ext, uint32_t group);

/* Free blocks, from the block bitmaps (ext_free.c). */
int ext_map_free(struct ext *ext, struct err *err);

/* All inodes and what they own (ext_inodes.c). */
int ext_map_inodes(struct ext *ext, struct err *err);

/* What one inode's map holds (ext_blocks.c). */
int ext_map_blocks(struct ext *ext, const struct ext_inode *inode, struct err *err);

/* The journal, when ext->log_runs say where it lies (ext_journal.c). */
int ext_map_journal(struct ext *ext, struct err *err);

/* The names in the directories that were found (ext_dirs.c). */
int ext_read_dirs(struct ext *ext, struct err *err);
void ext_read_inline_dir(struct ext *ext, const struct ext_inode *inode);

/* Checksums (ext_csum.c): a wrong one is noted. */
uint32_t ext_inode_seed(const struct ext *ext, const struct ext_inode *inode);
void ext_check_inode(struct ext *ext, const struct ext_inode *inode);
void ext_check_extent_node(struct ext *ext, const struct ext_inode *inode, uint64_t block,
			   const uint8_t *bytes);
void ext_check_directory(struct ext *ext, const struct ext_dir_run *run, uint64_t block,
			 const uint8_t *bytes);
void ext_check_bitmap(struct ext *ext, uint32_t group, const uint8_t *bitmap, bool of_inodes);

/* libext2fs over a space (ext_io.c). */
#define EXT_IO_NAME_LEN 32
extern const io_manager ext_io_manager;
void ext_io_name(const struct space *space, char name[EXT_IO_NAME_LEN]);

#endif
