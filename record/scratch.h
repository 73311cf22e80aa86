/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory for as long as a recording takes. */
#ifndef RECORD_SCRATCH_H
#define RECORD_SCRATCH_H

#include "base/err.h"

struct scratch {
	char *path; /* NULL when there is none */
};

/* Makes it below tmpdir, or /tmp when that is NULL. */
int scratch_make(struct scratch *scratch, const char *tmpdir, struct err *err);

/* The path of a file in it, to be freed; NULL without memory, with err set. */
char *scratch_file(const struct scratch *scratch, const char *name, struct err *err);

/* Removes it and the files in it. */
void scratch_remove(struct scratch *scratch);

#endif
