/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a disk (fuzz/sectors.h) whose checksums are put right, so that damage gets further than to
   them: into partitions, volume groups, thin pools, arrays and file systems. */
#include "fuzz/sectors.h"
#include "fuzz/target.h"
#include "fuzz/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct map_options options = {.history = true};
	struct map *map;
	const char *path;
	struct err err;

	if (size < 4)
		return 0;
	path = sectors_unpack(data, size);
	sectors_mend(data, size);
	if (map_open(&map, path, &options, &err) != 0)
		return 0;
	walk_map(map);
	map_close(map);
	return 0;
}
