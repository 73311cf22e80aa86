/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text.  A failed allocation is remembered and told once, at the end. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *at; /* NUL-terminated once anything was added */
	size_t n, cap;
	bool short_of_memory;
};

void text_add(struct text *text, const char *bytes, size_t len);
void text_str(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_u64(struct text *text, uint64_t value);
void text_printf(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text);
void text_free(struct text *text);

#endif
