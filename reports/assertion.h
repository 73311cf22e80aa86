/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assertions, their figures, and whether they hold. */
#ifndef REPORTS_ASSERTION_H
#define REPORTS_ASSERTION_H

#include "analyzer/assertion.h"
#include "base/text.h"

/* A line each; whether all hold. */
bool assertions_text(struct text *out, const struct assertion_state *state);

/* One document. */
bool assertions_json(struct text *out, const struct assertion_state *state);

#endif
