/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of what trace and disk parts are, and whether they belong together. */
#ifndef PARTS_ABOUT_H
#define PARTS_ABOUT_H

#include "parts/part.h"

/* All that a part says but what it has counted, into results without; what later parts add to that. 0, or -1
   without memory. */
int about_take(struct results *results, const struct results *from);
int about_add(struct results *results, const struct results *from);

/* Holds a part against the first one: 0, or -1 with why they are not of one trace. */
int about_differs(const struct part *first, const struct part *part, struct err *err);

/* The same, for what may be added though it is of other machines: the options. */
int about_options_differ(const struct part *first, const struct part *part, struct err *err);

#endif
