/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "R SECTOR COUNT" and "W SECTOR COUNT" and nothing else, as nearly all lines of .qtr are. */
#ifndef TRACE_FORMATS_QTR_PLAIN_H
#define TRACE_FORMATS_QTR_PLAIN_H

#include "trace/access.h"
#include "trace/input/input.h"

#include <stddef.h>
#include <stdint.h>

/* As trace_format.parse: how many accesses whole lines have, -1 when not all lines are plain.  None may end
   behind `limit` sectors. */
long qtr_plain(const char *at, size_t len, uint64_t limit, uint32_t device, struct access *access);

#endif
