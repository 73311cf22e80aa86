/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of public trace collections: which columns they have, and how they are recognised. */
#ifndef TRACE_FORMATS_CSV_PROFILE_H
#define TRACE_FORMATS_CSV_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_COLUMNS 32

struct csv_cell {
	const char *at;
	size_t len;
	bool quoted; /* it was in quotes; doubled ones in it still are */
};

struct csv_profile {
	const char *name;
	const char *columns; /* names of fields (trace/formats/row.h) in order, "-" for others */
	const char *header;  /* the line that some copies start with, or NULL */
	char separator;      /* of the collection; rows with another one are not taken for it */
	bool (*matches)(const struct csv_cell *cells, size_t n);
	const char *refusal; /* why such a table is no trace, or NULL */
};

#define CSV_MARK "\xef\xbb\xbf" /* what Windows' programs write before a text in UTF-8 */
#define CSV_ROWS 20 /* so many rows are looked at */
#define CSV_LINE 1024

/* The first lines of a table, without what is around it and without a last one that is cut off. */
struct csv_rows {
	char line[CSV_ROWS][CSV_LINE];
	size_t n;
	uint64_t first; /* how many lines come before the first of them */
};

void csv_rows_take(struct csv_rows *rows, const uint8_t *bytes, size_t len);

/* NULL when there is none. */
const struct csv_profile *csv_profile_named(const char *name);

/* The one whose header is the first row, or which all rows match. */
const struct csv_profile *csv_profile_of(const struct csv_rows *rows);

/* The profile that is meant by one of fio's logs, by what its rows have; itself for every other. */
const struct csv_profile *csv_profile_decided(const struct csv_profile *profile, const struct csv_rows *rows);

/* What separates the columns of a line: comma, semicolon, tab or blanks. */
char csv_separator(const char *line);

/* Splits a line; blanks and quotes around a cell do not belong to it.  How many there are; those
   beyond max are dropped. */
size_t csv_split(const char *line, char separator, struct csv_cell *cells, size_t max);

/* Whether a cell begins with a quote that has no end in its line. */
bool csv_is_open(const struct csv_cell *cell);

/* Makes a cell of this line what its quotes mean, in place. */
void csv_unquote(char *line, struct csv_cell *cell);

#endif
