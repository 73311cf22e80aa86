/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers of block layers that are named and not looked through.  Facts: linux/bcache.h, drivers/md/dm-integrity.c, the
   geometry block of dm-vdo. */
#include "layout/contents/parts.h"

#include "base/bytes.h"
#include "base/size.h"

#include <string.h>

#define BCACHE_SUPER 8 /* sector */
#define BCACHE_DATA 16 /* where a backing device's data begin, unless its superblock says so */
#define BCACHE_WITH_OFFSET 4

/* The data of a backing device begin behind the superblock; a cache device is all the cache's own. */
static uint64_t bcache_data(const struct space *space)
{
	uint8_t super[192];
	struct err why;

	if (space_read(space, BCACHE_SUPER << SECTOR_SHIFT, super, sizeof(super), &why) != 0 ||
	    le64(super + 16) != BCACHE_WITH_OFFSET || le64(super + 184) >= space->sectors)
		return BCACHE_DATA;
	return le64(super + 184);
}

void parts_claim(struct space *space)
{
	static const struct {
		const char *type;
		enum kind kind;
		uint64_t start, count;
	} headers[] = {
	    {"bcache", KIND_BCACHE_SUPERBLOCK, BCACHE_SUPER, 8},
	    {"vdo", KIND_VDO_HEADER, 0, 8},
	    {"DM_integrity", KIND_INTEGRITY_SUPERBLOCK, 0, 8},
	};
	uint64_t data = 0;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (strcmp(space->content.type, headers[i].type) != 0)
			continue;
		space_claim(space, RANK_STRUCTURE, headers[i].kind, headers[i].start, headers[i].count);
		data = headers[i].kind == KIND_BCACHE_SUPERBLOCK ? bcache_data(space)
								 : headers[i].start + headers[i].count;
	}
	space_claim(space, RANK_REST, KIND_OPAQUE, data, space->sectors - data);
}
