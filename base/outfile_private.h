/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two ends of a file that is written: where it goes, and how it comes there. */
#ifndef BASE_OUTFILE_PRIVATE_H
#define BASE_OUTFILE_PRIVATE_H

#include "base/outfile.h"

/* "cannot WHAT: errno's text"; returns -1. */
int outfile_fail(struct err *err, const char *what);

/* The directory of a path, to be freed. */
char *outfile_directory(const char *path);

/* Copies the bytes that wait to a file beside the path, or over the older file. */
int outfile_copy(struct outfile *file, struct err *err);
int outfile_copy_over(struct outfile *file, struct err *err);

#endif
