/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are there whole or not at all. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/outfile.h"
#include "base/text.h"

/* Writes `text` to a file, as base/outfile.h says.  0, or STATUS_FAILED after a message. */
int output_file(const char *path, const struct text *text, const struct outfile_options *options);

#define OUTPUT_FILES_MAX 8

struct output {
	const char *name;
	struct text text;
};

/* Writes at most OUTPUT_FILES_MAX files into a directory, which is made when it is not there: either all of
   them get their names or none.  0, or STATUS_FAILED after a message. */
int output_directory(const char *path, const struct output *files, size_t n,
		     const struct outfile_options *options);

#endif
