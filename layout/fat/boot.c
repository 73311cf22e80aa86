/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The boot sector: what the rest computes with, and whether it is one. */
#include "layout/fat/fat_private.h"

#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

#define FAT12_CLUSTERS 4085 /* fewer than these: 12 bits */
#define FAT16_CLUSTERS 65525

static bool is_power(uint32_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

/* Whether the fields can be those of a FAT, whatever else the sector is. */
static bool is_plausible(const uint8_t *boot)
{
	uint32_t sector = le16(boot + 11), media = boot[21];

	return (boot[0] == 0xeb || boot[0] == 0xe9 || boot[0] == 0) && sector >= 512 && sector <= 4096 &&
	       is_power(sector) && is_power(boot[13]) && le16(boot + 14) > 0 && boot[16] >= 1 &&
	       boot[16] <= 4 && (media >= 0xf8 || media == 0xf0) &&
	       (le16(boot + 22) != 0 || le32(boot + 36) != 0) &&
	       (le16(boot + 19) != 0 || le32(boot + 32) != 0) && memcmp(boot + 3, "NTFS    ", 8) != 0 &&
	       memcmp(boot + 3, "EXFAT   ", 8) != 0 && le16(boot + 510) == 0xaa55;
}

/* The clusters that lie behind the tables and the root directory; 0 when nothing does. */
static uint64_t count_clusters(const struct fat_geometry *geometry)
{
	return geometry->total > geometry->data_start
		   ? (geometry->total - geometry->data_start) / geometry->cluster
		   : 0;
}

static void read_places(const uint8_t *boot, struct fat_geometry *geometry)
{
	uint32_t unit = le16(boot + 11) / 512;
	uint32_t root_bytes = le16(boot + 17) * 32u;

	geometry->sector = unit;
	geometry->cluster = unit * boot[13];
	geometry->table_start = unit * le16(boot + 14);
	geometry->ntables = boot[16];
	geometry->table = le16(boot + 22);
	geometry->total = le16(boot + 19) != 0 ? le16(boot + 19) : le32(boot + 32);
	geometry->total *= unit;
	geometry->root = (root_bytes + unit * 512 - 1) / (unit * 512) * unit;
	geometry->media = boot[21];
}

static void read_names(const uint8_t *boot, struct fat_geometry *geometry)
{
	const uint8_t *at = boot + (geometry->bits == 32 ? 66 : 38);
	int len = 11;

	if (at[0] != 0x29)
		return;
	snprintf(geometry->serial, sizeof(geometry->serial), "%04X-%04X", le16(at + 3), le16(at + 1));
	while (len > 0 && at[5 + len - 1] == ' ')
		len--;
	memcpy(geometry->label, at + 5, (size_t)len);
	geometry->label[len] = '\0';
	if (strcmp(geometry->label, "NO NAME") == 0)
		geometry->label[0] = '\0';
}

static void read_fat32(const uint8_t *boot, struct fat_geometry *geometry)
{
	geometry->root_cluster = le32(boot + 44);
	if (le16(boot + 48) != 0xffff && le16(boot + 48) < le16(boot + 14))
		geometry->info = le16(boot + 48) * geometry->sector;
	if (le16(boot + 50) != 0xffff && le16(boot + 50) < le16(boot + 14))
		geometry->backup = le16(boot + 50) * geometry->sector;
}

bool fat_read_geometry(const uint8_t boot[512], struct fat_geometry *geometry)
{
	bool is_32 = le16(boot + 22) == 0;
	uint64_t tables, clusters, room;

	*geometry = (struct fat_geometry){0};
	if (!is_plausible(boot))
		return false;
	read_places(boot, geometry);
	tables = is_32 ? le32(boot + 36) : geometry->table;
	tables *= geometry->sector;
	if (tables * geometry->ntables > geometry->total)
		return false;
	geometry->table = (uint32_t)tables;
	geometry->root_start = geometry->table_start + geometry->ntables * geometry->table;
	geometry->data_start = geometry->root_start + geometry->root;
	clusters = count_clusters(geometry);
	if (clusters == 0 || clusters > 0x0ffffff5 || (is_32 != (geometry->root == 0)))
		return false;
	geometry->bits = is_32 ? 32 : clusters < FAT12_CLUSTERS ? 12 : 16;
	if (!is_32 && clusters >= FAT16_CLUSTERS)
		return false;
	/* A table may have room for fewer; what it has no entry for is never used. */
	room = (uint64_t)geometry->table * 512 * 8 / geometry->bits;
	if (room <= FAT_FIRST_CLUSTER)
		return false;
	geometry->clusters =
	    (uint32_t)(clusters < room - FAT_FIRST_CLUSTER ? clusters : room - FAT_FIRST_CLUSTER);
	if (is_32)
		read_fat32(boot, geometry);
	read_names(boot, geometry);
	return true;
}
