/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access as the contract's JSON object, on one line. */
#ifndef REPORTS_ACCESS_JSON_H
#define REPORTS_ACCESS_JSON_H

#include "base/text.h"
#include "reports/access_view.h"

void access_json(struct text *out, const struct access_view *view);

#endif
