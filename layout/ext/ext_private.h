/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read an ext2/3/4 file system share.  libext2fs opens it and reads superblock and
   group descriptors; inode tables, extent trees, directories and bitmaps are read here, so that one that
   is damaged costs only what it describes.  Facts: e2fsprogs lib/ext2fs/ext2_fs.h, ext3_extents.h and
   Linux Documentation/filesystems/ext4. */
#ifndef LAYOUT_EXT_EXT_PRIVATE_H
#define LAYOUT_EXT_EXT_PRIVATE_H

#include "layout/ext/log.h"
#include "layout/file_names.h"
#include "layout/fs.h"
#include "layout/driver.h"

#include <ext2fs/ext2fs.h>
#include <stdatomic.h>

struct versions;

#define NO_PLACE UINT32_MAX /* extent.arg of a map block that is named as its file is */

/* How a directory's names are to be read. */
struct ext_naming {
	bool encrypted, hash_lies_behind, hashed;
	uint8_t hash_version;
};

/* A run of a directory's blocks, to be read for names. */
struct ext_dir_run {
	uint64_t block;
	uint32_t count, inode;
	uint32_t seed; /* for checksums */
	struct ext_naming naming;
};

/* A run of a file's blocks: `place` blocks into it, at `block`. */
struct ext_run {
	uint64_t place, block, count;
};

/* What is found while inodes and bitmaps are looked at.  Each part of the groups has one of its own, and
   they are put together in the order of the groups: so it does not matter which thread did what. */
struct ext_found {
	struct claims claims;
	VEC(struct ext_dir_run) dirs;
	VEC(struct ext_run) log_runs; /* where the journal lies, until its log is decoded */
	uint32_t log_inode;           /* 0 for a journal device */
	bool log_unread;              /* a device had an error for some of the log */
	VEC(uint8_t) names;           /* of inline directories, and links: packed by ext_found_name */
	struct notes notes;
	bool short_of_memory;
};

/* What a group's descriptor is worth. */
enum ext_group_state {
	EXT_GROUP_SOUND,
	EXT_GROUP_DAMAGED, /* a backup's is used, or one that is only plausible */
	EXT_GROUP_LOST,
};

/* While parts are looked at by threads, each has a shallow copy, with `found` pointing to the part's own. */
struct ext {
	struct fs fs;
	struct map *map;
	ext2_filsys lib; /* NULL when the map is sealed */
	uint32_t block_size;
	uint64_t blocks;
	uint32_t first_block; /* the first block of group 0 */
	uint32_t blocks_per_group, clusters_per_group, cluster_blocks;
	uint32_t groups, inodes_per_group, inode_size, inodes;
	struct file_names names;
	struct ext_found *found, all; /* `all` is what the parts are put together in */
	atomic_uint_fast64_t *nodes; /* how many map blocks have been read: those in a loop would never end */
	uint64_t nodes_max;
	struct log log;
	bool from_backup;          /* superblock and descriptors are backups */
	uint8_t *states;           /* enum ext_group_state, by group */
	struct versions *versions; /* NULL, or what blocks are read from instead of the space */
	bool shared_blocks;
};

/* The ext file system that a file system is. */
static inline const struct ext *ext_of(const struct fs *fs)
{
	return (const struct ext *)fs;
}

/* What the rest of the program asks (ext_ops.c); parts of it are in other files. */
extern const struct fs_ops ext_ops;
void ext_free(struct fs *fs);
int ext_resolve(const struct fs *fs, const char *path, uint32_t *inode, struct err *err);
bool ext_inode_sector(const struct fs *fs, uint32_t inode, uint64_t *sector);
bool ext_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector,
		   struct log_block *entry);
int ext_save(const struct fs *fs, struct saved_out *out, struct err *err);
struct fs *ext_load(struct saved_in *in, struct space *space);

/* A file system that libext2fs has opened; it owns `lib` also where there is no memory for it, and NULL is
   returned. */
struct ext *ext_new(struct map *map, struct space *space, ext2_filsys lib);

/* Claims all that such a file system has: 1 or -1. */
int ext_map_opened(struct map *map, struct space *space, ext2_filsys lib, bool from_backup, struct err *err);

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

/* Claims what these blocks leave over of their clusters (ext_cluster.c). */
void ext_claim_cluster(struct ext *ext, struct claim what, uint64_t block, uint64_t count);

/* Reads whole blocks; -1 with the reason in err. */
int ext_read_blocks(const struct ext *ext, uint64_t block, void *buf, uint32_t count, struct err *err);

/* Remembers something odd.  Each part of the groups keeps notes of its own, so they are charged. */
#define EXT_NOTE_COST 256
#define ext_note(ext, ...)                                                                                   \
	(void)((ext)->found->notes.n < NOTES_MAX && !account_memory(&(ext)->map->account, EXT_NOTE_COST)     \
		   ? (void)(ext)->found->notes.left_out++                                                    \
		   : notes_add(&(ext)->found->notes, (ext)->fs.space, __VA_ARGS__))

/* Whether no more can be taken in: what is not known then is not free, either. */
static inline bool ext_is_full(const struct ext *ext)
{
	return account_is_spent(&ext->map->account);
}

/* What one thread needs to look at groups, one after the other. */
struct ext_scan {
	struct ext ext;        /* a copy; see there */
	uint8_t *buf, *bitmap; /* EXT_SCAN_BUF bytes; a block */
	struct err err;
	bool failed; /* for the reason in err */
};

/* So that what is read stays in the processor's cache until it is parsed. */
#define EXT_SCAN_BUF (256u << 10)

/* Looks at all groups, on as many threads as the map's options allow, in parts of some groups: `look` is
   called for each group, in order within a part.  0, or -1 when one of the calls was -1 (ext_scan.c). */
typedef int ext_look(struct ext_scan *scan, uint32_t group);
int ext_scan_groups(struct ext *ext, ext_look *look, struct err *err);
void ext_found_free(struct ext_found *found);

/* Remembers a name of an inline directory, or (dir 0) where a symbolic link leads, until all have their
   table. */
void ext_found_name(struct ext_found *found, uint32_t dir, uint32_t inode, const char *name, size_t len);

/* libext2fs's words for an error. */
const char *ext_error(errcode_t code);

/* The structure of every group (ext_groups.c). */
void ext_map_groups(struct ext *ext);

/* Whether something is known of a group; whether it is told by its own descriptor, and for certain. */
bool ext_group_is_known(const struct ext *ext, uint32_t group);
bool ext_group_is_sound(const struct ext *ext, uint32_t group);

/* Looks at all group descriptors, puts backups in the place of damaged ones, and fills ext->states: 0 or -1
   (ext_descriptors.c). */
int ext_check_descriptors(struct ext *ext, struct err *err);

/* A group's free blocks, from its block bitmap (ext_free.c). */
int ext_map_free(struct ext_scan *scan, uint32_t group);

/* A group's inodes and what they own (ext_inodes.c). */
int ext_map_inodes(struct ext_scan *scan, uint32_t group);

/* Reads an inode from its table into `raw` (ext->inode_size bytes), to which *inode points; -1 where it has
   no place or cannot be read. */
int ext_read_inode(const struct ext *ext, uint32_t number, uint8_t *raw, struct ext_inode *inode);

/* Takes an inode apart; *inode points to `raw`. */
void ext_parse_inode(const struct ext *ext, const uint8_t *raw, uint32_t number, struct ext_inode *inode);

/* Claims what an inode has. */
int ext_map_inode(struct ext *ext, const struct ext_inode *inode, struct err *err);

/* What one inode's map holds (ext_blocks.c). */
int ext_map_blocks(struct ext *ext, const struct ext_inode *inode, struct err *err);

/* The journal, when ext->log_runs say where it lies (ext_journal.c). */
int ext_map_journal(struct ext *ext, struct err *err);

/* Readies the journal's runs for the following, and says how long the log is. */
void ext_log_shape(struct ext *ext, struct log_shape *shape);

/* Reads blocks of the log: a log_reader, whose context is the struct ext. */
void ext_read_log(void *context, uint64_t block, uint32_t count, uint8_t *buf);

/* Whether a device has no error for any of these blocks of the log, which are zeroes otherwise. */
bool ext_log_is_readable(const struct ext *ext, uint64_t block, uint32_t count);

/* The block of the file system where a block of the log lies; false where it has none. */
bool ext_log_home(const struct ext *ext, uint32_t at, uint64_t *block);

/* Applies the fast commits behind the last full one, whose transaction would have been `tid`, to the overlay: 1,
   0 when there are none, or -1 without memory (replay_fast.c). */
struct transactions;
int ext_replay_fast(struct ext *ext, struct transactions *found, uint32_t tid);

/* Gives the space an overlay of what a mount would replay (replay.c), and notes what has been done: 1 when
   there is one now, 0 when there was nothing to do, or -1. */
int ext_replay(struct ext *ext, struct err *err);

/* The names in the directories that were found (ext_dirs.c). */
int ext_read_dirs(struct ext *ext, struct err *err);
void ext_read_inline_dir(struct ext *ext, const struct ext_inode *inode);

/* Packs the names of a directory's block into ext->found->names; false where they stop making sense. */
bool ext_read_entries(struct ext *ext, uint32_t dir, const uint8_t *bytes, size_t len);

/* What the journal tells of the time before (past.c): ext->fs.history, where it tells anything. */
int ext_map_past(struct ext *ext, struct err *err);

/* The path of an owner in a state of the history (past_path.c). */
bool ext_past_path(const struct fs *fs, uint32_t owner, uint32_t state, unsigned nth, char *path, size_t len,
		   bool *guessed);

/* The part of inline data that does not lie in i_block; NULL when there is none. */
const uint8_t *ext_inline_value(const struct ext *ext, const struct ext_inode *inode, size_t *len);

/* Names in encrypted directories (ext_nokey.c): how a directory's are to be read; the text for the name of an entry that
   has `room` bytes, without a NUL at the end.  How long it is. */
#define EXT_NOKEY_MAX 255
struct ext_naming ext_naming_of(const struct ext *ext, const struct ext_inode *inode);
size_t ext_nokey_name(const struct ext *ext, const struct ext_naming *naming, const uint8_t *entry,
		      size_t room, char out[EXT_NOKEY_MAX]);

/* Symbolic links (ext_links.c): remembers the target that lies in an inode; reads those that lie in blocks,
   when the space is sealed; and follows a path by what is remembered: libext2fs's error, or 0. */
void ext_keep_target(struct ext *ext, const struct ext_inode *inode);
int ext_read_targets(struct ext *ext, struct err *err);
errcode_t ext_follow(const struct ext *ext, const char *path, uint32_t *inode);

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
