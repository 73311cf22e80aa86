/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plain lines of .qtr, as fast as they can be read.  Where a line ends is what reading the next one waits
   for, so that is found first, by looking at many bytes at once, and in few steps; and nothing branches on
   what differs from line to line: reads and writes, and the number of digits. */
#include "trace/formats/qtr_plain.h"

#include <assert.h>
#include <endian.h>
#include <stdbool.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define LOOK 32 /* bytes behind "R " in which a plain line ends */

static_assert(2 + LOOK <= INPUT_SLACK, "looking reads no further than it may");

static inline uint64_t load8(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return le64toh(bytes);
}

/* Bit i is set where at[i] is no digit. */
#ifdef __SSE2__
static inline uint32_t no_digits16(const char *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)at);
	__m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));

	return 0xffff ^
	       (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value));
}
#else
static inline uint32_t no_digits8(const char *at)
{
	uint64_t bytes = load8(at) ^ UINT64_C(0x3030303030303030);
	uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t wrong = (((bytes & low) + UINT64_C(0x7676767676767676)) | bytes) & ~low;

	return (uint32_t)((wrong >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

static inline uint32_t no_digits16(const char *at)
{
	return no_digits8(at) | no_digits8(at + 8) << 8;
}
#endif

/* The value of the first n <= 8 bytes, which are digits; each becomes a byte, and neighbours are joined in
   pairs. */
static inline uint64_t value8(uint64_t bytes, unsigned n)
{
	/* In halves, since no digit at all is a shift by 64. */
	bytes = (bytes ^ UINT64_C(0x3030303030303030)) << (32 - 4 * n) << (32 - 4 * n);
	bytes = bytes * 10 + (bytes >> 8);
	bytes = (((bytes & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064)) +
		 (((bytes >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001))) >>
		32;
	return (uint32_t)bytes;
}

/* The value of n <= 16 digits. */
static inline uint64_t value16(const char *at, unsigned n)
{
	static const uint64_t power[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	unsigned first = n < 8 ? n : 8, second = n - first;

	return value8(load8(at), first) * power[second] + value8(load8(at + 8), second);
}

long qtr_plain(const char *at, size_t len, uint64_t limit, uint32_t device, struct access *access)
{
	const char *end = at + len;
	long n = 0;

	if (len == 0 || end[-1] != '\n')
		return -1;
	for (; at < end; n++) {
		const char *text = at + 2;
		uint32_t borders = no_digits16(text) | no_digits16(text + 16) << 16;
		uint32_t others = borders & (borders - 1);
		unsigned blank = borders != 0 ? (unsigned)__builtin_ctz(borders) : 0;
		unsigned lf = others != 0 ? (unsigned)__builtin_ctz(others) : 0;
		bool is_read = *at == 'R', is_write = *at == 'W';
		unsigned digits = lf - blank - 1;
		uint64_t start, count;

		if (!(is_read | is_write) || at[1] != ' ' || blank - 1 >= 16 || digits - 1 >= 16 ||
		    text[blank] != ' ' || text[lf] != '\n')
			return -1;
		start = value16(text, blank);
		count =
		    digits <= 8 ? value8(load8(text + blank + 1), digits) : value16(text + blank + 1, digits);
		if (count == 0 || start > limit || count > limit - start)
			return -1;
		access[n] = access_blank();
		access[n].op = is_write ? ACCESS_WRITE : ACCESS_READ;
		access[n].start = start;
		access[n].count = count;
		access[n].device = device;
		at = text + lf + 1;
	}
	return n;
}
