/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libblkid knows by the end of a device, and whose beginning looks like what it holds: members of firmware RAID, which are
   named and not looked into, and DRBD, whose metadata lie behind the data.  A table that reaches over the end is the
   disk's own.  Facts: util-linux libblkid/src/superblocks/ (isw_raid.c and its like), drbd.c. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/tables/ptable.h"

#include <stdio.h>
#include <string.h>

#define DRBD_BEFORE_END 8

/* Magic numbers, by their distance in sectors from the end. */
static const struct {
	uint16_t before_end, offset, len;
	const char *magic;
} magics[] = {
    {1, 0, 4, "\xde\x11\xde\x11"},
    {257, 0, 4, "\xde\x11\xde\x11"},
    {1, 0, 6, "$XIDE$"},
    {1, 0, 2, "\x55\xaa"},
    {1, 0, 2, "JM"},
    {1, 0, 4, "\x37\xfc\x4d\x1e"},
    {1, 0x60, 4, "\x00\x00\x00\x2f"},
    {2, 0, 24, "Intel Raid ISM Cfg Sig. "},
    {2, 0, 6, "NVIDIA"},
    {11, 0, 4, "\xf3\x16\x78\x5a"},
    {63, 0, 24, "Promise Technology, Inc."},
    {255, 0, 24, "Promise Technology, Inc."},
    {256, 0, 24, "Promise Technology, Inc."},
    {DRBD_BEFORE_END, 60, 3, "\x83\x74\x02"},
};

/* The first sector of what lies at the end; 0 when nothing does. */
static uint64_t find_tail(const struct space *space)
{
	char found[24];
	struct err why;

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		uint64_t at = space->sectors - magics[i].before_end;

		/* Firmware knows disks only. */
		if ((space->type == SPACE_DISK || magics[i].before_end == DRBD_BEFORE_END) &&
		    space->sectors > 2 * (uint64_t)magics[i].before_end &&
		    space_read(space, (at << SECTOR_SHIFT) + magics[i].offset, found, magics[i].len, &why) ==
			0 &&
		    memcmp(found, magics[i].magic, magics[i].len) == 0)
			return at;
	}
	return 0;
}

static bool ends_with(const char *type, const char *end)
{
	size_t len = strlen(type), tail = strlen(end);

	return len >= tail && strcmp(type + len - tail, end) == 0;
}

/* DRBD says how many sectors of data lie before its metadata. */
static void claim_drbd(struct space *space)
{
	uint8_t size[8];
	struct err why;
	uint64_t data = space->sectors - 8;

	if (space_read(space, data << SECTOR_SHIFT, size, sizeof(size), &why) == 0 && be64(size) > 0 &&
	    be64(size) < data)
		data = be64(size);
	space_claim(space, RANK_CONTENT, KIND_OPAQUE, 0, data);
	space_claim(space, RANK_STRUCTURE, KIND_DRBD_METADATA, data, space->sectors - data);
}

static int tail_map(struct map *map, struct space *space, struct err *err)
{
	struct content content;
	uint64_t tail = find_tail(space);
	bool drbd;

	(void)map;
	(void)err;
	if (tail == 0 || !known_content(space, 0, space->sectors, &content))
		return 0;
	drbd = strcmp(content.type, "drbd") == 0;
	if ((!drbd && (!ends_with(content.type, "_raid_member") || space->type != SPACE_DISK)) ||
	    strcmp(content.type, "linux_raid_member") == 0 || table_reaches(space, tail))
		return 0;
	space->content = content;
	if (drbd)
		claim_drbd(space);
	else
		space_claim(space, RANK_CONTENT, KIND_OPAQUE, 0, space->sectors);
	return 1;
}

const struct layout_driver driver_tail = {
    .name = "tail",
    .map = tail_map,
};
