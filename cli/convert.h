/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What convert and record tell of the files that they write. */
#ifndef CLI_CONVERT_H
#define CLI_CONVERT_H

#include "trace/writers/convert.h"

/* The format that --to names (may be NULL) or else the file's extension says; NULL after a message. */
const struct writer_format *format_to_write(const char *to, const char *path);

/* Prints "blkmap: PATH: kind + text" on standard error; `path` may be NULL. */
void print_note(const char *path, const char *kind, const char *text);

/* What the trace could not tell, and what the file could not hold: a line each on standard error. */
void print_trace_notes(const struct trace *trace);
void print_losses(const char *path, const struct convert_result *result);

#endif
