/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a disk (fuzz/sectors.h).  The disk is mapped, every sector gets its name, and every space is
   followed outwards and back. */
#include "fuzz/sectors.h"
#include "fuzz/target.h"
#include "fuzz/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct map_options options = {.history = true};
	struct map *map;
	struct err err;

	if (size < 4 || map_open(&map, sectors_unpack(data, size), &options, &err) != 0)
		return 0;
	walk_map(map);
	map_close(map);
	return 0;
}
