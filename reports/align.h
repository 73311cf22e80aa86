/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The alignment of every layer of a disk, and of a trace's writes, with what to change. */
#ifndef REPORTS_ALIGN_H
#define REPORTS_ALIGN_H

#include "analyzer/analysis.h"
#include "analyzer/torn.h"
#include "base/text.h"

/* `verbose` lists the segments of volumes.  `analysis` is NULL without a trace.  1 when something is off,
   0 when nothing is, -1 without memory. */
int align_text(struct text *out, const struct map *map, const struct analysis *analysis,
	       uint64_t unit_sectors, bool verbose, unsigned width, struct err *err);

/* The files whose pages more than one request wrote, a line each. */
void align_torn(struct text *out, const struct torn *torn, uint64_t unit_sectors);

#endif
