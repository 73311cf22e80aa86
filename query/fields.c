/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of fields, and asking it. */
#include "query/field.h"

#include <string.h>

const struct field fields[FIELDS] = {
#define FIELD(identifier, name, column, key, type, unit, source, help)                                       \
	[FIELD_##identifier] = {name, column, key, FIELD_##type, FIELD_##unit, FIELD_OF_##source, help},
#include "query/field_rows.h"
#undef FIELD
};

const char *field_type_name(enum field_type type)
{
	static const char *const names[FIELD_TYPES] = {"number", "flag", "text", "words"};

	return names[type];
}

const char *field_unit_name(enum field_unit unit)
{
	static const char *const names[FIELD_UNITS] = {"", "sectors", "bytes", "seconds"};

	return names[unit];
}

enum field_id field_find(const char *name, size_t len)
{
	unsigned id = 0;

	while (id < FIELDS && (strlen(fields[id].name) != len || strncmp(fields[id].name, name, len) != 0))
		id++;
	return (enum field_id)id;
}

#define NEAR_LEN 32

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be put in, taken out or replaced. */
static unsigned distance(const char *a, size_t alen, const char *b, size_t blen)
{
	unsigned row[NEAR_LEN + 1], corner, above;

	for (unsigned j = 0; j <= blen; j++)
		row[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		corner = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= blen; j++) {
			above = row[j];
			row[j] = least(row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[blen];
}

/* A name without what stands before its dot is near, too. */
const struct field *field_near(const char *name, size_t len)
{
	const struct field *best = NULL;
	unsigned best_distance = 4;

	if (len == 0 || len > NEAR_LEN)
		return NULL;
	for (unsigned id = 0; id < FIELDS; id++) {
		const char *own = fields[id].name, *last = strchr(own, '.') + 1;
		unsigned far = distance(name, len, own, strlen(own));

		if (strlen(last) == len && strncmp(last, name, len) == 0)
			far = 1;
		if (far < best_distance && far < len) {
			best = &fields[id];
			best_distance = far;
		}
	}
	return best;
}
