/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read a FAT file system share.  Facts: Microsoft's "FAT: General Overview of On-Disk
   Format" 1.03, fatgen103.  All integers on the disk are little-endian.

   The disk's sectors here are those of 512 bytes; a FAT's own sectors may be longer.  Clusters are counted
   from 2 on.  A file is known by its first cluster; the root directory of FAT12 and FAT16, which has none,
   is 1. */
#ifndef LAYOUT_FAT_FAT_PRIVATE_H
#define LAYOUT_FAT_FAT_PRIVATE_H

#include "base/vec.h"
#include "layout/driver.h"
#include "layout/file_names.h"
#include "layout/fs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAT_FIRST_CLUSTER 2
#define FAT_ROOT 1

/* The boot sector.  Lengths and places are in sectors of 512 bytes. */
struct fat_geometry {
	unsigned bits; /* of a table's entry: 12, 16, 32 */
	uint32_t sector, cluster;
	uint32_t tables, table, table_start, ntables; /* length of one, the first one's place, how many */
	uint32_t root_start, root;                    /* the root directory of FAT12 and FAT16 */
	uint32_t data_start;
	uint64_t total;
	uint32_t clusters;     /* numbered 2 .. clusters + 1 */
	uint32_t root_cluster; /* of FAT32 */
	uint32_t info, backup; /* FSInfo and the backup of the boot sectors; 0 for none */
	uint8_t media;
	char label[12], serial[10];
};

/* What a table's entry says. */
enum fat_entry { FAT_FREE, FAT_NEXT, FAT_END, FAT_BAD };

struct fat_file {
	uint32_t first; /* cluster */
	uint32_t parent, name, name_len;
	bool directory;
	uint32_t index;
};

struct fat {
	struct fs fs;
	struct map *map; /* while it is built */
	struct fat_geometry geometry;
	uint32_t *next;      /* the table, by cluster: while it is built */
	uint8_t *reached;    /* a bit for each cluster that a file has; while it is built */
	VEC(uint32_t) first; /* by index - 1: the file's first cluster, ascending; 0 for files without any */
	struct file_names names;
};

#define fat_note(fat, ...) map_note((fat)->map, (fat)->fs.space, __VA_ARGS__)

/* Whether a boot sector is that of a FAT file system: its fields make sense. */
bool fat_read_geometry(const uint8_t boot[512], struct fat_geometry *geometry);

/* A cluster's first sector. */
static inline uint64_t fat_sector(const struct fat *fat, uint32_t cluster)
{
	return fat->geometry.data_start + (uint64_t)(cluster - FAT_FIRST_CLUSTER) * fat->geometry.cluster;
}

static inline bool fat_is_cluster(const struct fat *fat, uint32_t cluster)
{
	return cluster >= FAT_FIRST_CLUSTER && cluster - FAT_FIRST_CLUSTER < fat->geometry.clusters;
}

/* The table (table.c): reads it into fat->next, the second copy where the first cannot be read. */
int fat_read_table(struct fat *fat, struct err *err);
enum fat_entry fat_entry(const struct fat *fat, uint32_t cluster, uint32_t *next);

/* The clusters whose entries lie, if only in part, in some bytes of a table. */
bool fat_table_clusters(const struct fat *fat, uint64_t offset, uint64_t bytes, uint64_t clusters[2]);

/* Files (dirs.c): finds all, gives them indices in the order of their first clusters, and claims what they
   have. */
int fat_map_files(struct fat *fat, struct err *err);

/* In saved maps (saved.c). */
int fat_save(const struct fs *fs, struct saved_out *out, struct err *err);
struct fs *fat_load(struct saved_in *in, struct space *space);

void fat_free(struct fs *fs);
extern const struct fs_ops fat_ops;

static inline const struct fat *fat_of(const struct fs *fs)
{
	return (const struct fat *)fs;
}

#endif
