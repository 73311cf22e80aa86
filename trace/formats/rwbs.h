/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel calls rwbs: the letters for a request's operation and flags ("WFS", "RA", "FF"). */
#ifndef TRACE_FORMATS_RWBS_H
#define TRACE_FORMATS_RWBS_H

#include "trace/access.h"

#include <stddef.h>

/* Sets op and flags.  1, 0 for an operation that is no access (of a zone, of a driver), -1 for
   letters that are no rwbs.  Where the operation hangs on it, `sectors` is looked at. */
int rwbs_parse(const char *text, size_t len, uint64_t sectors, struct access *access);

/* Operations as people, QEMU, NBD and databases write them: read, R, r, rd, write, W, discard, trim,
   unmap, zero, write_zeroes, flush, sync ..., else as rwbs.  As rwbs_parse. */
int op_word_parse(const char *text, size_t len, uint64_t sectors, struct access *access);

#endif
