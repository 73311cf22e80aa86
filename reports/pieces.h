/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pieces in which a partition or volume lies in what it lies in. */
#ifndef REPORTS_PIECES_H
#define REPORTS_PIECES_H

#include "base/text.h"
#include "layout/space.h"

/* How many pieces; segments that go on where the last one ends in the same space are one.  0 for a disk. */
uint64_t pieces_count(const struct space *space);

/* A segment in words: "linear in part1 from 2048", or
   "raid5-ls of 3, chunk 128: disk from 256, missing, disk3 from 256". */
void pieces_segment(struct text *out, const struct segment *segment);

#endif
