/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of blkmap lookup: what is at a place, whoever names it. */
#ifndef CLI_LOOKUP_H
#define CLI_LOOKUP_H

#include "cli/cli.h"
#include "cli/message_device.h"
#include "cli/rescue.h"

struct message;
struct message_line;

/* Sectors that are lost, on a disk or in what lies on it. */
struct lost_run {
	const struct space *space;
	uint64_t start, count;
};

struct lost_inode {
	const struct space *space;
	uint64_t inode;
};

struct lookup {
	struct common *common;
	const struct map *map;
	const char *disk;
	const char *ddrescue;            /* a map file, or NULL */
	const char *log;                 /* a file of messages, "-" for standard input, or NULL */
	const struct rescue_area *state; /* that the next regions lie in, or NULL */
	struct device_names names;
	const struct space *base; /* that plain numbers count from */
	uint64_t unit;            /* bytes of what plain numbers and logical blocks count; 0: not told */
	bool bytes;               /* plain numbers are bytes */
	bool fs_block;            /* plain numbers are blocks of the file system */
	bool lost;                /* what is lost is told, at the end, instead of each place */
	bool missed;              /* a place that does not exist, or that nothing is known of */
	VEC(struct lost_run) runs;
	VEC(struct lost_inode) inodes;
	struct text out;
};

/* What is told beside a region. */
struct lookup_from {
	const struct message *message; /* NULL for a sector by itself */
	const char *text;              /* the line that it stood in, or NULL */
	uint64_t line;                 /* its number */
	uint64_t byte;                 /* in the sector */
};

/* Each adds answers to lookup->out: 0, or STATUS_FAILED after a message of what ends the work. */
int lookup_sector(struct lookup *lookup, uint64_t sector, const struct lookup_from *from);
int lookup_run(struct lookup *lookup, const struct space *space, uint64_t start, uint64_t count,
	       const struct lookup_from *from);
int lookup_rescue(struct lookup *lookup);

/* A place as a message names it; what it cannot be is told, and `missed`. */
int lookup_message(struct lookup *lookup, const struct lookup_from *from);

/* Plain numbers and messages, from standard input or a file. */
int lookup_input(struct lookup *lookup, const char *path);

/* A word of the command line or of a line of numbers. */
int lookup_word(struct lookup *lookup, const char *word);

/* --lost: remembers, and tells. */
int lost_add(struct lookup *lookup, const struct space *space, uint64_t start, uint64_t count);
int lost_add_inode(struct lookup *lookup, const struct space *space, uint64_t inode);
int lost_report(struct lookup *lookup);

#endif
