/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers in filters, with units, exactly. */
#include "base/size.h"
#include "query/filter_private.h"

#include <inttypes.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t size;
};

/* The field's own unit is the one without a name. */
static const struct unit none[] = {{"", 1}, {NULL, 0}};
static const struct unit bytes[] = {{"", 1},
				    {"B", 1},
				    {"s", SECTOR_SIZE},
				    {"K", UINT64_C(1) << 10},
				    {"KiB", UINT64_C(1) << 10},
				    {"M", UINT64_C(1) << 20},
				    {"MiB", UINT64_C(1) << 20},
				    {"G", UINT64_C(1) << 30},
				    {"GiB", UINT64_C(1) << 30},
				    {"T", UINT64_C(1) << 40},
				    {"TiB", UINT64_C(1) << 40},
				    {NULL, 0}};
static const struct unit seconds[] = {
    {"", 1000000000},  {"ns", 1},          {"us", 1000},         {"\xc2\xb5s", 1000},  {"ms", 1000000},
    {"s", 1000000000}, {"m", 60000000000}, {"min", 60000000000}, {"h", 3600000000000}, {NULL, 0}};
static const struct unit *const units[FIELD_UNITS] = {none, bytes, bytes, seconds};
static const char *const names[FIELD_UNITS] = {"a whole number", "sectors, or bytes with B, K, M, G or T",
					       "bytes, with K, M, G, T or s (sectors)",
					       "a time in seconds, or with ns, us, ms, s, m or h"};

static const struct unit *find_unit(enum field_unit kind, const char *name, size_t len)
{
	const struct unit *unit = units[kind];

	while (unit->name != NULL && (strlen(unit->name) != len || memcmp(unit->name, name, len) != 0))
		unit++;
	return unit->name != NULL ? unit : NULL;
}

/* Digits up to what is none; false when they are too many. */
static bool take_digits(const char *text, size_t len, size_t *at, unsigned base, uint64_t *value)
{
	for (; *at < len; ++*at) {
		char c = text[*at];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
				 : base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
				     ? (unsigned)((c | 0x20) - 'a' + 10)
				     : 16;

		if (digit >= base)
			break;
		if (*value > (UINT64_MAX - digit) / base)
			return false;
		*value = *value * base + digit;
	}
	return true;
}

#define DECIMALS_MAX 9

/* What n digits behind the point are of a unit of `size`: 0, or -1 when that is no whole number. */
static int take_fraction(const char *digits, size_t n, uint64_t size, uint64_t *value)
{
	uint64_t part = 0, over = 1;

	while (n > 0 && digits[n - 1] == '0')
		n--;
	if (n > DECIMALS_MAX)
		return -1;
	for (size_t i = 0; i < n; i++) {
		part = part * 10 + (uint64_t)(digits[i] - '0');
		over *= 10;
	}
	if ((unsigned __int128)size * part % over != 0)
		return -1;
	*value = (uint64_t)((unsigned __int128)size * part / over);
	return 0;
}

static int wrong(const struct field *field, const char *text, size_t len, struct err *err)
{
	return err_set(err, "'%.*s' is not what %s is compared with: %s", (int)(len < 80 ? len : 80), text,
		       field->name, names[field->unit]);
}

static int too_large(const char *text, size_t len, struct err *err)
{
	return err_set(err, "'%.*s' is too large", (int)(len < 80 ? len : 80), text);
}

static int set_number(const struct field *field, bool minus, uint64_t whole, uint64_t part,
		      const struct unit *unit, const char *text, size_t len, int64_t *number, struct err *err)
{
	uint64_t value;
	bool own = unit->name[0] == '\0';

	if (whole > (INT64_MAX - 1 - part) / unit->size)
		return too_large(text, len, err);
	value = whole * unit->size + part;
	if (field->unit == FIELD_SECTORS && !own) {
		if (value % SECTOR_SIZE != 0)
			return err_set(err, "'%.*s' is no whole number of sectors",
				       (int)(len < 80 ? len : 80), text);
		value >>= SECTOR_SHIFT;
	}
	*number = minus ? -(int64_t)value : (int64_t)value;
	return 0;
}

int field_parse(const struct field *field, const char *text, size_t len, int64_t *number, struct err *err)
{
	bool minus = len > 0 && text[0] == '-';
	size_t at = minus, from, fraction = 0;
	uint64_t whole = 0, part = 0;
	const struct unit *unit;
	unsigned base = 10;

	if (len - at > 2 && text[at] == '0' && (text[at + 1] | 0x20) == 'x') {
		base = 16;
		at += 2;
	}
	from = at;
	if (!take_digits(text, len, &at, base, &whole))
		return too_large(text, len, err);
	if (at == from)
		return wrong(field, text, len, err);
	if (base == 10 && at < len && text[at] == '.') {
		for (from = ++at; at < len && text[at] >= '0' && text[at] <= '9'; at++)
			fraction++;
		if (fraction == 0)
			return wrong(field, text, len, err);
	}
	unit = find_unit(field->unit, text + at, len - at);
	if (unit == NULL || (minus && field->unit != FIELD_SECONDS) ||
	    (fraction > 0 && take_fraction(text + from, fraction, unit->size, &part) != 0))
		return wrong(field, text, len, err);
	return set_number(field, minus, whole, part, unit, text, len, number, err);
}
