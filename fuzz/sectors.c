/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz/sectors.h"

#include "base/bytes.h"
#include "fuzz/mend.h"
#include "fuzz/target.h"

#define SECTORS_MAX (1u << 21)

const char *sectors_unpack(const uint8_t *data, size_t size)
{
	uint32_t sectors = le32(data) % SECTORS_MAX;

	target_file(NULL, (size_t)sectors * 512);
	for (size_t at = 4; at + 516 <= size; at += 516)
		if (le32(data + at) < sectors)
			target_write((uint64_t)le32(data + at) * 512, data + at + 4, 512);
	return target_path();
}

void sectors_mend(const uint8_t *data, size_t size)
{
	uint32_t sectors = le32(data) % SECTORS_MAX;
	size_t bytes = (size_t)sectors * 512;
	uint8_t *disk = bytes > 0 ? target_map(bytes) : NULL;

	for (size_t at = 4; disk != NULL && at + 516 <= size; at += 516)
		if (le32(data + at) < sectors)
			mend_at(disk, bytes, (size_t)le32(data + at) * 512);
	if (disk != NULL)
		target_unmap(disk, bytes);
}
