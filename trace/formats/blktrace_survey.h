/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first reading of blktrace's files: which devices and which events there are, and whether they are in
   order. It asks nothing of the order between files, so each is read by a thread of its own. */
#ifndef TRACE_FORMATS_BLKTRACE_SURVEY_H
#define TRACE_FORMATS_BLKTRACE_SURVEY_H

#include "trace/formats/blktrace_file.h"
#include "trace/trace.h"

/* Reads the files to their ends and leaves what is found in the trace; 0, or -1. */
int blktrace_survey(struct trace *trace, struct blktrace_file *files, size_t n, struct err *err);

/* The index of a device, which is added when it is new; -1 on an error. */
long blktrace_device(struct trace *trace, uint32_t dev, struct err *err);

#endif
