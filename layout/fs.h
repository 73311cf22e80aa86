/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system in a space: what the rest of the program asks of it, whichever it is.

   Each kind of file system is a folder of its own, whose one way in is its table of operations: a driver
   (layout/driver.h) makes a struct that begins with a struct fs, and puts it into space->fs.  After that
   nothing but the functions here looks into it, and a sealed one may be asked by threads.

   Owners.  What extents and claims call an owner, where kind_has_owner says so, is a file by its index: 32
   bits, dense enough to number pages of counters, never 0 for one that is there, and in the order of the
   numbers that users know.  These numbers (inodes; whatever the file system calls its files by) have 64 bits
   and are asked for.  Blocks, too, have the numbers that the file system's own tools give them, which need
   not be in the order of its sectors. */
#ifndef LAYOUT_FS_H
#define LAYOUT_FS_H

#include "base/err.h"
#include "layout/extent.h"
#include "layout/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fs_ops;
struct history;
struct saved_in;
struct saved_out;
struct space;

/* What every file system begins with. */
struct fs {
	const struct fs_ops *ops;
	struct space *space;
	char type[16];           /* the contract's word, as libblkid has it: "ext4" */
	uint64_t sectors;        /* that it takes of its space, from the first one on */
	uint32_t block_sectors;  /* sectors of a block: the unit of extent.arg; not 0 */
	uint32_t data_sectors;   /* what files' data begins at multiples of: a block's, or a cluster's; 0: a
				   block's */
	uint32_t inode_bytes;    /* of an inode in its inode tables; 0 where there are none */
	struct history *history; /* what its log tells of the time before, or NULL; owned */
};

/* Bytes of a space. */
struct fs_bytes {
	uint64_t offset;
	uint32_t len;
};

/* Where an operation is NULL, what is said of it holds.  Sectors are those of the space, and lie within
   fs->sectors. */
struct fs_ops {
	const char *name; /* of the implementation, in saved maps: "ext" */

	/* The number of the block that holds a sector, and a block's first sector.  NULL: counted through
	   from the first sector on. */
	bool (*block)(const struct fs *fs, uint64_t sector, uint64_t *block);
	bool (*block_sector)(const struct fs *fs, uint64_t block, uint64_t *sector);

	/* The group of a sector (block group, allocation group); false where it is in none.  NULL: there are
	   none. */
	bool (*group)(const struct fs *fs, uint64_t sector, uint32_t *group);

	/* The number of an owner, and the owner with a number, if there may be one.  NULL: the same. */
	uint64_t (*number)(const struct fs *fs, uint32_t owner);
	bool (*owner)(const struct fs *fs, uint64_t number, uint32_t *owner);

	/* The numbers, first and last, of the inodes that lie in `sectors` sectors from `sector` on of an
	   extent of KIND_INODE_TABLE; false for none.  NULL: there are no such extents. */
	bool (*inodes)(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		       uint64_t inodes[2]);

	/* The same of clusters, for an extent of KIND_FAT_TABLE. */
	bool (*clusters)(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
			 uint64_t clusters[2]);

	/* The first sector of what says all of an owner: its inode; false when it has no place.  NULL: none
	   has. */
	bool (*owner_sector)(const struct fs *fs, uint32_t owner, uint64_t *sector);

	/* The absolute path of an owner, as stored (any bytes but NUL), cut at len-1 bytes; false when no
	   directory names it.  NULL: files have no names. */
	bool (*path)(const struct fs *fs, uint32_t owner, char *path, size_t len);
	bool (*has_path)(const struct fs *fs, uint32_t owner);

	/* How many names an owner has besides the one in its path.  NULL: that is not known. */
	size_t (*other_names)(const struct fs *fs, uint32_t owner);

	/* The path of an owner, or of a life of the history, in one of its states, by the best of its names or
	   (`nth` > 0) a further one; *guessed when a part of it is not sure.  NULL: there is no history. */
	bool (*past_path)(const struct fs *fs, uint32_t owner, uint32_t state, unsigned nth, char *path,
			  size_t len, bool *guessed);

	/* Fetches the memory that `path` will use, first step 0 and, when that has come, step 1.  NULL:
	   nothing. */
	void (*expect_path)(const struct fs *fs, uint32_t owner, unsigned step);

	/* The owner that a path leads to, any of its names: 0, or -1.  NULL: no path leads anywhere. */
	int (*resolve)(const struct fs *fs, const char *path, uint32_t *owner, struct err *err);

	/* What the journal holds in a sector of an extent of KIND_JOURNAL; false when that is not known.
	   NULL: it never is. */
	bool (*log_block)(const struct fs *fs, const struct extent *extent, uint64_t sector,
			  struct log_block *entry);

	/* Whether two claims may have the same sectors, so that it is no fault.  NULL: never. */
	bool (*may_share)(const struct fs *fs, const struct claim *winner, const struct claim *loser);

	/* Bytes that were given to it when it was made and do not change while it is used, as its UUID. NULL:
	   there are none. */
	bool (*identity)(const struct fs *fs, struct fs_bytes *bytes);

	/* A saved map: packs what it knows (0 or -1), and makes one of that, with `type`, `sectors` and all
	   that is above filled in (NULL without memory; in->tree.bad when it makes no sense). */
	int (*save)(const struct fs *fs, struct saved_out *out, struct err *err);
	struct fs *(*load)(struct saved_in *in, struct space *space);

	/* Replaces names by tokens (layout/saved/format.h); 0, or -1 without memory. */
	int (*anonymize)(struct fs *fs, const uint64_t key[2]);

	void (*free)(struct fs *fs);
};

/* Paths are at most this long here; deeper ones are cut in the middle. */
#define FS_PATH_MAX 4096

/* The operations of that name, among those of all drivers; NULL when there are none. */
const struct fs_ops *fs_ops_named(const char *name);

void fs_free(struct fs *fs);

/* All of these take NULL for a space without a file system. */

/* Whether a sector of the space lies within its file system. */
static inline bool fs_holds(const struct fs *fs, uint64_t sector)
{
	return fs != NULL && sector < fs->sectors;
}

/* Sectors in a block; 0 without a file system. */
static inline uint32_t fs_data_sectors(const struct fs *fs)
{
	return fs->data_sectors != 0 ? fs->data_sectors : fs->block_sectors;
}

static inline uint32_t fs_block_sectors(const struct fs *fs)
{
	return fs != NULL ? fs->block_sectors : 0;
}

static inline uint64_t fs_number(const struct fs *fs, uint32_t owner)
{
	return fs != NULL && fs->ops->number != NULL ? fs->ops->number(fs, owner) : owner;
}

static inline void fs_expect_path(const struct fs *fs, uint32_t owner, unsigned step)
{
	if (fs != NULL && fs->ops->expect_path != NULL)
		fs->ops->expect_path(fs, owner, step);
}

/* The rest as the operations of that name are described. */
bool fs_block(const struct fs *fs, uint64_t sector, uint64_t *block);
bool fs_block_sector(const struct fs *fs, uint64_t block, uint64_t *sector);
bool fs_group(const struct fs *fs, uint64_t sector, uint32_t *group);
bool fs_owner(const struct fs *fs, uint64_t number, uint32_t *owner);
bool fs_inodes(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
	       uint64_t inodes[2]);
bool fs_clusters(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		 uint64_t clusters[2]);
bool fs_owner_sector(const struct fs *fs, uint32_t owner, uint64_t *sector);
bool fs_path(const struct fs *fs, uint32_t owner, char *path, size_t len);
bool fs_has_path(const struct fs *fs, uint32_t owner);
size_t fs_other_names(const struct fs *fs, uint32_t owner);
int fs_resolve(const struct fs *fs, const char *path, uint32_t *owner, struct err *err);
bool fs_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector, struct log_block *entry);
bool fs_may_share(const struct fs *fs, const struct claim *winner, const struct claim *loser);
bool fs_identity(const struct fs *fs, struct fs_bytes *bytes);

/* Whether sectors of the space belong to an owner, wherever they lie. */
bool fs_owner_has_sectors(const struct fs *fs, uint32_t owner);

#endif
