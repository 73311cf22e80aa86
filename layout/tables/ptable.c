/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Partitions as spaces: names and borders, the same for every kind of table. */
#include "layout/tables/ptable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ptable_name(const struct space *space, unsigned number, char *buf, size_t len)
{
	if (space->id == 0)
		snprintf(buf, len, "part%u", number);
	else
		snprintf(buf, len, "%s/part%u", space_name(space), number);
}

int ptable_add(struct map *map, struct space *space, const struct partition *partition, struct err *err)
{
	struct space *inner;
	char name[512];

	if (!map_has_room(map, space))
		return 0;
	ptable_name(space, partition->number, name, sizeof(name));
	if (partition->name[0] != '\0')
		memcpy(name, partition->name, sizeof(name));
	if (space->told_sectors < partition->start + partition->count)
		space->told_sectors = partition->start + partition->count;
	if (partition->start >= space->sectors) {
		map_note(map, space, "%s starts at sector %" PRIu64 ", beyond the end (%" PRIu64 " sectors)",
			 name, partition->start, space->sectors);
		return 0;
	}
	if (partition->count > space->sectors - partition->start)
		map_note(map, space, "%s ends at sector %" PRIu64 ", beyond the end (%" PRIu64 " sectors)",
			 name, partition->start + partition->count, space->sectors);
	inner = map_add_space(map, space, name, partition->count, err);
	if (inner == NULL)
		return -1;
	inner->type = SPACE_PARTITION;
	memcpy(inner->about, partition->about, sizeof(inner->about));
	return map_add_linear(map, inner, space, partition->start, partition->count, err);
}

bool table_reaches(const struct space *space, uint64_t sector)
{
	return mbr_reaches(space, sector) || gpt_reaches(space, sector);
}
