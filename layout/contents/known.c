/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence by magic numbers.  A quick look at the places where they lie; only where one is there, libblkid,
   which needs a copy of the range, is asked whether it believes it.  Facts: util-linux
   libblkid/src/superblocks. */
#include "layout/contents/known.h"

#include "base/bytes.h"
#include "base/size.h"

#include <stdio.h>
#include <string.h>

#define EXT_SUPERBLOCK 1024
#define EXT_ROOT 2

/* Of what may remain below a table, which takes the first sector at most.  Offsets from the start. */
static const struct {
	uint32_t offset, len;
	const char *magic;
} magics[] = {
    {0, 4, "XFSB"},
    {0, 6, "LUKS\xba\xbe"},
    {0, 4, "\xfc\x4e\x2b\xa9"},
    {0, 4, "hsqs"},
    {1024, 4, "\xe2\xe1\xf5\xe0"},
    {0, 8, "LABELONE"},
    {512, 8, "LABELONE"},
    {1024, 8, "LABELONE"},
    {1536, 8, "LABELONE"},
    {1024, 4, "\x10\x20\xf5\xf2"},
    {1030, 2, "\x34\x34"},
    {1024, 4, "H+\0\4"},
    {1080, 2, "\x53\xef"},
    {4096, 4, "\xfc\x4e\x2b\xa9"},
    {4120, 8, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca"},
    {4096 - 10, 10, "SWAPSPACE2"},
    {8192 - 10, 10, "SWAPSPACE2"},
    {16384 - 10, 10, "SWAPSPACE2"},
    {65536 - 10, 10, "SWAPSPACE2"},
    {32768, 4, "JFS1"},
    {32769, 5, "CD001"},
    {65536 + 52, 6, "ReIsEr"},
    {65536 + 64, 8, "_BHRfS_M"},
};

static bool has_magic(const struct space *space, uint64_t base, uint32_t offset, const char *magic,
		      size_t len)
{
	char found[16];
	struct err why;

	return space_read(space, base + offset, found, len, &why) == 0 && memcmp(found, magic, len) == 0;
}

/* The shortest ones may be there by chance; only libblkid knows. */
static bool is_strong(size_t i)
{
	return magics[i].len >= 4 || magics[i].offset == EXT_SUPERBLOCK + 56;
}

static bool has_any_magic(const struct space *space, uint64_t start, bool strong)
{
	uint64_t base = start << SECTOR_SHIFT;

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if ((!strong || is_strong(i)) &&
		    has_magic(space, base, magics[i].offset, magics[i].magic, magics[i].len))
			return true;
	return false;
}

/* The mode of the root directory's inode, by the superblock and the first group descriptor that follows
   it. */
static uint16_t root_mode(const struct space *space, uint64_t base, const uint8_t *super)
{
	uint64_t block_size = UINT64_C(1024) << le32(super + 24);
	uint64_t descriptors = (le32(super + 20) + 1) * block_size;
	uint32_t inode_size = le32(super + 76) == 0 ? 128 : le16(super + 88);
	uint8_t table[4], mode[2];
	struct err why;

	if (space_read(space, base + descriptors + 8, table, sizeof(table), &why) != 0 ||
	    space_read(space, base + le32(table) * block_size + (uint64_t)(EXT_ROOT - 1) * inode_size, mode,
		       sizeof(mode), &why) != 0)
		return 0;
	return le16(mode);
}

bool known_ext_starts(const struct space *space, uint64_t start)
{
	uint64_t base = start << SECTOR_SHIFT;
	uint8_t super[1024];
	struct err why;

	return space_read(space, base + EXT_SUPERBLOCK, super, sizeof(super), &why) == 0 &&
	       le16(super + 56) == 0xef53 && le32(super + 24) <= 6 &&
	       (root_mode(space, base, super) & 0170000) == 0040000;
}

bool known_is_ext_backup(const struct space *space, uint64_t start)
{
	uint64_t base = start << SECTOR_SHIFT;
	uint8_t super[1024];
	struct err why;

	return space_read(space, base + EXT_SUPERBLOCK, super, sizeof(super), &why) == 0 &&
	       le16(super + 56) == 0xef53 && le16(super + 90) != 0 && le32(super + 24) <= 6 &&
	       (root_mode(space, base, super) & 0170000) != 0040000;
}

/* 55 AA: a boot sector, a nested table, an EBR. */
static bool has_boot_mark(const struct space *space, uint64_t start)
{
	return has_magic(space, start << SECTOR_SHIFT, 510, "\x55\xaa", 2);
}

/* libblkid is not asked here: it needs the first megabytes, which may be files'. */
bool known_starts(const struct space *space, uint64_t start)
{
	return start < space->sectors &&
	       (has_boot_mark(space, start) ||
		(!known_is_ext_backup(space, start) && has_any_magic(space, start, true)));
}

/* What remains, or is there beside a table in the first sector. */
static bool whole_content(const struct space *space, struct content *content)
{
	return has_any_magic(space, 0, false) && !known_is_ext_backup(space, 0) &&
	       known_content(space, 0, space->sectors, content);
}

bool known_is_whole(const struct space *space)
{
	struct content content;

	return whole_content(space, &content);
}

void known_note_remains(struct map *map, const struct space *space, const char *table)
{
	struct content content;

	if (whole_content(space, &content))
		map_note(map, space,
			 "a %s partition table lies over what was a whole-disk %s%s%s; shown as its"
			 " partitions",
			 table, content.type, content.uuid[0] ? " of UUID " : "", content.uuid);
}
