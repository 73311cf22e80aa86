/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accesses as rows: the columns that were asked for, a row an access; or all fields as CSV, a row a piece. */
#ifndef REPORTS_COLUMNS_H
#define REPORTS_COLUMNS_H

#include "base/err.h"
#include "query/filter.h"
#include "reports/access_view.h"

#include <stdbool.h>

#define COLUMNS_MAX 64

struct columns {
	enum field_id at[COLUMNS_MAX];
	unsigned n;
	bool header;
	char separator;  /* between columns */
	char aggregator; /* between the values of several pieces */
	char quote;      /* around a value, doubled in it; 0 for none */
	char occurrence; /* 'f' the first value, 'l' the last, 'a' all */
};
#define COLUMNS_INIT                                                                                         \
	{                                                                                                    \
		.separator = '\t', .aggregator = ',', .occurrence = 'a'                                      \
	}

/* Names of fields between commas; 0 or -1. */
int columns_add(struct columns *columns, const char *names, struct err *err);

/* "header=y,separator=,": header=y|n, separator=C, aggregator=C, quote=d|s|n, occurrence=f|l|a; of a character, /t is a
   tab and /s a blank.  0 or -1. */
int columns_option(struct columns *columns, const char *options, struct err *err);

void columns_header(struct text *out, const struct columns *columns);

/* The row of an access; run->piece is used. */
void columns_access(struct text *out, const struct columns *columns, const struct access_view *view,
		    struct filter_run *run);

void csv_header(struct text *out);

/* The row of run->piece. */
void csv_piece(struct text *out, struct piece *piece);

#endif
