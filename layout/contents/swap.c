/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Swap areas (Linux include/linux/swap.h): a header page that ends in SWAPSPACE2, whose size is the page
   size of the machine that made it; at byte 1024 version, last page, UUID and label, in its byte order. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/drivers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEADER 1024
#define HEADER_LEN 44

static uint32_t find_page_size(const struct space *space)
{
	static const uint32_t sizes[] = {4096, 8192, 16384, 32768, 65536};
	char magic[10];
	struct err why;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (space_read(space, sizes[i] - sizeof(magic), magic, sizeof(magic), &why) == 0 &&
		    memcmp(magic, "SWAPSPACE2", sizeof(magic)) == 0)
			return sizes[i];
	return 0;
}

static void describe(struct space *space, const uint8_t *header)
{
	snprintf(space->content.type, sizeof(space->content.type), "swap");
	snprintf(space->content.label, sizeof(space->content.label), "%.16s", (const char *)header + 28);
	content_set_uuid(&space->content, header + 12);
}

static int swap_map(struct map *map, struct space *space, struct err *err)
{
	uint32_t page_size = find_page_size(space), last_page;
	uint8_t header[HEADER_LEN];
	uint64_t sectors;

	if (page_size == 0 || space_read(space, HEADER, header, sizeof(header), err) != 0)
		return 0;
	last_page = le32(header) == 1 ? le32(header + 4) : be32(header + 4);
	sectors = ((uint64_t)last_page + 1) * (page_size >> SECTOR_SHIFT);
	if (sectors > space->sectors)
		map_note(map, space, "swap area of %" PRIu64 " sectors in a space of %" PRIu64, sectors,
			 space->sectors);
	describe(space, header);
	space_claim(space, RANK_STRUCTURE, KIND_SWAP_HEADER, 0, page_size >> SECTOR_SHIFT);
	space_claim(space, RANK_REST, KIND_SWAP, 0, sectors);
	return 1;
}

const struct layout_driver driver_swap = {
    .name = "swap",
    .map = swap_map,
};
