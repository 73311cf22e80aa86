/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text. */
#include "base/text.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_add(struct text *text, const char *bytes, size_t len)
{
	if (vec_reserve((void **)&text->at, &text->cap, text->n + len + 1, 1) != 0) {
		text->short_of_memory = true;
		return;
	}
	memcpy(text->at + text->n, bytes, len);
	text->n += len;
	text->at[text->n] = '\0';
}

void text_str(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_char(struct text *text, char c)
{
	text_add(text, &c, 1);
}

void text_u64(struct text *text, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	text_add(text, digits + at, sizeof(digits) - at);
}

void text_printf(struct text *text, const char *fmt, ...)
{
	char small[256];
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(small, sizeof(small), fmt, ap);
	if (len >= 0 && (size_t)len < sizeof(small)) {
		text_add(text, small, (size_t)len);
	} else if (len < 0 ||
		   vec_reserve((void **)&text->at, &text->cap, text->n + (size_t)len + 1, 1) != 0) {
		text->short_of_memory = true;
	} else {
		vsnprintf(text->at + text->n, (size_t)len + 1, fmt, again);
		text->n += (size_t)len;
	}
	va_end(again);
	va_end(ap);
}

void text_clear(struct text *text)
{
	text->n = 0;
	if (text->at != NULL)
		text->at[0] = '\0';
}

void text_free(struct text *text)
{
	vec_free((void **)&text->at, &text->n, &text->cap);
	text->short_of_memory = false;
}
