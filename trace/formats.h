/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every trace format there is, one line each; the drivers are at the end of their own files. */
#ifndef TRACE_FORMATS_H
#define TRACE_FORMATS_H

#include "trace/trace.h"

extern const struct trace_format format_qtr;

#endif
