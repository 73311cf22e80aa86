/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of inodes as (parent, name), never as whole paths. */
#ifndef LAYOUT_FILE_NAMES_H
#define LAYOUT_FILE_NAMES_H

#include "base/account.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_name {
	uint32_t parent; /* the directory's inode; 0 when there is no name */
	uint32_t at;     /* in the pool: a length byte and the name */
};

/* A further hard link, or a name in a saved map: these are sorted by inode, then as they were met. */
struct file_link {
	uint32_t inode, parent, at;
};

/* Where a symbolic link leads: `len` bytes in the pool. */
struct file_target {
	uint32_t inode, at, len;
};

struct file_names {
	struct file_name *of; /* by inode number; pages of inodes without names are never touched */
	uint32_t inodes;
	uint32_t root; /* the directory that no other holds */
	char *pool;
	size_t used, cap;
	VEC(struct file_link) others;    /* names besides the one in `of` */
	VEC(struct file_target) targets; /* only when they are wanted for a saved map */

	/* Of a saved map, instead of `of`. */
	const struct file_link *listed;
	size_t nlisted;
	struct account *account; /* that names are charged to; NULL for none */
	uint8_t *touched;        /* a bit for each page of `of` that is in memory, and charged */
	bool left_out;           /* some name did not fit */
	bool borrowed;           /* listed, pool, targets and, without `cap`, others lie in its file */
};

/* Names of inodes 1 .. inodes, whose paths begin at the directory `root`.  0, or -1 without memory. */
int file_names_init(struct file_names *names, uint32_t inodes, uint32_t root);
void file_names_free(struct file_names *names);

/* Gives an inode a name.  Of several, the one in the directory with the lowest inode number stays, and the
   others are remembered too.  A name that does not fit into the account is left out.  0, or -1 without
   memory. */
int file_names_add(struct file_names *names, uint32_t parent, uint32_t inode, const char *name, size_t len);

/* Puts the further names in the order of their inodes, when all are added; and how many of them an
   inode has. */
void file_names_sort(struct file_names *names);
size_t file_names_others(const struct file_names *names, uint32_t inode);

/* Puts bytes into the pool. */
int file_names_pool(struct file_names *names, const char *bytes, size_t len, uint32_t *at);

/* Remembers where a symbolic link leads. */
int file_names_add_target(struct file_names *names, uint32_t inode, const char *target, size_t len);

/* The absolute path; false when no chain of directories leads from the root to the inode. */
bool file_names_path(const struct file_names *names, uint32_t inode, char *path, size_t len);

/* The same without the path. */
bool file_names_has(const struct file_names *names, uint32_t inode);

/* Fetches the memory that file_names_path will use, first step 0 and, when that has come, step 1. */
void file_names_expect(const struct file_names *names, uint32_t inode, unsigned step);

/* All names of the `of` kind as a list, by inode; `next` is the inode to begin with, and goes on behind the
   one that is found.  False when there are no more. */
bool file_names_next(const struct file_names *names, uint32_t *next, struct file_link *link);

/* An inode's one name: its directory, and where it lies in the pool (a length byte and the name); false when it
   has none. */
bool file_names_get(const struct file_names *names, uint32_t inode, uint32_t *parent, uint32_t *at);

/* Whether a directory's chain reaches the root, but is longer than paths are followed.  *steps, of those that may
   still be made, goes down. */
bool file_names_is_too_deep(const struct file_names *names, uint32_t inode, uint64_t *steps);

/* The parent of an inode by its one name; 0 when it has none. */
uint32_t file_names_parent(const struct file_names *names, uint32_t inode);

/* The inode with that name in a directory; 0 when there is none. */
uint32_t file_names_find(const struct file_names *names, uint32_t parent, const char *name, size_t len);

/* Where a symbolic link leads, not ended by NUL; NULL when the inode is none that is known. */
const char *file_names_target(const struct file_names *names, uint32_t inode, size_t *len);

#endif
