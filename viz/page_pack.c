/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viz/page_pack.h"

#include "base/pack.h"

void page_pack_signed(struct text *out, uint64_t now, uint64_t before)
{
	int64_t difference = (int64_t)(now - before);

	pack_number(out,
		    difference < 0 ? ((uint64_t)(-(difference + 1)) << 1 | 1) : (uint64_t)difference << 1);
}

static void add_base64(struct text *out, const struct text *bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	text_char(out, '"');
	for (size_t i = 0; i < bytes->n; i += 3) {
		uint32_t three = 0;
		char four[4];

		for (size_t j = 0; j < 3; j++)
			three = three << 8 | (i + j < bytes->n ? (unsigned char)bytes->at[i + j] : 0);
		for (unsigned j = 0; j < 4; j++)
			four[j] = i + j > bytes->n ? '=' : digits[three >> (18 - 6 * j) & 63];
		text_add(out, four, 4);
	}
	text_char(out, '"');
}

void page_add_packed(struct text *out, const char *key, struct text *bytes)
{
	text_printf(out, ",\n\"%s\":", key);
	add_base64(out, bytes);
	out->short_of_memory |= bytes->short_of_memory;
	text_free(bytes);
}
