/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files a TRACE argument means: one, or the DEVICE.blktrace.CPU files of a directory or a stem. */
#ifndef TRACE_INPUT_FILES_H
#define TRACE_INPUT_FILES_H

#include "base/err.h"

#include <stddef.h>

/* Starts zeroed. */
struct files {
	char **at; /* paths in the order of their names; owned */
	size_t n, cap;
};

/* A path that is a directory means the blktrace files in it; one that does not exist, but has
   PATH.blktrace.CPU beside it, means those; any other is itself, whether it can be opened or not. */
int files_find(struct files *files, const char *path, struct err *err);

/* How many files there are in the set that a path DEVICE.blktrace.CPU belongs to; 1 for other paths. */
size_t files_in_set(const char *path);

/* Which CPUs of a set have no file between 0 and the last that has one: "CPUs 1, 10-19 have no file", of the set that
   begins at the i-th file; "" when none is missing.  Where the next set begins. */
size_t files_missing(const struct files *files, size_t i, char *text, size_t size);

void files_done(struct files *files);

#endif
