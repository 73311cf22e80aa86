/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of `analyze`, from the results of an analysis or of parts. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "analyzer/results.h"
#include "base/text.h"

/* For a terminal of `width` columns, or with 0 for a pipe or a file, where no name is broken; 0, or -1 without memory. */
int report_text(struct text *out, const struct results *results, unsigned width, struct err *err);

/* Takes a part of a long text and leaves it empty; 0, or a positive number when no more is wanted. */
typedef int report_flush(struct text *text);

/* The contract's document, with a line end, all in `out` or, where flush is not NULL, through it; 0, or -1
   without memory, or what flush has said. */
int report_json(struct text *out, const struct results *results, report_flush *flush, struct err *err);

/* The statistic of that name that can be asked for, or NULL and the error. */
const struct statistic *report_statistic(const char *name, struct err *err);

#endif
