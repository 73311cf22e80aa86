/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to change where something is off the unit of alignment: only what is on it then, and what the tools
   and kernels accept. */
#ifndef REPORTS_ALIGN_ADVICE_H
#define REPORTS_ALIGN_ADVICE_H

#include "analyzer/alignment.h"
#include "base/text.h"

/* One line, "to change: ...". */
void align_advice(struct text *out, const struct blame *blame, uint64_t unit_sectors);

#endif
