/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values one after the other as bytes: little-endian integers, and texts with their length before them.
   What is read may be hostile: beyond the end there are zeroes and empty texts, and `bad` tells. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends; a failed allocation is told by text->short_of_memory. */
void pack_u8(struct text *text, uint8_t value);
void pack_u32(struct text *text, uint32_t value);
void pack_u64(struct text *text, uint64_t value);
void pack_str(struct text *text, const char *string);

/* 7 bits a byte, low ones first; the high bit says that more follow. */
void pack_number(struct text *text, uint64_t value);

struct unpack {
	const uint8_t *at, *end;
	bool bad; /* something reached beyond the end, or made no sense */
};

uint8_t unpack_u8(struct unpack *unpack);
uint32_t unpack_u32(struct unpack *unpack);
uint64_t unpack_u64(struct unpack *unpack);

/* As pack_number wrote it; bad when it does not fit into 64 bits. */
uint64_t unpack_number(struct unpack *unpack);

/* The next len bytes where they lie, or NULL. */
const uint8_t *unpack_bytes(struct unpack *unpack, size_t len);

/* A text where it lies, without a NUL behind it; "" with *len 0 when it is bad. */
const char *unpack_text(struct unpack *unpack, size_t *len);

/* A text into a field of `size` bytes; bad when it has no room there or holds a NUL. */
void unpack_field(struct unpack *unpack, char *field, size_t size);

/* A text that the caller frees; NULL when it is bad or memory is short. */
char *unpack_str(struct unpack *unpack);

/* A number of items that take at least `size` bytes each of what is left; 0 and bad when they are too
   many. */
uint32_t unpack_count(struct unpack *unpack, size_t size);

#endif
