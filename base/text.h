/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text.  A failed allocation is remembered and told once, at the end. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	char *at; /* NUL-terminated once anything was added */
	size_t n, cap;
	bool short_of_memory;
};

/* Room for `len` more bytes and a NUL; false, and the text is short of memory, when there is none. */
bool text_reserve(struct text *text, size_t len);

static inline void text_add(struct text *text, const char *bytes, size_t len)
{
	if (text->cap - text->n <= len && !text_reserve(text, len))
		return;
	memcpy(text->at + text->n, bytes, len);
	text->n += len;
	text->at[text->n] = '\0';
}

static inline void text_str(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

static inline void text_char(struct text *text, char c)
{
	text_add(text, &c, 1);
}

void text_u64(struct text *text, uint64_t value);
void text_printf(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text);
void text_free(struct text *text);

#endif
