/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ext2/3/4 file system in a space: what the rest of the program may ask of it. */
#ifndef LAYOUT_EXT_EXT_H
#define LAYOUT_EXT_EXT_H

#include "layout/ext/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ext;

void ext_free(struct ext *ext);

/* "ext2", "ext3", "ext4" or "jbd", as blkid says. */
const char *ext_type(const struct ext *ext);

struct space;

/* The inode that a path leads to, any of its hard links; 0 with it, or -1.  Reads the directories anew. */
int ext_resolve(const struct space *space, const char *path, uint32_t *inode, struct err *err);

/* Whether blocks of the file system belong to an inode, wherever they lie. */
bool ext_inode_has_blocks(const struct space *space, uint32_t inode);

/* Where an inode lies in its table, as a sector of the space; false when it has no place. */
bool ext_inode_sector(const struct space *space, uint32_t inode, uint64_t *sector);

/* Whether the file system has the shared_blocks feature; false for NULL. */
bool ext_shares_blocks(const struct ext *ext);

/* Sectors in a block; 0 for NULL. */
uint32_t ext_block_sectors(const struct ext *ext);

/* Sectors that the file system takes of its space. */
uint64_t ext_sectors(const struct ext *ext);

/* The group of a block; false for blocks before the first group (block 0 of 1 KiB file systems) and on
   journal devices, which have no groups. */
bool ext_group(const struct ext *ext, uint64_t block, uint32_t *group);

/* The inodes stored in `bytes` bytes from `offset` on of a group's inode table. */
void ext_table_inodes(const struct ext *ext, uint32_t group, uint64_t offset, uint64_t bytes, uint32_t *first,
		      uint32_t *last);

/* The absolute path of an inode, as stored (any bytes but NUL), cut at len-1 bytes; false when no
   directory names it. */
bool ext_path(const struct ext *ext, uint32_t inode, char *path, size_t len);

/* Whether some directory names an inode: whether ext_path is true. */
bool ext_has_path(const struct ext *ext, uint32_t inode);

/* Fetches the memory that ext_path will use, first step 0 and, when that has come, step 1. */
void ext_expect_path(const struct ext *ext, uint32_t inode, unsigned step);

/* What the journal's log holds in a block; false when it has no such block. */
bool ext_log_block(const struct ext *ext, uint32_t block, struct log_block *entry);

/* Paths are at most this long here; deeper ones are cut in the middle. */
#define EXT_PATH_MAX 4096

#endif
