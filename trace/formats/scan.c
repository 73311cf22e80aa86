/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of text lines that are too long to be inlined. */
#include "trace/formats/scan.h"

#define SECOND INT64_C(1000000000)

const char *scan_hex(const char *at, uint64_t *value)
{
	uint64_t v = 0;
	const char *start = at;

	for (; at != NULL; at++) {
		unsigned c = (unsigned char)*at, digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (c | 32) - 'a' + 10;
		else
			break;
		if (v >> 60 != 0)
			return NULL;
		v = v << 4 | digit;
	}
	if (at == start)
		return NULL;
	*value = v;
	return at;
}

const char *scan_number(const char *at, uint64_t *value)
{
	if (at != NULL && at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
		return scan_hex(at + 2, value);
	return scan_decimal(at, value);
}

/* Digits of a fraction, as parts of `unit`; those too small for it are dropped. */
static const char *scan_fraction(const char *at, int64_t unit, int64_t *part)
{
	int64_t scale = unit;

	*part = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		scale /= 10;
		*part += (*at - '0') * scale;
	}
	return at;
}

const char *scan_time(const char *at, int64_t unit_ns, int64_t *ns)
{
	bool minus = at != NULL && *at == '-';
	uint64_t whole;
	int64_t part = 0;

	at = scan_decimal(minus ? at + 1 : at, &whole);
	if (at == NULL || whole > (uint64_t)(INT64_MAX / unit_ns - 1))
		return NULL;
	if (*at == '.')
		at = scan_fraction(at + 1, unit_ns, &part);
	*ns = (int64_t)whole * unit_ns + part;
	if (minus)
		*ns = -*ns;
	return at;
}

/* Days from 1970-01-01 in the Gregorian calendar; March is the first month of its year, so that the
   leap day is the last. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1, m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

const char *scan_clock(const char *at, int64_t *ns)
{
	uint64_t hour = 0, minute = 0;
	int64_t seconds = 0;

	at = scan_char(scan_decimal(at, &hour), ':');
	at = scan_char(scan_decimal(at, &minute), ':');
	at = scan_time(at, SECOND, &seconds);
	if (at == NULL || hour > 24 || minute > 59 || seconds < 0 || seconds >= 61 * SECOND)
		return NULL;
	*ns = ((int64_t)hour * 60 + (int64_t)minute) * 60 * SECOND + seconds;
	return at;
}

const char *scan_date(const char *at, int64_t *ns)
{
	uint64_t year = 0, month = 0, day = 0;
	int64_t clock;

	at = scan_char(scan_decimal(at, &year), '-');
	at = scan_char(scan_decimal(at, &month), '-');
	at = scan_decimal(at, &day);
	if (at == NULL || (*at != ' ' && *at != 'T'))
		return NULL;
	at = scan_clock(at + 1, &clock);
	if (at == NULL || year < 1700 || year > 2260 || month < 1 || month > 12 || day < 1 || day > 31)
		return NULL;
	*ns = days_from_date((int64_t)year, (int64_t)month, (int64_t)day) * 86400 * SECOND + clock;
	return at;
}

const char *scan_key(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *at = text; (at = strstr(at, key)) != NULL; at += len)
		if ((at == text || at[-1] == ' ') && at[len] == '=')
			return at + len + 1;
	return NULL;
}
