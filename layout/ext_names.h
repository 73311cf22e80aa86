/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of inodes as (parent, name), never as whole paths. */
#ifndef LAYOUT_EXT_NAMES_H
#define LAYOUT_EXT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ext_name {
	uint32_t parent; /* the directory's inode; 0 when there is no name */
	uint32_t at;     /* in the pool: a length byte and the name */
};

struct ext_names {
	struct ext_name *of; /* by inode number; pages of inodes without names are never touched */
	uint32_t inodes;
	char *pool;
	size_t used, cap;
};

int ext_names_init(struct ext_names *names, uint32_t inodes);
void ext_names_free(struct ext_names *names);

/* Gives an inode a name.  Of several, the one in the directory with the lowest inode number stays.
   0, or -1 without memory. */
int ext_names_add(struct ext_names *names, uint32_t parent, uint32_t inode, const char *name, size_t len);

/* The absolute path; false when the inode hangs on no chain to the root. */
bool ext_names_path(const struct ext_names *names, uint32_t inode, char *path, size_t len);

/* The same without the path. */
bool ext_names_has(const struct ext_names *names, uint32_t inode);

/* Fetches the memory that ext_names_path will use, first step 0 and, when that has come, step 1. */
void ext_names_expect(const struct ext_names *names, uint32_t inode, unsigned step);

#endif
