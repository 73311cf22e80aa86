/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file allocation table: for each cluster the one that follows it in its file. */
#include "layout/fat/fat_private.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint32_t entry_of(const struct fat *fat, const uint8_t *bytes, uint32_t cluster)
{
	switch (fat->geometry.bits) {
	case 12:
		return (cluster & 1) != 0 ? le16(bytes + cluster * 3 / 2) >> 4
					  : le16(bytes + cluster * 3 / 2) & 0xfff;
	case 16:
		return le16(bytes + 2 * (size_t)cluster);
	default:
		return le32(bytes + 4 * (size_t)cluster) & 0x0fffffff;
	}
}

/* Whether a copy of the table can be read, and looks like one: its first entry repeats the media byte. */
static bool read_copy(struct fat *fat, uint32_t copy, uint8_t *bytes, size_t len)
{
	uint64_t start = fat->geometry.table_start + (uint64_t)copy * fat->geometry.table;
	struct err why;

	if (space_read(fat->fs.space, start * 512, bytes, len, &why) != 0)
		fat_note(fat, "file allocation table %" PRIu32 ": %s", copy + 1, why.text);
	else if (bytes[0] != fat->geometry.media)
		fat_note(fat, "file allocation table %" PRIu32 " does not begin with the media byte",
			 copy + 1);
	else
		return true;
	return false;
}

int fat_read_table(struct fat *fat, struct err *err)
{
	uint32_t n = fat->geometry.clusters + FAT_FIRST_CLUSTER;
	size_t len = ((size_t)n * fat->geometry.bits + 7) / 8;
	uint8_t *bytes = calloc(1, len + 4);
	bool good = false;

	fat->next = calloc(n, sizeof(*fat->next));
	fat->reached = calloc(n / 8 + 1, 1);
	if (bytes == NULL || fat->next == NULL || fat->reached == NULL) {
		free(bytes);
		return err_nomem(err);
	}
	for (uint32_t copy = 0; copy < fat->geometry.ntables && !good; copy++)
		good = read_copy(fat, copy, bytes, len);
	for (uint32_t i = 0; good && i < n; i++)
		fat->next[i] = entry_of(fat, bytes, i);
	free(bytes);
	return good ? 0 : 1;
}

enum fat_entry fat_entry(const struct fat *fat, uint32_t cluster, uint32_t *next)
{
	uint32_t most = fat->geometry.bits == 12 ? 0xfff : fat->geometry.bits == 16 ? 0xffff : 0x0fffffff;

	*next = fat->next[cluster];
	if (*next == 0)
		return FAT_FREE;
	if (*next >= most - 7)
		return FAT_END;
	return *next == most - 8 ? FAT_BAD : FAT_NEXT;
}

bool fat_table_clusters(const struct fat *fat, uint64_t offset, uint64_t bytes, uint64_t clusters[2])
{
	uint64_t last = (uint64_t)fat->geometry.clusters + FAT_FIRST_CLUSTER - 1;

	clusters[0] = offset * 8 / fat->geometry.bits;
	clusters[1] = ((offset + bytes) * 8 - 1) / fat->geometry.bits;
	if (clusters[0] < FAT_FIRST_CLUSTER)
		clusters[0] = FAT_FIRST_CLUSTER;
	if (clusters[1] > last)
		clusters[1] = last;
	return clusters[0] <= clusters[1];
}
