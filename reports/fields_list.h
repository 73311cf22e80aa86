/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All fields with what they are, for -G fields. */
#ifndef REPORTS_FIELDS_LIST_H
#define REPORTS_FIELDS_LIST_H

#include "base/text.h"

/* A line each: name, type, unit, column in CSV, key in JSON, meaning, with tabs between them. */
void fields_list(struct text *out);

#endif
