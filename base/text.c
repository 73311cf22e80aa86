/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text. */
#include "base/text.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool text_reserve(struct text *text, size_t len)
{
	if (vec_reserve((void **)&text->at, &text->cap, text->n + len + 1, 1) == 0)
		return true;
	text->short_of_memory = true;
	return false;
}

static unsigned count_digits(uint64_t value)
{
	unsigned n = 1;

	for (; value >= 10000; value /= 10000)
		n += 4;
	return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* Two digits at a time, from the last. */
void text_u64(struct text *text, uint64_t value)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	unsigned n = count_digits(value);
	char *at;

	if (text->cap - text->n <= n && !text_reserve(text, n))
		return;
	text->n += n;
	at = text->at + text->n;
	*at = '\0';
	for (; value >= 100; value /= 100)
		memcpy(at -= 2, pairs + value % 100 * 2, 2);
	if (value >= 10)
		memcpy(at - 2, pairs + value * 2, 2);
	else
		at[-1] = (char)('0' + value);
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
