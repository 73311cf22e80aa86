/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the partition table drivers share. */
#ifndef LAYOUT_TABLES_PTABLE_H
#define LAYOUT_TABLES_PTABLE_H

#include "layout/driver.h"

struct partition {
	unsigned number;       /* as Linux numbers it */
	uint64_t start, count; /* sectors of the space that holds the table */
	char name[512];        /* "" for the usual one */
	char about[144];       /* type and name, for people */
};

/* The usual name of a partition: "part1" on the disk; inside another space its name goes in front. */
void ptable_name(const struct space *space, unsigned number, char *name, size_t len);

/* Adds a partition as a space; one that leaves the disk is cut in the map and noted. 0 or -1. */
int ptable_add(struct map *map, struct space *space, const struct partition *partition, struct err *err);

/* The table's unit, a logical sector, in sectors of 512 bytes. */
static inline uint32_t ptable_unit(const struct space *space)
{
	return space->sector_size > 512 ? space->sector_size / 512 : 1;
}

/* Whether a first sector is an MBR with an entry of type 0xee, the sign of a GPT. */
bool mbr_is_protective(const uint8_t *sector);

/* Whether a first sector is an MBR with at least one entry, all of which make sense on this space. */
bool mbr_has_partitions(const struct space *space, const uint8_t *sector);

/* Whether the space begins with an MBR that is to be believed before a file system or PV of the whole space:
   those who make these clear the first sector, so the table is the younger.  Its partitions have to lie on
   the disk, side by side, or to hold something.  Tables in partitions are not, as the kernel does not look
   for them there. */
bool mbr_wins(const struct space *space);

/* Whether a partition of such an MBR begins with something known. */
bool mbr_holds_something(const struct space *space);

/* Whether a table at the space's start is about this sector of it, too, and about none behind the space's
   end: a partition holds it, or the backup of a GPT lies behind it. */
bool table_reaches(const struct space *space, uint64_t sector);
bool mbr_reaches(const struct space *space, uint64_t sector);
bool gpt_reaches(const struct space *space, uint64_t sector);

#endif
