/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The optional fields of the extended .qtr form (see trace/formats/qtr.c): " KEY=VALUE ...". */
#ifndef TRACE_FORMATS_QTR_FIELDS_H
#define TRACE_FORMATS_QTR_FIELDS_H

#include "trace/trace.h"

struct qtr_fields {
	bool has_op, has_mark;
	uint64_t sectors;
	const char *mark, *device, *comm; /* unescaped; device and comm NULL where not given */
};

/* Takes the fields from `at` to the end of the line, unescaping them where they stand; sets time,
   latency, pid, flags and op of the access.  Keys that are not known are passed over.  0, or -1. */
int qtr_fields_take(char *at, const struct line *line, struct qtr_fields *fields, struct access *access,
		    struct err *err);

/* Undoes %XX in a text; false when what follows a % is no hexadecimal number. */
bool qtr_unescape(char *text);

#endif
