/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Candidates beside one another, as a table and as JSON. */
#ifndef REPORTS_WHAT_IF_H
#define REPORTS_WHAT_IF_H

#include "analyzer/what_if.h"
#include "base/text.h"

/* 0, or -1 without memory. */
int what_if_text(struct text *out, const struct what_if *what_if, unsigned width, struct err *err);
void what_if_json(struct text *out, const struct what_if *what_if);

#endif
