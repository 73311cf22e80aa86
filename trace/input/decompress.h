/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed traces: gzip, xz, zstd and bzip2, through libarchive. */
#ifndef TRACE_INPUT_DECOMPRESS_H
#define TRACE_INPUT_DECOMPRESS_H

#include "trace/input/source.h"

struct decompress;

/* What these first bytes are compressed with ("gzip"), or NULL for none of the four. */
const char *decompress_kind(const uint8_t *bytes, size_t len);
#define DECOMPRESS_MAGIC 6

/* Starts at the source's present place, which stays the caller's. */
int decompress_open(struct decompress **d, struct source *source, const char *kind, struct err *err);
/* Compressed bytes that were taken from the source. */
uint64_t decompress_taken(const struct decompress *d);

void decompress_close(struct decompress *d);

/* Up to len bytes of the contents; 0 at the end, -1 on damage with its place in the compressed data. */
long decompress_read(struct decompress *d, void *buf, size_t len, struct err *err);

#endif
