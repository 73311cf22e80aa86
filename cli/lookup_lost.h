/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is lost with runs of sectors, gathered for the report of lookup --lost. */
#ifndef CLI_LOOKUP_LOST_H
#define CLI_LOOKUP_LOST_H

#include "base/vec.h"
#include "layout/region.h"

/* The sections of the report, in its order. */
enum lost_class {
	LOST_FILE,
	LOST_DIRECTORY,
	LOST_INODE,
	LOST_METADATA,
	LOST_UNKNOWN,
	LOST_NOTHING,
	LOST_CLASSES
};

struct lost_item {
	enum lost_class class;
	enum kind kind;
	const struct space *space; /* the device whose name it carries */
	const struct fs *fs;       /* NULL where there is none */
	uint32_t owner;            /* of files, directories and inodes; else 0 */
	uint64_t sectors;          /* lost; of an inode 0 */
	uint64_t whole;            /* of a file or directory, all that it has */
	bool measured;             /* `whole` is known */
	uint64_t group;            /* of metadata, UINT64_MAX where it has none */
	uint64_t first;            /* byte in a file; of metadata the sector on the disk */
	bool mirrored;             /* every sector has a copy or parity elsewhere */
};

struct lost_items {
	VEC(struct lost_item) at;
};

/* Adds what a run holds; -1 without memory. */
int lost_gather(struct lost_items *items, const struct region *region);

/* Makes one of what belongs together, in the order of the report. */
void lost_merge(struct lost_items *items);

/* What it means that a kind of region is lost, and what may help. */
const char *lost_consequence(enum kind kind);

/* Finds out how many sectors files and directories have in all: `whole`; -1 without memory. */
int lost_measure(struct lost_items *items);

#endif
