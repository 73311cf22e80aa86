/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read an XFS file system share.  Facts: "XFS Algorithms & Data Structures" (XFS
   documentation, 3rd edition) and the xfs_db(8) manual.  All integers on the disk are big-endian, but for
   checksums.

   A block has two numbers: the "fsblock" that XFS itself writes down, whose high bits are the allocation
   group and which is not linear, and the linear one, counted from the start of the space.  The code below
   computes with (group, block in the group), called agno and agbno as XFS calls them. */
#ifndef LAYOUT_XFS_XFS_PRIVATE_H
#define LAYOUT_XFS_XFS_PRIVATE_H

#include "base/vec.h"
#include "layout/file_names.h"
#include "layout/fs.h"
#include "layout/driver.h"
#include "layout/space.h"
#include "layout/xfs/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XFS_CHUNK_INODES 64u
#define XFS_NULL_AGBNO UINT32_MAX
#define XFS_BTREE_LEVELS 16 /* more than any sound tree has */

#define XFS_MAGIC_AGF 0x58414746

/* Flags of an inode of version 3. */
#define XFS_FLAGS2_BIGTIME 0x8
#define XFS_FLAGS2_NREXT64 0x10

/* Where a checksum lies in a structure; the bytes there count as zero in it. */
#define XFS_CRC_SUPER 224
#define XFS_CRC_AGF 216
#define XFS_CRC_AGI 312
#define XFS_CRC_AGFL 32
#define XFS_CRC_SHORT 52
#define XFS_CRC_LONG 64
#define XFS_CRC_INODE 100
#define XFS_CRC_DIR 4

/* The superblock, as far as it matters here. */
struct xfs_geometry {
	uint32_t block_size, sector_size, inode_size;
	uint32_t inodes_per_block; /* 2^inopb_log */
	uint64_t blocks;           /* of the data device */
	uint32_t ag_blocks, ags;
	uint8_t ag_block_log, inopb_log, dir_block_log;
	uint64_t log_start; /* fsblock; 0 where the log is a device of its own */
	uint32_t log_blocks, log_sector_size, log_unit;
	uint64_t root, user_quota, group_quota, project_quota, rt_bitmap, rt_summary;
	uint64_t rt_blocks;
	uint32_t unit, width; /* blocks of a stripe's unit and of a stripe */
	uint32_t ro_compat, incompat, log_incompat;
	bool v5, ftype, sparse, finobt, rmapbt, reflink, nrext64;
	uint8_t uuid[16], meta_uuid[16];
};

/* 64 inodes that stand together: a record of the inode B-tree. */
struct xfs_chunk {
	uint64_t first;  /* its first inode's number */
	uint64_t sector; /* where that one lies in the space */
	uint64_t holes;  /* a bit for each inode that has no room on the disk */
	uint64_t free;   /* a bit for each inode that is not in use */
};

/* A run of a file's blocks. */
struct xfs_run {
	uint64_t offset; /* block within the file, or its attributes */
	uint32_t agno, agbno;
	uint32_t count;
	bool unwritten;
};

/* A run of a directory's blocks. */
struct xfs_dir_run {
	uint64_t offset;
	uint32_t owner, agno, agbno, count;
};

/* What a unit of the log holds. */
struct xfs_log_unit {
	uint64_t target; /* fsblock of the first item's home, where has_target */
	uint64_t lsn;    /* of its record */
	uint16_t items;  /* that begin there; in a header, operations of the record */
	uint8_t type;    /* enum log_type */
	bool has_target, stale;
};

/* What a log that is not replayed changes: an inode by its number, or a buffer by its first sector. */
struct xfs_stale {
	bool is_inode;
	uint32_t n; /* sectors */
	uint64_t at;
};

/* Begins with what every file system does (layout/fs.h). */
struct xfs {
	struct fs fs;
	struct map *map;               /* while it is built */
	const struct space *log_space; /* that an external log lies in; NULL while it has not been found */
	bool waits;                    /* for all spaces to be known, of which one may hold its log */
	struct xfs_geometry geometry;
	VEC(struct xfs_chunk) chunks; /* sorted by `first`; an inode's index is 64 * chunk + slot + 1 */
	struct file_names names;
	struct xfs_log_unit *log; /* by unit, or NULL */
	uint32_t log_units;
	uint64_t log_sector;          /* where it begins */
	VEC(struct xfs_dir_run) dirs; /* what is to be read for names */
	uint64_t nodes, nodes_max;    /* B-tree blocks that were read, and that there can be */
	VEC(struct xfs_stale) stale;  /* sorted, while it is built */
	uint8_t leaf_flags;           /* of the B-tree leaf whose records are handed out */
	bool short_of_memory;
	bool checking; /* trees are read again, only for what they say */
};

/* An inode as its chunk holds it. */
struct xfs_inode {
	const uint8_t *raw; /* geometry.inode_size bytes */
	uint64_t number;
	uint32_t index;
	uint16_t mode;
	uint32_t links;
	uint8_t format, attr_format;
	uint32_t fork; /* where the data fork begins */
	uint32_t attr; /* where the attribute fork begins; 0 for none */
	uint64_t extents, attr_extents, size, flags2;
	uint16_t flags;
	enum kind kind; /* of its data */
	uint8_t extent_flags;
};

#define xfs_note(xfs, ...) map_note((xfs)->map, (xfs)->fs.space, __VA_ARGS__)

/* Reads the superblock in `sector` bytes (at least 512): 1, 0 when it is none, -1 with the reason in err when
   it is one that cannot be used. */
int xfs_read_geometry(const uint8_t *super, struct xfs_geometry *geometry, struct err *err);

/* A backup of the superblock that can be used, 512 bytes of it, and its numbers (backup.c). */
bool xfs_find_backup(const struct space *space, uint8_t *super, struct xfs_geometry *geometry);

/* Blocks of a group; the last one is short. */
uint32_t xfs_ag_blocks(const struct xfs *xfs, uint32_t agno);

/* The linear block, and its first sector. */
static inline uint64_t xfs_linear(const struct xfs *xfs, uint32_t agno, uint32_t agbno)
{
	return (uint64_t)agno * xfs->geometry.ag_blocks + agbno;
}

static inline uint64_t xfs_sector(const struct xfs *xfs, uint32_t agno, uint32_t agbno)
{
	return xfs_linear(xfs, agno, agbno) * xfs->fs.block_sectors;
}

/* An fsblock's parts; false when it lies in no group, or some of `count` blocks do not. */
bool xfs_split(const struct xfs *xfs, uint64_t fsblock, uint64_t count, uint32_t *agno, uint32_t *agbno);

/* Claims blocks of a group; false, with a note, where they are not in it. */
bool xfs_claim(struct xfs *xfs, struct claim what, uint32_t agno, uint32_t agbno, uint64_t count);

/* Reads a block of a group; -1 with the reason in err. */
int xfs_read_block(const struct xfs *xfs, uint32_t agno, uint32_t agbno, void *buf, struct err *err);

/* Whether the checksum at `at` of a structure fits; true where the file system has none. */
bool xfs_crc_fits(const struct xfs *xfs, const uint8_t *bytes, size_t len, size_t at);

/* --- the inodes' numbers (numbers.c) --- */

/* The index of an inode, 0 when no chunk has it; and the number of an index, 0 when there is none. */
uint32_t xfs_index(const struct xfs *xfs, uint64_t number);
uint64_t xfs_number(const struct xfs *xfs, uint32_t index);

/* The sector of the space that holds an index's inode. */
uint64_t xfs_inode_sector(const struct xfs *xfs, uint32_t index);

/* --- B-trees in groups (btree.c) --- */

enum xfs_btree { XFS_BNOBT, XFS_CNTBT, XFS_INOBT, XFS_FINOBT, XFS_RMAPBT, XFS_REFCOUNTBT, XFS_BTREES };

/* Takes a leaf's record; -1 ends the walk. */
typedef int xfs_take_record(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context);

/* Claims a tree's blocks and hands out its records in order.  Damage costs what lies below it, with a note.
   False when some of the tree could not be read. */
bool xfs_walk_btree(struct xfs *xfs, uint32_t agno, enum xfs_btree tree, uint32_t root, uint32_t levels,
		    xfs_take_record *take, void *context);

/* --- the parts of a group, and of the file system --- */

/* Claims the headers, B-trees and free blocks of all groups, and finds the chunks (ag.c). */
int xfs_map_groups(struct xfs *xfs, struct err *err);

/* Claims the chunks and what their inodes own (inodes.c). */
int xfs_map_inodes(struct xfs *xfs, struct err *err);

/* Claims one inode's forks (forks.c). */
int xfs_map_forks(struct xfs *xfs, const struct xfs_inode *inode, struct err *err);

/* Names (dirs.c). */
void xfs_read_short_dir(struct xfs *xfs, const struct xfs_inode *inode);
int xfs_read_dirs(struct xfs *xfs, struct err *err);

/* The log (journal.c): reads it, has it replayed where a mount would do so, and keeps what its units hold.  1
   when something was put over the space, which is to be read anew then; 0, or -1. */
int xfs_read_log(struct xfs *xfs, struct err *err);
void xfs_claim_log(struct xfs *xfs);
bool xfs_is_its_log(struct xfs *xfs, const struct space *space); /* a whole space: an external log */
bool xfs_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector,
		   struct log_block *entry);

/* Puts what a mount would do with it over the space (replay.c). */
int xfs_replay(struct xfs *xfs, const struct xlog *log, struct err *err);

/* Finds what a log that is not replayed changes, and says of a sector where a structure begins, or of an inode,
   whether that is so: EXTENT_STALE, or 0 (stale.c). */
int xfs_find_stale(struct xfs *xfs, const struct xlog *log, struct err *err);
uint8_t xfs_stale_at(const struct xfs *xfs, uint64_t sector);
uint8_t xfs_stale_inode(const struct xfs *xfs, uint64_t number);

/* Where a symbolic link leads (links.c): remembered for `find` and saved maps. */
void xfs_keep_target(struct xfs *xfs, const struct xfs_inode *inode);

/* Holds the map, which is sealed, against what the groups say (check.c). */
void xfs_check(struct map *map, struct space *space);

/* In saved maps (saved.c). */
int xfs_save(const struct fs *fs, struct saved_out *out, struct err *err);
struct fs *xfs_load(struct saved_in *in, struct space *space);

int xfs_resolve(const struct fs *fs, const char *path, uint32_t *owner, struct err *err);
void xfs_free(struct fs *fs);
extern const struct fs_ops xfs_ops;

static inline const struct xfs *xfs_of(const struct fs *fs)
{
	return (const struct xfs *)fs;
}

#endif
