/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access for people: a line, and a further one for each further region. */
#ifndef REPORTS_ACCESS_TEXT_H
#define REPORTS_ACCESS_TEXT_H

#include "base/text.h"
#include "reports/access_view.h"

#include <stdbool.h>

/* With `tree`, the layers of every region below the line. */
void access_text(struct text *out, const struct access_view *view, bool tree);

#endif
