/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Byte by byte, so that neither the machine's byte order nor its alignment matters. */
#include "base/pack.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

void pack_u8(struct text *text, uint8_t value)
{
	text_add(text, (const char *)&value, 1);
}

void pack_u32(struct text *text, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		pack_u8(text, (uint8_t)(value >> 8 * i));
}

void pack_u64(struct text *text, uint64_t value)
{
	pack_u32(text, (uint32_t)value);
	pack_u32(text, (uint32_t)(value >> 32));
}

void pack_str(struct text *text, const char *string)
{
	pack_u32(text, (uint32_t)strlen(string));
	text_str(text, string);
}

void pack_number(struct text *text, uint64_t value)
{
	char bytes[10];
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (char)(0x80 | (value & 0x7f));
	bytes[n++] = (char)value;
	text_add(text, bytes, n);
}

const uint8_t *unpack_bytes(struct unpack *unpack, size_t len)
{
	const uint8_t *at = unpack->at;

	if (unpack->bad || (size_t)(unpack->end - at) < len) {
		unpack->bad = true;
		return NULL;
	}
	unpack->at += len;
	return at;
}

uint8_t unpack_u8(struct unpack *unpack)
{
	const uint8_t *at = unpack_bytes(unpack, 1);

	return at ? *at : 0;
}

uint32_t unpack_u32(struct unpack *unpack)
{
	const uint8_t *at = unpack_bytes(unpack, 4);

	return at ? le32(at) : 0;
}

uint64_t unpack_u64(struct unpack *unpack)
{
	const uint8_t *at = unpack_bytes(unpack, 8);

	return at ? le64(at) : 0;
}

uint64_t unpack_number(struct unpack *unpack)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		byte = unpack_u8(unpack);
		if (shift == 63 && byte > 1)
			unpack->bad = true;
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while ((byte & 0x80) != 0 && !unpack->bad);
	return unpack->bad ? 0 : value;
}

static const uint8_t *take_text(struct unpack *unpack, size_t *len)
{
	const uint8_t *at;

	*len = unpack_u32(unpack);
	at = unpack_bytes(unpack, *len);
	if (at != NULL && memchr(at, 0, *len) != NULL)
		unpack->bad = true;
	return unpack->bad ? NULL : at;
}

const char *unpack_text(struct unpack *unpack, size_t *len)
{
	const char *at = (const char *)take_text(unpack, len);

	if (at == NULL)
		*len = 0;
	return at ? at : "";
}

void unpack_field(struct unpack *unpack, char *field, size_t size)
{
	size_t len;
	const uint8_t *at = take_text(unpack, &len);

	field[0] = '\0';
	if (at == NULL || len >= size) {
		unpack->bad = true;
		return;
	}
	memcpy(field, at, len);
	field[len] = '\0';
}

char *unpack_str(struct unpack *unpack)
{
	size_t len;
	const uint8_t *at = take_text(unpack, &len);

	return at ? strndup((const char *)at, len) : NULL;
}

uint32_t unpack_count(struct unpack *unpack, size_t size)
{
	uint32_t n = unpack_u32(unpack);

	if (n > (size_t)(unpack->end - unpack->at) / size)
		unpack->bad = true;
	return unpack->bad ? 0 : n;
}
