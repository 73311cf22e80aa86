/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every format that can be written, one line each; the drivers are at the end of their own files. */
#ifndef TRACE_WRITERS_WRITERS_H
#define TRACE_WRITERS_WRITERS_H

#include "trace/writers/writer.h"

extern const struct writer_format writer_qtr;
extern const struct writer_format writer_qtr_strict;
extern const struct writer_format writer_fio;
extern const struct writer_format writer_ndjson;
extern const struct writer_format writer_csv;
extern const struct writer_format writer_blktrace;

#endif
