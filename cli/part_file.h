/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts and reports as they lie in files, compressed or not. */
#ifndef CLI_PART_FILE_H
#define CLI_PART_FILE_H

#include "base/err.h"
#include "base/text.h"

/* The bytes of a file, as far as they may be those of parts; 0 or -1. */
int part_file_read(struct text *bytes, const char *path, const char *tmpdir, struct err *err);

/* The first bytes of a file, enough to tell what it is, or all of a document's; 0 or -1. */
int file_read_head(struct text *bytes, const char *path, const char *tmpdir, struct err *err);
int file_read_document(struct text *bytes, const char *path, const char *tmpdir, struct err *err);

#endif
