/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking a line of text apart from left to right.  Each function gets where to look and returns
   where it stopped, or NULL when what it looks for is not there (then its result is not set); NULL
   as the place gives NULL, so that calls can be chained and looked at once. */
#ifndef TRACE_FORMATS_SCAN_H
#define TRACE_FORMATS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Decimal digits. */
static inline const char *scan_decimal(const char *at, uint64_t *value)
{
	uint64_t v = 0;

	if (at == NULL || *at < '0' || *at > '9')
		return NULL;
	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');

		if (v >= UINT64_MAX / 10 && (v > UINT64_MAX / 10 || digit > UINT64_MAX % 10))
			return NULL;
		v = v * 10 + digit;
	}
	*value = v;
	return at;
}

static inline const char *scan_blanks(const char *at)
{
	while (at != NULL && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static inline const char *scan_char(const char *at, char c)
{
	return at != NULL && *at == c ? at + 1 : NULL;
}

static inline const char *scan_text(const char *at, const char *text)
{
	size_t len = strlen(text);

	return at != NULL && strncmp(at, text, len) == 0 ? at + len : NULL;
}

/* Anything up to the next blank or the end, at least one character. */
static inline const char *scan_word(const char *at)
{
	const char *end = at;

	while (end != NULL && *end != '\0' && *end != ' ' && *end != '\t')
		end++;
	return end == at ? NULL : end;
}

/* Hexadecimal digits, without a 0x. */
const char *scan_hex(const char *at, uint64_t *value);

/* Decimal, or hexadecimal with 0x. */
const char *scan_number(const char *at, uint64_t *value);

/* A whole number or one with a fraction, of units of unit_ns nanoseconds; perhaps with a sign. */
const char *scan_time(const char *at, int64_t unit_ns, int64_t *ns);

/* YYYY-MM-DD HH:MM:SS, UTC, with or without a fraction (and with T instead of the blank): since 1970. */
const char *scan_date(const char *at, int64_t *ns);

/* HH:MM:SS with or without a fraction: since midnight. */
const char *scan_clock(const char *at, int64_t *ns);

/* The value behind the first " KEY=" (or "KEY=" at the start) of a text, or NULL. */
const char *scan_key(const char *text, const char *key);

#endif
