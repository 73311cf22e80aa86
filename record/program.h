/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that blkmap runs, and where they come from when they are missing. */
#ifndef RECORD_PROGRAM_H
#define RECORD_PROGRAM_H

#include "base/err.h"

/* Where a program lies: as it is when it has a slash, else in one of PATH's directories (NULL for the
   usual ones).  To be freed; NULL when it is nowhere. */
char *program_find(const char *name, const char *path);

/* Says why a program cannot be run, `reason` being an errno, and which package has it; returns -1. */
int program_missing(const char *name, int reason, struct err *err);

#endif
