/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A region as the contract's JSON object, on one line.  Written by hand instead of through json-c:
   map --json and dump --json print millions of these. */
#ifndef REPORTS_REGION_JSON_H
#define REPORTS_REGION_JSON_H

#include "base/text.h"
#include "layout/region.h"

/* Appends the object without a line end; `sector` goes first when it is not NULL. */
void region_json(struct text *out, const struct region *region, const uint64_t *sector);

#endif
