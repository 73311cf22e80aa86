/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Integers as they lie in on-disk structures: unaligned, little- or big-endian. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint16_t le16(const void *at)
{
	const uint8_t *p = at;

	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32(const void *at)
{
	const uint8_t *p = at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t le64(const void *at)
{
	const uint8_t *p = at;

	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static inline uint16_t be16(const void *at)
{
	const uint8_t *p = at;

	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const void *at)
{
	const uint8_t *p = at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline uint64_t be64(const void *at)
{
	const uint8_t *p = at;

	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

/* Whether all of the bytes are zero. */
static inline bool bytes_all_zero(const void *at, size_t len)
{
	const uint8_t *p = at;

	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

#endif
