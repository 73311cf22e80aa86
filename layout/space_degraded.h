/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading from an array that misses members. */
#ifndef LAYOUT_SPACE_DEGRADED_H
#define LAYOUT_SPACE_DEGRADED_H

#include "layout/space.h"

/* Reads `len` bytes, `within` bytes into the sector `at` of a segment, which lie in one piece in an area that
   is not here; false where they cannot be known. */
bool space_read_degraded(const struct segment *segment, uint64_t at, uint64_t within, void *buf, size_t len);

#endif
