/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classes of structures. */
#include "viz/structure.h"

static const struct {
	const char *name;
	uint32_t colour;
} structures[STRUCTURES] = {
    [STRUCTURE_DATA] = {"data", 0x2d96ed},           [STRUCTURE_JOURNAL] = {"journal", 0x684289},
    [STRUCTURE_INODES] = {"inode tables", 0x11d17d}, [STRUCTURE_DIRECTORY] = {"directories", 0xe9a43a},
    [STRUCTURE_BITMAP] = {"bitmaps", 0xfc99ba},      [STRUCTURE_OTHER] = {"other", 0x6c5062},
    [STRUCTURE_FREE] = {"free", 0xd1ccfc},
};

enum structure structure_of(enum kind kind)
{
	switch (kind_family(kind)) {
	case FAMILY_FILE:
		return STRUCTURE_DATA;
	case FAMILY_JOURNAL:
		return STRUCTURE_JOURNAL;
	case FAMILY_INODES:
		return STRUCTURE_INODES;
	case FAMILY_DIRECTORY:
		return STRUCTURE_DIRECTORY;
	case FAMILY_BITMAP:
		return STRUCTURE_BITMAP;
	case FAMILY_FREE:
		return STRUCTURE_FREE;
	default:
		return STRUCTURE_OTHER;
	}
}

const char *structure_name(enum structure structure)
{
	return structures[structure].name;
}

uint32_t structure_colour(enum structure structure)
{
	return structures[structure].colour;
}
