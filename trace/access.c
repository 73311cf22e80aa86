/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The border at which the numbers of a trace become sectors: what passes can be added freely. */
#include "trace/access.h"

#include <string.h>

#include "base/size.h"

const char *access_op_name(enum access_op op)
{
	static const char *const names[ACCESS_OPS] = {"read", "write", "discard", "zero", "flush"};

	return names[op];
}

const char *access_name(const struct access *access)
{
	return access->flags & ACCESS_APPEND  ? "zone-append"
	       : access->flags & ACCESS_RESET ? "zone-reset"
					      : access_op_name((enum access_op)access->op);
}

bool access_set_sectors(struct access *access, uint64_t start, uint64_t count)
{
	access->start = start;
	access->count = count;
	return start <= ACCESS_SECTORS_MAX && count <= ACCESS_SECTORS_MAX - start;
}

bool access_set_bytes(struct access *access, uint64_t offset, uint64_t len)
{
	uint64_t first = offset >> SECTOR_SHIFT, end;

	if (offset > INT64_MAX || len > INT64_MAX - offset)
		return false;
	end = (offset + len + SECTOR_SIZE - 1) >> SECTOR_SHIFT;
	if ((offset | len) & (SECTOR_SIZE - 1))
		access->flags |= ACCESS_RAGGED;
	return access_set_sectors(access, first, end - first);
}

static const struct {
	const char *name;
	enum access_flag flag;
} flags[] = {
    {"fua", ACCESS_FUA},
    {"sync", ACCESS_SYNC},
    {"meta", ACCESS_META},
    {"ahead", ACCESS_AHEAD},
    {"preflush", ACCESS_PREFLUSH},
    {"failed", ACCESS_FAILED},
    {"unfinished", ACCESS_UNFINISHED},
    {"ragged", ACCESS_RAGGED},
    {"uncertain", ACCESS_UNCERTAIN},
    {"zone-append", ACCESS_APPEND},
    {"zone-reset", ACCESS_RESET},
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

int access_flag_named(const char *word, size_t len)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (strlen(flags[i].name) == len && strncmp(flags[i].name, word, len) == 0)
			return flags[i].flag;
	return -1;
}

const char *access_flag_name(enum access_flag flag)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (flags[i].flag == flag)
			return flags[i].name;
	return NULL;
}
