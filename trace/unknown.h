/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file is that is no trace, as far as its first bytes tell. */
#ifndef TRACE_UNKNOWN_H
#define TRACE_UNKNOWN_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* The error for it, and how to go on; returns -1. */
int trace_unknown(const uint8_t *bytes, size_t len, struct err *err);

#endif
