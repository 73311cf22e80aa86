/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a disk.  So that inputs stay small they hold only sectors with something in them: the
   number of the disk's sectors (32 bits, little-endian), then for each its number (32 bits) and its 512
   bytes. The disk is mapped, every sector gets its name, and every space is followed outwards and back. */
#include "base/bytes.h"
#include "fuzz/target.h"
#include "fuzz/walk.h"

#define SECTORS_MAX (1u << 21)

static const char *unpack(const uint8_t *data, size_t size)
{
	uint32_t sectors = le32(data) % SECTORS_MAX;

	target_file(NULL, (size_t)sectors * 512);
	for (size_t at = 4; at + 516 <= size; at += 516)
		if (le32(data + at) < sectors)
			target_write((uint64_t)le32(data + at) * 512, data + at + 4, 512);
	return target_path();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct map *map;
	struct err err;

	if (size < 4 || map_open(&map, unpack(data, size), NULL, &err) != 0)
		return 0;
	walk_map(map);
	map_close(map);
	return 0;
}
