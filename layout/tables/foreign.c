/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables of other systems, as libblkid reads them: those of whole disks (Apple, Sun, SGI, BSD), and those in partitions of an
   MBR (BSD, Minix, Solaris, UnixWare), whose partitions Linux numbers after the logical ones.  Facts: Linux block/partitions,
   util-linux libblkid/src/partitions. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/tables/foreign.h"
#include "layout/tables/ptable.h"

#include <stdio.h>
#include <string.h>

#define PARTITIONS_MAX 256

/* Where each table's own sectors lie. */
static const struct {
	const char *type;
	uint64_t start, count;
} labels[] = {
    {"sun", 0, 1},     {"sgi", 0, 1},       {"bsd", 1, 1},   {"minix", 0, 1},
    {"solaris", 1, 1}, {"unixware", 29, 1}, {"atari", 0, 1},
};

static void claim_label(struct space *space, const char *type, uint64_t partitions)
{
	space_claim(space, RANK_STRUCTURE, KIND_DISKLABEL, 0, strcmp(type, "mac") == 0 ? 1 + partitions : 0);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].type, type) == 0)
			space_claim(space, RANK_STRUCTURE, KIND_DISKLABEL, labels[i].start, labels[i].count);
	space->rest = KIND_GAP;
	snprintf(space->content.type, sizeof(space->content.type), "%s", type);
}

/* How many entries an Apple map has. */
static uint64_t map_entries(const struct space *space)
{
	uint8_t entry[8];
	struct err why;

	return space_read(space, SECTOR_SIZE, entry, sizeof(entry), &why) == 0 ? be32(entry + 4) : 0;
}

/* A quick look, before libblkid is asked. */
static bool may_have_label(const struct space *space)
{
	uint8_t head[2 * SECTOR_SIZE];
	struct err why;

	if (space_read(space, 0, head, sizeof(head), &why) != 0)
		return false;
	return be16(head + 508) == 0xdabe || be32(head) == 0x0be5a941 ||
	       (memcmp(head + SECTOR_SIZE, "PM", 2) == 0 && memcmp(head, "ER", 2) == 0) ||
	       le32(head + SECTOR_SIZE) == 0x82564557;
}

static bool is_foreign(const char *table)
{
	static const char *const types[] = {"sun", "sgi", "mac", "bsd"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i], table) == 0)
			return true;
	return false;
}

static int foreign_map(struct map *map, struct space *space, struct err *err)
{
	struct known_partition found[PARTITIONS_MAX];
	char table[16];
	size_t n;

	if (space->type == SPACE_PARTITION || !may_have_label(space))
		return 0;
	n = known_partitions(space, NULL, 0, table, found, PARTITIONS_MAX);
	if (n == 0 || !is_foreign(table))
		return 0;
	claim_label(space, table, map_entries(space));
	for (size_t i = 0; i < n; i++) {
		struct partition partition = {
		    .number = found[i].number, .start = found[i].start, .count = found[i].count};

		snprintf(partition.about, sizeof(partition.about), "%s", found[i].about);
		if (found[i].outer == 0 && ptable_add(map, space, &partition, err) != 0)
			return -1;
	}
	return 1;
}

/* --- in partitions of an MBR --- */

static struct space *partition_numbered(const struct map *map, const struct space *space, unsigned number)
{
	char name[512];

	ptable_name(space, number, name, sizeof(name));
	return (struct space *)map_space_named(map, name);
}

static int add_nested(struct map *map, struct space *space, const struct known_partition *found,
		      struct err *err)
{
	struct space *outer = partition_numbered(map, space, found->outer);
	uint64_t base = outer != NULL && outer->segments.n > 0 ? outer->segments.at[0].areas[0].start : 0;
	struct partition partition = {
	    .number = found->number, .start = found->start - base, .count = found->count};

	if (outer == NULL || found->start < base)
		return 0;
	if (!outer->probed)
		claim_label(outer, found->table, 0);
	outer->probed = true;
	snprintf(partition.about, sizeof(partition.about), "%s", found->about);
	ptable_name(space, found->number, partition.name, sizeof(partition.name));
	return ptable_add(map, outer, &partition, err);
}

int foreign_add_nested(struct map *map, struct space *space, const uint64_t *starts, size_t n,
		       struct err *err)
{
	struct known_partition found[PARTITIONS_MAX];
	char table[16];
	size_t all = known_partitions(space, starts, n, table, found, PARTITIONS_MAX);

	for (size_t i = 0; i < all; i++)
		if (found[i].outer != 0 && strcmp(found[i].table, "dos") != 0 &&
		    add_nested(map, space, &found[i], err) != 0)
			return -1;
	return 0;
}

const struct layout_driver driver_foreign = {
    .name = "foreign",
    .map = foreign_map,
};
