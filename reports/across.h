/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many machines in one report: tables of machines, kinds, roles and paths. */
#ifndef REPORTS_ACROSS_H
#define REPORTS_ACROSS_H

#include "analyzer/across.h"

enum across_form { ACROSS_TEXT, ACROSS_JSON, ACROSS_CSV };

struct across_options {
	enum across_form form;
	const char
	    *by; /* "machine", "kind", "role" or "path": only this table; NULL for all, of CSV machines */
	const char *sort; /* a column, as JSON has it; NULL: most written first */
	uint64_t top;     /* rows of each table; 0: all, in text of paths the first 40 */
	unsigned width;
};

/* 0, or -1: no such table or column, or no memory. */
int across_print(struct text *out, struct across *across, const struct across_options *options,
		 struct err *err);

#endif
