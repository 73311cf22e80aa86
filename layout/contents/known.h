/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known to lie in a range of a space, without claiming it: evidence for or against a table that says
   where partitions start, or against a whole-disk file system under one. */
#ifndef LAYOUT_CONTENTS_KNOWN_H
#define LAYOUT_CONTENTS_KNOWN_H

#include "layout/driver.h"

/* Asks libblkid what these sectors hold: type, label and UUID.  Of several signatures the first.  False when
   it knows nothing, or cannot be asked. */
bool known_content(const struct space *space, uint64_t start, uint64_t count, struct content *content);

/* Whether something starts at a sector: a boot sector, an EBR, a magic number of four bytes or more.  The copies that ext file
   systems keep of their superblock are no start. */
bool known_starts(const struct space *space, uint64_t start);

/* Whether an ext file system starts at a sector: its superblock's root directory is where it must be. */
bool known_ext_starts(const struct space *space, uint64_t start);

/* Whether the ext superblock at the usual place behind a sector is another group's copy: it says so, and no
   root directory follows it. */
bool known_is_ext_backup(const struct space *space, uint64_t start);

/* Whether the space as a whole is something that libblkid knows. */
bool known_is_whole(const struct space *space);

/* A partition as libblkid sees it; sectors count from the space's start. */
struct known_partition {
	char table[16];  /* libblkid's word for its table: "sun", "bsd" ... */
	unsigned number; /* as Linux does */
	unsigned outer;  /* the number of the partition that the table lies in; 0 for none */
	uint64_t start, count;
	char about[48]; /* type or name, "" if nothing */
};

/* The partitions of a space, with those of tables that lie in its own ones, whose first sectors are in `starts`; up to
   `max`.  `table` gets the word for the outermost table, or "". */
size_t known_partitions(const struct space *space, const uint64_t *starts, size_t nstarts, char table[16],
			struct known_partition *found, size_t max);

/* Notes what else the whole space looks like, of which a table (its name) has been believed. */
void known_note_remains(struct map *map, const struct space *space, const char *table);

#endif
