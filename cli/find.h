/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of blkmap find. */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "cli/cli.h"
#include "layout/region.h"

struct find {
	const struct common *common;
	const struct map *map;
	const char *disk;
	struct text out;
	uint64_t found;
	bool csv;
	bool stop; /* nothing more can be printed */
};

/* Prints a region as the options say; other than 0 when nothing more can be printed. */
int find_add(struct find *find, const struct region *region);
void find_add_csv(struct find *find, const struct region *region);
void find_add_csv_heading(struct find *find);

/* Which files are listed. */
struct find_list {
	const char *device;  /* NULL for all */
	const char *pattern; /* of paths (fnmatch, with slashes as they are), or NULL */
	bool deleted;        /* what has no name any more, instead */
};

/* Every file with its extents, in order of file system, inode and offset; a file that has none, too.  0, or
   STATUS_FAILED after a message. */
int find_listed(struct find *find, const struct find_list *list);

#endif
