/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reflected CRC-32, a nibble at a time: the tables are short enough to be constants, and most
   structures that are checked are a few kilobytes.  Crc32c has an instruction on x86 since 2008. */
#include "base/crc.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *p, size_t len)
{
	uint64_t wide = crc, word;

	for (; len >= 8; len -= 8, p += 8) {
		memcpy(&word, p, 8);
		wide = __builtin_ia32_crc32di(wide, word);
	}
	for (crc = (uint32_t)wide; len > 0; len--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return crc;
}

bool crc32c_is_fast(void)
{
	return __builtin_cpu_supports("sse4.2");
}

#else

static uint32_t by_instruction(uint32_t crc, const uint8_t *p, size_t len)
{
	(void)p;
	(void)len;
	return crc;
}

bool crc32c_is_fast(void)
{
	return false;
}

#endif

static uint32_t update(const uint32_t nibbles[16], uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		crc = nibbles[crc & 15] ^ crc >> 4;
		crc = nibbles[crc & 15] ^ crc >> 4;
	}
	return crc;
}

uint32_t crc32_update(uint32_t crc, const void *data, size_t len)
{
	static const uint32_t nibbles[16] = {
	    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	return update(nibbles, crc, data, len);
}

uint32_t crc32c_update(uint32_t crc, const void *data, size_t len)
{
	static const uint32_t nibbles[16] = {
	    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};

	return crc32c_is_fast() ? by_instruction(crc, data, len) : update(nibbles, crc, data, len);
}
