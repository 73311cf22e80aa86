/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a saved map.  Its length and its checksums are put right first, so that damage gets
   further than to them.  What is not refused is walked through, resolved, described and saved again. */
#include "base/bytes.h"
#include "base/crc.h"
#include "fuzz/target.h"
#include "fuzz/walk.h"
#include "layout/fs.h"
#include "layout/saved/format.h"
#include "reports/map_tree.h"

#include <stdlib.h>
#include <string.h>

#define TABLE ((size_t)SAVED_SECTIONS * SAVED_ENTRY)

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t checksum(const uint8_t *bytes, size_t len)
{
	return ~crc32c_update(UINT32_MAX, bytes, len);
}

static void make_right(uint8_t *file, size_t size)
{
	put(file + 16, size, 8);
	for (unsigned i = 0; i < SAVED_SECTIONS; i++) {
		uint8_t *entry = file + SAVED_HEADER + (size_t)i * SAVED_ENTRY;
		uint64_t at = le64(entry + 8), len = le64(entry + 16);

		if (at <= size && len <= size - at)
			put(entry + 4, checksum(file + at, len), 4);
	}
	put(file + 24, checksum(file + SAVED_HEADER, TABLE), 4);
	put(file + 28, checksum(file, SAVED_HEADER - 4), 4);
}

static void ask(struct map *map)
{
	static const struct map_filter all;
	struct text out = {0};
	struct err err;
	uint32_t inode;

	walk_map(map);
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];

		if (space->fs == NULL)
			continue;
		fs_resolve(space->fs, "/dir/../hello", &inode, &err);
		fs_resolve(space->fs, "/special/slow/x", &inode, &err);
	}
	map_tree(&out, map, &all, 80, &err);
	text_free(&out);
	saved_anonymize(map, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file;
	struct map *map;
	struct err err;

	if (size < SAVED_HEADER + TABLE || memcmp(data, SAVED_MAGIC, SAVED_MAGIC_LEN) != 0)
		return 0;
	file = malloc(size);
	if (file == NULL)
		return 0;
	memcpy(file, data, size);
	make_right(file, size);
	target_file(file, size);
	free(file);
	if (map_open(&map, target_path(), NULL, &err) != 0)
		return 0;
	ask(map);
	map_close(map);
	return 0;
}
