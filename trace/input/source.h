/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a trace file as they are stored: a file, a block device, a pipe or standard input.
   What comes through a pipe is kept in an unnamed temporary file, so that it can be read again. */
#ifndef TRACE_INPUT_SOURCE_H
#define TRACE_INPUT_SOURCE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct source;

/* Opens a file, or standard input for "-"; 0, or -1 with a text that does not repeat the name. */
int source_open(struct source **source, const char *path, const char *tmpdir, struct err *err);
void source_close(struct source *source);

/* Up to len bytes; 0 at the end, -1 on an error. */
long source_read(struct source *source, void *buf, size_t len, struct err *err);

/* Passes over up to n bytes without reading them; how many, -1 on an error, or -2 where that cannot be
   done. */
int64_t source_skip(struct source *source, uint64_t n, struct err *err);

/* Goes back to the first byte. */
int source_rewind(struct source *source, struct err *err);

/* The bytes of a file that can be read from anywhere; 0 for any other. */
uint64_t source_size(const struct source *source);

#endif
