/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A field: one thing that a piece of an access has, with its name, type, unit and meaning.  The table is
   query/field_rows.h; filters, columns, statistics and the documentation come from it. */
#ifndef QUERY_FIELD_H
#define QUERY_FIELD_H

#include "query/piece.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_id {
#define FIELD(identifier, name, column, key, type, unit, source, help) FIELD_##identifier,
#include "query/field_rows.h"
#undef FIELD
	FIELDS
};

enum field_type {
	FIELD_NUMBER,
	FIELD_FLAG,  /* a number, 0 or 1 */
	FIELD_TEXT,  /* any bytes but NUL, as stored */
	FIELD_WORDS, /* a text of words between '|' */
	FIELD_TYPES,
};

/* Of a number. */
enum field_unit {
	FIELD_NONE,
	FIELD_SECTORS, /* of 512 bytes */
	FIELD_BYTES,
	FIELD_SECONDS, /* the value is in nanoseconds; it is shown, and given, in seconds */
	FIELD_UNITS,
};

/* What is needed to know it; each takes longer than the one before. */
enum field_source {
	FIELD_OF_ACCESS, /* the same in all pieces of an access */
	FIELD_OF_PLACE,
	FIELD_OF_REGION, /* region_describe */
	FIELD_OF_PATH,   /* and a path is put together */
};

struct field {
	const char *name;   /* "io.latency" */
	const char *column; /* in CSV: "latency" */
	const char *key;    /* where `dump --json` has it: "latency_us"; "" where it has not */
	enum field_type type;
	enum field_unit unit;
	enum field_source source;
	const char *help; /* half a sentence */
};

/* Texts belong to the piece, and hold until its next place or its next field of a path. */
struct field_value {
	int64_t number;
	const char *text;
};

/* By enum field_id. */
extern const struct field fields[FIELDS];

/* The field with that name; FIELDS when there is none. */
enum field_id field_find(const char *name, size_t len);

/* The names nearest to one that is none, for messages: the best, or NULL when none is near. */
const struct field *field_near(const char *name, size_t len);

const char *field_type_name(enum field_type type);
const char *field_unit_name(enum field_unit unit); /* "" for none */

static inline bool field_is_number(enum field_id field)
{
	return fields[field].type <= FIELD_FLAG;
}

/* What a piece has there; false when it has no such thing: a read of no file has no path. */
bool field_get(enum field_id field, struct piece *piece, struct field_value *value);

/* The value as text: a number in the field's unit (seconds with nine decimals at most, flags as true and
   false), texts as they are.  Nothing where there is none; false then. */
struct text;
bool field_add(struct text *out, enum field_id field, struct piece *piece);

/* A number as the field has it, from a text with the units that it may have: 0 or -1.  Only its name and its unit
   matter. */
struct err;
int field_parse(const struct field *field, const char *text, size_t len, int64_t *number, struct err *err);

/* A number of the field as field_add says it, for keys that were kept. */
void field_add_number(struct text *out, enum field_id field, int64_t number);

#endif
