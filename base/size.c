/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and sizes as people write and read them. */
#include "base/size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a number and says where it ends; octal is nobody's intention, so a leading 0 is decimal. */
static int number_prefix(const char *text, uint64_t *value, const char **end)
{
	int base = 10;
	const char *digits = text;
	char *stop;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		digits = text + 2;
	}
	if (strchr("0123456789abcdefABCDEF", digits[0]) == NULL || digits[0] == '\0' || digits[1] == 'x' ||
	    digits[1] == 'X')
		return -1;
	errno = 0;
	*value = strtoull(digits, &stop, base);
	if (errno != 0 || stop == digits)
		return -1;
	*end = stop;
	return 0;
}

int number_parse(const char *text, uint64_t *value, struct err *err)
{
	const char *end;

	if (number_prefix(text, value, &end) != 0 || *end != '\0')
		return err_set(err, "'%s' is not a number (decimal or 0x hexadecimal)", text);
	return 0;
}

int size_parse(const char *text, uint64_t *bytes, struct err *err)
{
	static const char units[] = "KMGT";
	const char *end, *unit;
	unsigned shift = 0;

	if (number_prefix(text, bytes, &end) != 0)
		return err_set(err, "'%s' is not a size (number with K, M, G, T or s)", text);
	if (*end != '\0') {
		unit = strchr(units, *end);
		if (end[1] != '\0' || (unit == NULL && *end != 's'))
			return err_set(err, "'%s' is not a size (number with K, M, G, T or s)", text);
		shift = unit ? 10 * (unsigned)(unit - units + 1) : SECTOR_SHIFT;
	}
	if (*bytes > UINT64_MAX >> shift)
		return err_set(err, "'%s' is too large a size", text);
	*bytes <<= shift;
	return 0;
}

const char *size_human(uint64_t bytes, char *buf, size_t len)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	unsigned unit = 0;

	while (unit < 6 && bytes >> 10 * (unit + 1) != 0)
		unit++;
	if (bytes & ((UINT64_C(1) << 10 * unit) - 1))
		snprintf(buf, len, "%.1f %s", (double)bytes / (double)(UINT64_C(1) << 10 * unit),
			 units[unit]);
	else
		snprintf(buf, len, "%" PRIu64 " %s", bytes >> 10 * unit, units[unit]);
	return buf;
}
